"""What a segment buys: counts, index against everybody, and one scale from popular to distinctive.

Everything here counts purchases of the customers assigned to a segment; nothing is read off the factors, so every
figure can be checked with a pencil.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.errors import SpecError
from segcore.matrix import PurchaseMatrix
from segcore.segments.profiles.counts import index_interval, through_index
from segcore.segments.segmentation import Segmentation

FEWEST_BUYERS = 3
FULL = 0.95  # density above which who bought says nothing and only how much does
BALANCE = 0.25  # between distinctive (0) and popular (1) where nobody chose
CAUTION = 2.0  # buyers as many as by chance, added before a lift is taken


def profile_products(
    matrix: PurchaseMatrix, segmentation: Segmentation, balance: float = BALANCE
) -> pd.DataFrame:
    """Every product in every segment.

    Parameters
    ----------
    balance : float
        λ of the relevance λ·log p + (1−λ)·log lift (Sievert & Shirley 2014): 1 ranks the popular products of a
        segment first, 0 the distinctive ones. The lift in it is held back as in DuMouchel (1999): two buyers as many
        as by chance are added, so that one lucky buyer of a rare product does not top the list.

    Returns
    -------
    DataFrame, one row a segment × product
        ``segment``, ``product``, ``buyers`` (in the segment), ``buyers_all``, ``share`` of the segment's customers
        who bought it, ``share_all`` of all customers in segments, ``index`` (100 = average) with its 95 % interval
        ``low`` … ``high``, ``relevance`` of a product bought more and ``aversion`` of one bought less (higher first).
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
    if matrix.density > FULL:
        share, share_all, lift = _by_weight(matrix, segmentation)
        log_share, log_all, log_lift = np.log(share + 1e-9), np.log(share_all + 1e-9), np.log(lift + 1e-9)
        low, high = _weight_interval(matrix, segmentation)
    else:
        share, share_all, lift = _by_buyers(inside, sizes)
        log_share, log_all, log_lift = _held_back(inside, sizes)
        low, high = index_interval(inside, sizes, inside.sum(axis=0), sizes.sum())
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
            "low": low.ravel(),
            "high": high.ravel(),
            "relevance": (balance * log_share + (1 - balance) * log_lift).ravel(),
            "aversion": (balance * log_all - (1 - balance) * log_lift).ravel(),
        }
    )


def _by_buyers(inside: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Shares of customers who bought, in every segment and overall, and their ratio."""
    share = inside / np.maximum(sizes, 1.0)[:, None]
    share_all = inside.sum(axis=0) / max(sizes.sum(), 1.0)  # both of customers in any segment
    return share, share_all, _ratio(share, share_all)


def _held_back(inside: np.ndarray, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logarithms of both shares and of a lift that few buyers cannot drive far."""
    n, buyers = max(sizes.sum(), 1.0), inside.sum(axis=0)
    by_chance = sizes[:, None] * buyers / n
    log_lift = np.log((inside + CAUTION) / (by_chance + CAUTION))
    log_share = np.log((inside + 0.5) / (sizes[:, None] + 1.0))
    return log_share, np.log((buyers + 0.5) / (n + 1.0)), log_lift


def _by_weight(
    matrix: PurchaseMatrix, segmentation: Segmentation
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The same from how much was bought: each product's part of a segment's weighted purchases."""
    weight = (matrix.values.T @ members(segmentation)).T
    share = weight / np.maximum(weight.sum(axis=1, keepdims=True), 1e-12)
    share_all = weight.sum(axis=0) / max(weight.sum(), 1e-12)
    return share, share_all, _ratio(share, share_all)


def _weight_interval(matrix: PurchaseMatrix, segmentation: Segmentation) -> tuple[np.ndarray, np.ndarray]:
    """95 % interval of the index of parts: each part a ratio of sums over customers, by linearisation (Cochran 1977)."""
    member, values = members(segmentation), matrix.values
    squares = sparse.csr_matrix((values.data**2, values.indices, values.indptr), shape=values.shape)
    total = np.asarray(values.sum(axis=1)).ravel()
    weighted = sparse.diags(total) @ values
    parts = []
    for group in (member, member.sum(axis=1, keepdims=True) - member):
        bought, whole = (values.T @ group).T, (total @ group)[:, None]
        part = bought / np.maximum(whole, 1e-12)
        # Σ (v − R t)² over the customers of the group, for every product.
        spread = (
            (squares.T @ group).T - 2 * part * (weighted.T @ group).T + part**2 * (total**2 @ group)[:, None]
        )
        parts.append((part, np.maximum(spread, 0.0) / np.maximum(whole, 1e-12) ** 2))
    (inside, own), (rest, other) = parts
    floor = 1e-12
    log_ratio = np.log(np.maximum(inside, floor)) - np.log(np.maximum(rest, floor))
    variance = own / np.maximum(inside, floor) ** 2 + other / np.maximum(rest, floor) ** 2
    weight = (total @ member)[:, None] / max(float(total @ member.sum(axis=1)), floor)
    return through_index(log_ratio, variance, weight)


def _ratio(share: np.ndarray, share_all: np.ndarray) -> np.ndarray:
    return np.divide(
        share, share_all, out=np.zeros_like(share), where=np.broadcast_to(share_all > 0, share.shape)
    )


def buyers_by_segment(matrix: PurchaseMatrix, segmentation: Segmentation) -> np.ndarray:
    """Customers of each segment who bought each product, (k, products)."""
    return (matrix.bought.T @ members(segmentation)).T


def members(segmentation: Segmentation) -> np.ndarray:
    """1 where the customer is in the segment, (customers, k)."""
    member = np.zeros((len(segmentation.assignment), segmentation.k))
    assigned = segmentation.assignment.notna().to_numpy()
    member[np.flatnonzero(assigned), segmentation.assignment[assigned].to_numpy(dtype=int) - 1] = 1.0
    return member


def top_products(profile: pd.DataFrame, segment: int, n: int = 10) -> pd.DataFrame:
    """The n most relevant products of a segment, on the balance the profile was made with."""
    return _rows(profile, segment).nlargest(n, ["relevance", "buyers"])


def distinctive_products(profile: pd.DataFrame, segment: int, n: int = 10) -> pd.DataFrame:
    """The n most relevant products among those a segment buys more of, with enough buyers to mean it."""
    rows = _rows(profile, segment)
    enough = (rows["buyers"] >= min(FEWEST_BUYERS, rows["buyers"].max())) & (rows["index"] > 100)
    return rows[enough].nlargest(n, ["relevance", "buyers"])


def avoided_products(profile: pd.DataFrame, segment: int, n: int = 5) -> pd.DataFrame:
    """The n well-known products the segment most clearly buys less of, on the same balance."""
    rows = _rows(profile, segment)
    known = rows[(rows["share_all"] >= rows["share_all"].median()) & (rows["index"] < 100)]
    return known.nlargest(n, ["aversion", "buyers_all"])


def naming_products(profile: pd.DataFrame, segment: int, n: int) -> pd.DataFrame:
    """The n products a segment is named after: what it buys more of, failing that what it buys."""
    rows = distinctive_products(profile, segment, n)
    rows = rows if len(rows) else top_products(profile, segment, n)
    return rows[rows["buyers"] > 0]  # an empty segment buys nothing to be named after


def _rows(profile: pd.DataFrame, segment: int) -> pd.DataFrame:
    return profile[profile["segment"] == segment]
