"""How well the segments describe each customer, and who is described poorly."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.matrix import PurchaseMatrix
from segcore.segments.segmentation import Segmentation

POOR = 0.5  # of what is described of everybody together


def described_share(matrix: PurchaseMatrix, segmentation: Segmentation) -> pd.Series:
    """Share of each customer's purchases that the segments reproduce, 0..1: 1 − ‖v − wH‖² / ‖v‖².

    Returns
    -------
    Series of float, by customer
        Missing for a customer without purchases.
    """
    values = matrix.values
    w, h = segmentation.customer_scores.to_numpy(), segmentation.product_scores.to_numpy().T
    squares = sparse.csr_matrix((values.data**2, values.indices, values.indptr), shape=values.shape)
    total = np.asarray(squares.sum(axis=1)).ravel()
    cross = np.einsum("ck,ck->c", values @ h.T, w)
    fitted = np.einsum("ck,ck->c", w @ (h @ h.T), w)
    with np.errstate(divide="ignore", invalid="ignore"):
        described = np.where(total > 0, np.clip((2 * cross - fitted) / total, 0.0, 1.0), np.nan)
    return pd.Series(described, matrix.customers, name="described")


def poorly_described(described: pd.Series, explained_share: float) -> pd.Series:
    """Which customers are described less than half as well as everybody together."""
    return (described < POOR * explained_share).rename("poorly described")
