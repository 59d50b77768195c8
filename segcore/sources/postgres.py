"""PostgreSQL: a read-only look at one table, and its different rows with their number, counted where they lie.

Values travel as PostgreSQL writes them: money and numeric exactly, and a float in the shortest digits that give the
same float again, which a cast to numeric (15 digits) would not. The C collation makes grouping compare bytes, so that
spellings a locale takes for equal stay apart, as they do in a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa
from adbc_driver_manager import Error
from adbc_driver_postgresql import dbapi

from segcore.errors import SourceError
from segcore.sources.allowed import Database
from segcore.sources.postgres_errors import (
    connecting,
    nothing_readable,
    reading,
    unknown_table,
    unreadable_column,
)
from segcore.sources.table import SAMPLE

CONNECT_SECONDS = 10
BATCH_BYTES = 8_000_000
_PART = re.compile(r'"((?:[^"]|"")+)"|([^".]+)')
_SETTINGS = (
    "SET client_encoding TO 'UTF8'",
    "SET datestyle TO 'ISO'",
    "SET intervalstyle TO 'iso_8601'",
    "SET timezone TO 'UTC'",
    "SET extra_float_digits TO 1",
    "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY, ISOLATION LEVEL REPEATABLE READ",
)
_COLUMNS = """
SELECT a.attname::text, t.typname::text, has_column_privilege(c.oid, a.attnum, 'SELECT'), c.relkind::text,
  greatest(c.reltuples, 0)::bigint, current_setting('server_version_num')::int
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid JOIN pg_type t ON t.oid = a.atttypid
WHERE c.oid = to_regclass($1::text) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""
_SAMPLED = (
    "r",
    "m",
    "p",
)  # kinds of relation that TABLESAMPLE takes: table, materialized view, partitioned table
_TRIM_SCALE = 130_000  # version 13: 3.50 and 3.5 are one number


