"""Where the table begins: title rows above, the header row if there is one, and the names of the columns."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from segcore.intake.columns.vocabulary import names_a_role
from segcore.intake.files.text_table import unique_names
from segcore.intake.values.numbers import LONGEST, is_number
from segcore.intake.values.tidy import tidy

Row = Sequence[str]
NUMBERISH = re.compile(r"^[\s$€£¥(+-]*\d[\d.,'’\s]*(?:e[+-]?\d+)?[)%\s€$£-]*$", re.IGNORECASE)
DATEISH = re.compile(r"^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T].*)?$")
RULE = re.compile(r"[-=_*+|~.]{2,}")
MOST_TITLES = 15
BODY = 200


@dataclass(frozen=True)
class Header:
    """The top of a table.

    Attributes
    ----------
    names : tuple of str
        Unique column names; "Column 1" … where the table has no header.
    skipped : int
        Rows before the first data row: titles and the header itself.
    has_header : bool
    titles : tuple of str
        Text of the rows above the header.
    renamed : tuple of str
        Headers that occur more than once.
    ragged : bool
        Rows of many different lengths without a header: baskets.
    above : tuple of str
        The cells of the row right above the header, which may group its columns.
    """

    names: tuple[str, ...]
    skipped: int
    has_header: bool
    titles: tuple[str, ...] = ()
    renamed: tuple[str, ...] = ()
    ragged: bool = False
    above: tuple[str, ...] = ()


def is_rule(row: Row) -> bool:
    """Whether a row only draws a line: dashes, plus signs, bars."""
    filled = [cell.strip() for cell in row if cell.strip()]
    return bool(filled) and all(RULE.fullmatch(cell) for cell in filled)


def find_header(rows: Sequence[Row]) -> Header:
    """Look at the first rows of a table and say where its data begin; lines drawn below the header belong to it."""
    drawn = [i for i, row in enumerate(rows) if is_rule(row)]
    if not drawn:
        return _find_header(rows)
    places = [i for i in range(len(rows)) if i not in set(drawn)]
    header = _find_header([rows[i] for i in places] or [[""]])
    if not header.skipped:
        return header
    skipped = places[header.skipped - 1] + 1
    while skipped in set(drawn):
        skipped += 1
    return replace(header, skipped=skipped)


def _find_header(rows: Sequence[Row]) -> Header:
    lengths = Counter(len(row) for row in rows if any(row))
    width, ragged = _width(lengths)
    first = _below_groups(rows, _first_full_row(rows, width))
    if is_header(rows[first], rows[first + 1 : first + 1 + BODY]):
        return _with_header(rows, first, width)
    if is_header(rows[0], rows[1 : 1 + BODY]):
        return _with_header(rows, 0, width)
    width = max(lengths, default=1) if ragged else width
    names = tuple(f"Column {i}" for i in range(1, width + 1))
    return Header(names, 0, False, ragged=ragged and _one_vocabulary(rows))


def _width(lengths: Counter[int]) -> tuple[int, bool]:
    total = sum(lengths.values())
    if not total:
        return 1, False
    width, hits = max(lengths.items(), key=lambda item: (item[1], item[0]))
    return width, len(lengths) >= 3 and hits < 0.8 * total


def _first_full_row(rows: Sequence[Row], width: int) -> int:
    """The first row that is not a title: filled about as far as the table is wide."""
    for i, row in enumerate(rows[: MOST_TITLES + 1]):
        filled = sum(1 for cell in row if cell.strip())
        if filled >= max(1 if width == 1 else 2, 0.6 * width):
            return i
    return 0


def _below_groups(rows: Sequence[Row], at: int) -> int:
    """The row of the names where the row found only groups them: fuller than it, and above the first values."""
    if at + 2 >= len(rows):
        return at
    upper, lower, body = rows[at], rows[at + 1], rows[at + 2 : at + 2 + BODY]
    filled = [sum(1 for cell in row if cell.strip()) for row in (upper, lower)]
    if filled[1] <= filled[0] or any(
        looks_like_value(tidy(cell)) for cell in (*upper, *lower) if cell.strip()
    ):
        return at
    columns = [[tidy(r[i]) for r in body if i < len(r) and r[i].strip()] for i in range(len(lower))]
    kinds = sum(_kind_differs(tidy(cell), column) for cell, column in zip(lower, columns, strict=True))
    return at + 1 if kinds else at


def _with_header(rows: Sequence[Row], at: int, width: int) -> Header:
    raw = [tidy(cell) for cell in rows[at]]
    raw += [""] * (width - len(raw))
    while len(raw) > width and not raw[-1]:
        raw.pop()
    named = [name for name in raw if name]
    renamed = tuple(name for name, n in Counter(named).items() if n > 1)
    titles = tuple(" ".join(filter(None, map(tidy, row))) for row in rows[:at])
    above = tuple(map(tidy, rows[at - 1])) if at else ()
    return Header(tuple(unique_names(raw)), at + 1, True, tuple(filter(None, titles)), renamed, above=above)


def is_header(row: Row, body: Sequence[Row]) -> bool:
    """Whether a row names columns: its cells differ in kind from those below, or are known words for a role."""
    cells = [tidy(cell) for cell in row]
    named = [cell for cell in cells if cell]
    if len(named) < max(1, len(cells) / 2) or len(set(named)) < 0.5 * len(named):
        return False
    if not body:
        return not any(map(looks_like_value, named))
    columns = [[tidy(r[i]) for r in body if i < len(r) and r[i].strip()] for i in range(len(cells))]
    values = [cell for cell in named if looks_like_value(cell)]
    if values:
        return _numbers_as_names(cells, values, columns)
    if any(_kind_differs(cell, column) for cell, column in zip(cells, columns, strict=True)):
        return True
    below = {value for column in columns for value in column}
    repeated = sum(cell in below for cell in named)
    if repeated > 0.3 * len(named):
        return False
    return repeated == 0 or any(map(names_a_role, named))


def looks_like_value(cell: str) -> bool:
    """Whether a cell is a number or a date."""
    return len(cell) <= LONGEST and bool(NUMBERISH.match(cell) or DATEISH.match(cell) or is_number(cell))


def _kind_differs(cell: str, column: Sequence[str]) -> bool:
    return bool(cell) and len(column) > 0 and sum(map(looks_like_value, column)) >= 0.8 * len(column)


def _numbers_as_names(cells: Row, values: Sequence[str], columns: Sequence[Sequence[str]]) -> bool:
    """A matrix whose products are numbers: many rising whole numbers above cells that are other numbers."""
    numbers = [int(v) for v in values if v.isdigit()]
    if len(numbers) < 3 or len(numbers) < len(values) or any(b <= a for a, b in itertools.pairwise(numbers)):
        return False
    inside = [
        value for cell, column in zip(cells, columns, strict=True) if cell.isdigit() for value in column
    ]
    return (
        not inside
        or sum(value in set(values) for value in inside) < 0.5 * len(inside)
        or set(inside) <= {"0", "1"}
    )


def _one_vocabulary(rows: Sequence[Row]) -> bool:
    """Whether the cells of different positions come from one list, as the items of baskets do."""
    first = {tidy(row[0]) for row in rows if row}
    later = [tidy(cell) for row in rows for cell in row[1:] if cell.strip()]
    if not later:
        return False
    numbers = sum(map(looks_like_value, later))
    common = set(later)
    again = sum(n > 1 for n in Counter(later).values())
    return numbers < 0.5 * len(later) and (bool(first & common) or again > 0.2 * len(common))
