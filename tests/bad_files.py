"""Files as people really send them, made by code: each maker writes one and returns what is true about it.

``CASES`` are all that ``tests.nasty`` makes, with every line they must give; ``TWELVE`` and ``MORE`` are held to counts.
"""

import struct
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter

from tests.nasty import dialects, exports, refused, rows, systems, values, workbooks
from tests.nasty.base import Case

CASES: tuple[Case, ...] = (
    *dialects.CASES,
    *values.CASES,
    *exports.CASES,
    *workbooks.CASES,
    *systems.CASES,
    *rows.CASES,
    *refused.CASES,
)

CUSTOMERS = [f"Kunde {i:02d}" for i in range(1, 13)]
PRODUCTS = ["Crème brûlée", "Müsli", "Kaffee", "Tee", "Brot", "Käse"]


@dataclass(frozen=True)
class Truth:
    """What must come out: an error whose sentence holds ``says``, or counts and a report that holds it."""

    path: Path
    says: str
    refused: bool = False
    lines: int = 0
    customers: int = 0
    products: int = 0
    left_out: int = 0
    amount: float | None = None


def purchases() -> list[tuple[str, str, int, float]]:
    """48 lines: customer, product, pieces, amount. Every customer buys four products."""
    return [
        (customer, PRODUCTS[(i + j) % 6], 1 + (i * j) % 3, round(1.5 + i + 1000 * (j == 3) + j / 4, 2))
        for i, customer in enumerate(CUSTOMERS)
        for j in range(4)
    ]


def total() -> float:
    """The amount of all lines."""
    return round(sum(line[3] for line in purchases()), 2)


def _lines(header: str = "Customer,Product,Quantity,Amount") -> list[str]:
    return [header, *(f"{c},{p},{q},{a}" for c, p, q, a in purchases())]


def _write(path: Path, lines: list[str], encoding: str = "utf-8") -> Path:
    path.write_bytes(("\n".join(lines) + "\n").encode(encoding))
    return path


def empty(folder: Path) -> Truth:
    path = folder / "empty.csv"
    path.write_bytes(b"")
    return Truth(path, "empty", refused=True)


def header_only(folder: Path) -> Truth:
    path = _write(folder / "header_only.csv", ["Customer,Product,Quantity"])
    return Truth(path, "no line below", refused=True)


def _workbook(path: Path) -> Path:
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Sales")
        for i, row in enumerate([("Customer", "Product", "Quantity", "Amount"), *purchases()]):
            sheet.write_row(i, 0, row)
    return path


def locked_xlsx(folder: Path) -> Truth:
    """A compound file with the streams that a password-protected workbook has."""
    sector = 512
    header = bytearray(b"\xff" * sector)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[8:76] = struct.pack(
        "<16xHHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0
    )
    table = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * (sector - 8)
    names = ("Root Entry", "EncryptionInfo", "EncryptedPackage", "")
    entries = b"".join(name.encode("utf-16-le").ljust(64, b"\0") + b"\0" * 64 for name in names)
    path = folder / "locked.xlsx"
    path.write_bytes(bytes(header) + table + entries)
    return Truth(path, "locked with a password", refused=True)


def truncated_xlsx(folder: Path) -> Truth:
    path = _workbook(folder / "truncated.xlsx")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 2 // 3])
    return Truth(path, "damaged or was cut off", refused=True)


def html_xls(folder: Path) -> Truth:
    path = folder / "report.xls"
    path.write_text("<html><body><table><tr><td>Customer</td></tr></table></body></html>")
    return Truth(path, "web page", refused=True)


def cp1252_semicolon(folder: Path) -> Truth:
    rows = [f"{c};{p};{q};" + f"{a:,.2f}".translate(str.maketrans(",.", ".,")) for c, p, q, a in purchases()]
    path = _write(folder / "verkauf.csv", ["Kunde;Artikel;Menge;Betrag", *rows], "cp1252")
    return Truth(path, "decimal comma", lines=48, customers=12, products=6, amount=total())


def totals_row(folder: Path) -> Truth:
    path = _write(folder / "totals.csv", [*_lines(), f"Total,,96,{total()}"])
    return Truth(path, "with totals", lines=48, customers=12, products=6, left_out=1, amount=total())


def leading_zeros(folder: Path) -> Truth:
    rows = [f"00{i:03d},{p},0{j}" for i in (7, 8, 9, 10) for j, p in enumerate(PRODUCTS)]
    path = _write(folder / "zeros.csv", ["customer_id,product_name,sku", *rows])
    return Truth(path, "", lines=24, customers=4, products=6)


def missing_customers(folder: Path) -> Truth:
    rows = [f"{'' if i % 4 == 3 else 100 + i % 5},{PRODUCTS[i % 6]}" for i in range(40)]
    path = _write(folder / "missing.csv", ["customer_id,product", *rows])
    return Truth(path, "no customer", lines=30, customers=5, products=6, left_out=10)


