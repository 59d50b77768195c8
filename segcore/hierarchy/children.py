"""Fit at one level, read at another: which products inside a group each segment buys.

Segments are found where products have buyers enough to tell tastes apart, and read where somebody orders stock or
designs an offer: among the single products. Everything is counted, nothing is fitted again.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.errors import SpecError
from segcore.purchases import Purchases
from segcore.purchases.levels import level_cells, level_codes
from segcore.segments import Segmentation

FEWEST_BUYERS = 3
COLUMNS = ("child", "segment", "buyers", "buyers_all", "share", "share_all", "index")


def finer_levels(purchases: Purchases, level: str) -> tuple[str, ...]:
    """The levels that tell more products apart than this one, the coarsest of them first."""
    own = len(level_codes(purchases, level)[1])
    names = [purchases.product_label, *purchases.attributes]
    sizes = {name: len(level_codes(purchases, name)[1]) for name in names}
    finer = [name for name in names if sizes[name] > own and name != level]
    return tuple(sorted(finer, key=lambda name: (sizes[name], name)))


def children_scores(
    purchases: Purchases,
    segmentation: Segmentation,
    product: str,
    level: str | None = None,
    *,
    of_level: str | None = None,
    window: tuple[str | None, str | None] = (None, None),
) -> pd.DataFrame:
    """What every segment buys inside one product of the level the segments were found at.

    Parameters
    ----------
    product : str
        A label at the segments' level, such as a category.
    level : str, optional
        The level to read at; the single products when left out.
    of_level : str, optional
        The segments' level, where the segmentation's product labels do not carry its name.
    window : (str or None, str or None)
        First and last day counted, as in the matrix the segments were found in.

    Returns
    -------
    DataFrame, one row a child × segment
        ``child``, ``segment``, ``buyers`` (of the segment's customers), ``buyers_all`` (of all customers in segments),
        ``share`` of the segment's customers who bought it, ``share_all`` of all customers in segments, ``index``
        (100 = average). Children with most buyers first. A child that stands under several parents counts here only
        with the products that carry this one.

    Raises
    ------
    SpecError
        There is no such product at the segments' level.
    """
    of_level = of_level or str(segmentation.product_scores.index.name)
    level = level or purchases.product_label
    parent, child = level_codes(purchases, of_level), level_codes(purchases, level)
    if product not in parent[1]:
        raise SpecError(
            f"There is no product “{product}” at “{of_level}”.",
            remedy="Choose one of those the segments were found in.",
        )
    inside = parent[0] == parent[1].get_loc(product)
    used, place = np.unique(child[0][inside], return_inverse=True)
    codes = np.full(len(inside), len(used), dtype=np.int32)  # everything else goes to one last column
    codes[inside] = place
    buyers = _buyers_by_segment(purchases, segmentation, codes, len(used) + 1, window)[:, :-1]
    return _table(child[1][used], buyers, segmentation)


def _buyers_by_segment(
    purchases: Purchases, segmentation: Segmentation, codes: np.ndarray, n_codes: int, window: tuple
) -> np.ndarray:
    """Customers of each segment with a purchase of each code, (k, codes)."""
    finest = level_cells(purchases, purchases.product_label, window).pattern()
    cells = finest.at_level(codes, n_codes)
    bought = sparse.csr_matrix((np.ones(len(cells.indices)), cells.indices, cells.indptr), shape=cells.shape)
    rows = purchases.customers.get_indexer(segmentation.assignment.index)
    number = segmentation.assignment.to_numpy(dtype=float, na_value=0).astype(int)
    has = (rows >= 0) & (number > 0)
    member = sparse.csr_matrix(
        (np.ones(has.sum()), (number[has] - 1, rows[has])), shape=(segmentation.k, len(purchases.customers))
    )
    return (member @ bought).toarray()


def _table(children: pd.Index, buyers: np.ndarray, segmentation: Segmentation) -> pd.DataFrame:
    sizes = segmentation.sizes.to_numpy(dtype=float)
    everybody = buyers.sum(axis=0)
    order = np.lexsort((np.arange(len(children)), -everybody))
    order = order[everybody[order] > 0]
    buyers, everybody = buyers[:, order], everybody[order]
    share = buyers / np.maximum(sizes, 1.0)[:, None]
    share_all = everybody / max(sizes.sum(), 1.0)
    k = len(sizes)
    return pd.DataFrame(
        {
            "child": np.repeat(children[order].to_numpy(dtype=object), k),
            "segment": np.tile(segmentation.sizes.index.to_numpy(), len(order)),
            "buyers": buyers.T.ravel().astype("int64"),
            "buyers_all": np.repeat(everybody, k).astype("int64"),
            "share": share.T.ravel(),
            "share_all": np.repeat(share_all, k),
            "index": (100 * share / np.where(share_all > 0, share_all, 1.0)).T.ravel(),
        },
        columns=list(COLUMNS),
    )


def leading_child(table: pd.DataFrame, segment: int) -> pd.Series | None:
    """The child that stands out most in a segment, among those three of its customers bought; None without any."""
    own = table[(table["segment"] == segment) & (table["buyers"] >= FEWEST_BUYERS) & (table["index"] > 100)]
    if not len(own):
        return None
    evidence = own["buyers"] * np.log(own["index"] / 100)
    return own.loc[evidence.idxmax()]
