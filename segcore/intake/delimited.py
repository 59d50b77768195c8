"""Text files: lines into text columns. DuckDB reads what is clean; every line it cannot place is cut with care.

The lines are counted before and after. Where the counts do not agree (an unclosed quotation mark can swallow its
neighbours without a word) the whole file is cut line by line instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import duckdb
import numpy as np

from segcore.intake.cutter import Cutter, Line, Row
from segcore.intake.report import Ledger, some
from segcore.intake.sniff import Dialect, PlainText, cut
from segcore.intake.text_table import TextTable, column_of_arrow, stack, table_of_rows

MEMORY = "1GB"
SAMPLE_HEAD = 1 << 20
SAMPLE_BLOCK = 1 << 17
SAMPLE_BLOCKS = 16

_ACTS = {
    "short": ("{} had fewer cells than the header; the missing ones are blank.", ""),
    "surplus": ("{} had more cells than the header; the surplus at the end was ignored.", ""),
    "merged": ("{} had a separator inside a name; the name was put together again.", ""),
    "quote": ("{} had a quotation mark that never closes; it was read as an ordinary sign.", ""),
}


def read_delimited(
    name: str, plain: PlainText, dialect: Dialect, columns: Sequence[str], ledger: Ledger, scratch: Path
) -> TextTable:
    """Read the named columns of a text file, every cell as text."""
    wanted = [n for n in dialect.header.names if n in set(columns)]
    fast = _read_fast(name, plain, dialect, wanted, scratch)
    if fast is None:
        return _with_care(name, physical_lines(plain.path, dialect.skip), dialect, wanted, ledger)
    table, rejected = fast
    if not rejected:
        return table
    return stack([table, _with_care(name, rejected, dialect, wanted, ledger)])


def _read_fast(
    name: str, plain: PlainText, dialect: Dialect, wanted: Sequence[str], scratch: Path
) -> tuple[TextTable, list[Line]] | None:
    """DuckDB's reading and the lines it rejected, or None where the lines do not add up."""
    scan, values = _scan(plain, dialect)
    picked = [dialect.header.names.index(n) for n in wanted]
    settings = {"memory_limit": MEMORY, "temp_directory": str(scratch / "spill")}
    with duckdb.connect(config=settings) as engine:
        try:
            query = f"SELECT {', '.join(f'c{i}' for i in picked)} FROM {scan}"
            cells = engine.sql(query, params=values).to_arrow_table()
            found = engine.execute("SELECT DISTINCT line, csv_line FROM reject_errors").fetchall()
            rejected = [line for at, text in sorted(found) for line in _apart(at, text)]
            missing = plain.newlines - dialect.skip - cells.num_rows - len(rejected)
            if missing:
                missing -= blank_lines(plain.path, dialect.skip)
            if missing and (not plain.has_quotes or missing != _inner_lines(engine, scan, values, dialect)):
                return None
        except duckdb.Error:
            return None  # cutting line by line says what is wrong with which line
    loaded = {n: column_of_arrow(n, cells.column(f"c{i}")) for n, i in zip(wanted, picked, strict=True)}
    return TextTable(name, loaded, cells.num_rows, dialect.skip + 1), rejected


def _scan(plain: PlainText, dialect: Dialect) -> tuple[str, list[object]]:
    """The table function over the file, and the values of its parameters."""
    quote = '"' if plain.has_quotes else ""
    options: dict[str, object] = {
        "auto_detect": False,
        "columns": {f"c{i}": "VARCHAR" for i in range(len(dialect.header.names))},
        "header": False,
        "skip": dialect.skip,
        "delim": dialect.delimiter,
        "quote": quote,
        "escape": quote,
        "ignore_errors": True,
        "store_rejects": True,
        "rejects_limit": 0,
    }
    named = ", ".join(f"{key} = ?" for key in options)
    return f"read_csv(?, {named})", [str(plain.path), *options.values()]


def _apart(at: int, text: str) -> Iterator[Line]:
    """A rejected piece as physical lines; the engine hands over neighbouring line ends with it."""
    for i, line in enumerate(text.strip("\r\n").splitlines()):
        yield at + i, line


