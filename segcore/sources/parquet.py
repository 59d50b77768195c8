"""Parquet files as one table, whatever differs between them; read through DuckDB alone.

Files are grouped by their columns, their types and the partition they lie in, and each group is turned into text by
itself: one common type for all would rewrite values (5 becomes 5.0 where another file has decimals, 007 becomes 7).
Values of partitions are taken from the paths here: DuckDB wants the same keys in every path, and also takes those of
folders above the chosen one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

import duckdb
import pyarrow as pa

from segcore.errors import SourceError
from segcore.intake.files.engine import engine_in, pattern_of, quoted
from segcore.intake.report import some
from segcore.language.words import join_and
from segcore.sources.table import SAMPLE

BATCH_ROWS = 50_000
_BROKEN = (duckdb.Error, pa.ArrowException, OSError)  # what a damaged page raises depends on when it is met
_KINDS = (
    (("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINY", "USMALL", "UINTEGER", "UBIG", "UHUGE"), "whole number"),
    (("FLOAT", "DOUBLE", "DECIMAL"), "number"),
    (("TIMESTAMP", "DATE"), "date"),
    (("VARCHAR",), "text"),
    (("BOOLEAN",), "yes or no"),
)  # fmt: skip
_BINARY = "BLOB"
_UNKNOWN = "__HIVE_DEFAULT_PARTITION__"  # how writers of partitions name the folder of blank values
Schema = tuple[tuple[str, str], ...]  # names and types of one file's columns


@dataclass(frozen=True)
class Alike:
    """What files have in common that are read together: their columns, and the (key, value) pairs of their partition."""

    schema: Schema
    partition: tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class ParquetTable:
    """Parquet files as one table; columns that a file lacks are blank in its rows."""

    item: str
    engine: duckdb.DuckDBPyConnection
    groups: tuple[tuple[Alike, tuple[Path, ...]], ...]
    columns: tuple[str, ...]
    notes: tuple[str, ...]
    rows: int

    def sample(self) -> pa.Table:
        """Up to 50,000 rows from anywhere."""
        part = f" USING SAMPLE reservoir({SAMPLE} ROWS) REPEATABLE (0)" if self.rows > SAMPLE else ""
        try:
            found = self.engine.sql(f"SELECT * FROM ({self._rows(self.columns)}){part}").to_arrow_table()
        except _BROKEN:
            raise _damaged(self.item) from None
        return found.rename_columns(list(self.columns))

    def grouped(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Each different row once, with how often it occurs."""
        keys = ", ".join(f"c{i}" for i in range(len(columns)))
        query = f"SELECT {keys}, count(*) AS n FROM ({self._rows(columns)}) GROUP BY {keys}"
        try:
            yield from self.engine.sql(query).to_arrow_reader(BATCH_ROWS)
        except _BROKEN:
            raise _damaged(self.item) from None

    def _rows(self, columns: Sequence[str]) -> str:
        """SQL for all rows of all files as text."""
        return " UNION ALL ".join(_rows_of(alike, files, columns) for alike, files in self.groups)


def _rows_of(alike: Alike, files: Sequence[Path], columns: Sequence[str]) -> str:
    """SQL for the rows of files that are alike; a partition's value goes before a column of the same name."""
    here = {name.casefold(): _name(name) for name, _ in alike.schema}
    here |= {key.casefold(): "NULL" if value == _UNKNOWN else quoted(value) for key, value in alike.partition}
    cells = [f"CAST({here.get(name.casefold(), 'NULL')} AS VARCHAR)" for name in columns]
    chosen = ", ".join(f"{cell} AS c{i}" for i, cell in enumerate(cells))
    listed = ", ".join(quoted(pattern_of(file)) for file in files)
    return f"SELECT {chosen} FROM read_parquet([{listed}], hive_partitioning = false)"


