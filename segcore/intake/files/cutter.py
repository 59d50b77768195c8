"""Cutting lines of text into rows with care: one bad line costs one line, never its neighbours."""

from __future__ import annotations

import csv
from collections.abc import Container, Iterable, Iterator, Sequence
from typing import NamedTuple

from segcore.intake.files.header import looks_like_value

LONGEST_QUOTE = 50  # physical lines one quoted cell may span
Line = tuple[int, str]  # its number in the file, and its text


class Row(NamedTuple):
    """One row: its cells (none where they cannot be told apart), its line, what was done to it, and then its text."""

    cells: Sequence[str]
    line: int
    text: str = ""
    act: str = ""


class Cutter:
    """Cuts lines into rows of a known width.

    Parameters
    ----------
    delimiter : str
    are_values : sequence of bool
        One a column: whether its cells are numbers or dates. Decides where a row with too many cells is wrong.
    known : sequence of set of str
        One a column: texts seen in rows that are right; they decide where several repairs are possible.
    """

    def __init__(
        self, delimiter: str, are_values: Sequence[bool], known: Sequence[Container[str]] = ()
    ) -> None:
        self.delimiter, self.are_values, self.width = delimiter, tuple(are_values), len(are_values)
        self.known = tuple(known) or (frozenset(),) * self.width

    def rows(self, lines: Iterable[Line]) -> Iterator[Row]:
        """Rows in order; blank lines are passed over."""
        for taken, whole in self.grouped(lines):
            number, text = taken[0]
            if not text or text.isspace():
                continue
            if '"' not in text:
                cells = text.split(self.delimiter)
                yield Row(cells, number) if len(cells) == self.width else self._fit(cells, number, text)
            elif whole:
                yield self._fit(self._split("\n".join(part for _, part in taken)), number, text)
            else:
                row = self._fit(text.split(self.delimiter), number, text)
                yield Row(row.cells, row.line, text, row.act or "quote")

    def grouped(self, lines: Iterable[Line]) -> Iterator[tuple[list[Line], bool]]:
        """Lines that make one row together, and whether every quotation mark in them closes."""
        waiting: list[Line] = []
        source = iter(lines)
        while (line := waiting.pop(0) if waiting else next(source, None)) is not None:
            if '"' not in line[1] or line[1].count('"') % 2 == 0:
                yield [line], True
                continue
            taken = self._until_closed(line, source, waiting)
            if taken:
                yield [line, *taken], True
            else:
                yield [line], False

    def _until_closed(self, line: Line, source: Iterator[Line], waiting: list[Line]) -> list[Line]:
        """The following lines up to the one that closes the cell; none where they make no proper row."""
        taken: list[Line] = []
        while len(taken) < LONGEST_QUOTE:
            following = waiting.pop(0) if waiting else next(source, None)
            if following is None:
                break
            taken.append(following)
            if following[1].count('"') % 2:
                cells = self._split("\n".join(text for _, text in (line, *taken)))
                if len(cells) == self.width and not self._swallowed(cells):
                    return taken
                break
        waiting[:0] = taken
        return []

    def _swallowed(self, cells: Sequence[str]) -> bool:
        """Whether a cell over several lines holds a whole row: then its quotation mark was never meant to open."""
        return any("\n" in cell and cell.count(self.delimiter) >= self.width - 1 for cell in cells)

    def _split(self, text: str) -> list[str]:
        try:
            return next(csv.reader([text], delimiter=self.delimiter), [])
        except csv.Error:  # a line end outside quotation marks, a cell longer than any table has
            return text.split(self.delimiter)

    def _fit(self, cells: list[str], number: int, text: str) -> Row:
        spare = len(cells) - self.width
        if spare <= 0:
            act = "short" if spare else ""
            return Row((*cells, *[""] * -spare), number, text if act else "", act)
        if not any(cell.strip() for cell in cells[self.width :]):
            return Row(tuple(cells[: self.width]), number, text, "blank end")
        return self._place(cells, spare, number, text)

    def _place(self, cells: list[str], spare: int, number: int, text: str) -> Row:
        """A row with too many cells: the surplus is at the end, or one text cell was cut at its own delimiter."""
        if any(self.are_values):
            if self._plausible(head := cells[: self.width]):
                return Row(tuple(head), number, text, "surplus")
            fitting = [row for row in self._merged(cells, spare) if self._plausible(row)]
            familiar = [self._familiar(row) for row in fitting]
            if familiar.count(best := max(familiar, default=0)) == 1:
                return Row(fitting[familiar.index(best)], number, text, "merged")
        return Row((), number, text, "too many")

    def _merged(self, cells: list[str], spare: int) -> list[tuple[str, ...]]:
        """Every row that comes of putting neighbouring cells together in a column of text."""
        return [
            (*cells[:at], self.delimiter.join(cells[at : at + spare + 1]), *cells[at + spare + 1 :])
            for at in range(self.width)
            if not self.are_values[at]
        ]

    def _familiar(self, row: Sequence[str]) -> int:
        """How many texts of the row were seen in the same column of other rows."""
        return sum(
            cell in known
            for cell, known, value in zip(row, self.known, self.are_values, strict=True)
            if not value
        )

    def _plausible(self, cells: Sequence[str]) -> bool:
        pairs = zip(cells, self.are_values, strict=True)
        return all(looks_like_value(cell.strip()) for cell, value in pairs if value and cell.strip())
