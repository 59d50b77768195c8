"""Headroom: what a segment's taste leads one to expect, and which of its customers do not buy it yet.

A customer counts for a group of products where the segments expect at least as much of it from this customer as from
the usual buyer of the group, and nothing of it has been bought. Only groups a segment buys more of than average are
counted: they belong to its taste.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.matrix import PurchaseMatrix
from segcore.segments import Segmentation

BLOCK = 8_192
MOST_GROUPS = 300
FEWEST = 5


def headroom(
    matrix: PurchaseMatrix, segmentation: Segmentation, groups: pd.Series, each: pd.Series | None = None
) -> pd.DataFrame:
    """Customers of every segment who could buy a group of products and do not yet.

    Parameters
    ----------
    groups : Series
        Group of every product of the matrix, by product.
    each : Series
        Money a buyer of the group spends on it on average, by group.

    Returns
    -------
    DataFrame
        ``segment``, ``group``, ``customers`` who could buy it, ``size`` of the segment, ``buyers`` in the segment, ``index``
        of the group in the segment (100 = average) and, with ``each``, ``each`` and ``amount`` if they all bought like a
        usual buyer; the most money, failing that the most customers, first within a segment.
    """
    codes, labels = pd.factorize(groups.reindex(matrix.products).fillna("").to_numpy(dtype=object))
    expected, bought = _by_group(matrix, segmentation, codes, len(labels))
    table = _counted(expected, bought, segmentation, labels)
    table = table[(table["index"] > 100) & (table["customers"] >= FEWEST) & (table["group"] != "")]
    order = ["segment", "customers"]
    if each is not None:
        table = table.assign(each=table["group"].map(each).astype(float))
        table["amount"] = table["each"] * table["customers"]
        order = ["segment", "amount", "customers"]
    return table.sort_values(order, ascending=[True] + [False] * (len(order) - 1), kind="stable").reset_index(
        drop=True
    )


def _by_group(
    matrix: PurchaseMatrix, segmentation: Segmentation, codes: np.ndarray, n_groups: int
) -> tuple[np.ndarray, sparse.csr_matrix]:
    """Product basis by group, (k, groups), and who bought anything of a group, (customers, groups)."""
    into = sparse.csr_matrix(
        (np.ones(len(codes)), (np.arange(len(codes)), codes)), shape=(len(codes), n_groups)
    )
    bought = (matrix.bought @ into).tocsr()
    bought.data[:] = 1.0
    return segmentation.product_scores.to_numpy().T @ into, bought


def _counted(
    basis: np.ndarray, bought: sparse.csr_matrix, segmentation: Segmentation, labels: np.ndarray
) -> pd.DataFrame:
    w = segmentation.customer_scores.to_numpy()
    own = segmentation.assignment.fillna(0).to_numpy(dtype=int)
    usual = _usual(w, basis, bought)
    k, n_groups = segmentation.k, len(labels)
    could, buyers = np.zeros((k + 1, n_groups), dtype=np.int64), np.zeros((k + 1, n_groups), dtype=np.int64)
    for start in range(0, len(w), BLOCK):
        part = slice(start, start + BLOCK)
        has = bought[part].toarray() > 0
        ready = (w[part] @ basis >= usual) & ~has
        np.add.at(could, own[part], ready)
        np.add.at(buyers, own[part], has)
    sizes = segmentation.sizes.to_numpy()
    overall = buyers[1:].sum(axis=0) / max(sizes.sum(), 1)
    share = buyers[1:] / np.maximum(sizes, 1)[:, None]
    index = 100 * np.divide(share, overall, out=np.zeros_like(share), where=overall > 0)
    return pd.DataFrame(
        {
            "segment": np.repeat(segmentation.sizes.index.to_numpy(), n_groups),
            "group": np.tile(labels, k),
            "customers": could[1:].ravel(),
            "size": np.repeat(sizes, n_groups),
            "buyers": buyers[1:].ravel(),
            "index": index.ravel(),
        }
    )


def _usual(w: np.ndarray, basis: np.ndarray, bought: sparse.csr_matrix) -> np.ndarray:
    """What is expected of the median buyer of each group."""
    columns = bought.tocsc()
    usual = np.full(basis.shape[1], np.inf)
    for group in range(basis.shape[1]):
        who = columns.indices[columns.indptr[group] : columns.indptr[group + 1]]
        if len(who):
            usual[group] = max(float(np.median(w[who] @ basis[:, group])), 1e-12)
    return usual
