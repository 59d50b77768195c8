"""A workbook to hand on: a sheet a table, and a last sheet that says how every number can be made again."""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping

import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from segcore.errors import SpecError
from segcore.language.words import count
from segcore.report.export.tables import as_cell, as_text_cell, with_index

MOST_ROWS = 1_048_575
MOST_COLUMNS = 16_384
_LONGEST_CELL = 32_767
_OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": False,
}
_ABOUT = "About"


def workbook(sheets: Mapping[str, pd.DataFrame], about: Mapping[str, object]) -> bytes:
    """An XLSX file with one sheet a table and the run record on the sheet "About".

    Raises
    ------
    SpecError
        A table has more rows or columns than a sheet holds.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, _OPTIONS) as book:
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "valign": "top", "text_wrap": True}),
            "share": book.add_format({"num_format": "0.0%"}),
            "whole": book.add_format({"num_format": "#,##0"}),
            "number": book.add_format({"num_format": "#,##0.00"}),
            "small": book.add_format({"num_format": "0.0000"}),
            "text": book.add_format({"num_format": "@"}),
        }
        names = sheet_names([*sheets, _ABOUT])
        for name, table in zip(names, sheets.values(), strict=False):
            _write_table(book.add_worksheet(name), with_index(table), formats, name)
        _write_about(book.add_worksheet(names[-1]), about, formats)
    return buffer.getvalue()


def sheet_names(wanted: list[str]) -> list[str]:
    """Legal, distinct names of sheets: at most 31 characters, no brackets, colons, slashes, stars or question marks."""
    taken: set[str] = {"history"}  # Excel keeps this one for itself
    names = []
    for text in wanted:
        clean = " ".join(re.sub(r"[\[\]:*?/\\]", " ", as_text_cell(text, quote=False)).split())
        base = _first_units(clean.strip("' "), 31).strip("' ") or "Sheet"
        name, number = base, 2
        while name.lower() in taken:
            ending = f" {number}"
            name, number = _first_units(base, 31 - len(ending)).strip("' ") + ending, number + 1
        taken.add(name.lower())
        names.append(name)
    return names


def _first_units(text: str, most: int) -> str:
    """The beginning of the text; Excel counts in UTF-16 units, so an emoji is two."""
    return text.encode("utf-16-le")[: 2 * most].decode("utf-16-le", "ignore")


def _write_table(sheet: Worksheet, table: pd.DataFrame, formats: dict[str, Format], name: str) -> None:
    """Header frozen, columns as wide as their content, text written as text whatever it looks like."""
    _check_size(table, name)
    for position, header in enumerate(table.columns):
        cells = [as_cell(value, quote=False) for value in table.iloc[:, position]]
        sheet.write_string(0, position, _cut(as_text_cell(header, quote=False)), formats["head"])
        kind = formats[_format_of(str(header), cells)]
        for row, cell in enumerate(cells, start=1):
            _write_cell(sheet, row, position, cell, kind, formats["text"])
        sheet.set_column(position, position, _width(str(header), cells))
    sheet.freeze_panes(1, 0)
    if len(table):
        sheet.autofilter(0, 0, len(table), max(table.shape[1] - 1, 0))


def _write_cell(sheet: Worksheet, row: int, column: int, cell: object, kind: Format, text: Format) -> None:
    """Only these four ways of writing are used, so nothing can become a formula or a link."""
    if cell is None:
        return
    if isinstance(cell, bool):
        sheet.write_boolean(row, column, cell)
    elif isinstance(cell, (int, float)) and math.isfinite(cell) and abs(cell) < 1e15:
        sheet.write_number(row, column, cell, kind)
    else:
        sheet.write_string(row, column, _cut(str(cell)), text)


def _write_about(sheet: Worksheet, about: Mapping[str, object], formats: dict[str, Format]) -> None:
    for row, (key, value) in enumerate(about.items()):
        sheet.write_string(row, 0, _cut(as_text_cell(key, quote=False)), formats["head"])
        _write_cell(sheet, row, 1, as_cell(value, quote=False), formats["text"], formats["text"])
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 90)


def _check_size(table: pd.DataFrame, name: str) -> None:
    if len(table) > MOST_ROWS or table.shape[1] > MOST_COLUMNS:
        raise SpecError(
            f"This table has {count(len(table))} rows and {count(table.shape[1])} columns; "
            f"a sheet holds {count(MOST_ROWS)} and {count(MOST_COLUMNS)}.",
            where=name,
            remedy="Download it as CSV instead.",
        )


def _format_of(header: str, cells: list[object]) -> str:
    """How a column's numbers are shown: shares as percentages by their name, the rest by their size."""
    numbers = [
        c for c in cells if isinstance(c, (int, float)) and not isinstance(c, bool) and math.isfinite(c)
    ]
    if not numbers:
        return "text"
    words = header.lower()
    if all(isinstance(number, int) for number in numbers):
        return "whole"
    if re.search(r"share|support|confidence|density", words) and all(0 <= number <= 1 for number in numbers):
        return "share"
    return "small" if max(map(abs, numbers)) < 1 else "number"


def _width(header: str, cells: list[object]) -> float:
    longest = max([len(header), *(len(str(cell)) if isinstance(cell, str) else 10 for cell in cells[:500])])
    return min(60.0, max(9.0, longest + 2.0))


def _cut(text: str) -> str:
    """A cell holds 32,767 characters and no more."""
    return text if len(text) <= _LONGEST_CELL else text[: _LONGEST_CELL - 1] + "…"
