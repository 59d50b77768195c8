"""How many rows hold two products by chance, when every row keeps its size and every product its number of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from segcore.statistics.exact_size import pair_inclusion
from segcore.statistics.kept import Cells, kept_tails, kept_variance
from segcore.statistics.margins import MarginNull, Strata
from segcore.statistics.tails import Tails, log_tails

BLOCK = 300_000  # chances of pairs at once: what stays in the processor's cache


@dataclass(frozen=True, eq=False)
class JointCounts:
    """Rows that hold both products of a pair by chance, float arrays (pairs,).

    Attributes
    ----------
    expected : Σᵢ p(i, both)
    variance : Σᵢ p (1 − p), of the null, where the two products' totals vary too
    kept : the variance among tables with both totals as they are, as swaps have it
    """

    expected: np.ndarray
    variance: np.ndarray
    kept: np.ndarray


def joint_counts(null: MarginNull, left: np.ndarray, right: np.ndarray) -> JointCounts:
    """Expected number of rows with both products, and its variance.

    Parameters
    ----------
    left, right : int arrays, (pairs,)
        Two different products, as columns of the table.
    """
    classes, which = _distinct(null, left, right)
    rows = null.pooled.rows
    expected, variance, kept = (np.empty(len(classes)) for _ in range(3))
    for part in _blocks(len(classes), len(rows)):
        chance = _pair_chances(null, null.pooled, *classes[part, :2].T)
        expected[part] = rows @ chance
        variance[part] = rows @ (chance - chance**2)
        kept[part] = 0.0  # where the margins decide one product, the other's total decides the count
        open_ = _open(null, *classes[part, :2].T)
        kept[part][open_] = kept_variance(rows, _cells(null, classes[part, :2][open_], chance[:, open_]))
    return JointCounts(expected[which], variance[which], kept[which])


def joint_tails(
    null: MarginNull, left: np.ndarray, right: np.ndarray, observed: np.ndarray, totals_kept: bool = False
) -> Tails:
    """Logarithms of the chances of at least, and of at most, ``observed`` rows with both products, (pairs,).

    Parameters
    ----------
    totals_kept : bool
        Among tables in which the two products have their totals exactly, as swaps do, which is a third to two thirds
        of the variance among popular products; otherwise the Poisson-binomial of the null itself, which is too
        careful there.
    """
    tests, which = _distinct(null, left, right, observed)
    rows = null.pooled.rows
    upper, lower = np.empty(len(tests)), np.empty(len(tests))
    for part in _blocks(len(tests), len(rows)):
        found = _tails_of(null, tests[part], totals_kept)
        upper[part], lower[part] = found.log_upper, found.log_lower
    return Tails(upper[which], lower[which])


def _tails_of(null: MarginNull, tests: np.ndarray, totals_kept: bool) -> Tails:
    one, other, count = tests.T
    rows, chance = null.pooled.rows, _pair_chances(null, null.pooled, one, other)
    if not totals_kept:
        return log_tails(rows, chance, count)
    # Where the margins decide one product, the other's total decides the count.
    upper, lower = np.zeros(len(tests)), np.zeros(len(tests))
    open_ = _open(null, one, other)
    found = kept_tails(rows, _cells(null, tests[open_, :2], chance[:, open_]), count[open_])
    upper[open_], lower[open_] = found.log_upper, found.log_lower
    return Tails(upper, lower)


def _open(null: MarginNull, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Pairs of which the margins decide neither product, bool."""
    return null.free[one] & null.free[other]


def _cells(null: MarginNull, classes: np.ndarray, both: np.ndarray) -> Cells:
    one, other = (null.pooled.chance[:, side] for side in classes.T)
    return Cells(both, np.maximum(one - both, 0.0), np.maximum(other - both, 0.0))


def pair_chances(null: MarginNull, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Chance that a row holds both products, (strata, pairs), one row for each entry of ``null.strata``."""
    return _pair_chances(null, null.strata, null.column_class[left], null.column_class[right])


def _distinct(
    null: MarginNull, left: np.ndarray, right: np.ndarray, observed: np.ndarray | int = 0
) -> tuple[np.ndarray, np.ndarray]:
    """Tests that differ, as columns of two classes and a count, and which of them each pair is."""
    one, other = null.column_class[left], null.column_class[right]
    pairs = np.maximum(len(null.free), 1) ** 2
    key = np.minimum(one, other) * len(null.free) + np.maximum(one, other)
    key, which = np.unique(key + np.asarray(observed, dtype=np.int64) * pairs, return_inverse=True)
    count, classes = np.divmod(key, pairs)
    return np.column_stack([*np.divmod(classes, max(len(null.free), 1)), count]), which


def _blocks(tests: int, strata: int) -> Iterator[slice]:
    step = max(1, BLOCK // max(strata, 1))
    for start in range(0, tests, step):
        yield slice(start, start + step)


def _pair_chances(null: MarginNull, strata: Strata, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Products of the two chances, but for rows of an exact size where the margins decide neither product."""
    chance = strata.chance[:, one] * strata.chance[:, other]
    exact = np.flatnonzero(strata.exact)
    open_ = np.flatnonzero(_open(null, one, other))
    if len(exact) and len(open_):
        both = pair_inclusion(null.table, one[open_], other[open_])
        chance[np.ix_(exact, open_)] = both[strata.exact[exact]]
    return chance
