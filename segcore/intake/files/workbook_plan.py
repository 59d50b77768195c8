"""A plan of a workbook before the reader gets it: what it would unfold to, and a copy without stray cells where needed.

The reader holds all shared texts and formats, copies a text into every cell that refers to it, and lays every sheet
out in full. Each of these is foretold from the parts of the archive, unpacked block by block.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

import numpy as np

from segcore.errors import UnreadableFile
from segcore.intake.files.binary_sheet import binary_cells, binary_lengths, write_binary_block
from segcore.intake.files.old_sheet import planned_old
from segcore.intake.files.open_document import tables_of, write_tables
from segcore.intake.files.package import blocks
from segcore.intake.files.refuse import refuse_damaged
from segcore.intake.files.sheet_cells import filled_cells, write_block
from segcore.intake.files.sheet_look import Look, look_at, text_lengths
from segcore.intake.files.sheet_room import DENSE, MOST_COLUMNS, MOST_ROWS, Strays, room_of, table_in
from segcore.language.words import count

MOST_FORMATS = 150_000_000  # bytes, read in a second; a spreadsheet program writes a tenth of that at most
LONGEST_FORMAT = 2_000
TEXT_ROOM = 64_000_000  # bytes of text that need no reason
_FEWEST_BYTES = 20  # of a cell that refers to a shared text
_LONG_FORMAT = re.compile(rb"<[^<>]{%d}" % LONGEST_FORMAT)
_SHEETS, _TEXTS, _BINARY_TEXTS = "xl/worksheets/", "xl/sharedstrings.xml", "xl/sharedstrings.bin"
_FORMATS = ("xl/styles.xml", "xl/styles.bin", "styles.xml")


@dataclass(frozen=True)
class Planned:
    """A workbook that may be read: its path, how many cells hold an error, what was left out of it."""

    path: Path
    errors: int = 0
    strays: tuple[Strays, ...] = ()


def planned(path: Path, name: str, scratch: Path) -> Planned:
    """The workbook itself, or a copy of it in the scratch folder without its stray cells.

    Raises
    ------
    UnreadableFile
        When it is damaged inside, or would take far more room than a table of its size.
    """
    if not zipfile.is_zipfile(path):
        kept, strays = planned_old(path, name, scratch)
        return Planned(kept, 0, strays)
    with zipfile.ZipFile(path) as archive:
        return _of_archive(archive, path, name, scratch)


def _of_archive(archive: zipfile.ZipFile, path: Path, name: str, scratch: Path) -> Planned:
    parts = archive.infolist()
    for part in parts:
        if _place(part) in _FORMATS:
            _check_formats(archive, part, name)
    lengths = _lengths(archive, parts, name)
    sheets = _sheets(parts, name)
    errors, cuts = 0, {}
    strays: list[Strays] = []
    for part, kind in sheets:
        if part.is_dir():
            continue
        found = _sheet(partial(blocks, archive, part, name), kind, lengths, name, room_of(len(sheets)))
        errors += found.errors
        if found.cut is not None:
            cuts[part.filename] = found.cut
            strays += found.strays
    return Planned(_copy(archive, cuts, name, scratch) if cuts else path, errors, tuple(strays))


def _place(part: zipfile.ZipInfo) -> str:
    """The reader does not tell upper from lower case."""
    return part.filename.replace("\\", "/").lower()


def _check_formats(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> None:
    if part.file_size > MOST_FORMATS:
        raise UnreadableFile(
            f"The formats of this workbook alone take {count(part.file_size / 1e6)} MB.",
            where=name,
            remedy="Copy the table as values into a new workbook, and upload that.",
        )
    tail = b""
    for piece in blocks(archive, part, name):
        if _LONG_FORMAT.search(tail + piece):
            refuse_damaged(name)
        tail = piece[-LONGEST_FORMAT:]


def _lengths(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], name: str) -> np.ndarray | None:
    """Bytes of each shared text; None where no number of cells could make them too many."""
    binary = [part for part in parts if _place(part) == _BINARY_TEXTS]
    if binary:
        return np.concatenate([binary_lengths(blocks(archive, part, name), name) for part in binary])
    found = [part for part in parts if _place(part) == _TEXTS]
    if not found:
        return None
    lengths, sure = zip(*(text_lengths(blocks(archive, part, name)) for part in found), strict=True)
    known = lengths[0] if len(found) == 1 and all(sure) else np.array([max(part.file_size for part in found)])
    sheets = sum(part.file_size for part in parts if _place(part).startswith(_SHEETS))
    return None if int(known.max()) * (sheets // _FEWEST_BYTES) <= TEXT_ROOM else known


Cut = Callable[[Iterator[bytes], IO[bytes]], None]  # writes a part again without what strays


@dataclass(frozen=True)
class _Seen:
    """What was seen of a part with cells: errors, and how it is to be cut where something strays."""

    errors: int = 0
    cut: Cut | None = None
    strays: tuple[Strays, ...] = ()


def _sheets(parts: list[zipfile.ZipInfo], name: str) -> list[tuple[zipfile.ZipInfo, str]]:
    """The parts that have cells, and how these are written: what a part is called says nothing about it."""
    places = {_place(part) for part in parts}
    if {"xl/workbook.xml", "xl/workbook.bin"} <= places:
        refuse_damaged(name)  # it could be read as either
    kind = "binary" if "xl/workbook.bin" in places else "xml"
    sheets = [
        part for part in parts if _place(part).startswith(_SHEETS) and not _place(part).endswith(".rels")
    ]
    return [(part, kind) for part in sheets] + [
        (part, "open") for part in parts if _place(part) == "content.xml"
    ]


def _sheet(
    pieces: Callable[[], Iterator[bytes]], kind: str, lengths: np.ndarray | None, name: str, room: int
) -> _Seen:
    if kind == "open":
        return _open_document(pieces, name)
    errors = 0
    if kind == "binary":
        size = sum(map(len, pieces()))
        known = np.zeros(0, dtype=np.int64) if lengths is None else lengths
        rows, columns = binary_cells(pieces(), name, known, _most_text(size))
    else:
        look = look_at(pieces(), lengths)
        errors = look.errors
        if look.sure and _is_small(look, room):
            return _Seen(errors)
        rows, columns = filled_cells(pieces(), name, lengths, _most_text(look.size))
    block, astray = table_in(rows, columns, name, room) if len(rows) else (None, None)
    if block is None or astray is None:
        return _Seen(errors)
    write = write_binary_block if kind == "binary" else write_block
    return _Seen(errors, lambda given, out: write(given, name, block, out), (astray,))


def _open_document(pieces: Callable[[], Iterator[bytes]], name: str) -> _Seen:
    plans = tables_of(pieces(), name)
    strays = tuple(plan[1] for plan in plans if plan is not None and plan[1] is not None)
    return _Seen(0, (lambda given, out: write_tables(given, name, plans, out)) if strays else None, strays)


def _is_small(look: Look, room: int) -> bool:
    area, known = look.rows * look.columns, look.rows <= MOST_ROWS and look.columns <= MOST_COLUMNS
    return known and area <= max(room, DENSE * look.cells) and look.texts <= _most_text(look.size)


def _most_text(size: int) -> int:
    """Bytes of text that the cells of a sheet of this size may refer to."""
    return max(TEXT_ROOM, DENSE * size)


def _copy(archive: zipfile.ZipFile, cuts: dict[str, Cut], name: str, scratch: Path) -> Path:
    """The workbook with some sheets cut to a block; pictures stay behind."""
    path = scratch / f"{len(list(scratch.iterdir()))}-without-strays.xlsx"
    with zipfile.ZipFile(path, "w") as copy:
        for part in archive.infolist():
            if _place(part).startswith("xl/media/"):
                continue
            pieces = blocks(archive, part, name)
            with copy.open(part.filename, "w", force_zip64=True) as out:
                cuts.get(part.filename, _pour)(pieces, out)
    return path


def _pour(pieces: Iterator[bytes], out: IO[bytes]) -> None:
    for piece in pieces:
        out.write(piece)
