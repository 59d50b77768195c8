"""A plan of a workbook before the reader gets it: what it would unfold to, and a copy without stray cells where needed.

The reader holds all shared texts and formats, copies a text into every cell that refers to it, and lays every sheet
out in full. Each of these is foretold from the parts of the archive, unpacked block by block.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from segcore.errors import UnreadableFile
from segcore.intake.package import blocks
from segcore.intake.refuse import refuse_damaged
from segcore.intake.sheet_cells import filled_cells, write_block
from segcore.intake.sheet_look import Look, look_at, text_lengths
from segcore.intake.sheet_room import DENSE, MOST_COLUMNS, MOST_ROWS, ROOM, Block, Strays, table_in
from segcore.words import count

MOST_FORMATS = 64_000_000  # bytes; a spreadsheet program knows 65,490 formats of cells
LONGEST_FORMAT = 2_000
TEXT_ROOM = 64_000_000  # bytes of text that need no reason
_FEWEST_BYTES = 20  # of a cell that refers to a shared text
_LONG_FORMAT = re.compile(rb"<[^<>]{%d}" % LONGEST_FORMAT)
_SHEETS, _TEXTS, _FORMATS = "xl/worksheets/", "xl/sharedstrings.xml", "xl/styles.xml"


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
        return Planned(path)
    with zipfile.ZipFile(path) as archive:
        return _of_archive(archive, path, name, scratch)


def _of_archive(archive: zipfile.ZipFile, path: Path, name: str, scratch: Path) -> Planned:
    parts = archive.infolist()
    for part in parts:
        if _place(part) == _FORMATS:
            _check_formats(archive, part, name)
    lengths = _lengths(archive, parts, name)
    errors, blocks_kept, strays = 0, {}, []
    for part in parts:
        if not (_place(part).startswith(_SHEETS) and _place(part).endswith(".xml")):
            continue
        look, block, astray = _sheet(archive, part, lengths, name)
        errors += look.errors
        if astray is not None:
            blocks_kept[part.filename] = block
            strays.append(astray)
    if strays:
        path = _copy(archive, blocks_kept, name, scratch)
    return Planned(path, errors, tuple(strays))


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
    found = [part for part in parts if _place(part) == _TEXTS]
    if not found:
        return None
    lengths, sure = zip(*(text_lengths(blocks(archive, part, name)) for part in found), strict=True)
    known = lengths[0] if len(found) == 1 and all(sure) else np.array([max(part.file_size for part in found)])
    sheets = sum(part.file_size for part in parts if _place(part).startswith(_SHEETS))
    return None if int(known.max()) * (sheets // _FEWEST_BYTES) <= TEXT_ROOM else known


def _sheet(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, lengths: np.ndarray | None, name: str
) -> tuple[Look, Block | None, Strays | None]:
    """What was seen of a sheet; and where something strays, the block to keep."""
    look = look_at(blocks(archive, part, name), lengths)
    area, texts = look.rows * look.columns, look.texts
    known = look.rows <= MOST_ROWS and look.columns <= MOST_COLUMNS and area <= max(ROOM, DENSE * look.cells)
    if look.sure and known and not _too_much(texts, look.size):
        return look, None, None
    rows, columns, texts = filled_cells(blocks(archive, part, name), name, lengths)
    if _too_much(texts, look.size):
        raise UnreadableFile(
            f"The texts of this workbook would unfold to {count(texts / 1e6)} MB: long ones stand in many cells.",
            where=name,
            remedy="Shorten them, or save the sheet as CSV, and upload that.",
        )
    return (look, *table_in(rows, columns, name)) if len(rows) else (look, None, None)


def _too_much(texts: int, size: int) -> bool:
    return texts > max(TEXT_ROOM, DENSE * size)


def _copy(archive: zipfile.ZipFile, kept: dict[str, Block], name: str, scratch: Path) -> Path:
    """The workbook with some sheets cut to a block; pictures stay behind."""
    path = scratch / f"{len(list(scratch.iterdir()))}-without-strays.xlsx"
    with zipfile.ZipFile(path, "w") as copy:
        for part in archive.infolist():
            if _place(part).startswith("xl/media/"):
                continue
            pieces = blocks(archive, part, name)
            with copy.open(part.filename, "w", force_zip64=True) as out:
                if part.filename in kept:
                    write_block(pieces, name, kept[part.filename], out)
                else:
                    _pour(pieces, out)
    return path


def _pour(pieces: Iterator[bytes], out) -> None:
    for piece in pieces:
        out.write(piece)
