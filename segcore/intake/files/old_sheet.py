"""Sheets of an old workbook (XLS): records in a stream of sectors, followed one by one.

A cell that strays is not cut out: in a copy its record gets a number that no reader knows, so everything stays in place.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from segcore.intake.files.refuse import refuse_damaged
from segcore.intake.files.sheet_room import Strays, room_of, table_in

_BEGIN, _END, _LISTED, _LOCKED = 0x809, 0x0A, 0x85, 0x2F
_TEXT_OF_FORMULA, _SEVERAL, _UNKNOWN = 0x207, 0xBD, 0x3FF
MOST_SHEETS = 1_000
_FILLED = {0x203, 0x204, 0x205, 0x27E, 0xFD, 0xD6, 0x06, _SEVERAL}
_NAMES = ("Workbook".encode("utf-16-le"), "Book".encode("utf-16-le"))
_LAST, _SMALL = (
    0xFFFFFFF0,
    4096,
)  # sector numbers from there on are marks; shorter streams lie in smaller sectors


@dataclass(eq=False)
class _Sheet:
    """Filled cells: rows, columns, and where their records begin in the stream."""

    rows: array = field(default_factory=lambda: array("q"))
    columns: array = field(default_factory=lambda: array("q"))
    places: array = field(default_factory=lambda: array("q"))

    def add(self, row: int, column: int, place: int) -> None:
        self.rows.append(row)
        self.columns.append(column)
        self.places.append(place)


class _Stream:
    """The stream with the sheets, and where each of its bytes stands in the file."""

    def __init__(self, raw: bytes) -> None:
        self.size = 1 << struct.unpack_from("<H", raw, 30)[0]
        if self.size not in (512, 4096):
            raise ValueError("no sector is as large")
        self.raw, first, small = raw, *struct.unpack_from("<I", raw, 48), *struct.unpack_from("<I", raw, 60)
        self.next = self._table()
        entries = b"".join(self._sector(one) for one in self._chain(self.next, first))
        begins, length = self._entry(entries, _NAMES)
        if length >= _SMALL:
            self.starts, self.step = [self._at(one) for one in self._chain(self.next, begins)], self.size
        else:
            self.starts, self.step = self._small(entries, begins, small), 64
        self.bytes = b"".join(raw[at : at + self.step] for at in self.starts)[:length]

    def place(self, at: int) -> int:
        """Where a byte of the stream stands in the file."""
        return self.starts[at // self.step] + at % self.step

    def _at(self, sector: int) -> int:
        return (sector + 1) * self.size

    def _sector(self, number: int) -> bytes:
        return self.raw[self._at(number) : self._at(number) + self.size]

    def _table(self) -> np.ndarray:
        """For every sector the one that follows it."""
        listed = list(struct.unpack_from("<109I", self.raw, 76))
        more, seen = struct.unpack_from("<I", self.raw, 68)[0], 0
        while more < _LAST and seen <= len(self.raw) // self.size:
            *numbers, more = np.frombuffer(self._sector(more), dtype="<u4").tolist()
            listed, seen = listed + numbers, seen + 1
        return np.frombuffer(b"".join(self._sector(one) for one in listed if one < _LAST), dtype="<u4")

    def _chain(self, following: np.ndarray, first: int) -> Iterator[int]:
        sector = first
        for _ in range(len(following)):
            if sector >= _LAST:
                return
            yield sector
            sector = int(following[sector])

    def _entry(self, entries: bytes, names: tuple[bytes, ...]) -> tuple[int, int]:
        for name in names:  # the reader prefers the first, wherever it stands
            for at in range(0, len(entries) - 127, 128):
                length = struct.unpack_from("<H", entries, at + 64)[0]
                if entries[at : at + max(0, length - 2)] == name:
                    return struct.unpack_from("<II", entries, at + 116)
        raise ValueError("there is no workbook in it")

    def _small(self, entries: bytes, begins: int, first: int) -> list[int]:
        table = b"".join(self._sector(one) for one in self._chain(self.next, first))
        holder = list(self._chain(self.next, struct.unpack_from("<I", entries, 116)[0]))
        each = self.size // 64
        numbers = self._chain(np.frombuffer(table, dtype="<u4"), begins)
        return [self._at(holder[one // each]) + one % each * 64 for one in numbers]


def planned_old(path: Path, name: str, scratch: Path) -> tuple[Path, tuple[Strays, ...]]:
    """The workbook itself, or a copy without its stray cells; and what these are.

    Raises
    ------
    UnreadableFile
        When it is damaged, or its cells lie too far apart.
    """
    raw = path.read_bytes()
    try:
        stream = _Stream(raw)
        sheets = [sheet for sheet in _sheets(stream.bytes) if sheet.rows]
    except (struct.error, ValueError, IndexError):
        refuse_damaged(name)
    strays, places = [], []
    for sheet in sheets:
        rows, columns, at = (
            np.frombuffer(part, dtype=np.int64) for part in (sheet.rows, sheet.columns, sheet.places)
        )
        block, astray = table_in(rows, columns, name, room_of(len(sheets)))
        if astray is not None:
            strays.append(astray)
            places += [
                int(p) for r, c, p in zip(rows, columns, at, strict=True) if not block.holds(int(r), int(c))
            ]
    return (_without(stream, places, scratch) if strays else path), tuple(strays)


def _records(text: bytes, at: int) -> Iterator[tuple[int, int, int]]:
    """Place, number and length of every record up to the one that ends a part."""
    depth = 0
    while at + 4 <= len(text):
        kind, length = struct.unpack_from("<HH", text, at)
        yield at, kind, length
        depth += (kind == _BEGIN) - (kind == _END)
        if depth <= 0 and kind == _END:
            return
        at += 4 + length


def _sheets(text: bytes) -> list[_Sheet]:
    """The sheets that the first part lists; none where the workbook is locked, for then they are noise."""
    listed = []
    for at, kind, length in _records(text, 0):
        if kind == _LOCKED:
            return []
        if kind == _LISTED and length >= 4:
            listed.append(struct.unpack_from("<I", text, at + 4)[0])
    if len(listed) > MOST_SHEETS:
        raise ValueError("no workbook has so many sheets")
    return [_sheet(text, begins) for begins in dict.fromkeys(listed)]


def _sheet(text: bytes, begins: int) -> _Sheet:
    sheet = _Sheet()
    for at, kind, length in _records(text, begins):
        if kind in _FILLED and length >= 6:
            row, column = struct.unpack_from("<HH", text, at + 4)
            sheet.add(row, column, at)
            if kind == _SEVERAL:
                sheet.add(row, struct.unpack_from("<H", text, at + 2 + length)[0], at)
        elif kind == _TEXT_OF_FORMULA and sheet.rows:
            sheet.add(sheet.rows[-1], sheet.columns[-1], at)
    return sheet


def _without(stream: _Stream, places: list[int], scratch: Path) -> Path:
    """A copy in which these records mean nothing."""
    raw = bytearray(stream.raw)
    for at in places:
        for step, value in enumerate(struct.pack("<H", _UNKNOWN)):
            raw[stream.place(at + step)] = value
    path = scratch / f"{len(list(scratch.iterdir()))}-without-strays.xls"
    path.write_bytes(raw)
    return path
