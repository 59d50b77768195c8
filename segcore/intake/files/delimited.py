"""Text files: lines into text columns. DuckDB reads what is clean; every line it cannot place is cut with care.

The lines are counted before and after. Where the counts do not agree (an unclosed quotation mark can swallow its
neighbours without a word) such lines are set apart first; if that does not help, every line is cut with care.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from segcore.intake.files.cutter import Line
from segcore.intake.files.engine import engine_in, pattern_of
from segcore.intake.files.line_repair import cut_with_care, physical_lines, set_odd_lines_apart
from segcore.intake.files.sniff import Dialect, PlainText, cut
from segcore.intake.files.text_table import TextTable, columns_of_batches, stack, table_of_rows
from segcore.intake.report import Ledger

BATCH = 1 << 19  # rows held as text at a time
MOSTLY_BLANK = 0.5
SAMPLE_HEAD = 1 << 20
SAMPLE_BLOCK = 1 << 17
SAMPLE_BLOCKS = 16


def read_delimited(
    name: str, plain: PlainText, dialect: Dialect, columns: Sequence[str], ledger: Ledger, scratch: Path
) -> TextTable:
    """Read the named columns of a text file, every cell as text."""
    asked = set(columns)
    wanted = [n for n in dialect.header.names if n in asked]
    fast = _read_fast(name, plain, dialect, wanted, scratch)
    odd: list[Line] = []
    if fast is None and plain.has_quotes:
        copy, odd = set_odd_lines_apart(plain, dialect, scratch)
        fast = _read_fast(name, copy, dialect, wanted, scratch)
    if fast is None:
        return cut_with_care(name, physical_lines(plain.path, dialect.skip), dialect, wanted, ledger)
    table, rejected = fast
    if not (rejected or odd):
        return table
    if any(column.blank.mean() >= MOSTLY_BLANK for column in table.columns.values()):
        # a blank may stand for the label in a line above: then every line must keep its place
        return cut_with_care(name, physical_lines(plain.path, dialect.skip), dialect, wanted, ledger)
    return stack([table, cut_with_care(name, sorted(rejected + odd), dialect, wanted, ledger)])


def _read_fast(
    name: str, plain: PlainText, dialect: Dialect, wanted: Sequence[str], scratch: Path
) -> tuple[TextTable, list[Line]] | None:
    """DuckDB's reading and the lines it rejected, or None where the lines do not add up."""
    scan, values = _scan(plain, dialect)
    place = {n: i for i, n in enumerate(dialect.header.names)}
    picked = [place[n] for n in wanted]
    with engine_in(scratch, [plain.path]) as engine:
        try:
            query = f"SELECT {', '.join(f'c{i}' for i in picked)} FROM {scan}"
            loaded = columns_of_batches(wanted, engine.sql(query, params=values).to_arrow_reader(BATCH))
            found = engine.execute("SELECT DISTINCT line, csv_line FROM reject_errors").fetchall()
            rejected = [line for at, text in sorted(found) for line in _apart(at, text)]
            read = len(next(iter(loaded.values())).codes)
            missing = plain.newlines - dialect.skip - read - len(rejected)
            if missing:
                missing -= blank_lines(plain.path, dialect.skip)
            if missing and (not plain.has_quotes or missing != _inner_lines(engine, scan, values, dialect)):
                return None
        except (duckdb.Error, pa.ArrowException, OSError):  # the last two where batches are already flowing
            return None  # cutting line by line says what is wrong with which line
    return TextTable(name, loaded, read, dialect.skip + 1), rejected


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
    return f"read_csv(?, {named})", [pattern_of(plain.path), *options.values()]


def _apart(at: int, text: str) -> Iterator[Line]:
    """A rejected piece as physical lines; the engine hands over neighbouring line ends with it."""
    for i, line in enumerate(text.strip("\r\n").split("\n")):
        yield at + i, line.rstrip("\r")


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


def sample_delimited(name: str, plain: PlainText, dialect: Dialect) -> TextTable:
    """Rows from the head and from evenly spaced places: enough to see what the columns mean."""
    size = plain.path.stat().st_size
    with plain.path.open("rb") as stream:
        for _ in range(dialect.skip):
            stream.readline()
        texts = [stream.read(SAMPLE_HEAD)]
        starts = _block_starts(stream.tell(), size)
        for start, following in pairwise([*starts, size]):
            stream.seek(start)
            stream.readline()
            # Never into the next block: a line that stands twice in a sample looks like a repeated purchase.
            texts.append(stream.read(min(SAMPLE_BLOCK, max(following - stream.tell(), 0))))
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


def _block_starts(first: int, size: int) -> list[int]:
    """Evenly spaced places between the end of the head and the end of the file, a block or more apart."""
    blocks = min(SAMPLE_BLOCKS, (size - first) // SAMPLE_BLOCK - 1)
    return [first + (size - first) * i // (blocks + 1) for i in range(1, blocks + 1)]
