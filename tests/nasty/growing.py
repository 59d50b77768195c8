"""Files that grow: a few kilobytes or megabytes that would take the memory of the machine, and what must be said."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from tests.nasty.base import HEADER, cells
from tests.nasty.workbooks import inline_strings, open_document

SHEET = "xl/worksheets/sheet1.xml"
TABLE = [list(HEADER), *cells()]


@dataclass(frozen=True)
class Growing:
    """One kind of file.

    Attributes
    ----------
    says : str
        Words of the refusal, or of the report where ``lines`` are read.
    lines : int
        Purchase lines that come out; 0 where it is refused.
    """

    kind: str
    file: str
    make: Callable[[Path], None]
    says: str
    lines: int = 0

    def written(self, folder: Path) -> Path:
        """The file in a folder."""
        path = folder / self.file
        self.make(path)
        return path


def plain(path: Path) -> None:
    """What the others are held against."""
    inline_strings(path, TABLE)


def changed(path: Path, parts: dict[str, Callable[[bytes], Iterable[bytes]]]) -> None:
    """A good workbook with some parts rewritten or added."""
    inline_strings(path, TABLE)
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
        for name in (*held, *(name for name in parts if name not in held)):
            with out.open(name, "w", force_zip64=True) as stream:
                for piece in parts.get(name, lambda old: [old])(held.get(name, b"")):
                    stream.write(piece)


def with_rows(rows: str | Iterable[bytes]) -> Callable[[Path], None]:
    """The table, and rows of XML below it."""

    def make(path: Path) -> None:
        def below(old: bytes) -> Iterable[bytes]:
            head, tail = old.split(b"</sheetData>")
            yield head
            yield from [rows.encode()] if isinstance(rows, str) else rows
            yield b"</sheetData>" + tail

        changed(path, {SHEET: below})

    return make


def stray(name: str) -> Callable[[Path], None]:
    """One value far from the table."""
    row = "".join(sign for sign in name if sign.isdigit())
    return with_rows(f'<row r="{row}"><c r="{name}"><v>7</v></c></row>')


def beside(path: Path) -> None:
    """A value far to the right in a row of the table."""

    def put(old: bytes) -> Iterable[bytes]:
        yield old.replace(
            b"</row>", b'<c r="CV1048000" t="inlineStr"><is><t>x</t></is></c></row>', 1
        ).replace(b"</row><row>", b'<c r="XFD2"><v>1</v></c></row><row>', 1)

    changed(path, {SHEET: put})


def letters(number: int) -> str:
    """The name of a column, from 1."""
    text = ""
    while number:
        number, rest = divmod(number - 1, 26)
        text = chr(65 + rest) + text
    return text


def diagonal() -> Iterable[bytes]:
    """A cell in each row, one further to the right."""
    for i in range(100, 16_384):
        yield f'<row r="{i}"><c r="{letters(i)}{i}"><v>1</v></c></row>'.encode()


def shared(path: Path, texts: list[str], cells_each: int) -> None:
    """Long texts that many cells refer to."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    def table(_old: bytes) -> Iterable[bytes]:
        yield f'<sst xmlns="{main}">'.encode()
        yield from (f"<si><t>{text}</t></si>".encode() for text in texts)
        yield b"</sst>"

    def sheet(_old: bytes) -> Iterable[bytes]:
        yield f'<worksheet xmlns="{main}"><sheetData>'.encode()
        for i in range(1, cells_each + 1):
            yield f'<row r="{i}"><c r="A{i}" t="s"><v>{i % len(texts)}</v></c><c r="B{i}"><v>{i}</v></c></row>'.encode()
        yield b"</sheetData></worksheet>"

    changed(path, {SHEET: sheet, "xl/sharedStrings.xml": table})


