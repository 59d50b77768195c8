"""Headroom: what a segment's taste leads one to expect, and which of its customers do not buy it yet.

What is expected of a customer in a group of products is what the segments reproduce of it when the customer's other
purchases alone decide the scores: what is not bought must not speak against itself. A customer counts where at least
as much is expected as of the usual buyer of the group, and nothing of it has been bought. Only groups a segment buys
more of than average are counted: they belong to its taste.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.factorization import project
from segcore.matrix import PurchaseMatrix
from segcore.segments.segmentation import Segmentation

MOST_GROUPS = 300
PROJECTIONS = 400_000  # customers × groups; a second or four
FEWEST_TRIED = 6
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
    table = _counted(matrix, segmentation, codes, labels)
    table = table[(table["index"] > 100) & (table["customers"] >= FEWEST) & (table["group"] != "")]
    order = ["segment", "customers"]
    if each is not None:
        table = table.assign(each=table["group"].map(each).astype(float))
        table["amount"] = table["each"] * table["customers"]
        order = ["segment", "amount", "customers"]
    return table.sort_values(order, ascending=[True] + [False] * (len(order) - 1), kind="stable").reset_index(
        drop=True
    )


def _counted(
    matrix: PurchaseMatrix, segmentation: Segmentation, codes: np.ndarray, labels: np.ndarray
) -> pd.DataFrame:
    into = sparse.csr_matrix(
        (np.ones(len(codes)), (np.arange(len(codes)), codes)), shape=(len(codes), len(labels))
    )
    bought = (matrix.bought @ into).tocsc()
    own = segmentation.assignment.fillna(0).to_numpy(dtype=int)
    member = sparse.csr_matrix(
        (np.ones(len(own)), (np.arange(len(own)), own)), shape=(len(own), segmentation.k + 1)
    )
    has = sparse.csc_matrix((np.ones(bought.nnz), bought.indices, bought.indptr), shape=bought.shape)
    buyers = np.rint((has.T @ member).toarray().T).astype(np.int64)[1:]
    sizes = segmentation.sizes.to_numpy()
    share, overall = buyers / np.maximum(sizes, 1)[:, None], buyers.sum(axis=0) / max(sizes.sum(), 1)
    index = 100 * np.divide(share, overall, out=np.zeros_like(share), where=overall > 0)
    could = np.zeros_like(buyers)
    for group in _worth_trying(buyers, index, matrix.shape[0]):
        who = bought.indices[bought.indptr[group] : bought.indptr[group + 1]]
        ready = own[_ready(matrix, segmentation, codes == group, who)]
        could[:, group] = np.bincount(ready, minlength=segmentation.k + 1)[1:]
    k, n_groups = buyers.shape
    return pd.DataFrame(
        {
            "segment": np.repeat(segmentation.sizes.index.to_numpy(), n_groups),
            "group": np.tile(labels, k),
            "customers": could.ravel(),
            "size": np.repeat(sizes, n_groups),
            "buyers": buyers.ravel(),
            "index": index.ravel(),
        }
    )


def _worth_trying(buyers: np.ndarray, index: np.ndarray, n: int) -> np.ndarray:
    """Groups that some segment buys more of, the most buyers beyond average first; as many as can be tried."""
    beyond = (buyers * np.clip(1 - 100 / np.maximum(index, 1e-9), 0.0, None)).max(axis=0)
    most = max(FEWEST_TRIED, PROJECTIONS // max(n, 1))
    order = np.argsort(-beyond, kind="stable")[:most]
    return order[beyond[order] > 0]


def _ready(
    matrix: PurchaseMatrix, segmentation: Segmentation, inside: np.ndarray, buyers: np.ndarray
) -> np.ndarray:
    """Positions of customers of whom a group is expected as much as of its median buyer, and who lack it."""
    h = segmentation.product_scores.to_numpy().T
    w = project(matrix.values[:, ~inside], h[:, ~inside], loss=segmentation.spec.loss)
    expected = w @ h[:, inside].sum(axis=1)
    usual = max(float(np.median(expected[buyers])), 1e-12) if len(buyers) else np.inf
    lacks = np.ones(len(expected), dtype=bool)
    lacks[buyers] = False
    return np.flatnonzero(lacks & (expected >= usual))
