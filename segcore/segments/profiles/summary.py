"""How large every segment is, and what it brings where the file has money."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segcore.matrix import PurchaseMatrix
from segcore.segments.segmentation import Segmentation


def segment_summary(matrix: PurchaseMatrix, segmentation: Segmentation) -> pd.DataFrame:
    """One row a segment: customers, share of customers, mixed, products each (``products_all``: of everybody), and money where the file has it.

    Where all the money together is nothing, or less by returns, no segment has a share of it (``amount_share`` is missing).
    """
    assignment = segmentation.assignment
    assigned = assignment.notna().to_numpy()
    number = assignment[assigned].to_numpy(dtype=int)

    def by_segment(values: np.ndarray) -> np.ndarray:
        return np.bincount(number, weights=values[assigned], minlength=segmentation.k + 1)[1:]

    sizes = segmentation.sizes.to_numpy()
    table = pd.DataFrame(
        {
            "customers": sizes,
            "share": sizes / max(sizes.sum(), 1),
            "mixed": by_segment(segmentation.mixed_with.notna().to_numpy(dtype=float)).astype("int64"),
            "products_each": by_segment(matrix.products_per_customer.astype(float)) / np.maximum(sizes, 1),
            "products_all": float(matrix.products_per_customer[assigned].sum()) / max(len(number), 1),
        },
        index=segmentation.sizes.index,
    )
    if matrix.customer_amount is not None:
        table["amount"] = by_segment(matrix.customer_amount)
        if (total := float(matrix.customer_amount.sum())) > 0:
            table["amount_share"] = table["amount"] / total
        table["amount_each"] = table["amount"] / np.maximum(sizes, 1)
    return table
