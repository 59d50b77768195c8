"""Workbooks: what spreadsheets add to a table."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import xlsxwriter

from tests.nasty.base import FIELDS, HEADER, ROWS, Case, Truth, cells, expected, table

Fill = Callable[[Any], None]


def book_case(
    kind: str,
    name: str,
    fill: Fill,
    says: str = "",
    *,
    options: dict[str, Any] | None = None,
    file: str = "sales.xlsx",
    **more: Any,
) -> Case:
    """A workbook filled by a function."""

    def make(folder: Path) -> Truth:
        path = folder / file
        with xlsxwriter.Workbook(path, options or {}) as book:
            fill(book)
        return Truth(path, says, **({"lines": expected()} | more))

    return Case(kind, name, make)


def write(sheet: Any, top: int = 0, left: int = 0, book: Any = None) -> None:
    """The purchases, typed: ids as text, numbers as numbers, dates as dates where a book is given."""
    day = book.add_format({"num_format": "dd.mm.yyyy"}) if book else None
    sheet.write_row(top, left, HEADER)
    for i, r in enumerate(ROWS, top + 1):
        sheet.write_string(i, left, r.customer)
        sheet.write_string(i, left + 1, r.product)
        sheet.write_number(i, left + 2, r.quantity)
        sheet.write_number(i, left + 3, r.amount)
        if day:
            sheet.write_datetime(i, left + 4, datetime(r.date.year, r.date.month, r.date.day), day)
        else:
            sheet.write_string(i, left + 4, str(r.date))


def plain(book: Any) -> None:
    write(book.add_worksheet("Sales"))


def dated(book: Any) -> None:
    write(book.add_worksheet("Sales"), book=book)


def in_a_corner(book: Any) -> None:
    sheet = book.add_worksheet("Sales")
    sheet.write(0, 2, "Umsätze")
    write(sheet, 4, 2)


def merged(book: Any) -> None:
    sheet = book.add_worksheet("Sales")
    sheet.write_row(0, 0, HEADER)
    for i, row in enumerate(cells(), 1):
        sheet.write_row(i, 1, row[1:])
    for i in range(12):
        sheet.merge_range(1 + 4 * i, 0, 4 + 4 * i, 0, ROWS[4 * i].customer)


def merged_title(book: Any) -> None:
    sheet = book.add_worksheet("Sales")
    sheet.merge_range(0, 0, 0, 4, "Sales of the year")
    write(sheet, 2)


def two_header_rows(book: Any) -> None:
    sheet = book.add_worksheet("Sales")
    sheet.merge_range(0, 0, 0, 1, "Who and what")
    sheet.merge_range(0, 2, 0, 3, "How much")
    sheet.write(0, 4, "When")
    write(sheet, 1)


def stray(book: Any) -> None:
    sheet = book.add_worksheet("Sales")
    write(sheet)
    sheet.write(1_048_575, 1, "seen by Eva")


def far_right(book: Any) -> None:
    sheet = book.add_worksheet("Sales")
    write(sheet)
    sheet.write(3, 300, "note")


def many_sheets(book: Any) -> None:
    for month in range(4):
        sheet = book.add_worksheet(f"Month {month + 1}")
        sheet.write_row(0, 0, HEADER)
        for i, row in enumerate(cells(rows=ROWS[12 * month : 12 * month + 12]), 1):
            sheet.write_row(i, 0, row)


def hidden_and_notes(book: Any) -> None:
    notes, sheet, old = (book.add_worksheet(n) for n in ("Read me", "Sales", "Old"))
    notes.write(0, 0, "See the sheet Sales")
    write(sheet)
    write(old)
    old.hide()


def formulas(book: Any) -> None:
    """The amounts are formulas with their values stored, two without."""
    sheet = book.add_worksheet("Sales")
    write(sheet)
    for i, r in enumerate(ROWS, 1):
        sheet.write_formula(i, 3, f"=C{i + 1}*2", None, r.amount)


def errors(book: Any) -> None:
    sheet = book.add_worksheet("Sales")
    write(sheet)
    for i, error in ((3, "#REF!"), (9, "#DIV/0!")):
        sheet.write_formula(i, 3, "=1/0", None, error)


ERROR_LINES = tuple((*line[:3], None, line[4]) if i in (2, 8) else line for i, line in enumerate(expected()))


def ids_as_numbers(book: Any) -> None:
    sheet = book.add_worksheet("Sales")
    write(sheet)
    zeros = book.add_format({"num_format": "00000"})
    for i, r in enumerate(ROWS, 1):
        sheet.write_number(i, 0, int(r.customer), zeros)


ID_LINES = tuple((str(int(c)), *rest) for c, *rest in expected())


def numbers_as_text(book: Any) -> None:
    sheet = book.add_worksheet("Sales")
    for i, row in enumerate([list(HEADER), *cells()]):
        for j, cell in enumerate(row):
            sheet.write_string(i, j, cell)


def totals(book: Any) -> None:
    sheet = book.add_worksheet("Sales")
    write(sheet)
    sheet.write(50, 0, "Summe")
    sheet.write_formula(50, 3, "=SUM(D2:D49)", None, 12354)


def blank_rows(book: Any) -> None:
    sheet = book.add_worksheet("Sales")
    sheet.write_row(0, 0, HEADER)
    for i, row in enumerate(cells()):
        sheet.write_row(2 + 2 * i, 0, row)


def inline_strings(path: Path, rows: list[list[str]]) -> None:
    """A workbook as small libraries write it: no styles, no shared strings, text inside the cells."""
    body = "".join(
        "<row>" + "".join(f'<c t="inlineStr"><is><t>{escape(cell)}</t></is></c>' for cell in row) + "</row>"
        for row in rows
    )
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    relations = "http://schemas.openxmlformats.org/package/2006/relationships"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    types = "http://schemas.openxmlformats.org/package/2006/content-types"
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "[Content_Types].xml",
            f'<Types xmlns="{types}"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="{kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="{kind}.worksheet+xml"/></Types>',
        )
        archive.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>',
        )
        archive.writestr(
            "xl/_rels/workbook.xml.rels",
            f'<Relationships xmlns="{relations}"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>',
        )
        archive.writestr(
            "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{main}"><sheetData>{body}</sheetData></worksheet>'
        )


def open_document(path: Path, rows: list[list[str]]) -> None:
    """An ODS file."""
    office = "urn:oasis:names:tc:opendocument:xmlns"
    body = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{escape(cell)}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    content = f'<?xml version="1.0"?><office:document-content xmlns:office="{office}:office:1.0" xmlns:table="{office}:table:1.0" xmlns:text="{office}:text:1.0" office:version="1.2"><office:body><office:spreadsheet><table:table table:name="S">{body}</table:table></office:spreadsheet></office:body></office:document-content>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr(
            "META-INF/manifest.xml",
            f'<?xml version="1.0"?><manifest:manifest xmlns:manifest="{office}:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="application/vnd.oasis.opendocument.spreadsheet"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>',
        )


def file_case(
    kind: str, name: str, file: str, writer: Callable[[Path], object], says: str = "", **more: Any
) -> Case:
    def make(folder: Path) -> Truth:
        writer(folder / file)
        return Truth(folder / file, says, **({"lines": expected()} | more))

    return Case(kind, name, make)


def parquet(path: Path) -> None:
    import pandas as pd

    frame = pd.DataFrame(expected(), columns=list(HEADER))
    frame["date"] = pd.to_datetime(frame["date"])
    frame.to_parquet(path, index=False)


CASES: tuple[Case, ...] = (
    book_case("workbooks", "plain", plain),
    book_case("workbooks", "typed dates", dated),
    book_case("workbooks", "dates counted from 1904", dated, options={"date_1904": True}),
    book_case("workbooks", "blank rows between", blank_rows),
    book_case("tables away from the corner", "with a title", in_a_corner, "as title"),
    book_case("merged cells", "customers", merged, "merged cell"),
    book_case("merged cells", "title", merged_title, "as title"),
    book_case("header in several rows", "merged groups", two_header_rows),
    book_case("stray values", "in the last row", stray, "", left_out=1),
    book_case("stray values", "far right", far_right),
    book_case("many sheets", "a month each", many_sheets, "same columns"),
    book_case("hidden sheets", "and a read-me", hidden_and_notes, "hidden sheet"),
    book_case("formulas", "with values", formulas),
    book_case("formulas", "with errors", errors, "spreadsheet error", lines=ERROR_LINES),
    book_case("numbers as text", "all cells", numbers_as_text),
    book_case("ids as numbers", "zeros by format", ids_as_numbers, "", lines=ID_LINES),
    book_case("totals below", "in a workbook", totals, "totals", left_out=1),
    file_case("other spreadsheets", "text in cells", "inline.xlsx", lambda p: inline_strings(p, [list(HEADER), *cells()])),
    file_case("other spreadsheets", "OpenDocument", "sales.ods", lambda p: open_document(p, [list(HEADER), *cells()])),
    file_case("wrong extensions", "CSV named XLSX", "sales.xlsx", lambda p: p.write_text(table(), encoding="utf-8")),
    file_case("wrong extensions", "tabs named XLS", "sales.xls", lambda p: p.write_text(table(delimiter="\t"), encoding="utf-8")),
    file_case("wrong extensions", "XLSX named CSV", "sales.csv", lambda p: inline_strings(p, [list(HEADER), *cells()])),
    file_case("parquet", "typed", "sales.parquet", parquet),
)  # fmt: skip
assert FIELDS
