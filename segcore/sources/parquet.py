"""Parquet files as one table, whatever differs between them; read through DuckDB alone.

Files are grouped by their columns and types, and each group is turned into text by itself: one common type for all
would rewrite values (5 becomes 5.0 where another file has decimals, 007 becomes 7).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from segcore.errors import SourceError
from segcore.intake.delimited import engine_in
from segcore.intake.report import some
from segcore.sources.table import SAMPLE
from segcore.words import join_and

BATCH_ROWS = 200_000
_KINDS = (
    (("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINY", "USMALL", "UINTEGER", "UBIG", "UHUGE"), "whole number"),
    (("FLOAT", "DOUBLE", "DECIMAL"), "number"),
    (("TIMESTAMP", "DATE"), "date"),
    (("VARCHAR",), "text"),
    (("BOOLEAN",), "yes or no"),
)  # fmt: skip
_BINARY = "BLOB"
Schema = tuple[tuple[str, str], ...]  # names and types of one file's columns


@dataclass(frozen=True, eq=False)
class ParquetTable:
    """Parquet files as one table; columns that a file lacks are blank in its rows."""

    item: str
    engine: duckdb.DuckDBPyConnection
    groups: tuple[tuple[Schema, tuple[str, ...]], ...]
    keys: tuple[str, ...]
    columns: tuple[str, ...]
    notes: tuple[str, ...]
    rows: int

    def sample(self) -> pa.Table:
        """Up to 50,000 rows from anywhere."""
        part = f" USING SAMPLE reservoir({SAMPLE} ROWS) REPEATABLE (0)" if self.rows > SAMPLE else ""
        found = self._ask(f"SELECT * FROM ({self._rows(self.columns)}){part}").to_arrow_table()
        return found.rename_columns(list(self.columns))

    def grouped(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Each different row once, with how often it occurs."""
        keys = ", ".join(f"c{i}" for i in range(len(columns)))
        asked = self._ask(f"SELECT {keys}, count(*) AS n FROM ({self._rows(columns)}) GROUP BY {keys}")
        try:
            yield from asked.to_arrow_reader(BATCH_ROWS)
        except (duckdb.Error, pa.ArrowException):
            raise _damaged(self.item) from None

    def _ask(self, query: str) -> duckdb.DuckDBPyRelation:
        try:
            return self.engine.sql(query)
        except duckdb.Error:
            raise _damaged(self.item) from None

    def _rows(self, columns: Sequence[str]) -> str:
        """SQL for all rows of all files as text."""
        return " UNION ALL ".join(self._rows_of(schema, files, columns) for schema, files in self.groups)

    def _rows_of(self, schema: Schema, files: Sequence[str], columns: Sequence[str]) -> str:
        here = {name.casefold(): name for name, _ in schema} | {key.casefold(): key for key in self.keys}
        cells = [
            f"CAST({_quoted(here[name.casefold()])} AS VARCHAR)"
            if name.casefold() in here
            else "CAST(NULL AS VARCHAR)"
            for name in columns
        ]
        chosen = ", ".join(f"{cell} AS c{i}" for i, cell in enumerate(cells))
        listed = ", ".join(_text(file) for file in files)
        hive = f"hive_partitioning = {bool(self.keys)}, hive_types_autocast = false"
        return f"SELECT {chosen} FROM read_parquet([{listed}], {hive if self.keys else 'hive_partitioning = false'})"


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
    with engine_in(scratch) as engine:
        schemas = {file: _schema(engine, file, item) for file in files}
        groups: dict[Schema, list[str]] = {}
        for file, schema in schemas.items():
            groups.setdefault(schema, []).append(str(file))
        keys = _keys(files, place)
        columns, binary = _columns(list(schemas.values()), keys)
        notes = [*_differences(list(schemas.values()), columns), *_partitions(keys), *binary]
        paths = [str(file) for file in files]
        rows = engine.execute(
            "SELECT coalesce(sum(num_rows), 0) FROM parquet_file_metadata(?)", [paths]
        ).fetchall()
        held = tuple((schema, tuple(names)) for schema, names in groups.items())
        yield ParquetTable(item, engine, held, keys, columns, tuple(notes), int(rows[0][0]))


def _schema(engine: duckdb.DuckDBPyConnection, file: Path, item: str) -> Schema:
    try:
        found = engine.execute(
            "DESCRIBE SELECT * FROM read_parquet(?, hive_partitioning = false)", [str(file)]
        ).fetchall()
    except duckdb.Error:
        raise _damaged(f"{item}, {file.name}") from None
    return tuple((name, kind) for name, kind, *_ in found)


def _keys(files: Sequence[Path], place: Path) -> tuple[str, ...]:
    """Names of the partitions in the folders' names."""
    found: dict[str, None] = {}
    for file in files:
        folders = file.relative_to(place).parts[:-1] if file != place else ()
        found.update((part.partition("=")[0], None) for part in folders if "=" in part)
    return tuple(found)


def _columns(schemas: Sequence[Schema], keys: Sequence[str]) -> tuple[tuple[str, ...], list[str]]:
    """Every column of any file under its first spelling; binary ones are left out and told."""
    found, binary = {}, {}
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


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _damaged(where: str) -> SourceError:
    return SourceError("A parquet file is damaged.", where=where, remedy="Have it written again.")
