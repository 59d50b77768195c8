"""A plan of a parquet file before it is read: what a few megabytes would unfold to.

Parquet writes a text that repeats once and says how often, so its size says little. The columns, the values in lists
and the sizes that the file gives for itself are asked first, then the width of its first rows; and because a file may
lie, the rows are counted by their bytes while they are read.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import duckdb
import pyarrow as pa

from segcore.errors import UnreadableFile
from segcore.intake.files.engine import pattern_of
from segcore.intake.files.text_limits import MOST_COLUMNS, refuse_columns
from segcore.language.words import count

UNFOLDED = 2_000_000_000  # bytes of text that need no reason
OF_THE_FILE = 100  # beyond that, so many times the file
PACKED, PACKED_FROM = 150, 50_000_000  # its own sizes, as for workbooks
LONGEST_LIST = 10_000  # values a row, on the average
LOOKED_AT, AT_ONCE, LARGEST_BATCH = 1_000, 8_000_000, 1 << 19


def check_parquet(engine: duckdb.DuckDBPyConnection, path: Path, name: str) -> int:
    """Look at the description of a file and its first rows; returns how many bytes a row takes as text.

    Raises
    ------
    UnreadableFile
        When it has too many columns, or would unfold to far more than its size.
    duckdb.Error
        When it is damaged.
    """
    size, file = path.stat().st_size, pattern_of(path)
    columns = engine.execute("SELECT count(*) FROM parquet_schema(?) WHERE num_children IS NULL", [file])
    if (wide := columns.fetchall()[0][0]) > MOST_COLUMNS:
        refuse_columns(wide, name)
    rows, packed, values = engine.execute(
        "SELECT (SELECT sum(num_rows) FROM parquet_file_metadata($1)), sum(total_uncompressed_size), max(values) FROM ("
        "SELECT sum(total_uncompressed_size) AS total_uncompressed_size, sum(num_values) AS values "
        "FROM parquet_metadata($1) GROUP BY column_id)",
        [file],
    ).fetchall()[0]
    if not rows:
        return 1
    if (packed or 0) > max(PACKED_FROM, PACKED * size) or (values or 0) > LONGEST_LIST * rows:
        refuse_unfolded(max(packed or 0, values or 0), name)
    first = engine.sql(
        f"SELECT CAST(COLUMNS(*) AS VARCHAR) FROM (FROM read_parquet(?) LIMIT {LOOKED_AT})", params=[file]
    ).to_arrow_table()
    width = max(1, first.nbytes // max(1, first.num_rows))
    if rows * width > _most(size):
        refuse_unfolded(rows * width, name)
    return width


def batches_within(reader: Iterator[pa.RecordBatch], path: Path, name: str) -> Iterator[pa.RecordBatch]:
    """The batches again, for as long as they are not too many."""
    left = _most(path.stat().st_size)
    for batch in reader:
        left -= batch.nbytes
        if left < 0:
            refuse_unfolded(_most(path.stat().st_size), name)
        yield batch


def rows_at_once(width: int) -> int:
    """How many rows of a width are held as text at a time."""
    return max(2048, min(LARGEST_BATCH, AT_ONCE // width))


def _most(size: int) -> int:
    return max(UNFOLDED, OF_THE_FILE * size)


def refuse_unfolded(bytes_: int, name: str) -> NoReturn:
    """Say what it would come to."""
    raise UnreadableFile(
        f"This parquet file would unfold to more than {count(bytes_ / 1e6)} MB, far more than a table of its size.",
        where=name,
        remedy="Leave out columns with long texts or lists that repeat, and upload it again.",
    )
