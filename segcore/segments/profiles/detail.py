"""Who and what is behind a number on the screen: the buyers of a product, what some customers have in common."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segcore.matrix import PurchaseMatrix
from segcore.purchases import Purchases
from segcore.purchases.levels import level_codes
from segcore.segments.profiles.products import FULL
from segcore.segments.segmentation import Segmentation


def product_in_segments(profile: pd.DataFrame, product: str) -> pd.DataFrame:
    """A product's row of every segment, from :func:`segcore.segments.profiles.profile_products`, by segment."""
    return profile[profile["product"] == product].set_index("segment")


def buyers_of(
    matrix: PurchaseMatrix, segmentation: Segmentation, product: str, segment: int | None = None
) -> pd.DataFrame:
    """Who bought a product, of one segment or of all.

    Returns
    -------
    DataFrame, by customer
        ``segment``, ``share`` of the customer's largest segment, ``products`` bought; the clearest of a segment first.
    """
    at = matrix.products.get_loc(product)
    rows = np.flatnonzero(matrix.values[:, [at]].toarray().ravel() > 0)
    table = pd.DataFrame(
        {
            "segment": segmentation.assignment.to_numpy()[rows],
            "share": segmentation.shares.to_numpy()[rows].max(axis=1, initial=0.0),
            "products": matrix.products_per_customer[rows],
        },
        index=matrix.customers[rows],
    )
    if segment is not None:
        table = table[table["segment"] == segment]
    return table.sort_values(["segment", "share"], ascending=[True, False], kind="stable")


def money_on(purchases: Purchases, matrix: PurchaseMatrix, product: str) -> pd.Series | None:
    """What every buyer spent on a product, by customer; None where the file has no amounts."""
    if not purchases.has("amount"):
        return None
    codes, labels = level_codes(purchases, matrix.spec.level)
    wanted = codes == labels.get_loc(product)
    lines = purchases.lines[wanted[purchases.lines["product"].to_numpy()]]
    spent = lines.groupby("customer")["amount"].sum()
    return pd.Series(spent.to_numpy(), purchases.customers[spent.index], name="money")


def in_common(
    matrix: PurchaseMatrix, segmentation: Segmentation, customers: pd.Index, n: int = 8
) -> pd.DataFrame:
    """What some customers buy, most buyers first.

    Returns
    -------
    DataFrame, by product
        ``buyers`` among them, ``share`` of them who bought it, ``index`` against everybody in a segment (100 = average).
        Where nearly every customer bought everything, the share is a part of their weighted purchases instead.
    """
    at = matrix.customers.get_indexer(customers)
    bought = np.asarray(matrix.bought[at].sum(axis=0)).ravel()
    known = int(segmentation.assignment.notna().sum())
    usual = matrix.buyers / max(known, 1)
    share = bought / max(len(at), 1)
    if matrix.density > FULL:
        weight, all_weight = (np.asarray(v.sum(axis=0)).ravel() for v in (matrix.values[at], matrix.values))
        share, usual = weight / max(weight.sum(), 1e-12), all_weight / max(all_weight.sum(), 1e-12)
    index = 100 * np.divide(share, usual, out=np.zeros_like(share), where=usual > 0)
    table = pd.DataFrame(
        {"buyers": bought.astype("int64"), "share": share, "index": index}, index=matrix.products
    )
    return table[table["buyers"] > 0].nlargest(n, ["share", "index"])