def formats(path: Path) -> None:
    """Two million formats of cells, each a little different."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"

    def table(_old: bytes) -> Iterable[bytes]:
        yield f'<styleSheet xmlns="{main}"><cellXfs count="2000000">'.encode()
        for i in range(200):
            yield "".join(f'<xf numFmtId="{i * j % 9973}" fontId="{j}"/>' for j in range(1_000)).encode() * 10
        yield b"</cellXfs></styleSheet>"

    changed(path, {"xl/styles.xml": table})


def long_format(path: Path) -> None:
    """A format of number of a megabyte, which each format of a cell would be searched for."""
    code = b'<styleSheet><numFmts><numFmt numFmtId="200" formatCode="' + b"0" * 1_000_000 + b'"/></numFmts>'
    changed(
        path,
        {
            "xl/styles.xml": lambda _: [
                code,
                b"<cellXfs>",
                b'<xf numFmtId="200"/>' * 60_000,
                b"</cellXfs></styleSheet>",
            ]
        },
    )


def laughs(path: Path) -> None:
    """Entities of entities."""
    declared = '<!ENTITY a0 "ha">' + "".join(f'<!ENTITY a{i} "{f"&a{i - 1};" * 10}">' for i in range(1, 12))

    def put(old: bytes) -> Iterable[bytes]:
        row = b'<row r="1048576"><c r="XFD1048576" t="str"><v>&a11;</v></c></row></sheetData>'
        yield f"<!DOCTYPE worksheet [{declared}]>".encode() + old.replace(b"</sheetData>", row)

    changed(path, {SHEET: put})


def merged(path: Path) -> None:
    """Thirty thousand ranges over the same long column."""
    ranges = b"<mergeCells>" + b'<mergeCell ref="A2:A1048576"/>' * 30_000 + b"</mergeCells></worksheet>"
    changed(path, {SHEET: lambda old: [old.replace(b"</worksheet>", ranges)]})


def liar(path: Path) -> None:
    """The directory says a kilobyte, and so does the sum of the sheet; it goes on for a hundred megabytes."""
    with_rows(b'<row r="60"><c r="A60"/></row>' * 30_000 for _ in range(100))(path)
    with zipfile.ZipFile(path) as archive:
        part = archive.getinfo(SHEET)
        begins = archive.read(SHEET)[:1_000]
    raw = path.read_bytes()
    for real, said in ((part.file_size, 1_000), (part.CRC, zlib.crc32(begins))):
        raw = raw.replace(struct.pack("<I", real), struct.pack("<I", said))
    path.write_bytes(raw)


def broken_inside(path: Path) -> None:
    """The packed bytes of the sheet are damaged in the middle; the directory is whole."""
    noise = b"".join(
        f'<row r="{i}"><c r="F{i}"><v>{i * 7919 % 1000003}</v></c></row>'.encode() for i in range(60, 9_000)
    )
    with_rows([noise])(path)
    with zipfile.ZipFile(path) as archive:
        part = archive.getinfo(SHEET)
    raw = bytearray(path.read_bytes())
    middle = part.header_offset + part.compress_size // 2
    raw[middle : middle + 64] = bytes(64)
    path.write_bytes(raw)


def many_sheets_far(path: Path) -> None:
    """Rows and rows of values, each a thousand rows from the next."""
    with_rows(
        f'<row r="{i}"><c r="A{i}"><v>1</v></c><c r="ZZ{i}"><v>1</v></c></row>'.encode()
        for i in range(900, 1_048_576, 900)
    )(path)


def old(*strays: tuple[int, int], padding: int = 6_000) -> Callable[[Path], None]:
    """An XLS file as Excel 97 wrote it, with single values far from the table."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<HH", kind, len(content)) + content

    def label(row: int, column: int, text: str) -> bytes:
        return record(0x204, struct.pack("<HHHHB", row, column, 0, len(text), 1) + text.encode("utf-16-le"))

    def make(path: Path) -> None:
        body = record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
        body += b"".join(label(i, j, cell) for i, row in enumerate(TABLE) for j, cell in enumerate(row))
        body += b"".join(label(row, column, "seen by Eva") for row, column in strays) + record(10, b"")
        head = record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
        place = len(head) + 4 + 10 + 4
        stream = (
            head
            + record(0x85, struct.pack("<IBBBB", place, 0, 0, 2, 0) + b"S\0"[:2])
            + record(10, b"")
            + body
        )
        path.write_bytes(_sectors(stream + bytes(padding)))

    return make


