"""Scores of products for customers, a block of customers at a time: every scorer is a pure function."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from scipy import sparse

from segcore.factorization import assign
from segcore.offers.learned import Learned

FEW = 4  # offers up to which passes over a row cost less than a partition
BLOCK_CELLS = 500_000  # customers × products of one block: 4 MB of scores stay in a processor's cache, 32 MB take five times as long


def blocks(n: int, p: int) -> Iterator[slice]:
    """Slices of customers that keep a dense block small."""
    size = max(1, BLOCK_CELLS // max(p, 1))
    for start in range(0, n, size):
        yield slice(start, min(start + size, n))


def score(learned: Learned, scorer: str, bought: sparse.csr_matrix, w: np.ndarray) -> np.ndarray:
    """Score every product for some customers; higher is offered first.

    Parameters
    ----------
    scorer : str
        One of :data:`segcore.choices.offers.SCORERS`.
    bought : csr_matrix, 0/1, (rows, products of ``learned``)
    w : ndarray, (rows, k)
        Their customer scores.

    Returns
    -------
    ndarray, float64, (rows, products)
    """
    return _SCORERS[scorer](learned, bought, w)


def _taste(learned: Learned, bought: sparse.csr_matrix, w: np.ndarray) -> np.ndarray:
    """W·H as a chance of buying: the weight that the matrix gives a product is taken off again."""
    return (w @ learned.tastes) / np.maximum(learned.cell_weight, 1e-12)


def _similar(learned: Learned, bought: sparse.csr_matrix, w: np.ndarray) -> np.ndarray:
    """Likeness to what was bought, summed (Sarwar et al. 2001)."""
    return np.asarray(bought.astype(np.float32) @ learned.likeness, dtype=np.float64)


def _blend(learned: Learned, bought: sparse.csr_matrix, w: np.ndarray) -> np.ndarray:
    return standard(_taste(learned, bought, w)) + standard(_similar(learned, bought, w))


def _all_pairs(learned: Learned, bought: sparse.csr_matrix, w: np.ndarray) -> np.ndarray:
    return np.asarray(bought.astype(np.float32) @ learned.pair_weights, dtype=np.float64)


def _rules(learned: Learned, bought: sparse.csr_matrix, w: np.ndarray) -> np.ndarray:
    """The surest single rule that leads to a product from anything bought."""
    best = np.zeros(bought.shape)
    for row in range(bought.shape[0]):
        own = bought.indices[bought.indptr[row] : bought.indptr[row + 1]]
        if len(own):
            best[row] = learned.confidence[own].max(axis=0)
    return best


def _popular(learned: Learned, bought: sparse.csr_matrix, w: np.ndarray) -> np.ndarray:
    return np.repeat(learned.buyers[None, :].astype(float), bought.shape[0], axis=0)


def _segment_popular(learned: Learned, bought: sparse.csr_matrix, w: np.ndarray) -> np.ndarray:
    """Share of the own segment that bought it; of all customers for those who are in no segment."""
    share = learned.segment_buyers / np.maximum(learned.segment_sizes, 1)[:, None]
    table = np.vstack([share, learned.buyers / max(learned.n, 1)])
    return table[assign(w)]  # no segment is −1, the last row


def standard(scores: np.ndarray) -> np.ndarray:
    """Each row with mean 0 and spread 1; a row without any spread is 0."""
    spread = scores.std(axis=1, keepdims=True)
    centred = scores - scores.mean(axis=1, keepdims=True)
    return np.divide(centred, spread, out=np.zeros_like(centred), where=spread > 1e-12)


def best(scores: np.ndarray, learned: Learned, n: int) -> np.ndarray:
    """Positions of the n best products of every row, ties by popularity; −1 where nothing is left.

    ``-inf`` marks what must not be offered.
    """
    order = learned.by_popularity
    ranked = scores[:, order]
    n = min(n, ranked.shape[1])
    top = _few(ranked, n) if n <= FEW else _many(ranked, n)
    return np.where(top >= 0, order[top], -1).astype(np.int32)


def _few(ranked: np.ndarray, n: int) -> np.ndarray:
    """The n best columns by as many passes: the first of equal maxima is the most bought."""
    every, top = np.arange(len(ranked)), np.empty((len(ranked), n), dtype=np.int64)
    for place in range(n):
        first = ranked.argmax(axis=1)
        top[:, place] = np.where(np.isfinite(ranked[every, first]), first, -1)
        ranked[every, first] = -np.inf
    return top


def _many(ranked: np.ndarray, n: int) -> np.ndarray:
    """The n best columns in one pass; a slope far below any real difference settles ties in their order."""
    finite = np.where(np.isfinite(ranked), ranked, 0.0)
    slope = 1e-13 * np.maximum(np.abs(finite).max(axis=1, keepdims=True), 1e-300)
    ranked -= slope * np.arange(ranked.shape[1])
    top = np.argpartition(-ranked, n - 1, axis=1)[:, :n]
    values = np.take_along_axis(ranked, top, axis=1)
    down = np.argsort(-values, axis=1, kind="stable")
    values = np.take_along_axis(values, down, axis=1)
    return np.where(np.isfinite(values), np.take_along_axis(top, down, axis=1), -1)


def block_out(scores: np.ndarray, pairs: sparse.csr_matrix) -> None:
    """Mark the filled cells of ``pairs`` as not to be offered, in place."""
    rows = np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))
    scores[rows, pairs.indices] = -np.inf


_SCORERS: dict[str, Callable[[Learned, sparse.csr_matrix, np.ndarray], np.ndarray]] = {
    "blend": _blend,
    "taste": _taste,
    "similar": _similar,
    "all_pairs": _all_pairs,
    "rules": _rules,
    "segment_popular": _segment_popular,
    "popular": _popular,
}
