"""Sheets of a binary workbook (XLSB): records of a number, a length and a content, followed one by one."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import IO

import numpy as np

from segcore.intake.files.refuse import refuse_damaged
from segcore.intake.files.sheet_room import Block, refuse_texts

_ROW, _TEXT_ITEM, _SHARED = 0, 19, 7
_FILLED = range(2, 12)  # 1 is a blank cell with a format
_LONGEST = 1 << 24  # of a record; a cell holds at most 32,767 signs
Record = tuple[int, bytes, bytes]  # number, header, content


def records(pieces: Iterable[bytes], name: str) -> Iterator[Record]:
    """Every record of a part.

    Raises
    ------
    UnreadableFile
        When the last one is cut off, or one is longer than any can be.
    """
    text, at = b"", 0
    for piece in pieces:
        text, at = text[at:] + piece, 0
        while (found := _record(text, at, name)) is not None:
            kind, start, end = found
            yield kind, text[at:start], text[start:end]
            at = end
    if at < len(text):
        refuse_damaged(name)


def _record(text: bytes, at: int, name: str) -> tuple[int, int, int] | None:
    """Number, start and end of the content; None where it is not all here yet."""
    kind, size, start = 0, 0, at
    for shift in (0, 7):
        if start >= len(text):
            return None
        kind |= (text[start] & 127) << shift
        start += 1
        if text[start - 1] < 128:
            break
    for shift in (0, 7, 14, 21):
        if start >= len(text):
            return None
        size |= (text[start] & 127) << shift
        start += 1
        if text[start - 1] < 128:
            break
    if size > _LONGEST:
        refuse_damaged(name)
    return (kind, start, start + size) if start + size <= len(text) else None


def binary_lengths(pieces: Iterable[bytes], name: str) -> np.ndarray:
    """Bytes of each shared text, in order."""
    return np.array(
        [len(text) for kind, _, text in records(pieces, name) if kind == _TEXT_ITEM], dtype=np.int64
    )


def binary_cells(
    pieces: Iterable[bytes], name: str, lengths: np.ndarray, most: int
) -> tuple[np.ndarray, np.ndarray]:
    """Rows and columns of every filled cell, from 0.

    Raises
    ------
    UnreadableFile
        When the sheet is damaged, or the shared texts in the cells take more than ``most`` bytes together.
    """
    rows, columns, texts = array("q"), array("q"), 0

    def note(row: int, kind: int, content: bytes) -> bool:
        nonlocal texts
        rows.append(row)
        columns.append(int.from_bytes(content[:4], "little"))
        if kind == _SHARED and (at := int.from_bytes(content[8:12], "little")) < len(lengths):
            texts += int(lengths[at])
            if texts > most:
                refuse_texts(most, name)
        return True

    for _ in _kept(pieces, name, note):
        pass
    return np.frombuffer(rows, dtype=np.int64), np.frombuffer(columns, dtype=np.int64)


def write_binary_block(pieces: Iterable[bytes], name: str, block: Block, out: IO[bytes]) -> None:
    """The sheet again with the cells of a block only."""

    def keep(row: int, _kind: int, content: bytes) -> bool:
        return block.holds(row, int.from_bytes(content[:4], "little"))

    for header, content in _kept(pieces, name, keep):
        out.write(header + content)


def _kept(
    pieces: Iterable[bytes], name: str, keep: Callable[[int, int, bytes], bool]
) -> Iterator[tuple[bytes, bytes]]:
    row = 0
    for kind, header, content in records(pieces, name):
        if kind == _ROW:
            row = int.from_bytes(content[:4], "little")
        if kind not in _FILLED or keep(row, kind, content):
            yield header, content
