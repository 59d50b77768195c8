"""What a segment buys: counts, index against everybody, and one scale from popular to distinctive.

Everything here counts purchases of the customers assigned to a segment; nothing is read off the factors, so every
figure can be checked with a pencil.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from segcore.errors import SpecError
from segcore.matrix import PurchaseMatrix
from segcore.segments import Segmentation

FEWEST_BUYERS = 3
FULL = 0.95  # density above which who bought says nothing and only how much does


def profile_products(
    matrix: PurchaseMatrix, segmentation: Segmentation, balance: float = 0.6
) -> pd.DataFrame:
    """Every product in every segment.

    Parameters
    ----------
    balance : float
        λ of the relevance λ·log p + (1−λ)·log lift (Sievert & Shirley 2014): 1 ranks the popular products of a
        segment first, 0 the distinctive ones.

    Returns
    -------
    DataFrame, one row a segment × product
        ``segment``, ``product``, ``buyers`` (in the segment), ``buyers_all``, ``share`` of the segment's customers
        who bought it, ``share_all`` of all customers in segments, ``index`` (100 = average), ``relevance`` (higher first).
        Where nearly every customer bought everything, the two shares are parts of the weighted purchases instead.

    Raises
    ------
    SpecError
        ``balance`` outside 0..1.
    """
    if not 0 <= balance <= 1:
        raise SpecError(f"{balance} is not between popular (1) and distinctive (0).")
    inside = buyers_by_segment(matrix, segmentation)
    sizes = segmentation.sizes.to_numpy(dtype=float)
    buyers = inside.sum(axis=0)  # of customers in any segment, as are the sizes
    share = inside / np.maximum(sizes, 1.0)[:, None]
    share_all = buyers / max(int(sizes.sum()), 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = np.where(share_all > 0, share / share_all, 0.0)
        # Half a buyer is added to both shares, so that one lucky buyer of a rare product does not top the list.
        smooth = (inside + 0.5) / (sizes[:, None] + 1.0)
        relevance = balance * np.log(smooth) + (1 - balance) * np.log(
            smooth / ((buyers + 0.5) / (sizes.sum() + 1.0))
        )
    if matrix.density > FULL:
        share, share_all, lift, relevance = _by_weight(matrix, segmentation, balance)
    k, p = inside.shape
    return pd.DataFrame(
        {
            "segment": np.repeat(segmentation.sizes.index.to_numpy(), p),
            "product": np.tile(matrix.products.to_numpy(), k),
            "buyers": inside.ravel().astype("int64"),
            "buyers_all": np.tile(matrix.buyers, k).astype("int64"),
            "share": share.ravel(),
            "share_all": np.tile(share_all, k),
            "index": 100 * lift.ravel(),
            "relevance": relevance.ravel(),
        }
    )


def _by_weight(
    matrix: PurchaseMatrix, segmentation: Segmentation, balance: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Shares, lift and relevance from how much was bought: each product's part of a segment's weighted purchases."""
    weight = (matrix.values.T @ _members(segmentation)).T
    share = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-12)
    share_all = weight.sum(axis=0) / max(weight.sum(), 1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        lift = np.where(share_all > 0, share / share_all, 0.0)
    relevance = balance * np.log(share + 1e-9) + (1 - balance) * np.log(lift + 1e-9)
    return share, share_all, lift, relevance


def buyers_by_segment(matrix: PurchaseMatrix, segmentation: Segmentation) -> np.ndarray:
    """Customers of each segment who bought each product, (k, products)."""
    return (matrix.bought.T @ _members(segmentation)).T


def _members(segmentation: Segmentation) -> np.ndarray:
    """1 where the customer is in the segment, (customers, k)."""
    member = np.zeros((len(segmentation.assignment), segmentation.k))
    assigned = segmentation.assignment.notna().to_numpy()
    member[np.flatnonzero(assigned), segmentation.assignment[assigned].to_numpy(dtype=int) - 1] = 1.0
    return member


def top_products(profile: pd.DataFrame, segment: int, n: int = 10) -> pd.DataFrame:
    """The n most relevant products of a segment, on the balance the profile was made with."""
    return _rows(profile, segment).nlargest(n, ["relevance", "buyers"])


def distinctive_products(profile: pd.DataFrame, segment: int, n: int = 10) -> pd.DataFrame:
    """The n products with the highest index among those with enough buyers in the segment to mean it."""
    rows = _rows(profile, segment)
    enough = rows[(rows["buyers"] >= min(FEWEST_BUYERS, rows["buyers"].max())) & (rows["index"] > 100)]
    evidence = enough["buyers"] * np.log(np.maximum(enough["index"], 1e-9) / 100)
    return enough.assign(evidence=evidence).nlargest(n, ["evidence", "buyers"]).drop(columns="evidence")


def avoided_products(profile: pd.DataFrame, segment: int, n: int = 5) -> pd.DataFrame:
    """The n well-known products the segment buys least of, against everybody."""
    rows = _rows(profile, segment)
    known = rows[(rows["share_all"] >= rows["share_all"].median()) & (rows["index"] < 100)]
    missing = known["share_all"] - known["share"]
    return known.assign(missing=missing).nlargest(n, ["missing", "buyers_all"]).drop(columns="missing")


def _rows(profile: pd.DataFrame, segment: int) -> pd.DataFrame:
    return profile[profile["segment"] == segment]


def segment_summary(matrix: PurchaseMatrix, segmentation: Segmentation) -> pd.DataFrame:
    """One row a segment: customers, share of customers, mixed, products each, and money where the file has it."""
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
        },
        index=segmentation.sizes.index,
    )
    if matrix.customer_amount is not None:
        table["amount"] = by_segment(matrix.customer_amount)
        table["amount_share"] = table["amount"] / max(matrix.customer_amount.sum(), 1e-12)
        table["amount_each"] = table["amount"] / np.maximum(sizes, 1)
    return table
