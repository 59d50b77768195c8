"""Reports in blocks: headings on one to three levels above their lines, with headers and sums of their own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from segcore.intake.columns.columns import by_name
from segcore.intake.columns.profiles import profile_of
from segcore.intake.columns.vocabulary import speaks_of_total
from segcore.intake.files.header import is_header, looks_like_value
from segcore.intake.files.open_table import OpenTable
from segcore.intake.files.text_table import TextTable, table_of_rows, unique_names
from segcore.intake.layouts.layout import Layout
from segcore.intake.values.tidy import tidy

_SPOKEN = re.compile(r"(?P<word>[^\d:：]{2,30}?)\s*[:：]\s*(?P<label>\S.*)")
MOST_HEADINGS, FEWEST, DEEPEST = 0.5, 2, 3
LARGEST = 400_000  # rows of a report that is printed in blocks

Row = tuple[str, ...]


@dataclass(frozen=True)
class Blocks:
    """What each row of a report is: a heading of some depth, a header, a sum, or a line."""

    header: Row
    lines: tuple[Row, ...]
    labels: tuple[tuple[str, ...], ...]
    names: tuple[str, ...]
    headings: int
    sums: int


def grouped_report(table: OpenTable) -> Layout | None:
    """Rows with one label alone that head the full rows below them."""
    if table.ragged or table.rows > LARGEST:
        return None
    blocks = _blocks(_rows(table.sample), table)
    if blocks is None:
        return None
    made = _as_table(blocks, table.name, table.sample.first_row)
    given = _given(made, blocks.names)
    sums = f" {blocks.sums} rows with sums were passed over." if blocks.sums else ""
    what = f"{blocks.headings} headings stand above blocks of lines; each was written beside the lines below it.{sums}"

    def relay(source: TextTable) -> TextTable:
        found = _blocks(_rows(source), table)
        return _as_table(found or blocks, source.name, source.first_row)

    return Layout(what, 0.9, relay, given, blocks.headings, blocks.labels[0][-1])


def _rows(table: TextTable) -> list[Row]:
    cells = [column.cells() for column in table.columns.values()]
    return [tuple(tidy(str(cell)) for cell in row) for row in zip(*cells, strict=True)]


def _blocks(rows: Sequence[Row], table: OpenTable) -> Blocks | None:
    alone = np.array([sum(map(bool, row)) == 1 and not speaks_of_total(_only(row)) for row in rows])
    if not FEWEST <= alone.sum() + bool(table.header.titles) or alone.sum() > MOST_HEADINGS * len(rows):
        return None
    headers = _headers(rows, table)
    if headers is None:
        return None
    header, repeated = headers
    wide = np.array([sum(map(bool, row)) >= max(2, 0.5 * len(header)) for row in rows])
    if not _are_headings(rows, alone, wide & ~repeated):
        return None
    return _walk(rows, alone, repeated, header, table)


def _only(row: Row) -> str:
    return next((cell for cell in row if cell), "")


def _headers(rows: Sequence[Row], table: OpenTable) -> tuple[Row, np.ndarray] | None:
    """The header of the lines and the rows that repeat it."""
    names = tuple(map(str, table.names))
    if table.header.has_header:
        return names, np.array([row == names for row in rows])
    full = Counter(row for row in rows if sum(map(bool, row)) >= 2 and not any(map(looks_like_value, row)))
    if not full:
        return None
    header, times = full.most_common(1)[0]
    body = [row for row in rows if row != header and sum(map(bool, row)) >= 2]
    if times < FEWEST and not is_header(header, body):
        return None
    return tuple(unique_names(header)), np.array([row == header for row in rows])


def _are_headings(rows: Sequence[Row], alone: np.ndarray, wide: np.ndarray) -> bool:
    """Headings stand where lines have something of their own, mostly, and head lines: the last row is none."""
    if wide.sum() < alone.sum() or not wide.any() or alone[-1]:
        return False
    places = {next(i for i, cell in enumerate(rows[r]) if cell) for r in np.flatnonzero(alone).tolist()}
    below = [row for row, full in zip(rows, wide, strict=True) if full]
    if not all(sum(bool(row[at]) for row in below) >= 0.9 * len(below) for at in places):
        return False
    texts = [_only(rows[r]) for r in np.flatnonzero(alone).tolist()]
    inside = {row[at] for row in below for at in places}
    return not any(text in inside for text in texts) and not all(map(looks_like_value, texts))


def _walk(
    rows: Sequence[Row], alone: np.ndarray, repeated: np.ndarray, header: Row, table: OpenTable
) -> Blocks | None:
    runs, lines, sums = [list(_above(table))], [], 0
    current: dict[int, str] = {}
    held: list[tuple[int, Row]] = []
    for row, is_alone, again in zip(rows, alone, repeated, strict=True):
        if again or not any(row):
            continue
        if is_alone:
            if held and held[-1][0] == len(runs) - 1:
                runs.append([])
            runs[-1].append(_only(row))
        elif any(speaks_of_total(cell) for cell in row if cell and not looks_like_value(cell)):
            sums += 1
        else:
            held.append((len(runs) - 1, row))
    depth = max(len(run) for run in runs)
    if depth > DEEPEST or not held or not runs[held[0][0]]:
        return None
    labels: dict[int, tuple[str, ...]] = {}
    for place, run in enumerate(runs):
        for offset, text in enumerate(run):
            current[depth - len(run) + offset] = text
        labels[place] = tuple(current.get(level, "") for level in range(depth))
    lines = [row for _, row in held]
    names, bare = _named([labels[place] for place, _ in held], depth, header)
    return Blocks(header, tuple(lines), tuple(bare), names, sum(map(len, runs)), sums)


def _above(table: OpenTable) -> tuple[str, ...]:
    """The first heading of a report whose header was found below it."""
    title = table.header.titles[-1:] if table.header.has_header else ()
    return tuple(title) if title and sum(map(bool, table.header.above)) == 1 else ()


def _named(
    labels: Sequence[tuple[str, ...]], depth: int, header: Row
) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Names of the heading columns: the word before the colon, which all of a level share, or their number."""
    names, columns = [], []
    for level in range(depth):
        texts = [label[level] for label in labels]
        found = {text: _SPOKEN.fullmatch(text) for text in set(texts) if text}
        words = {match["word"].strip() for match in found.values() if match}
        if found and all(found.values()) and len(words) == 1:
            names.append(words.pop())
            columns.append([m["label"].strip() if (m := found.get(text)) else "" for text in texts])
        else:
            names.append("Heading" if depth == 1 else f"Heading {level + 1}")
            columns.append(texts)
    unique = unique_names([*header, *names])[len(header) :]
    return tuple(unique), list(zip(*columns, strict=True))


def _as_table(blocks: Blocks, name: str, first_row: int) -> TextTable:
    rows = [(*labels, *row) for labels, row in zip(blocks.labels, blocks.lines, strict=True)]
    return table_of_rows(name, (*blocks.names, *blocks.header), rows, first_row)


def _given(made: TextTable, headings: Sequence[str]) -> dict[str, str]:
    """What a heading must be, where its own words do not say it: whoever or whatever the lines lack."""
    named = by_name({n: profile_of(c) for n, c in made.columns.items()}, {})
    roles = {role for role, _ in named.values()}
    free = [n for n in reversed(headings) if n not in named]
    given: dict[str, str] = {}
    for role in ("customer", "product"):
        if role not in roles and free:
            given[role] = free.pop(0)
    return given