def _inner_lines(
    engine: duckdb.DuckDBPyConnection, scan: str, values: list[object], dialect: Dialect
) -> int | None:
    """Line ends inside quoted cells; None where a cell looks like swallowed lines."""
    columns = [f"c{i}" for i in range(len(dialect.header.names))]
    inside = " + ".join(f"coalesce(length({c}) - length(replace({c}, chr(10), '')), 0)" for c in columns)
    swallowed = " OR ".join(
        f"(contains({c}, chr(10)) AND length({c}) - length(replace({c}, ?, '')) >= {len(columns) - 1})"
        for c in columns
    )
    query = f"SELECT sum({inside}), count(*) FILTER ({swallowed}) FROM {scan}"
    parameters = [dialect.delimiter] * len(columns) + values
    lines, suspicious = engine.execute(query, parameters).fetchone() or (0, 0)
    return None if suspicious else int(lines or 0)


def blank_lines(path: Path, skip: int) -> int:
    """Lines without a character after the skipped ones; a reader passes over them."""
    blank, last = 0, b"\n"
    with path.open("rb") as stream:
        for _ in range(skip):
            stream.readline()
        while block := stream.read(1 << 22):
            joined = np.frombuffer((last + block).replace(b"\r\n", b"\n"), dtype=np.uint8)
            ends = joined == 10
            blank += int((ends[1:] & ends[:-1]).sum())
            last = block[-1:]
    return blank


def physical_lines(path: Path, skip: int) -> Iterator[Line]:
    """The lines of a file with their numbers, counted from 1."""
    with path.open(encoding="utf-8", errors="replace", newline="\n") as stream:
        for number, text in enumerate(stream, start=1):
            if number > skip:
                yield number, text.rstrip("\r\n")


def _with_care(
    name: str, lines: Iterable[Line], dialect: Dialect, wanted: Sequence[str], ledger: Ledger
) -> TextTable:
    rows = list(Cutter(dialect.delimiter, dialect.are_values, dialect.known).rows(lines))
    good = [row for row in rows if row.cells]
    _report(name, rows, ledger)
    table = table_of_rows(name, dialect.header.names, [row.cells for row in good], dialect.skip + 1)
    return table.only(wanted)


def _report(name: str, rows: Sequence[Row], ledger: Ledger) -> None:
    for act, (what, remedy) in _ACTS.items():
        cases = [row for row in rows if row.act == act]
        if cases:
            sentence = what.format(some(len(cases), "line"))
            ledger.repair(
                sentence, len(cases), example=cases[0].text[:120], where=_where(name, cases[0]), remedy=remedy
            )
    lost = [row for row in rows if not row.cells]
    if lost:
        ledger.leave_out(
            f"{some(len(lost), 'line')} had more cells than the header, and it cannot be seen which cell is which.",
            len(lost),
            example=lost[0].text[:120],
            where=_where(name, lost[0]),
            remedy="Export with quotation marks around texts.",
        )


def _where(name: str, row: Row) -> str:
    return f"{name}, line {row.line}"


def sample_delimited(name: str, plain: PlainText, dialect: Dialect) -> TextTable:
    """Rows from the head and from evenly spaced places: enough to see what the columns mean."""
    size = plain.path.stat().st_size
    with plain.path.open("rb") as stream:
        for _ in range(dialect.skip):
            stream.readline()
        texts = [stream.read(SAMPLE_HEAD)]
        for i in range(1, SAMPLE_BLOCKS + 1 if size > 2 * SAMPLE_HEAD else 1):
            stream.seek(SAMPLE_HEAD + (size - SAMPLE_HEAD) * i // (SAMPLE_BLOCKS + 1))
            stream.readline()
            texts.append(stream.read(SAMPLE_BLOCK))
        if stream.read(1) or len(texts) > 1:
            texts = [text[: text.rfind(b"\n") + 1] or text for text in texts]
    width = len(dialect.header.names)
    rows = [
        row
        for text in texts
        for row in cut(text.decode("utf-8", errors="ignore"), dialect.delimiter, most=1 << 30)[0]
        if row and len(row) <= width and (len(texts) == 1 or len(row) == width)
    ]
    return table_of_rows(name, dialect.header.names, rows, dialect.skip + 1)