def _sectors(stream: bytes) -> bytes:
    """A compound file with one stream: the table of sectors, the list of streams, and the stream."""
    stream += bytes(-len(stream) % 512)
    count = len(stream) // 512
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, count + 2), 0xFFFFFFFE]
    head = bytearray(b"\xff" * 512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    head[8:76] = struct.pack(
        "<16xHHHHH6xIIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0, 0
    )[:68]
    head[76:80] = struct.pack("<I", 0)
    entries = b""
    for name, kind, start, size in (("Root Entry", 5, 0xFFFFFFFE, 0), ("Workbook", 2, 2, len(stream))):
        text = name.encode("utf-16-le")
        entries += text.ljust(64, b"\0") + struct.pack(
            "<HBBIII36xIQ",
            len(text) + 2,
            kind,
            1,
            0xFFFFFFFF,
            0xFFFFFFFF,
            1 if kind == 5 else 0xFFFFFFFF,
            start,
            size,
        )
    packed = struct.pack(f"<{len(table)}I", *table)
    return bytes(head) + packed.ljust(512, b"\xff") + entries.ljust(512, b"\0") + stream


def binary(*strays: tuple[int, int]) -> Callable[[Path], None]:
    """An XLSB file with single values far from the table."""

    def record(kind: int, content: bytes = b"") -> bytes:
        numbers = bytes([kind]) if kind < 128 else bytes([kind & 127 | 128, kind >> 7])
        return numbers + bytes([len(content)]) + content

    def wide(text: str) -> bytes:
        return struct.pack("<I", len(text)) + text.encode("utf-16-le")

    def row(number: int, cells: Iterable[tuple[int, str]]) -> bytes:
        head = record(0, struct.pack("<IIHBBBI", number, 0, 300, 0, 0, 0, 0))
        return head + b"".join(record(6, struct.pack("<II", at, 0) + wide(text)) for at, text in cells)

    def make(path: Path) -> None:
        rows = b"".join(row(i, enumerate(cells)) for i, cells in enumerate(TABLE))
        rows += b"".join(row(i, [(column, "seen by Eva")]) for i, column in strays)
        sheet = (
            record(129)
            + record(148, struct.pack("<4I", 0, 48, 0, 4))
            + record(145)
            + rows
            + record(146)
            + record(130)
        )
        book = (
            record(131)
            + record(143)
            + record(156, struct.pack("<II", 0, 1) + wide("r1") + wide("S"))
            + record(144)
            + record(132)
        )
        relations = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as out:
            out.writestr("[Content_Types].xml", "<Types/>")
            out.writestr(
                "_rels/.rels",
                f'{relations}<Relationship Id="r1" Type="{kind}/officeDocument" Target="xl/workbook.bin"/></Relationships>',
            )
            out.writestr("xl/workbook.bin", book)
            out.writestr(
                "xl/_rels/workbook.bin.rels",
                f'{relations}<Relationship Id="r1" Type="{kind}/worksheet" Target="worksheets/sheet1.bin"/></Relationships>',
            )
            out.writestr("xl/worksheets/sheet1.bin", sheet)

    return make


def open_repeated(path: Path) -> None:
    """One filled cell, repeated over the whole sheet."""
    open_document(path, TABLE)
    cell = b'<table:table-row table:number-rows-repeated="1000000"><table:table-cell table:number-columns-repeated="16384" office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'
    _in_open_document(path, lambda old: old.replace(b"</table:table>", cell + b"</table:table>"))


def open_stray(path: Path) -> None:
    """A value in the last cell of the sheet."""
    open_document(path, TABLE)
    rows = b'<table:table-row table:number-rows-repeated="1048526"><table:table-cell/></table:table-row><table:table-row><table:table-cell table:number-columns-repeated="16383"/><table:table-cell office:value-type="string"><text:p>x</text:p></table:table-cell></table:table-row>'
    _in_open_document(path, lambda old: old.replace(b"</table:table>", rows + b"</table:table>"))


def _in_open_document(path: Path, change: Callable[[bytes], bytes]) -> None:
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    held["content.xml"] = change(held["content.xml"])
    with zipfile.ZipFile(path, "w") as out:
        for name, content in held.items():
            out.writestr(name, content)


def parquet(columns: str, rows: int, options: str = "") -> Callable[[Path], None]:
    """A parquet file of customers, products and something more."""

    def make(path: Path) -> None:
        made = f"SELECT 'C' || (range % 5000) AS customer, 'P' || (range % 13) AS product, {columns} FROM range({rows})"
        with duckdb.connect() as engine:
            engine.execute(f"COPY ({made}) TO '{path}' (FORMAT parquet{options})")

    return make


def lying_parquet(path: Path) -> None:
    """The description says 8,191 rows, the column has a hundred."""
    parquet("range AS amount", 100)(path)
    raw = path.read_bytes()
    foot = int.from_bytes(raw[-8:-4], "little") + 8
    path.write_bytes(raw[:-foot] + raw[-foot:].replace(b"\xc8\x01", b"\xfe\x7f"))


def text(pieces: Iterable[str]) -> Callable[[Path], None]:
    """A text file written piece by piece."""

    def make(path: Path) -> None:
        with path.open("w", encoding="utf-8") as out:
            out.writelines(pieces)

    return make


def wide(columns: int) -> list[str]:
    """Customers in rows, products in columns."""
    rows = ("C{}," + ",".join("1" if i % 97 == 1 else "" for i in range(columns)) + "\n" for _ in range(1))
    body = next(rows)
    return [
        "customer," + ",".join(f"Product {i}" for i in range(columns)) + "\n",
        *(body.format(r) for r in range(20)),
    ]


def long_cell(megabytes: int) -> list[str]:
    """One cell that never ends among good lines."""
    lines = [f"C{i % 50},P{i % 11},ok\n" for i in range(2_000)]
    return ["customer,product,note\n", *lines, 'C1,P2,"', *["x, y " * 200_000] * megabytes, '"\n', *lines]


FAR = "far from the table left out"
CASES = (
    Growing("a stray cell", "cv.xlsx", stray("CV1048576"), FAR, 48),
    Growing("a cell in the last corner", "xfd.xlsx", stray("XFD1048576"), FAR, 48),
    Growing("a cell beside the table", "beside.xlsx", beside, FAR, 48),
    Growing("a row numbered 99999999", "row.xlsx", stray("A99999999"), FAR, 48),
    Growing("a row number without names", "nameless.xlsx", with_rows('<row r="99999999"><c><v>7</v></c></row>'), FAR, 48),
    Growing("a diagonal of cells", "diagonal.xlsx", with_rows(diagonal()), "too far apart"),
    Growing("values a thousand rows apart", "apart.xlsx", many_sheets_far, "too far apart"),
    Growing("two million formats", "formats.xlsx", formats, "", 48),
    Growing("a format of a megabyte", "format.xlsx", long_format, "damaged"),
    Growing("a text in 100,000 cells", "text.xlsx", lambda p: shared(p, ["x" * 1_000_000], 100_000), "unfold"),
    Growing("texts of 32,767 signs", "texts.xlsx", lambda p: shared(p, [s * 32_767 for s in "abcdef"], 20_000), "unfold"),
    Growing("entities of entities", "laughs.xlsx", laughs, "damaged"),
    Growing("ranges merged over each other", "merged.xlsx", merged, "", 48),
    Growing("a directory that lies", "liar.xlsx", liar, "damaged"),
    Growing("broken inside", "broken.xlsx", broken_inside, "damaged"),
    Growing("an OpenDocument cell repeated", "repeated.ods", open_repeated, "repeated"),
    Growing("a stray OpenDocument cell", "stray.ods", open_stray, FAR, 48),
    Growing("a stray cell in an old workbook", "stray.xls", old((65_535, 255)), FAR, 48),
    Growing("old cells far apart", "apart.xls", old(*((800 * i, 5 * i % 256) for i in range(1, 80))), "too far apart"),
    Growing("a stray cell in a binary workbook", "stray.xlsb", binary((1_048_575, 16_383)), FAR, 48),
    Growing("parquet of 1,000 equal letters", "equal.parquet", parquet("repeat('a', 1000) AS note", 3_000_000), "unfold"),
    Growing("a parquet cell of 100 MB", "cell.parquet", parquet("if(range = 5, repeat('a', 100_000_000), '') AS note", 300, ", COMPRESSION zstd"), "unfold"),
    Growing("a parquet list of ten million", "list.parquet", parquet("range(if(range = 5, 10_000_000, 1)) AS items", 300), "unfold"),
    Growing("parquet of 16,400 columns", "wide.parquet", parquet(", ".join(f"1 AS c{i}" for i in range(16_400)), 2), "16,402 columns"),
    Growing("a parquet that lies about its rows", "liar.parquet", lying_parquet, "damaged"),
    Growing("a CSV of 60,000 columns", "wide.csv", text(wide(60_000)), "60,001 columns"),
    Growing("a CSV cell of 50 MB", "cell.csv", text(long_cell(50)), "longer than 4 MB"),
)  # fmt: skip
