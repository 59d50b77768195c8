"""How many rows hold two products by chance, when every row keeps its size and every product its number of rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from segcore.statistics.exact_size import pair_inclusion
from segcore.statistics.margins import MarginNull, Strata
from segcore.statistics.tails import Tails, log_tails

BLOCK = 300_000  # chances of pairs at once: what stays in the processor's cache


@dataclass(frozen=True, eq=False)
class JointCounts:
    """Rows that hold both products of a pair by chance: expected number and its variance, float arrays (pairs,)."""

    expected: np.ndarray
    variance: np.ndarray


def joint_counts(null: MarginNull, left: np.ndarray, right: np.ndarray) -> JointCounts:
    """Expected number of rows with both products, Σᵢ p(i, left and right), and its variance Σᵢ p (1 − p).

    Parameters
    ----------
    left, right : int arrays, (pairs,)
        Two different products, as columns of the table.
    """
    classes, which = _distinct(null, left, right)
    rows = null.pooled.rows
    expected, variance = np.empty(len(classes)), np.empty(len(classes))
    for part in _blocks(len(classes), len(rows)):
        chance = _pair_chances(null, null.pooled, *classes[part, :2].T)
        expected[part] = rows @ chance
        variance[part] = rows @ (chance - chance**2)
    return JointCounts(expected[which], variance[which])


def joint_tails(null: MarginNull, left: np.ndarray, right: np.ndarray, observed: np.ndarray) -> Tails:
    """Logarithms of the chances of at least, and of at most, ``observed`` rows with both products, (pairs,)."""
    tests, which = _distinct(null, left, right, observed)
    rows = null.pooled.rows
    upper, lower = np.empty(len(tests)), np.empty(len(tests))
    for part in _blocks(len(tests), len(rows)):
        one, other, count = tests[part].T
        found = log_tails(rows, _pair_chances(null, null.pooled, one, other), count)
        upper[part], lower[part] = found.log_upper, found.log_lower
    return Tails(upper[which], lower[which])


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
    open_ = np.flatnonzero(null.free[one] & null.free[other])
    if len(exact) and len(open_):
        both = pair_inclusion(null.table, one[open_], other[open_])
        chance[np.ix_(exact, open_)] = both[strata.exact[exact]]
    return chance
