"""OpenDocument sheets before they are read: rows and cells that say how often they are repeated.

The reader writes every repetition out, blank ones too as far as a filled cell follows. A copy leaves out what strays
below or to the right of the table; what repeats itself beyond any table is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import IO, NoReturn
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

import numpy as np

from segcore.errors import UnreadableFile
from segcore.intake.files.refuse import refuse_damaged
from segcore.intake.files.sheet_room import SPARSE, Block, Strays, fits, room_of, table_in
from segcore.language.words import count

_ROW, _CELLS = "table:table-row", ("table:table-cell", "table:covered-table-cell")
_DAMAGED = (expat.ExpatError, ValueError, OverflowError)


class _Table:
    """Filled cells of one table: rows, columns, and how often each is repeated downwards and sideways."""

    def __init__(self) -> None:
        self.filled: list[tuple[int, int, int, int]] = []

    def plan(self, name: str, room: int) -> tuple[Block, Strays | None] | None:
        """The block to keep and what strays from it; None where nothing is filled."""
        if not self.filled:
            return None
        rows, columns, down, aside = np.array(self.filled, dtype=np.int64).T
        repeated = int(max(down) * max(aside))
        if repeated > max(room, SPARSE * len(rows)):
            _refuse_repeated(repeated, name)
        last_rows, last_columns = rows + down - 1, columns + aside - 1
        if fits(int((last_rows.max() + 1 - rows.min()) * (last_columns.max() + 1)), len(rows), room):
            return Block(0, int(last_rows.max()), 0, int(last_columns.max())), None
        block, strays = table_in(
            np.concatenate([rows, last_rows]), np.concatenate([columns, last_columns]), name, room
        )
        return Block(0, block.bottom, 0, block.right), strays


class _Walker:
    """Follows tables, rows and cells; ``keep`` says of each element whether it goes on."""

    def __init__(self, keep: Callable[[int, int, int], bool], out: IO[bytes] | None = None) -> None:
        self.tables: list[_Table] = []
        self.row = self.column = self.down = self.aside = 0
        self.inside = self.text_seen = False
        self.keep, self.out, self.skipped = keep, out, 0
        self.parser = expat.ParserCreate()
        self.parser.StartDoctypeDeclHandler = _refuse_declaration
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text

    def read(self, pieces: Iterable[bytes], name: str) -> None:
        """Follow the whole file."""
        try:
            for piece in pieces:
                self.parser.Parse(piece, False)
            self.parser.Parse(b"", True)
        except _DAMAGED:
            refuse_damaged(name)

    def start(self, tag: str, about: dict[str, str]) -> None:
        if tag == "table:table":
            self.tables.append(_Table())
            self.row = 0
        elif tag == _ROW:
            self.column, self.down = 0, int(about.get("table:number-rows-repeated", "1"))
        elif tag in _CELLS:
            self.aside = int(about.get("table:number-columns-repeated", "1"))
            self.inside, self.text_seen = True, "office:value-type" in about
        if self.skipped or (tag in (_ROW, *_CELLS) and not self._kept(tag)):
            self.skipped += 1
        elif self.out is not None:
            attributes = "".join(f" {key}={quoteattr(value)}" for key, value in about.items())
            self.out.write(f"<{tag}{attributes}>".encode())

    def _kept(self, tag: str) -> bool:
        return self.keep(len(self.tables) - 1, self.row, 0 if tag == _ROW else self.column)

    def text(self, text: str) -> None:
        if self.inside and not text.isspace():
            self.text_seen = True
        if self.out is not None and not self.skipped:
            self.out.write(escape(text).encode())

    def end(self, tag: str) -> None:
        if self.skipped:
            self.skipped -= 1
        elif self.out is not None:
            self.out.write(f"</{tag}>".encode())
        if tag in _CELLS:
            if self.text_seen and self.tables:
                self.tables[-1].filled.append((self.row, self.column, self.down, self.aside))
            self.inside, self.column = False, self.column + self.aside
        elif tag == _ROW:
            self.row += self.down


def tables_of(pieces: Iterable[bytes], name: str) -> list[tuple[Block, Strays | None] | None]:
    """The plan of every table of ``content.xml``, in order.

    Raises
    ------
    UnreadableFile
        When it is damaged, or a table would unfold to far more than is written in it.
    """
    walker = _Walker(lambda *_: True)
    walker.read(pieces, name)
    room = room_of(len(walker.tables))
    return [table.plan(name, room) for table in walker.tables]


def write_tables(
    pieces: Iterable[bytes], name: str, plans: list[tuple[Block, Strays | None] | None], out: IO[bytes]
) -> None:
    """``content.xml`` again, each table cut to its block."""

    def keep(table: int, row: int, column: int) -> bool:
        plan = plans[table] if 0 <= table < len(plans) else None
        return plan is None or plan[0].holds(row, column)

    _Walker(keep, out).read(pieces, name)


def _refuse_declaration(*_: object) -> None:
    raise ValueError("a sheet declares nothing")


def _refuse_repeated(cells: int, name: str) -> NoReturn:
    raise UnreadableFile(
        f"A cell of this workbook says that it is repeated {count(cells)} times, which no table needs.",
        where=name,
        remedy="Save the sheet as CSV and upload that.",
    )
