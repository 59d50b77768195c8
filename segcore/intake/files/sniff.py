"""What a text file looks like: encoding, delimiter, quotes, header. Decided on its head, then held to."""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from segcore.intake.files.encodings import SPOKEN, guess_encoding
from segcore.intake.files.header import Header, find_header, looks_like_value
from segcore.intake.files.refuse import HEAD, looks_utf16
from segcore.intake.files.sources import Fingerprint

csv.field_size_limit(1 << 24)
DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_RARE = "^~:\x1f\x01"
SNIFFED = 1 << 18
# a doubled mark behind a space stands inside a cell, unless it is all of one
_GAP = re.compile(r'(^|[,;\t|]) +"(?! *[,;\t|]|\s*$)(?!"(?! *(?:[,;\t|]|$)))', re.MULTILINE)
ROWS = 400


@dataclass(frozen=True)
class PlainText:
    """A file as UTF-8 with ordinary line ends: the file itself, or a repaired copy in the scratch folder."""

    path: Path
    encoding: str
    mixed_lines: int
    nuls: int
    newlines: int
    has_quotes: bool


@dataclass(frozen=True)
class Dialect:
    """How the lines of a text file are to be cut.

    Attributes
    ----------
    delimiter : str
    header : Header
    skip : int
        Physical lines before the first data line.
    are_values : tuple of bool
        One a column: whether its cells are numbers or dates.
    known : tuple of frozenset of str
        One a column: its texts in the head of the file.
    """

    delimiter: str
    header: Header
    skip: int
    are_values: tuple[bool, ...]
    known: tuple[frozenset[str], ...]

    @property
    def sentence(self) -> str:
        """The dialect in words."""
        word = DELIMITERS.get(self.delimiter, f"“{self.delimiter}”")
        top = "with a header" if self.header.has_header else "without a header"
        return f"Columns separated by {word}, {top}."


def plain_text(path: Path, seen: Fingerprint, scratch: Path) -> PlainText:
    """The file as UTF-8; re-encoded into the scratch folder only where needed."""
    with path.open("rb") as stream:
        head = stream.read(HEAD)
    encoding = _encoding(head, seen)
    if encoding == "cp1252":
        with path.open("rb") as stream:
            encoding = guess_encoding(stream)
    if encoding == "utf-8" and not seen.nuls and not seen.lone_returns:
        return PlainText(path, encoding, 0, 0, seen.newlines, seen.quotes > 0)
    copy = new_file(scratch)
    mixed, newlines = _rewrite(path, encoding, copy)
    nuls = 0 if encoding.startswith(("utf-16", "utf-32")) else seen.nuls
    return PlainText(copy, encoding, mixed, nuls, newlines, True)


def without_gaps(plain: PlainText, scratch: Path) -> PlainText:
    """Spaces between a delimiter and a quotation mark taken out: behind a space the mark would not count as one."""
    if not plain.has_quotes or len(_GAP.findall(read_head(plain.path))) < 2:
        return plain
    copy = new_file(scratch)
    with (
        plain.path.open(encoding="utf-8", newline="\n") as source,
        copy.open("w", encoding="utf-8", newline="\n") as out,
    ):
        for line in source:
            out.write(_GAP.sub(r'\1"', line))
    return replace(plain, path=copy)


def new_file(scratch: Path) -> Path:
    """A name in the scratch folder that nothing else uses."""
    handle, name = tempfile.mkstemp(dir=scratch, suffix=".txt")
    os.close(handle)
    return Path(name)


def _encoding(head: bytes, seen: Fingerprint) -> str:
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        return "utf-32"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if order := looks_utf16(head):
        return order
    if seen.is_utf8:
        return "utf-8-sig" if head.startswith(codecs.BOM_UTF8) else "utf-8"
    return "cp1252"


def _rewrite(path: Path, encoding: str, copy: Path) -> tuple[int, int]:
    """Write a clean UTF-8 copy; returns how many lines were not UTF-8 and how many lines there are."""
    mixed = newlines = 0
    with copy.open("w", encoding="utf-8", newline="\n") as out:
        for text, odd in _lines(path, encoding):
            mixed += odd
            for line in text.split("\r"):
                out.write(line.replace("\0", "").replace("\ufeff", "") + "\n")
                newlines += 1
    return mixed, newlines


