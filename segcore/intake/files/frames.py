"""Tables that come typed: a DataFrame in memory, a parquet file. They too are read as text, then converted."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from segcore.errors import UnreadableFile
from segcore.intake.files.engine import engine_in, pattern_of
from segcore.intake.files.header import Header
from segcore.intake.files.open_table import OpenTable, header_only, in_memory
from segcore.intake.files.parquet_plan import batches_within, check_parquet, rows_at_once
from segcore.intake.files.sources import Origin
from segcore.intake.files.text_table import Column, TextTable, columns_of_batches, unique_names
from segcore.intake.report import Ledger


def open_frame(origin: Origin) -> OpenTable:
    """A DataFrame, its values as text."""
    frame = origin.frame
    assert frame is not None
    if isinstance(frame.index, pd.MultiIndex) or frame.index.name is not None:
        frame = frame.reset_index()
    names = unique_names([str(name) for name in frame.columns])
    columns = {n: _column_of_series(n, frame.iloc[:, i]) for i, n in enumerate(names)}
    if not len(frame):
        raise header_only(origin.name)
    table = TextTable(origin.name, columns, len(frame), 1)
    return in_memory(origin.name, origin.name, "A table in memory.", Header(tuple(names), 0, True), table)


def _column_of_series(name: str, series: pd.Series) -> Column:
    codes, unique = pd.factorize(series.reset_index(drop=True), use_na_sentinel=True)
    texts = [_plain(value) for value in unique]
    return Column(name, codes.astype(np.int32), np.asarray(texts, dtype=object)).recoded(texts)


def _plain(value: object) -> str:
    if isinstance(value, (float, np.floating)):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return str(value)


def open_parquet(origin: Origin, scratch: Path) -> OpenTable:
    """A parquet file, its values as text.

    Raises
    ------
    UnreadableFile
        When it is damaged or has no rows.
    """
    assert origin.path is not None
    path, name = origin.path, origin.name

    def load(columns: Sequence[str], _into: Ledger) -> TextTable:
        with engine_in(scratch, [path]) as engine:
            return _loaded(engine, path, name, check_parquet(engine, path, name), columns)

    try:
        with engine_in(scratch, [path]) as engine:
            width = check_parquet(engine, path, name)
            found = engine.execute("DESCRIBE FROM read_parquet(?)", [pattern_of(path)]).fetchall()
            names = tuple(column for column, *_ in found)
            table = _loaded(engine, path, name, width, names)
    except (duckdb.Error, pa.ArrowException, OSError) as error:  # the last two where rows already flow
        raise UnreadableFile(
            "This parquet file is damaged.", where=name, remedy="Export it again, or upload it as CSV."
        ) from error
    if not table.n_rows:
        raise header_only(name)
    about, header = "A parquet file.", Header(names, 0, True)
    return OpenTable(name, name, about, header, table, table.n_rows, load)


def _loaded(
    engine: duckdb.DuckDBPyConnection, path: Path, name: str, width: int, columns: Sequence[str]
) -> TextTable:
    """Columns as text, a few rows at a time."""
    quoted = ['"' + n.replace('"', '""') + '"' for n in columns]
    cells = ", ".join(f"CAST({q} AS VARCHAR) AS {q}" for q in quoted)
    found = engine.sql(f"SELECT {cells} FROM read_parquet(?)", params=[pattern_of(path)])
    reader = found.to_arrow_reader(rows_at_once(width))
    loaded = columns_of_batches(columns, batches_within(reader, path, name))
    rows = len(next(iter(loaded.values())).codes) if loaded else 0
    return TextTable(name, loaded, rows, 1)
