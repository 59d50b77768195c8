"""Numbers with a decimal comma in a file cut at commas: every one stands in two cells, and is put together again."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Sequence

from segcore.intake.sniff import cut
from segcore.intake.vocabulary import speaks_of

Rewrite = Callable[[Iterator[str]], Iterator[str]]
_WHOLE, _CENTS = re.compile(r"-?\d[\d.]*"), re.compile(r"\d\d")
MOST_NUMBERS, FEWEST_ROWS = 4, 3


def split_decimals(lines: Sequence[str]) -> tuple[str, Rewrite] | None:
    """Rows longer than their header by numbers and their cents, where only one reading puts the right width together."""
    rows = cut("\n".join(lines), ",")[0]
    width, body = len(rows[0]), rows[1:]
    surplus = {len(row) - width for row in body}
    if len(surplus) != 1 or not 1 <= (more := surplus.pop()) <= MOST_NUMBERS or len(body) < FEWEST_ROWS:
        return None
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