def _lines(path: Path, encoding: str) -> Iterator[tuple[str, bool]]:
    """Lines without their ends, and whether each of them was not UTF-8 where files may hold two encodings."""
    if not encoding.startswith("utf"):
        with path.open("rb") as stream:
            for line in stream:
                yield _decode_mixed(line.rstrip(b"\r\n"), encoding)
        return
    with path.open(encoding=encoding, errors="replace", newline="\n") as stream:
        for text in stream:
            yield text.rstrip("\r\n"), False


def _decode_mixed(line: bytes, encoding: str) -> tuple[str, bool]:
    """One line at a time: files stitched together from two systems hold both encodings."""
    try:
        return line.decode("utf-8"), False
    except UnicodeDecodeError:
        pass
    try:
        return line.decode(encoding), True
    except UnicodeDecodeError:
        return line.decode("latin-1" if encoding == "cp1252" else encoding, errors="replace"), True


def sniff(plain: PlainText) -> Dialect:
    """Decide delimiter and header on the head of the file."""
    text = read_head(plain.path)
    declared, offset = _declared_delimiter(text)
    if declared:
        text = text.split("\n", 1)[1] if "\n" in text else ""
    delimiter = declared or _delimiter(text)
    rows, ends = cut(text, delimiter)
    filled = [row for row in rows if any(cell.strip() for cell in row)] or [[""]]
    header = find_header(filled)
    skip = offset + _physical(rows, ends, header.skipped)
    width = len(header.names)
    body = [row for row in filled[header.skipped :] if len(row) == width]
    columns = [[row[i] for row in body if row[i].strip()] for i in range(width)]
    known = tuple(map(frozenset, columns))
    return Dialect(delimiter, header, skip, tuple(map(_are_values, columns)), known)


def _are_values(cells: list[str]) -> bool:
    return bool(cells) and sum(looks_like_value(cell.strip()) for cell in cells) >= 0.95 * len(cells)


def cut(text: str, delimiter: str, most: int = ROWS) -> tuple[list[list[str]], list[int]]:
    """The first rows of a text, and the physical line each of them ends on."""
    # only line feeds end a line here: a form feed or a Unicode line separator may stand inside a name
    reader = csv.reader(io.StringIO(text, newline="\n"), delimiter=delimiter)
    rows, ends = [], []
    for row in reader:
        rows.append(row)
        ends.append(reader.line_num)
        if len(rows) >= most:
            break
    return rows, ends


def _physical(rows: list[list[str]], ends: list[int], skipped: int) -> int:
    """Physical lines taken by the first ``skipped`` rows that are not blank."""
    filled = [end for row, end in zip(rows, ends, strict=True) if any(cell.strip() for cell in row)]
    return filled[skipped - 1] if skipped else 0


def read_head(path: Path) -> str:
    """The first lines of a UTF-8 file, whole ones only, each ended by a line feed."""
    with path.open("rb") as stream:
        raw = stream.read(SNIFFED)
        rest = stream.read(1)
    if rest:
        raw = raw[: raw.rfind(b"\n") + 1] or raw
    return raw.decode("utf-8", errors="ignore").replace("\r\n", "\n").replace("\r", "\n")


def _declared_delimiter(text: str) -> tuple[str, int]:
    """Excel's own first line ``sep=;``."""
    first = text.split("\n", 1)[0].strip('"')
    if first.lower().startswith("sep=") and len(first) >= 5:
        return first[4], 1
    return "", 0


def _delimiter(text: str) -> str:
    """The sign that cuts the most rows into the same number of columns."""
    scores = {sign: _score(text, sign) for sign in DELIMITERS if sign in text}
    best = max(scores, key=scores.__getitem__, default="")
    if best and scores[best] > 0:
        return best
    rare = {sign: _score(text, sign) for sign in _RARE if sign in text}
    best = max(rare, key=rare.__getitem__, default="")
    return best if best and rare[best] > 0.9 else ","


def is_cut_by(text: str, sign: str) -> bool:
    """Whether a sign stands in enough lines to part columns."""
    return sign in text and _score(text, sign) > 0


def _score(text: str, sign: str) -> float:
    """Share of rows with the usual width, more for wider tables; 0 where most rows are not cut at all."""
    rows, _ = cut(text, sign)
    widths = Counter(len(row) for row in rows if row)
    total = sum(widths.values())
    if not total or widths[1] > 0.7 * total:
        return 0.0
    width, hits = max(((w, n) for w, n in widths.items() if w > 1), key=lambda item: item[1])
    return hits / total + 0.02 * min(width, 10)


def shown(seen: PlainText) -> str:
    """The encoding as a person would call it."""
    return SPOKEN.get(seen.encoding, seen.encoding.upper())
