"""Workbooks (XLSX, XLS, XLSB, ODS): every sheet as text, cells as they are stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from segcore.intake.files.refuse import refuse_damaged, refuse_locked


@dataclass(frozen=True, eq=False)
class Sheet:
    """One sheet: its rows of text without the blank ones, and the row of the file each of them is."""

    name: str
    rows: list[list[str]]
    numbers: list[int]
    hidden: bool
    merged: int


def read_workbook(path: Path, name: str) -> Iterator[Sheet]:
    """Every sheet that has any text, in the order of the workbook.

    Raises
    ------
    UnreadableFile
        When the workbook is locked or damaged.
    """
    try:
        with path.open("rb") as stream:
            book = CalamineWorkbook.from_filelike(stream)
            for about in book.sheets_metadata:
                if about.typ != SheetTypeEnum.WorkSheet:
                    continue
                sheet = _sheet(book, about.name, about.visible != SheetVisibleEnum.Visible)
                if sheet.rows:
                    yield sheet
    except PasswordError:
        refuse_locked(name)
    except (CalamineError, OSError, ValueError, EOFError):
        refuse_damaged(name)


def _sheet(book: CalamineWorkbook, name: str, hidden: bool) -> Sheet:
    raw = book.get_sheet_by_name(name)
    rows, numbers = [], []
    for number, cells in enumerate(raw.iter_rows(), start=1):
        texts = [_text(cell) for cell in cells]
        if any(texts):
            rows.append(texts)
            numbers.append(number)
    left = raw.start[1] if raw.start else 0
    merged = _fill_merged(rows, numbers, raw.merged_cell_ranges or (), left)
    return Sheet(name, _without_blank_columns(rows), numbers, hidden, merged)


def _fill_merged(rows: list[list[str]], numbers: list[int], ranges: Any, left: int) -> int:
    """Write the text of a cell merged downwards into every row it covers; returns how many cells that were."""
    place = {number: i for i, number in enumerate(numbers)}
    filled = 0
    width = len(rows[0]) if rows else 0
    left_to_do = len(rows) * width  # ranges that cover each other are none; they would take for ever
    for (top, first), (bottom, last) in ranges:
        if bottom == top or first != last or top + 1 not in place or not left <= first < left + width:
            continue
        bottom = min(bottom, numbers[-1])
        left_to_do -= bottom - top
        if left_to_do < 0:
            break
        text = rows[place[top + 1]][first - left]
        for number in range(top + 2, bottom + 2):
            if number in place and not rows[place[number]][first - left]:
                rows[place[number]][first - left] = text
                filled += 1
    return filled


def _without_blank_columns(rows: list[list[str]]) -> list[list[str]]:
    if not rows:
        return rows
    filled = [any(column) for column in zip(*rows, strict=True)]
    return rows if all(filled) else [[c for c, keep in zip(row, filled, strict=True) if keep] for row in rows]


def _text(cell: Any) -> str:
    """A cell as text: whole numbers without a decimal point, dates in ISO form."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, (dt.datetime, dt.date, dt.time)):
        return cell.isoformat(sep=" ") if isinstance(cell, dt.datetime) else cell.isoformat()
    return "" if cell is None else str(cell)