def one_customer(folder: Path) -> Truth:
    path = _write(folder / "one_customer.csv", ["customer,product", *(f"Smith,{p}" for p in PRODUCTS)])
    return Truth(path, "only one customer", refused=True)


def one_product(folder: Path) -> Truth:
    path = _write(folder / "one_product.csv", ["customer,product", *(f"{c},Tee" for c in CUSTOMERS)])
    return Truth(path, "only one product", refused=True)


def binary(folder: Path) -> Truth:
    path = folder / "data.csv"
    path.write_bytes(bytes((i * 73 + i // 7) % 256 for i in range(20_000)))
    return Truth(path, "binary", refused=True)


TWELVE: tuple[Callable[[Path], Truth], ...] = (
    empty,
    header_only,
    locked_xlsx,
    truncated_xlsx,
    html_xls,
    cp1252_semicolon,
    totals_row,
    leading_zeros,
    missing_customers,
    one_customer,
    one_product,
    binary,
)


def pdf(folder: Path) -> Truth:
    path = folder / "report.csv"
    path.write_bytes(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n")
    return Truth(path, "PDF", refused=True)


def pickle(folder: Path) -> Truth:
    path = folder / "frame.csv"
    path.write_bytes(b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x08builtins\x94.")
    return Truth(path, "pickle", refused=True)


def zip_bomb(folder: Path) -> Truth:
    path = folder / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(80):
                sheet.write(b"0" * 1_000_000)
    return Truth(path, "would unpack", refused=True)


def json_file(folder: Path) -> Truth:
    path = folder / "orders.csv"
    path.write_text('[{"customer": 1, "product": "Tee"}]')
    return Truth(path, "JSON", refused=True)


def zip_archive(folder: Path) -> Truth:
    path = folder / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("export.csv", "customer,product\n1,Tee\n")
        archive.writestr("products.csv", "product\nTee\n")
    return Truth(path, "zip archive", refused=True)


def spaces_only(folder: Path) -> Truth:
    path = folder / "spaces.csv"
    path.write_bytes(b"\xef\xbb\xbf \r\n\r\n  \n")
    return Truth(path, "empty", refused=True)


def empty_workbook(folder: Path) -> Truth:
    path = folder / "nothing.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("Sheet1")
    return Truth(path, "empty", refused=True)


def _good(path: Path, says: str = "", **more: float) -> Truth:
    return Truth(path, says, lines=48, customers=12, products=6, amount=total(), **more)


def bom(folder: Path) -> Truth:
    return _good(_write(folder / "bom.csv", _lines(), "utf-8-sig"))


def utf16(folder: Path) -> Truth:
    return _good(
        _write(folder / "utf16.csv", [line.replace(",", "\t") for line in _lines()], "utf-16"), "UTF-16"
    )


def utf16_without_mark(folder: Path) -> Truth:
    return _good(_write(folder / "utf16le.csv", _lines(), "utf-16-le"), "UTF-16")


def bars(folder: Path) -> Truth:
    return _good(_write(folder / "bars.txt", [line.replace(",", "|") for line in _lines()]))


def declared_separator(folder: Path) -> Truth:
    return _good(_write(folder / "sep.csv", ["sep=;", *(line.replace(",", ";") for line in _lines())]))


def title_rows(folder: Path) -> Truth:
    titles = ["Sales report,,,", "Created 2024-05-01,,,", ",,,"]
    return _good(_write(folder / "titles.csv", [*titles, *_lines()]), "as title")


def old_mac_line_ends(folder: Path) -> Truth:
    path = folder / "mac.csv"
    path.write_bytes("\r".join(_lines()).encode())
    return _good(path)


def windows_line_ends(folder: Path) -> Truth:
    path = folder / "windows.csv"
    path.write_bytes("\r\n".join(["", *_lines(), "", ""]).encode())
    return _good(path)


def quoted_line_ends(folder: Path) -> Truth:
    rows = [f'"{c}","{p}\n(fresh)",{q},{a}' for c, p, q, a in purchases()]
    return _good(_write(folder / "quoted.csv", ["Customer,Product,Quantity,Amount", *rows]))


def unclosed_quote(folder: Path) -> Truth:
    lines = _lines()
    lines[7] = '"' + lines[7]
    lines[20] = lines[20].replace("Kunde", 'Kunde 5"')
    truth = _good(_write(folder / "unclosed.csv", lines), "never closes")
    return Truth(**{**truth.__dict__, "customers": 14})


def comma_in_a_name(folder: Path) -> Truth:
    lines = [line.replace("Brot", "Brot, 1kg") for line in _lines()]
    return _good(_write(folder / "comma.csv", lines), "put together again")


def trailing_separators(folder: Path) -> Truth:
    header, *rows = _lines()
    return _good(_write(folder / "trailing.csv", [header, *(row + "," for row in rows)]))


def surplus_cells(folder: Path) -> Truth:
    lines = _lines()
    lines[5] += ",checked by hand"
    return _good(_write(folder / "surplus.csv", lines), "more cells than the header")


def doubled_headers(folder: Path) -> Truth:
    header, *rows = _lines()
    rows = [f"{row},{i}" for i, row in enumerate(rows)]
    return _good(_write(folder / "doubled.csv", [header + ",Amount", *rows]), "several columns")


def header_in_the_middle(folder: Path) -> Truth:
    lines = _lines()
    return _good(
        _write(folder / "glued.csv", [*lines[:20], lines[0], *lines[20:]]), "of the header", left_out=1
    )


def invisible_signs(folder: Path) -> Truth:
    rows = [
        f"{c}\u00a0,\u200b{p.upper() if i % 5 == 0 else p}  ,{q},{a}"
        for i, (c, p, q, a) in enumerate(purchases())
    ]
    path = _write(folder / "invisible.csv", ["\ufeffCustomer,Product,Quantity,Amount", *rows])
    return _good(path, "upper and lower case")


def brackets_and_currency(folder: Path) -> Truth:
    rows = [f'{c},{p},{q},"€ {a:,.2f}"' for c, p, q, a in purchases()]
    rows += ['Kunde 01,Tee,-1,"($ 1,002.25)"', 'Kunde 01,Tee,-1,"1,002.25-"']
    path = _write(folder / "brackets.csv", ["Customer,Product,Quantity,Amount", *rows])
    return Truth(path, "in brackets", lines=50, customers=12, products=6, amount=round(total() - 2004.5, 2))


def spaces_before_quotes(folder: Path) -> Truth:
    rows = [f'{c}, "{p}, fresh", {q}, "{a}"' for c, p, q, a in purchases()]
    return _good(_write(folder / "gaps.csv", ["Customer, Product, Quantity, Amount", *rows]))


def zero_bytes(folder: Path) -> Truth:
    path = folder / "nul.csv"
    path.write_bytes("\n".join(_lines()).encode().replace(b"Tee", b"T\0ee", 2))
    return _good(path, "zero byte")


def workbook_with_everything(folder: Path) -> Truth:
    """Title rows, a merged customer cell, a hidden sheet, an error cell, a stray value far below."""
    path = folder / "everything.xlsx"
    with xlsxwriter.Workbook(path) as book:
        notes, sheet, hidden = (book.add_worksheet(n) for n in ("Notes", "Sales", "Old"))
        notes.write(0, 0, "See the sheet Sales")
        hidden.write_row(0, 0, ("Customer", "Product"))
        hidden.write_row(1, 0, ("X", "Y"))
        hidden.hide()
        sheet.write(0, 1, "Sales of the year")
        sheet.write_row(3, 1, ("Customer", "Product", "Quantity", "Amount"))
        for i, (c, p, q, a) in enumerate(purchases()):
            if i % 4 == 0:
                sheet.merge_range(4 + i, 1, 7 + i, 1, c)
            sheet.write_row(4 + i, 2, (p, q, a))
        sheet.write_formula(52, 2, "=NA()", None, "#N/A")
        sheet.write(52, 1, "Kunde 01")
        sheet.write(9_000, 1, "seen by Eva")
    return _good(path, "merged cell", left_out=2)


def csv_named_xlsx(folder: Path) -> Truth:
    return _good(_write(folder / "really_text.xlsx", _lines()))


def spelled_missing(folder: Path) -> Truth:
    """Products called NA and null are products; a customer called NULL among numbers is none."""
    products = ["NA", "null", "None", "Tee"]
    rows = [f"{'NULL' if i % 8 == 5 else 10 + i % 6},{products[i % 4]}" for i in range(48)]
    path = _write(folder / "null.csv", ["customer_id,product", *rows])
    return Truth(path, "word for nothing", lines=42, customers=6, products=4, left_out=6)


def spoiled_ids(folder: Path) -> Truth:
    rows = [f"{100 + i % 6}{'.0' if i % 3 else ''},{PRODUCTS[i % 5]}" for i in range(60)]
    path = _write(folder / "points.csv", ["customer_id,product", *rows])
    return Truth(path, "whole numbers", lines=60, customers=6, products=5)


MORE: tuple[Callable[[Path], Truth], ...] = (
    pdf,
    pickle,
    zip_bomb,
    json_file,
    zip_archive,
    spaces_only,
    empty_workbook,
    bom,
    utf16,
    utf16_without_mark,
    bars,
    declared_separator,
    title_rows,
    old_mac_line_ends,
    windows_line_ends,
    quoted_line_ends,
    unclosed_quote,
    comma_in_a_name,
    trailing_separators,
    surplus_cells,
    doubled_headers,
    header_in_the_middle,
    invisible_signs,
    brackets_and_currency,
    spaces_before_quotes,
    zero_bytes,
    workbook_with_everything,
    csv_named_xlsx,
    spelled_missing,
    spoiled_ids,
)