@contextmanager
def open_parquet_files(
    files: Sequence[Path], place: Path, item: str, scratch: Path
) -> Iterator[ParquetTable]:
    """Look at the columns of every file; ``place`` is where partitions such as ``year=2024`` begin.

    Raises
    ------
    SourceError
        A file is damaged.
    """
    with engine_in(scratch, files) as engine:
        schemas = [_schema(engine, file, item) for file in files]
        partitions = [_partition(file, place) for file in files]
        groups: dict[Alike, list[Path]] = {}
        for file, schema, partition in zip(files, schemas, partitions, strict=True):
            groups.setdefault(Alike(schema, partition), []).append(file)
        keys = _keys(partitions)
        columns, binary = _columns(schemas, keys)
        notes = [*_differences(schemas, columns), *_partitions(keys), *binary]
        rows = engine.execute(
            "SELECT coalesce(sum(num_rows), 0) FROM parquet_file_metadata(?)",
            [[pattern_of(file) for file in files]],
        ).fetchall()
        held = tuple((alike, tuple(paths)) for alike, paths in groups.items())
        yield ParquetTable(item, engine, held, columns, tuple(notes), int(rows[0][0]))


def _schema(engine: duckdb.DuckDBPyConnection, file: Path, item: str) -> Schema:
    try:
        found = engine.execute(
            "DESCRIBE SELECT * FROM read_parquet(?, hive_partitioning = false)", [pattern_of(file)]
        ).fetchall()
    except duckdb.Error:
        raise _damaged(f"{item}, {file.name}") from None
    return tuple((name, kind) for name, kind, *_ in found)


def _partition(file: Path, place: Path) -> tuple[tuple[str, str], ...]:
    """Keys and values in the names of the folders between a place and a file."""
    folders = file.relative_to(place).parts[:-1] if file != place else ()
    pairs = (folder.partition("=") for folder in folders)
    return tuple((key, unquote(value)) for key, sign, value in pairs if key and sign)


def _keys(partitions: Sequence[tuple[tuple[str, str], ...]]) -> tuple[str, ...]:
    """The key of every partition under its first spelling, in order."""
    found: dict[str, str] = {}
    for key in (key for one in partitions for key, _ in one):
        found.setdefault(key.casefold(), key)
    return tuple(found.values())


def _columns(schemas: Sequence[Schema], keys: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Every column of any file under its first spelling; binary ones are left out and told."""
    found: dict[str, str] = {}
    binary: dict[str, str] = {}
    for name, kind in (pair for schema in schemas for pair in schema):
        (binary if kind == _BINARY else found).setdefault(name.casefold(), name)
    found |= {key.casefold(): key for key in keys if key.casefold() not in found}
    told = [f"Binary data left out: {join_and([f'“{name}”' for name in binary.values()])}."] if binary else []
    return tuple(name for folded, name in found.items() if folded not in binary), told


def _differences(schemas: Sequence[Schema], columns: Sequence[str]) -> list[str]:
    """What differs between files, in one sentence; nothing where they agree."""
    lacking, torn = [], []
    held = [{name.casefold(): kind for name, kind in schema} for schema in schemas]
    for name in columns:
        kinds = [_kind(one[name.casefold()]) for one in held if name.casefold() in one]
        if 0 < len(kinds) < len(schemas):
            lacking.append(f"“{name}” is missing in {len(schemas) - len(kinds)} and blank there")
        if len(set(kinds)) > 1:
            torn.append(f"“{name}” is {' or '.join(sorted(set(kinds)))} and read as it stands")
    said = [*lacking, *torn]
    return [f"The {some(len(schemas), 'file')} differ: {'; '.join(said)}."] if said else []


def _partitions(keys: Sequence[str]) -> list[str]:
    listed = join_and([f"“{key}”" for key in keys])
    return [f"Taken from the names of folders: {listed}."] if keys else []


def _kind(kind: str) -> str:
    return next((word for starts, word in _KINDS if kind.startswith(starts)), "a list or record")


def _name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _damaged(where: str) -> SourceError:
    return SourceError("A parquet file is damaged.", where=where, remedy="Have it written again.")