@dataclass(frozen=True, eq=False)
class PostgresTable:
    """One table inside one read-only transaction: everything read from it is of one moment."""

    database: Database
    item: str
    cursor: Any = field(repr=False)
    columns: tuple[str, ...]
    notes: tuple[str, ...]
    rows: int
    expressions: tuple[str, ...]
    can_sample: bool

    def sample(self) -> pa.Table:
        """Up to 50,000 rows, of a large table from places all over it."""
        if self.can_sample and self.rows > 2 * SAMPLE:
            share = min(100.0, 110.0 * SAMPLE / self.rows)
            found = self._some_rows(f" TABLESAMPLE SYSTEM ({share:.6f}) REPEATABLE (0)")
            if found.num_rows:  # the server's number of rows may be old: a small share of few rows is none
                return found
        return self._some_rows("")

    def _some_rows(self, part: str) -> pa.Table:
        chosen = ", ".join(f"{expression} AS c{i}" for i, expression in enumerate(self.expressions))
        with self._careful():
            self.cursor.execute(f"SELECT {chosen} FROM {quoted(self.item)} AS t{part} LIMIT {SAMPLE}")
            found = self.cursor.fetch_arrow_table()
        return pa.table([column.cast(pa.string()) for column in found.columns], names=list(self.columns))

    def grouped(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """Each different row once, with how often it occurs."""
        with self._careful():
            self.cursor.execute(self.grouping(columns))
            yield from self.cursor.fetch_record_batch()

    def grouping(self, columns: Sequence[str]) -> str:
        """The statement behind ``grouped``."""
        place = {name: i for i, name in enumerate(self.columns)}
        chosen = [self.expressions[place[name]] for name in columns]
        listed = ", ".join(f"{expression} AS c{i}" for i, expression in enumerate(chosen))
        keys = ", ".join(str(i) for i in range(1, len(chosen) + 1))
        return f"SELECT {listed}, count(*) AS n FROM {quoted(self.item)} AS t GROUP BY {keys}"

    @contextmanager
    def _careful(self) -> Iterator[None]:
        try:
            yield
        except (Error, pa.ArrowException, OSError) as error:
            bad = self._failing_column() if _is_about_values(error) else ""
            problem = (
                unreadable_column(self.database, self.item, bad)
                if bad
                else reading(error, self.database, self.item)
            )
            raise problem from None  # the driver's own words may quote the address

    def _failing_column(self) -> str:
        """The first column on whose values the database stumbles, "" where each can be read alone."""
        for name, expression in zip(self.columns, self.expressions, strict=True):
            try:
                self.cursor.connection.adbc_connection.rollback()
                self.cursor.execute(f"SELECT count({expression}) FROM {quoted(self.item)} AS t")
                self.cursor.fetchone()
            except Error as error:
                return name if _is_about_values(error) else ""
        return ""


def _is_about_values(error: Exception) -> bool:
    """Whether a value could not be computed or written (division by zero, a cast, raised by a view's own function)."""
    return str(getattr(error, "sqlstate", None) or "")[:2] in ("22", "P0")


@contextmanager
def open_table(database: Database, item: str) -> Iterator[PostgresTable]:
    """Connect, read only, and look at one table.

    Raises
    ------
    SourceError
        The server does not answer or let us in, there is no such table, or it may not be read; one sentence each.
    """
    connection = _connected(database)
    try:
        cursor = connection.cursor(adbc_stmt_kwargs={"adbc.postgresql.batch_size_hint_bytes": BATCH_BYTES})
        try:
            found = _begin(connection, cursor, database, item)
        except Error as error:
            raise reading(error, database, item) from None
        yield _table(database, item, cursor, found)
    finally:
        connection.close()


def _connected(database: Database) -> Any:
    uri = database.uri
    if "connect_timeout" not in uri:
        joint = " " if "://" not in uri else "&" if "?" in uri else "?"
        uri = f"{uri}{joint}connect_timeout={CONNECT_SECONDS}"
    try:
        return dbapi.connect(uri, autocommit=True)
    except (Error, OSError, ValueError) as error:
        raise connecting(error, database) from None


def _begin(connection: Any, cursor: Any, database: Database, item: str) -> list[tuple]:
    """Make the session safe, begin its one transaction, and ask for the table's columns."""
    for statement in (*_SETTINGS, f"SET statement_timeout TO {database.seconds * 1000}"):
        cursor.execute(statement)
    cursor.execute("SELECT current_setting('server_version_num')::int >= 140000")
    if cursor.fetchone()[0]:  # a statement nobody waits for any more ends by itself
        cursor.execute("SET client_connection_check_interval TO 2000")
    connection.adbc_connection.set_autocommit(False)
    cursor.execute(_COLUMNS, (quoted(item),))
    return cursor.fetchall()


def _table(database: Database, item: str, cursor: Any, found: list[tuple]) -> PostgresTable:
    if not found:
        raise unknown_table(database, item)
    version = found[0][5]
    good = [(name, kind) for name, kind, readable, *_ in found if readable and kind != "bytea"]
    closed = [name for name, _, readable, *_ in found if not readable]
    binary = [name for name, kind, readable, *_ in found if readable and kind == "bytea"]
    if not good:
        raise nothing_readable(database, item)
    notes = [_left_out(closed, "may not be read with the rights of this connection")] if closed else []
    notes += [_left_out(binary, "holds binary data")] if binary else []
    return PostgresTable(
        database, item, cursor,
        columns=tuple(name for name, _ in good),
        notes=tuple(notes),
        rows=int(found[0][4]),
        expressions=tuple(_as_text(name, kind, version) for name, kind in good),
        can_sample=found[0][3] in _SAMPLED,
    )  # fmt: skip


def _left_out(names: Sequence[str], why: str) -> str:
    listed = ", ".join(f"“{name}”" for name in names)
    head = f"The column {listed}" if len(names) == 1 else f"Each of the columns {listed}"
    return f"{head} {why}; left out."


def _as_text(column: str, kind: str, version: int) -> str:
    """The SQL for one column as text that stands for its exact value."""
    value = f"t.{quoted_part(column)}"
    if kind == "money":  # money writes itself in the server's language
        value = f"CAST({value} AS numeric)"
    if kind in ("money", "numeric") and version >= _TRIM_SCALE:
        value = f"trim_scale({value})"
    if kind == "timestamptz":
        value = f"({value} AT TIME ZONE 'UTC')"
    return f'CAST({value} AS text) COLLATE "C"'


def quoted(item: str) -> str:
    """A table's name as an SQL identifier; "schema.table" has two parts, and parts in quotation marks may hold dots."""
    parts = [(inside or "").replace('""', '"') or plain for inside, plain in _PART.findall(item)]
    rebuilt = ".".join(found.group(0) for found in _PART.finditer(item))
    if rebuilt != item or not 1 <= len(parts) <= 2 or "\0" in item:
        raise SourceError(
            f"“{item}” is not the name of a table.",
            remedy="Write it as table or schema.table in the settings.",
        )
    return ".".join(map(quoted_part, parts))


def quoted_part(name: str) -> str:
    """One SQL identifier, whatever it holds."""
    return '"' + name.replace('"', '""') + '"'
