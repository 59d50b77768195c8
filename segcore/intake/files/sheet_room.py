"""How much room the cells of a sheet need, and which of them stray far from the table.

The reader lays a sheet out in full, from its first filled cell to its last: one stray value in the last corner of a
sheet takes the room of 17 billion. So the room is known before the reader gets the sheet.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import numpy as np

from segcore.errors import UnreadableFile
from segcore.language.words import count

MOST_ROWS, MOST_COLUMNS = 1 << 20, 1 << 14
ROOM = 1_000_000  # cells that need no reason: 32 MB in the reader
LEAST_ROOM = 20_000
SPARSE, LARGE = 500, 32_000_000  # a table of customers and products may be as empty as that, up to this size
DENSE = 8
GAP_ROWS, GAP_COLUMNS = 1_000, 100  # blank ones between a table and what is no part of it
FEW = 20  # stray cells that may always be left out; else one in a hundred


@dataclass(frozen=True)
class Block:
    """A rectangle of cells, counted from 0, both ends inside."""

    top: int
    bottom: int
    left: int
    right: int

    @property
    def area(self) -> int:
        """How many cells it has, filled or not."""
        return (self.bottom - self.top + 1) * (self.right - self.left + 1)

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell is inside."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


@dataclass(frozen=True)
class Strays:
    """Filled cells that are left out.

    Attributes
    ----------
    first : str
        The name of one of them, such as CV1048576.
    rows : int
        Rows of the sheet that hold nothing else.
    beside : int
        Cells in rows that hold more.
    """

    first: str
    rows: int
    beside: int


def fits(area: int, filled: int, room: int = ROOM) -> bool:
    """Whether so many filled cells may be spread over so large an area."""
    return area <= room or area <= DENSE * filled or (area <= LARGE and area <= SPARSE * filled)


def table_in(
    rows: np.ndarray, columns: np.ndarray, name: str, room: int = ROOM
) -> tuple[Block, Strays | None]:
    """The block that the table of a sheet takes, and what strays from it.

    Parameters
    ----------
    rows, columns : array of int
        Of every filled cell, counted from 0.
    name : str
        The file, for the sentence.
    room : int
        Cells of an area that need no reason.

    Raises
    ------
    UnreadableFile
        When there is no such block, or too much lies outside of it.
    """
    possible = (rows >= 0) & (rows < MOST_ROWS) & (columns < MOST_COLUMNS)
    if not possible.any():
        _refuse(rows, columns, name)
    whole = _around(rows[possible], columns[possible])
    inside = possible
    if not fits(whole.area, int(possible.sum()), room):
        inside = possible & _within(rows, _largest_run(rows[possible], GAP_ROWS))
        inside &= _within(columns, _largest_run(columns[inside], GAP_COLUMNS))
    block, kept = _around(rows[inside], columns[inside]), int(inside.sum())
    outside = len(rows) - kept
    if not fits(block.area, kept, room) or outside > max(FEW, kept // 100):
        _refuse(rows, columns, name)
    if not outside:
        return block, None
    at = int(np.flatnonzero(~inside)[0])
    alone = ~np.isin(rows[~inside], rows[inside])
    first = cell_name(int(rows[at]), int(columns[at]))
    return block, Strays(first, len(np.unique(rows[~inside][alone])), int((~alone).sum()))


def room_of(sheets: int) -> int:
    """What each of so many sheets may take without a reason: many small ones add up."""
    return max(LEAST_ROOM, ROOM // max(1, sheets))


def cell_name(row: int, column: int) -> str:
    """What a spreadsheet calls a cell, such as CV1048576."""
    letters, left = "", column + 1
    while left:
        left, letter = divmod(left - 1, 26)
        letters = chr(65 + letter) + letters
    return f"{letters}{row + 1}"


def _around(rows: np.ndarray, columns: np.ndarray) -> Block:
    return Block(int(rows.min()), int(rows.max()), int(columns.min()), int(columns.max()))


def _largest_run(places: np.ndarray, gap: int) -> tuple[int, int]:
    """First and last of the places with the most cells between two gaps."""
    found, cells = np.unique(places, return_counts=True)
    ends = np.flatnonzero(np.diff(found) > gap) + 1
    starts = np.concatenate([[0], ends])
    best = int(np.argmax(np.add.reduceat(cells, starts)))
    last = int(ends[best]) if best < len(ends) else len(found)
    return int(found[starts[best]]), int(found[last - 1])


def _within(places: np.ndarray, ends: tuple[int, int]) -> np.ndarray:
    return (places >= ends[0]) & (places <= ends[1])


def _refuse(rows: np.ndarray, columns: np.ndarray, name: str) -> NoReturn:
    first, last = (cell_name(int(end(rows)), int(end(columns))) for end in (np.min, np.max))
    raise UnreadableFile(
        f"The cells of a sheet lie too far apart for a table: {count(len(rows))} filled between {first} and {last}.",
        where=name,
        remedy="Delete what stands far from the table, or save the sheet as CSV, and upload that.",
    )


def refuse_texts(most: int, name: str) -> NoReturn:
    """A text that many cells refer to is written once, and held in each of them."""
    raise UnreadableFile(
        f"The texts of this workbook would unfold to more than {count(most / 1e6)} MB: long ones stand in many cells.",
        where=name,
        remedy="Shorten them, or save the sheet as CSV, and upload that.",
    )
