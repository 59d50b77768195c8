"""Pivot tables in compact form: several levels in one column of labels, told apart because upper rows sum up the lower."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segcore.intake.columns.profiles import profile_of
from segcore.intake.columns.vocabulary import is_total, speaks_of
from segcore.intake.files.open_table import OpenTable
from segcore.intake.files.text_table import TextTable, table_of_rows
from segcore.intake.layouts.layout import Layout
from segcore.intake.report import Ledger
from segcore.intake.values.numbers import decimal_sign, parse_numbers
from segcore.intake.values.tidy import tidy

CENT = 0.011
DEEPEST = 3
LARGEST = 200_000

Path = tuple[str, ...]


def compact_pivot(table: OpenTable) -> Layout | None:
    """Every upper row is the sum of the rows below it, in every column."""
    names = table.names
    if not table.header.has_header or not 2 <= len(names) <= 8 or table.rows > LARGEST:
        return None
    profiles = [profile_of(table.sample.columns[n]) for n in names]
    if profiles[0].is_measure or profiles[0].is_date or not all(p.is_number for p in profiles[1:]):
        return None
    if table.sample.n_rows != table.rows or any(speaks_of(n, "product") for n in names[1:]):
        return None
    paths = _paths(table.sample)
    if paths is None:
        return None
    depth = len(paths[0][1])
    levels = ("Customer", "Product") if depth == 2 else ("Group", "Customer", "Product")

    def relay(source: TextTable) -> TextTable:
        return _as_lines(source, _paths(source) or paths, levels)

    what = (
        f"{depth} levels stand in one column of labels, as in a compact pivot table: {table.rows - len(paths):,} rows "
        "sum up those below them and were passed over. The upper level was taken as the customer."
    )
    return Layout(
        what, 0.99, relay, {"customer": "Customer", "product": "Product"}, len(paths), paths[0][1][-1]
    )


def _paths(table: TextTable) -> list[tuple[int, Path]] | None:
    """The rows that sum up nothing, each with the labels above it; None where the sums do not agree."""
    labels = [tidy(str(text)) for text in table.columns[table.names[0]].cells()]
    columns = [table.columns[n] for n in table.names[1:]]
    decimal = decimal_sign(columns)
    values = np.stack([np.nan_to_num(parse_numbers(c, decimal, Ledger(), "")) for c in columns], axis=1)
    end = len(labels)
    while end and is_total(labels[end - 1]):
        end -= 1
    for depth in range(2, DEEPEST + 1):
        found = _parsed(labels, values, end, depth)
        groups = {path[:-1] for _, path in found} if found else set()
        if found and len(groups) >= 2 and len(found) > len(groups):
            return found
    return None


def _parsed(labels: Sequence[str], values: np.ndarray, end: int, depth: int) -> list[tuple[int, Path]] | None:
    at, found = 0, []
    while at < end:
        group = _group(labels, values, at, end, depth, ())
        if group is None:
            return None
        leaves, at = group
        found += leaves
    return found


def _group(
    labels: Sequence[str], values: np.ndarray, at: int, end: int, depth: int, above: Path
) -> tuple[list[tuple[int, Path]], int] | None:
    """The leaves of the group that begins at a row, and the row behind it."""
    path = (*above, labels[at])
    if depth == 1:
        return [(at, path)], at + 1
    total, target, place = np.zeros(values.shape[1]), values[at], at + 1
    leaves: list[tuple[int, Path]] = []
    while place < end:
        total = total + values[place]
        inner = _group(labels, values, place, end, depth - 1, path)
        if inner is None:
            return None
        leaves += inner[0]
        place = inner[1]
        if (np.abs(total - target) < CENT).all():
            return leaves, place
        if (total > target + CENT).all():
            return None
    return None


def _as_lines(source: TextTable, paths: Sequence[tuple[int, Path]], levels: Sequence[str]) -> TextTable:
    cells = [source.columns[n].cells() for n in source.names[1:]]
    rows = [(*path, *(str(column[row]) for column in cells)) for row, path in paths]
    return table_of_rows(source.name, (*levels, *source.names[1:]), rows, source.first_row)
