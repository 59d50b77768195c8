"""Two header rows: measures, categories or periods above products, or products above measures."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segcore.intake.columns.profiles import profile_of
from segcore.intake.columns.vocabulary import is_total, speaks_of
from segcore.intake.files.open_table import OpenTable
from segcore.intake.files.text_table import TextTable
from segcore.intake.layouts.layout import Layout, is_filled, is_measure_word, melted
from segcore.intake.layouts.periods import period_of

_COPY = re.compile(r" \(\d+\)$")


@dataclass(frozen=True)
class Cell:
    """A column below two header rows."""

    name: str
    upper: str
    lower: str


def two_header_rows(table: OpenTable) -> Layout | None:
    """A row of groups above the header, each over several columns."""
    cells = _cells(table)
    uppers, lowers = ({getattr(c, which) for c in cells} for which in ("upper", "lower"))
    if len(cells) < 4 or len(uppers) < 2 or not _are_numbers(table, cells):
        return None
    inside = {cell.name for cell in cells}
    labels = [n for n in table.names if n not in inside]
    if not labels:
        return None
    if all(map(is_measure_word, uppers)):
        return _layout(table, labels, cells, "lower", "upper", level="")
    if all(map(is_measure_word, lowers)):
        return _layout(table, labels, cells, "upper", "lower", level="")
    if len(uppers) < len(lowers) and len(lowers) == len(cells):
        return _layout(table, labels, cells, "lower", "", level="upper")
    return None


def _cells(table: OpenTable) -> list[Cell]:
    above = table.header.above
    found: list[Cell] = []
    group = ""
    for i, name in enumerate(table.names):
        group = (above[i] if i < len(above) else "") or group
        base = _COPY.sub("", name)
        lower = base if base in table.header.renamed else name
        if group and not is_total(group) and not is_total(lower):
            found.append(Cell(name, group, lower))
    return found if len(found) < len(table.names) else found[1:]


def _are_numbers(table: OpenTable, cells: Sequence[Cell]) -> bool:
    profiles = [profile_of(table.sample.columns[cell.name]) for cell in cells]
    filled = [p for p in profiles if p.filled]
    return bool(filled) and sum(p.is_number and not p.is_date for p in filled) >= 0.9 * len(filled)


def _layout(
    table: OpenTable, labels: Sequence[str], cells: Sequence[Cell], item: str, measure: str, level: str
) -> Layout | None:
    """``item``, ``measure`` and ``level`` are "upper", "lower" or "" for none."""
    items = list(dict.fromkeys(getattr(cell, item) for cell in cells))
    if all(period_of(one) for one in items):
        return None
    whose, called = _label_names(table, labels)
    measures = (
        list(dict.fromkeys(getattr(c, measure) for c in cells)) if measure else [_content(table, cells)]
    )
    place = {(getattr(c, item), getattr(c, measure) if measure else measures[0]): c.name for c in cells}
    groups = {m: [place.get((one, m)) for one in items] for m in measures}
    said = {called: items}
    if level:
        said["Group"] = [next(c.upper for c in cells if c.lower == one) for one in items]

    def relay(source: TextTable) -> TextTable:
        keep = np.logical_or.reduce([is_filled(source, names) for names in groups.values()])
        named = {whose if n == labels[0] else n: c for n, c in source.columns.items()}
        renamed = TextTable(source.name, named, source.n_rows, source.first_row)
        return melted(renamed, [whose, *labels[1:]], groups, keep, said)

    above = ", ".join(dict.fromkeys(c.upper for c in cells))[:80]
    what = "The table has two header rows, one grouping the columns of the other; each filled cell was read as a line."
    given = {"customer": whose, "product": called} | _measure_roles(measures)
    return Layout(what, 0.97, relay, given, len(cells), above)


def _label_names(table: OpenTable, labels: Sequence[str]) -> tuple[str, str]:
    """What the rows and the items are called; a third row may name the rows, as a pivot of pandas does."""
    first = table.sample.columns[labels[0]]
    others = [n for n in table.names if n not in labels]
    bare = table.sample.n_rows > 1 and all(table.sample.columns[n].codes[0] < 0 for n in others)
    if bare and first.codes[0] >= 0:
        own = str(first.texts[first.codes[0]]).strip()
        item = labels[0] if not labels[0].startswith("Column ") else "Product"
        return own, item if item != own else "Product"
    own = "Customer" if labels[0].startswith("Column ") else labels[0]
    return own, "Product" if own != "Product" else "Item"


def _content(table: OpenTable, cells: Sequence[Cell]) -> str:
    filled = [p for c in cells if (p := profile_of(table.sample.columns[c.name])).filled]
    whole = all(p.whole >= 0.99 for p in filled) and max(p.highest for p in filled) <= 200
    return "Quantity" if whole else "Amount"


def _measure_roles(measures: Sequence[str]) -> dict[str, str]:
    roles = ("quantity", "amount")
    return {role: found[0] for role in roles if (found := [m for m in measures if speaks_of(m, role)])}
