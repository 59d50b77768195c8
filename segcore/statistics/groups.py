"""How many of some rows buy each product by chance: what a segment, a bundle or a period is held against."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from segcore.statistics.margins import MarginNull
from segcore.statistics.tails import Tails, log_tails


@dataclass(frozen=True, eq=False)
class GroupCounts:
    """Buyers in each group by chance: expected number and its variance, float arrays (groups, products)."""

    expected: np.ndarray
    variance: np.ndarray


def group_counts(null: MarginNull, group: np.ndarray, groups: int) -> GroupCounts:
    """Σ p(i, j) and Σ p (1 − p) over the rows of each group.

    Parameters
    ----------
    group : int array, (rows,)
        The group of every row of the table, from 0; anything else belongs to none.
    groups : int
        How many there are.
    """
    rows, chance = _strata_of(null, group, groups), null.strata.chance
    expected, variance = rows @ chance, rows @ (chance - chance**2)
    return GroupCounts(expected[:, null.column_class], variance[:, null.column_class])


def group_tails(null: MarginNull, group: np.ndarray, observed: np.ndarray) -> Tails:
    """Logarithms of the chances of at least, and of at most, the buyers observed in each group, (groups, products).

    Parameters
    ----------
    observed : int array, (groups, products)
    """
    rows = _strata_of(null, group, len(observed))
    found = [_tails_of(null, *pair) for pair in zip(rows, observed, strict=True)]
    shape = observed.shape
    upper = np.array([tails.log_upper for tails in found]).reshape(shape)
    return Tails(upper, np.array([tails.log_lower for tails in found]).reshape(shape))


def _tails_of(null: MarginNull, rows: np.ndarray, observed: np.ndarray) -> Tails:
    some = np.flatnonzero(rows)
    return log_tails(rows[some], null.strata.chance[some][:, null.column_class], observed)


def _strata_of(null: MarginNull, group: np.ndarray, groups: int) -> np.ndarray:
    """Rows of each group in each stratum, float array (groups, strata)."""
    known = (group >= 0) & (group < groups)
    ends = np.asarray(group)[known], null.row_class[known]
    shape = (groups, len(null.strata.rows))
    return sparse.csr_matrix((np.ones(len(ends[0])), ends), shape=shape).toarray()
