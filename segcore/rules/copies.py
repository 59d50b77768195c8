"""Customers that are copies of others, as when a file was put together twice: they are not so many witnesses."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from segcore.statistics import MarginNull

LONG = 4  # products from which the same list twice is worth asking about
FACTOR, LEAST = 4.0, 10  # times as many as chance gives, and so many more, before anything is made of it
WORTH = 1.05


def witnesses_per_find(null: MarginNull, values: sparse.csr_matrix, seed: int = 0) -> float:
    """By how much copies inflate the evidence: 1 where rows are their own, 2 where each stands there twice.

    Rows of the same products are counted; where there are many more pairs of them than the null gives, the mean
    number of copies of a row is the factor (Kish's design effect for clusters that are all alike).
    """
    sizes = np.diff(values.indptr)
    long = np.flatnonzero(sizes >= LONG)
    if len(long) < LEAST:
        return 1.0
    # Equal rows add up the same numbers in the same order, others hardly ever come to the same sum.
    prints = values @ np.random.default_rng(seed).random(values.shape[1])
    times = np.unique(prints[long], return_counts=True)[1]
    twice = float((times * (times - 1.0)).sum()) / 2
    if twice < LEAST:
        return 1.0
    by_chance = _pairs_by_chance(null, np.unique(null.row_class[long]))
    if twice < FACTOR * by_chance + LEAST:
        return 1.0
    found = 1.0 + 2.0 * (twice - by_chance) / len(long)
    return found if found >= WORTH else 1.0


def _pairs_by_chance(null: MarginNull, strata: np.ndarray) -> float:
    """Pairs of rows of one size that hold the same products by chance."""
    chance, rows = null.strata.chance[strata][:, null.column_class], null.strata.rows[strata]
    same = np.log1p(-2.0 * (chance - chance**2)).sum(axis=1)
    size_too = 0.5 * np.log(4.0 * np.pi * np.maximum((chance - chance**2).sum(axis=1), 1.0 / (4.0 * np.pi)))
    return float((rows * (rows - 1.0) / 2.0) @ np.exp(np.minimum(same + size_too, 0.0)))
