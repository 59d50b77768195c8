"""Rules inside each segment, and the customers or baskets behind one rule: counting again, never mining again.

Segments are made from the same purchases as the rules. Inside a segment that was built around two products nearly
everybody buys both, so their lift there is near 1: that is no mistake, and the screen says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from segcore.rules.counting import packed
from segcore.rules.measures import Counts, lift_interval, measure
from segcore.rules.result import Rules


@dataclass(frozen=True, eq=False)
class Contrast:
    """The counts of some rules inside every segment: int64 arrays, rules × segments.

    Attributes
    ----------
    n : int64 array, (segments,)
        Customers (or orders) in each.
    """

    positions: np.ndarray
    left: np.ndarray
    right: np.ndarray
    both: np.ndarray
    n: np.ndarray

    @property
    def lift(self) -> np.ndarray:
        """Lift inside each segment; missing where one of the sides is not bought there."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.left * self.right > 0, measure(self._counts, "lift"), np.nan)

    @property
    def confidence(self) -> np.ndarray:
        """Confidence inside each segment; missing where nobody has the left side."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.left > 0, self.both / self.left, np.nan)

    @property
    def interval(self) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest lift at 95 % certainty: wide in small segments."""
        return lift_interval(self._counts)

    @property
    def _counts(self) -> Counts:
        return Counts(self.left, self.right, self.both, np.broadcast_to(self.n, self.both.shape))


def contrast(
    values: sparse.csr_matrix, rules: Rules, positions: np.ndarray, group: np.ndarray, k: int
) -> Contrast:
    """Count the rules at ``positions`` inside every segment at once.

    Parameters
    ----------
    values : csr_matrix of 0/1, rows × items of ``rules``
    group : int array, one a row
        The row's segment, 1 … k; 0 for none.
    """
    left_sets, right_sets = rules.antecedent[positions], rules.consequent[positions]
    used = np.unique(np.concatenate([left_sets.ravel(), right_sets.ravel()]))
    used = used[used >= 0]
    table = sparse.csr_matrix(values)[:, used]
    shape = (len(positions), k)
    left, right, both = (np.zeros(shape, dtype=np.int64) for _ in range(3))
    for segment in range(1, k + 1):
        bits = packed(table[np.flatnonzero(group == segment)])
        for start in range(0, len(positions), 500):
            part = slice(start, start + 500)
            has_left = _holding(bits, left_sets[part], used)
            has_right = _holding(bits, right_sets[part], used)
            for counts, rows in ((left, has_left), (right, has_right), (both, has_left & has_right)):
                counts[part, segment - 1] = np.bitwise_count(rows).sum(axis=1, dtype=np.int64)
    return Contrast(positions, left, right, both, np.bincount(group, minlength=k + 1)[1 : k + 1])


def _holding(bits: np.ndarray, sets: np.ndarray, used: np.ndarray) -> np.ndarray:
    """Bits of the rows that hold every product of each set."""
    place = np.searchsorted(used, np.maximum(sets, 0))
    rows = bits[place[:, 0]]
    for column in range(1, sets.shape[1]):
        more = sets[:, column] >= 0
        rows[more] &= bits[place[more, column]]
    return rows


def rows_behind(values: sparse.csr_matrix, rules: Rules, position: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows that hold the whole rule, and rows that hold its left side without its right side."""
    columns = values.tocsc()
    left = _rows_with(columns, rules.antecedent[position])
    right = _rows_with(columns, rules.consequent[position])
    return np.intersect1d(left, right), np.setdiff1d(left, right)


def _rows_with(columns: sparse.csc_matrix, items: np.ndarray) -> np.ndarray:
    parts = [columns.indices[columns.indptr[i] : columns.indptr[i + 1]] for i in items[items >= 0]]
    rows = parts[0]
    for part in parts[1:]:
        rows = np.intersect1d(rows, part)
    return np.sort(rows)
