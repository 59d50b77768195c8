"""A quick look at the XML of a sheet: how far its cells reach, how many there are, which texts they refer to.

Bytes are compared, nothing is parsed, so it takes a few hundredths of the reading. It only trusts what nearly every
program writes (``<c r="A1" …``); a sheet written otherwise is not ``sure`` and is parsed by ``sheet_cells`` instead.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

_ERROR_CELL = re.compile(rb'<(?:[\w.-]+:)?c\b[^>]*\bt="e"')
_ODD_TYPE = re.compile(rb"\bt\s*=\s*'|\bt\s+=|\bt=\s")
_TEXT_END, _ODD_TEXT = (
    re.compile(rb"</(?:[\w.-]+:)?si\s*>"),
    re.compile(rb"<!|<(?:[\w.-]+:)?si(?:\s[^<>]*)?/>"),
)
_LONGEST_NAME = 12  # letters and digits of a cell's name; XFD1048576 has ten
_TAG_ENDS = np.isin(np.arange(256), (9, 10, 13, 32, 47, 62))


@dataclass
class Look:
    """What was seen of a sheet; ``rows`` and ``columns`` are the numbers of the last ones with a cell."""

    size: int = 0
    cells: int = 0
    rows: int = 0
    columns: int = 0
    errors: int = 0
    texts: int = 0
    sure: bool = True


def look_at(pieces: Iterable[bytes], lengths: np.ndarray | None = None) -> Look:
    """Look at a sheet.

    Parameters
    ----------
    pieces : iterable of bytes
    lengths : array of int, optional
        Of the shared texts; then ``texts`` counts what the cells refer to, else it stays 0.
    """
    seen = Look()
    for text in _whole_tags(pieces, seen):
        if text.count(b't="e"'):
            seen.errors += len(_ERROR_CELL.findall(text))
        _reach(np.frombuffer(text, dtype=np.uint8), seen)
        if lengths is not None:
            seen.sure &= not _ODD_TYPE.search(text)
            seen.texts += _referred(text, lengths)
    return seen


def _whole_tags(pieces: Iterable[bytes], seen: Look) -> Iterator[bytes]:
    """The bytes again, cut behind the end of a tag."""
    tail = b""
    for piece in pieces:
        seen.size += len(piece)
        text = tail + piece
        end = text.rfind(b">") + 1
        seen.sure &= end > 0  # else a tag may begin in one piece and end in another
        end = end or len(text)
        yield text[:end]
        tail = text[end:]


def _reach(text: np.ndarray, seen: Look) -> None:
    """Every ``<c r="A1"`` or ``<x:c r="A1"``; a cell written otherwise makes the look unsure."""
    if len(text) < _LONGEST_NAME + 8:
        seen.sure &= not (text == 99).any()
        return
    found = np.flatnonzero((text[1:-1] == 99) & ((text[:-2] == 60) | (text[:-2] == 58)))
    found = found[_TAG_ENDS[text[found + 2]]] + 2  # where the name of the tag has ended
    if not len(found):
        return
    seen.cells += len(found)
    padded = np.concatenate([text, np.zeros(_LONGEST_NAME + 8, dtype=np.uint8)])
    usual = np.ones(len(found), dtype=bool)
    for step, sign in enumerate(b' r="'):
        usual &= padded[found + step] == sign
    columns, rows, closed = _names(padded, found + 4)
    seen.sure &= bool((usual & closed).all())
    seen.columns = max(seen.columns, int(columns.max()))
    seen.rows = max(seen.rows, int(rows.max()))


def _names(text: np.ndarray, starts: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Columns and rows of the cells whose names begin there, and whether each name is one up to its quotation mark."""
    columns, rows = np.zeros(len(starts), dtype=np.int64), np.zeros(len(starts), dtype=np.int64)
    good, open_ = np.ones(len(starts), dtype=bool), np.ones(len(starts), dtype=bool)
    for step in range(_LONGEST_NAME + 1):
        sign = text[starts + step].astype(np.int64)
        open_ &= sign != 34
        if not open_.any():
            break
        letter, digit = (sign >= 65) & (sign <= 90), (sign >= 48) & (sign <= 57)
        good &= ~open_ | digit | (letter & (rows == 0))
        columns = np.where(open_ & letter, 26 * columns + sign - 64, columns)
        rows = np.where(open_ & digit, 10 * rows + sign - 48, rows)
    return columns, rows, good & ~open_ & (columns > 0) & (rows > 0)


def _referred(text: bytes, lengths: np.ndarray) -> int:
    """Bytes of the texts that ``t="s"><v>12</v>`` refer to; the longest one where a cell is written otherwise."""
    signs = np.frombuffer(text + bytes(20), dtype=np.uint8)
    usual = (signs[:-8] == 61) & (signs[2:-6] == 115) & (signs[4:-4] == 62) & (signs[6:-2] == 118)
    found = np.flatnonzero(usual) + 8
    numbers, reading = np.zeros(len(found), dtype=np.int64), np.ones(len(found), dtype=bool)
    for step in range(10):
        sign = signs[found + step].astype(np.int64)
        reading &= (sign >= 48) & (sign <= 57)
        if not reading.any():
            break
        numbers = np.where(reading, 10 * numbers + sign - 48, numbers)
    known = numbers[numbers < len(lengths)]
    unknown = max(text.count(b't="s"'), len(found)) - len(known)
    return int(lengths[known].sum()) + unknown * int(lengths.max())


def text_lengths(pieces: Iterable[bytes]) -> tuple[np.ndarray, bool]:
    """Bytes that each shared text takes at most, in order, and whether they could be told apart for sure."""
    ends, at, tail, sure = [np.zeros(0, dtype=np.int64)], 0, b"", True
    for piece in pieces:
        text = tail + piece
        sure &= not _ODD_TEXT.search(text)
        ends.append(np.fromiter((at + match.start() for match in _TEXT_END.finditer(text)), dtype=np.int64))
        keep = min(64, len(text))
        at, tail = at + len(text) - keep, text[len(text) - keep :]
    places = np.unique(np.concatenate([*ends, [at + len(tail)]]))
    return np.diff(places, prepend=0), sure
