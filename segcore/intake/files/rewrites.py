"""Files that are brought into rows first: decimal commas between commas, columns of a fixed width, letters encoded twice."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from segcore.intake.columns.vocabulary import speaks_of
from segcore.intake.files.sniff import DELIMITERS, cut, is_cut_by

Rewrite = Callable[[Iterator[str]], Iterator[str]]
_WHOLE, _CENTS = re.compile(r"-?\d[\d.]*"), re.compile(r"\d\d")
MOST_NUMBERS, FEWEST_ROWS, FEWEST_COLUMNS, FEWEST_WORDS = 4, 3, 3, 2


def split_decimals(lines: Sequence[str]) -> tuple[str, Rewrite] | None:
    """Rows longer than their header by numbers and their cents, where only one reading puts the right width together."""
    rows = cut("\n".join(lines), ",")[0]
    width, body = len(rows[0]), rows[1:]
    surplus = {len(row) - width for row in body}
    if len(surplus) != 1 or not 1 <= (more := surplus.pop()) <= MOST_NUMBERS or len(body) < FEWEST_ROWS:
        return None
    if [row[0] for row in body[:FEWEST_ROWS]] in (["0", "1", "2"], ["1", "2", "3"]):
        return None  # rows are numbered in front, and that column has no name
    at = [
        i
        for i in range(width + more - 1)
        if all(_WHOLE.fullmatch(r[i]) and _CENTS.fullmatch(r[i + 1]) for r in body)
    ]
    readings = [
        chosen
        for chosen in itertools.combinations(at, more)
        if all(b - a > 1 for a, b in itertools.pairwise(chosen))
        and all(_is_measure(rows[0][place - before]) for before, place in enumerate(chosen))
    ]
    if len(readings) != 1:
        return None
    what = "Numbers with a decimal comma were cut at it; each was put together again."
    return what, _joined(readings[0], width + more)


def _is_measure(header: str) -> bool:
    return any(speaks_of(header, role) for role in ("amount", "quantity", "total", "each"))


def _joined(places: Sequence[int], width: int) -> Rewrite:
    def rewrite(source: Iterator[str]) -> Iterator[str]:
        for line in source:
            row = next(iter(cut(line, ",")[0]), [])
            yield line if len(row) != width else ",".join(_cells(row, places))

    return rewrite


def _cells(row: Sequence[str], places: Sequence[int]) -> Iterator[str]:
    cents = {place + 1 for place in places}
    for i, cell in enumerate(row):
        if i not in cents:
            text = f"{cell},{row[i + 1]}" if i in places else cell
            yield '"' + text.replace('"', '""') + '"'


def fixed_width(lines: Sequence[str]) -> tuple[str, Rewrite] | None:
    """Columns that begin at the same place in every line, as reports are printed, where no sign cuts the lines."""
    if len(lines) < 2 * FEWEST_ROWS or any(is_cut_by("\n".join(lines), sign) for sign in DELIMITERS):
        return None
    starts = _starts(lines[1:])  # a header may fill its column and touch the next
    if len(starts) < FEWEST_COLUMNS or any("\t" in line for line in lines):
        return None
    what = "Columns had a fixed width; they were cut where every line has a blank."
    return what, lambda source: (_cut_at(line, starts, i == 0) for i, line in enumerate(source))


def _starts(lines: Sequence[str]) -> list[int]:
    """Where a column begins: behind a place that is blank in all lines."""
    width = max(map(len, lines))
    blank = [all(i >= len(line) or line[i] == " " for line in lines) for i in range(width)]
    return [i for i in range(width) if not blank[i] and (i == 0 or blank[i - 1])]


def _cut_at(line: str, starts: Sequence[int], is_header: bool) -> str:
    """A line with tabs between its columns; one that has no blank before a column stays whole and is counted as such."""
    if not is_header and any(start <= len(line) and start > 0 and line[start - 1] != " " for start in starts):
        return line
    ends = [*starts[1:], len(line)]
    return "\t".join(line[start:end].strip() for start, end in zip(starts, ends, strict=True))


def encoded_twice(lines: Sequence[str]) -> tuple[str, Rewrite] | None:
    """UTF-8 that some program took for Windows-1252 and encoded again: ``MÃ¼sli``. No words of any language look so."""
    beyond = [line for line in lines if not line.isascii()]
    mended = [line for line in beyond if _decoded(line) != line]
    words = {word for line in mended for word in line.split() if not word.isascii()}
    if len(words) < FEWEST_WORDS or len(mended) < len(beyond):
        return None
    what = "Letters beyond ASCII were encoded twice (Ã¼ for ü); they were brought back."
    return what, lambda source: map(_decoded, source)


def _decoded(line: str) -> str:
    """The line with one encoding taken off, or as it is where that gives no text."""
    if line.isascii():
        return line
    try:
        return b"".join(map(_byte, line)).decode("utf-8")
    except (UnicodeDecodeError, ValueError):
        return line


def _byte(sign: str) -> bytes:
    """A sign as Windows-1252 has it, and the five it lacks as Latin-1 has them; others were never encoded twice."""
    try:
        return sign.encode("cp1252")
    except UnicodeEncodeError:
        return bytes([ord(sign)])
