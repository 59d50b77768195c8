"""What given margins leave no choice about: empty and full rows and columns, one after another.

A column that every row holds makes all rows shorter by one; a row without products makes all columns fuller. Taken
away in turn, what is left has chances strictly between 0 and 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True, eq=False)
class Forced:
    """Which classes of rows and of columns are decided, when, and as what.

    Attributes
    ----------
    row_turn, column_turn : int arrays
        When the class was taken away; a turn after all others where it is free.
    row_value, column_value : float arrays
        1 where it is full of what was left then, 0 where it is empty.
    row_less, column_less : int
        By how much the margins of the free rows and of the free columns are smaller than given.
    """

    row_turn: np.ndarray
    column_turn: np.ndarray
    row_value: np.ndarray
    column_value: np.ndarray
    row_less: int
    column_less: int

    @property
    def free_rows(self) -> np.ndarray:
        """Classes of rows that are left, bool."""
        return self.row_turn == NEVER

    @property
    def free_columns(self) -> np.ndarray:
        """Classes of columns that are left, bool."""
        return self.column_turn == NEVER

    def chances(self) -> np.ndarray:
        """Decided chances, (row classes, column classes): whichever was taken away first decides; NaN where free."""
        rows_first = self.row_turn[:, None] < self.column_turn[None, :]
        value = np.where(rows_first, self.row_value[:, None], self.column_value[None, :])
        value[np.ix_(self.free_rows, self.free_columns)] = np.nan
        return value


NEVER = np.iinfo(np.int64).max


def find_forced(sizes: np.ndarray, rows: np.ndarray, degrees: np.ndarray, columns: np.ndarray) -> Forced:
    """Take away empty and full rows and columns until none is left.

    Parameters
    ----------
    sizes, rows : int arrays, (row classes,)
        Products of a row, and how many rows have so many.
    degrees, columns : int arrays, (column classes,)
        Rows of a column, and how many columns have so many.
    """
    turns = [np.full(len(sizes), NEVER), np.full(len(degrees), NEVER)]
    values = [np.zeros(len(sizes)), np.zeros(len(degrees))]
    margins, numbers, less = [sizes, degrees], [rows, columns], [0, 0]
    turn = idle = 0
    while idle < 2:
        side, across = turn % 2, 1 - turn % 2
        free = turns[side] == NEVER
        room = int(numbers[across][turns[across] == NEVER].sum())
        left = margins[side] - less[side]
        gone = free & ((left <= 0) | (left >= room))
        full = gone & (left > 0)
        turns[side][gone], values[side][full] = turn, 1.0
        less[across] += int(numbers[side][full].sum())
        turn, idle = turn + 1, 0 if gone.any() else idle + 1
    return Forced(turns[0], turns[1], values[0], values[1], less[0], less[1])
