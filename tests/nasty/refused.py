"""Files that are no table, or none that can be read: one sentence on what it is, one on what to do."""

from __future__ import annotations

import gzip
import io
import struct
import tarfile
import zipfile
from collections.abc import Callable

from tests.nasty.base import HEADER, PRODUCTS, Case, joined, refused_case, table
from tests.nasty.workbooks import inline_strings


def archive(parts: dict[str, bytes | str]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return out.getvalue()


def bomb(part: str, size: int, copies: int = 1) -> Callable[[], bytes]:
    """A workbook that unpacks to ``copies`` parts of ``size`` MB of the same sign."""

    def make() -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
            made.writestr("[Content_Types].xml", "<Types/>")
            for copy in range(copies):
                with made.open(part.format(copy), "w") as stream:
                    for _ in range(size):
                        stream.write(b"0" * 1_000_000)
        return out.getvalue()

    return make


def lying_bomb() -> bytes:
    """The directory says one byte, the part holds a hundred megabytes."""
    raw = bytearray(bomb("xl/worksheets/sheet1.xml", 100)())
    real, said = struct.pack("<I", 100_000_000), struct.pack("<I", 1)
    return bytes(raw.replace(real, said))


def workbook() -> bytes:
    out = io.BytesIO()
    inline_strings(out, [list(HEADER), ["1", "Tee", "1", "2", "2024-01-01"]])
    return out.getvalue()


def compound(*names: str) -> bytes:
    """An OLE2 file with streams of these names."""
    header = bytearray(b"\xff" * 512)
    header[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    header[8:76] = struct.pack(
        "<16xHHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0
    )
    sectors = struct.pack("<II", 0xFFFFFFFD, 0xFFFFFFFE) + b"\xff" * 504
    entries = b"".join(
        name.encode("utf-16-le").ljust(64, b"\0") + b"\0" * 64 for name in ("Root Entry", *names)
    )
    return bytes(header) + sectors + entries.ljust(512, b"\0")


def tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as made:
        info = tarfile.TarInfo("export.csv")
        info.size = len(table().encode())
        made.addfile(info, io.BytesIO(table().encode()))
    return out.getvalue()


NOISE = bytes((i * 73 + i // 7) % 256 for i in range(20_000))
HTML = "<html><body><table><tr><td>Customer</td></tr></table></body></html>"
WORD = archive({"[Content_Types].xml": "<Types/>", "word/document.xml": "<w/>"})
NUMBERS = archive({"Index/Document.iwa": b"\0\1", "preview.jpg": b"\xff\xd8"})
ONE = "Smith,{},1,2.00,2024-01-01"

CASES: tuple[Case, ...] = (
    refused_case("empty files", "no byte", b"", "empty", "empty.csv"),
    refused_case("empty files", "blanks and a mark", b"\xef\xbb\xbf \r\n\r\n  \n", "empty", "spaces.csv"),
    refused_case("empty files", "zero bytes", b"\0" * 5000, "empty", "zeros.csv"),
    refused_case("empty files", "only separators", b",,,\n,,,\n,,,\n", "", "separators.csv"),
    refused_case("header only", "CSV", b"customer,product,quantity\n", "no line below", "header.csv"),
    refused_case("header only", "with blank lines", b"customer,product\r\n\r\n\r\n", "no line below", "header.csv"),
    refused_case("locked", "XLSX", compound("EncryptionInfo", "EncryptedPackage"), "locked", "locked.xlsx"),
    refused_case("truncated", "XLSX", lambda: workbook()[:-300], "damaged", "cut.xlsx"),
    refused_case("truncated", "first bytes only", lambda: workbook()[:40], "damaged", "cut.xlsx"),
    refused_case("truncated", "XLS", compound("Workbook")[:900], "damaged", "cut.xls"),
    refused_case("truncated", "parquet", b"PAR1" + NOISE[:500], "damaged", "cut.parquet"),
    refused_case("zip bombs", "one sheet", bomb("xl/worksheets/sheet{}.xml", 100), "unpack", "bomb.xlsx"),
    refused_case("zip bombs", "many sheets", bomb("xl/worksheets/sheet{}.xml", 4, 40), "unpack", "bomb.xlsx"),
    refused_case("zip bombs", "shared strings", bomb("xl/sharedStrings.xml", 100), "unpack", "bomb.xlsx"),
    refused_case("zip bombs", "that lies about its size", lying_bomb, "", "liar.xlsx"),
    refused_case("zip archives", "of two tables", archive({"a.csv": table(), "b.csv": table()}), "2 files", "export.zip"),
    refused_case("zip archives", "of nothing", archive({}), "zip archive", "export.zip"),
    refused_case("zip archives", "of another", archive({"inner.zip": archive({"export.csv": table()})}), "zip archive", "export.zip"),
    refused_case("zip archives", "Numbers", NUMBERS, "zip archive", "sales.numbers"),
    refused_case("documents", "PDF", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n", "PDF", "report.csv"),
    refused_case("documents", "Word", WORD, "document", "sales.xlsx"),
    refused_case("documents", "old Word", compound("WordDocument", "1Table"), "", "sales.xls"),
    refused_case("documents", "RTF", b"{\\rtf1 Customer}", "RTF", "sales.csv"),
    refused_case("documents", "e-mail", b"Received: from mail.example\r\nSubject: Export\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\nHere it is.\r\n", "e-mail", "export.csv"),
    refused_case("web pages", "named XLS", HTML.encode(), "web page", "report.xls"),
    refused_case("web pages", "login page instead of a file", b"\n\n<!DOCTYPE html>\n<html lang='de'><title>Login</title></html>", "web page", "export.csv"),
    refused_case("web pages", "XML", b"<?xml version='1.0'?><Workbook/>", "XML", "report.xls"),
    refused_case("web pages", "XML without a head", b"<orders><order id='1'><item>Tee</item></order></orders>", "XML", "orders.csv"),
    refused_case("JSON", "a list", b'[{"customer": 1, "product": "Tee"}]', "JSON", "orders.csv"),
    refused_case("JSON", "lines", b'{"customer": 1}\n{"customer": 2}\n', "JSON", "orders.csv"),
    refused_case("JSON", "indented", b'[\n  {\n    "customer": 1\n  }\n]\n', "JSON", "orders.csv"),
    refused_case("pickles", "protocol 4", b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x08builtins\x94.", "pickle", "frame.csv"),
    refused_case("pickles", "protocol 0", b"cos\nsystem\n(S'echo hi'\ntR.", "pickle", "frame.csv"),
    refused_case("compressed", "gzip cut off", lambda: gzip.compress(table().encode())[:-20], "damaged", "export.csv.gz"),
    refused_case("compressed", "gzip of gzip", gzip.compress(gzip.compress(table().encode())), "gzip", "export.csv.gz.gz"),
    refused_case("compressed", "gzip bomb", lambda: gzip.compress(bytes(60_000_000)), "unpack", "export.csv.gz"),
    refused_case("compressed", "bzip2", b"BZh91AY&SY" + NOISE[:100], "bzip2", "export.csv"),
    refused_case("compressed", "xz", b"\xfd7zXZ\x00" + NOISE[:100], "xz", "export.csv"),
    refused_case("compressed", "zstd", b"\x28\xb5\x2f\xfd" + NOISE[:100], "Zstandard", "export.csv"),
    refused_case("compressed", "tar", tar, "tar archive", "export.tar"),
    refused_case("databases", "SQLite", b"SQLite format 3\0" + NOISE[:900], "SQLite", "shop.csv"),
    refused_case("databases", "Access", b"\x00\x01\x00\x00Standard Jet DB\x00" + NOISE[:900], "Access", "shop.csv"),
    refused_case("binary", "noise", NOISE, "binary", "data.csv"),
    refused_case("binary", "program", b"MZ\x90\x00" + NOISE[:4000], "", "data.csv"),
    refused_case("binary", "picture", b"\x89PNG\r\n\x1a\n" + NOISE[:900], "picture", "scan.csv"),
    refused_case("binary", "NumPy", b"\x93NUMPY\x01\x00v\x00{'descr': '<f8'}" + b" " * 40 + NOISE[:400], "", "m.csv"),
    refused_case("binary", "Arrow", b"ARROW1\0\0" + NOISE[:900], "", "m.csv"),
    refused_case("binary", "statistics file", b"$FL2@(#) SPSS DATA FILE" + NOISE[:900], "SPSS", "m.csv"),
    refused_case("too little", "one customer", joined([",".join(HEADER), *(ONE.format(p) for p in PRODUCTS)]).encode(), "only one customer", "one.csv"),
    refused_case("too little", "one product", joined([",".join(HEADER), *(f"C{i},Tee,1,2,2024-01-01" for i in range(9))]).encode(), "only one product", "one.csv"),
    refused_case("too little", "one column", b"product\nTee\nBrot\nTee\n", "who bought", "one.csv"),
    refused_case("no table", "prose", ("Dear all, please find the export attached. " * 20 + "\n").encode() * 5, "", "mail.txt"),
)  # fmt: skip
