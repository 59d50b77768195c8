"""The cells of a sheet one by one, as its XML says: where each of them stands, and a copy with some of them only.

Slow beside a look (``sheet_look``), so it is asked only where that finds something odd. The XML may declare nothing of
its own: entities are how a small file grows.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from segcore.intake.files.refuse import refuse_damaged
from segcore.intake.files.sheet_room import Block, cell_name, refuse_texts

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_NAME = re.compile(r"([A-Za-z]{1,6})(\d{1,15})")
_ROW = re.compile(r"\d{1,15}")
_FAR = 1 << 62


@dataclass(eq=False)
class Cell:
    """One cell while it is read: row and column from 0, its attributes, and the text in it."""

    row: int
    column: int
    about: dict[str, str]
    value: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """What it holds; "" where it is blank."""
        return "".join(self.value)


def walk(pieces: Iterable[bytes], name: str, each: Callable[[Cell], None]) -> list[str]:
    """Hand over every cell in turn; returns the ranges that are merged.

    Raises
    ------
    UnreadableFile
        When the XML is broken, or declares entities.
    """
    walker = _Walker(each)
    try:
        for piece in pieces:
            walker.parser.Parse(piece, False)
        walker.parser.Parse(b"", True)
    except (expat.ExpatError, ValueError):
        refuse_damaged(name)
    return walker.merged


class _Walker:
    """Positions as the reader counts them: a cell without a name stands right of the one before."""

    def __init__(self, each: Callable[[Cell], None]) -> None:
        self.each, self.row, self.column = each, 0, 0
        self.cell: Cell | None = None
        self.merged: list[str] = []
        self.reading = self.aside = False
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartDoctypeDeclHandler = _refuse_declaration
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text

    def start(self, tag: str, about: dict[str, str]) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "c":
            self._begin(about)
        elif kind == "row" and "r" in about:
            self.row = _number(about["r"]) - 1
        elif kind == "mergeCell" and "ref" in about:
            self.merged.append(about["ref"])
        elif kind in ("v", "t"):
            self.reading = self.cell is not None and not self.aside
        elif kind == "rPh":  # how a text is pronounced
            self.aside = True

    def _begin(self, about: dict[str, str]) -> None:
        row = self.row
        if "r" in about:
            found = _NAME.fullmatch(about["r"])
            if found is None:
                raise ValueError("not the name of a cell")
            row, self.column = _number(found[2]) - 1, _column(found[1])  # the next row goes by its own number
        self.cell = Cell(row, self.column, about)

    def text(self, text: str) -> None:
        if self.reading:
            if self.cell is None:
                raise ValueError("a cell within a cell")
            self.cell.value.append(text)

    def end(self, tag: str) -> None:
        kind = tag.rpartition(":")[2]
        if kind == "c" and self.cell is not None:
            self.each(self.cell)
            self.cell, self.column = None, self.column + 1
        elif kind == "row":
            self.row, self.column = self.row + 1, 0
        elif kind in ("v", "t"):
            self.reading = False
        elif kind == "rPh":
            self.aside = False


def _refuse_declaration(*_: object) -> None:
    raise ValueError("a sheet declares nothing")


def _number(text: str) -> int:
    if not _ROW.fullmatch(text):
        raise ValueError("not the number of a row")
    return int(text)


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = 26 * number + ord(letter) - 64
    return number - 1


def filled_cells(
    pieces: Iterable[bytes], name: str, lengths: np.ndarray | None, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of every filled cell, from 0.

    Raises
    ------
    UnreadableFile
        When the XML is broken, or the shared texts in the cells take more than ``most`` bytes together.
    """
    rows, columns, texts = array("q"), array("q"), 0
    longest = int(lengths.max()) if lengths is not None and len(lengths) else 0

    def note(cell: Cell) -> None:
        nonlocal texts
        if text := cell.text:
            rows.append(cell.row)
            columns.append(cell.column)
            if lengths is not None and cell.about.get("t") == "s":
                at = int(text) if text.isdecimal() and len(text) < 16 else _FAR
                texts += int(lengths[at]) if at < len(lengths) else longest
                if texts > most:
                    refuse_texts(most, name)

    walk(pieces, name, note)
    return np.frombuffer(rows, dtype=np.int64), np.frombuffer(columns, dtype=np.int64)


def write_block(pieces: Iterable[bytes], name: str, block: Block, out: IO[bytes]) -> None:
    """The sheet again with the cells of a block only: their values, without formulas."""
    row = -1

    def keep(cell: Cell) -> None:
        nonlocal row
        if not cell.text or not block.holds(cell.row, cell.column):
            return
        if cell.row != row:
            out.write((b"</row>" if row >= 0 else b"") + b'<row r="%d">' % (cell.row + 1))
            row = cell.row
        out.write(_as_xml(cell).encode())

    out.write(f'<worksheet xmlns="{_MAIN}"><sheetData>'.encode())
    merged = walk(pieces, name, keep)
    out.write((b"</row>" if row >= 0 else b"") + b"</sheetData>")
    if merged:
        ranges = "".join(f"<mergeCell ref={quoteattr(one)}/>" for one in merged)
        out.write(f"<mergeCells>{ranges}</mergeCells>".encode())
    out.write(b"</worksheet>")


def _as_xml(cell: Cell) -> str:
    about = {key: value for key, value in cell.about.items() if key in ("s", "t")}
    attributes = "".join(f" {key}={quoteattr(value)}" for key, value in about.items())
    inside = escape(cell.text)
    whole = (
        f'<is><t xml:space="preserve">{inside}</t></is>'
        if about.get("t") == "inlineStr"
        else f"<v>{inside}</v>"
    )
    return f'<c r="{cell_name(cell.row, cell.column)}"{attributes}>{whole}</c>'
