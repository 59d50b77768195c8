"""Snapshots: what was read of a source, kept as one file that is opened like an upload.

A snapshot is a parquet file of text columns c0, c1, … and n: how often that row occurs. Names, in their order, and
sentences about the source stand in its metadata. Rows are sorted, so the same rows give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from segcore.errors import UnreadableFile
from segcore.intake.files.engine import engine_in, pattern_of, quoted
from segcore.intake.files.header import Header
from segcore.intake.files.open_table import OpenTable, header_only
from segcore.intake.files.parquet_plan import batches_within, check_parquet
from segcore.intake.files.protect import unprotected
from segcore.intake.files.sources import Origin
from segcore.intake.files.text_table import Column, TextTable, columns_of_batches
from segcore.intake.report import Ledger
from segcore.language.words import count

EXTENSION = ".snapshot"
BATCH = 1 << 16  # rows held as text at a time
MOST_ROWS = 2**31 - 1
SAMPLED_FROM = 200_000  # rows above which the columns are judged on a sample
_KEY = "segcore"


@dataclass(frozen=True)
class Kept:
    """Rows of the source, and rows in which they travelled."""

    rows: int
    travelled: int


def write_snapshot(
    path: Path, names: Sequence[str], batches: Iterable[pa.RecordBatch], notes: Sequence[str], scratch: Path
) -> Iterator[int | Kept]:
    """Write batches of text columns and a count; yields the rows so far, and last what was kept."""
    cells = ", ".join(f"c{i} VARCHAR" for i in range(len(names)))
    with engine_in(scratch, [path]) as engine:
        engine.execute(f"CREATE TABLE rows ({cells}, n BIGINT)")
        travelled = 0
        for batch in batches:
            engine.register("batch", pa.Table.from_batches([batch]))
            engine.execute("INSERT INTO rows SELECT * FROM batch")
            engine.unregister("batch")
            travelled += batch.num_rows
            yield travelled
        rows = int(engine.execute("SELECT coalesce(sum(n), 0) FROM rows").fetchall()[0][0])
        told = quoted(json.dumps({"names": list(names), "notes": list(notes), "rows": rows}))
        engine.execute(
            f"COPY (SELECT * FROM rows ORDER BY ALL) TO {quoted(str(path))} "
            f"(FORMAT parquet, COMPRESSION zstd, USE_TMP_FILE false, KV_METADATA {{{_KEY}: {told}}})"
        )
    yield Kept(rows, travelled)


def open_snapshot(origin: Origin, scratch: Path, ledger: Ledger) -> OpenTable:
    """A snapshot, every row as often as it occurs in the source.

    Raises
    ------
    UnreadableFile
        It is damaged, or has no rows.
    """
    assert origin.path is not None
    path, name = origin.path, origin.name
    try:
        about = _about(path, scratch)
        names, rows, travelled = tuple(about["names"]), *_counted(path, name, scratch)
        if rows != about["rows"] or rows > MOST_ROWS:
            raise ValueError("its rows do not agree with its description")
        place = {n: i for i, n in enumerate(names)}
        part = (
            f" USING SAMPLE reservoir({SAMPLED_FROM // 2} ROWS) REPEATABLE (0)"
            if travelled > SAMPLED_FROM
            else ""
        )
        sample = unprotected(_loaded(name, path, scratch, place, part, repeated=rows <= SAMPLED_FROM))
    except (duckdb.Error, ValueError, KeyError, TypeError) as error:
        raise UnreadableFile(
            "What was read of this source is damaged.", where=name, remedy="Read it again."
        ) from error
    if not rows:
        raise header_only(name)
    for note in about["notes"]:
        ledger.note(note, rows, where=name)
    if travelled < rows:
        ledger.note(
            f"Of {count(rows)} rows {count(travelled)} differ; each came once, with its number.",
            rows,
            where=name,
        )

    def load(columns: Sequence[str], into: Ledger) -> TextTable:
        return unprotected(_loaded(name, path, scratch, {n: place[n] for n in columns}), into)

    said = f"{count(rows)} rows; equal ones travelled together as {count(travelled)}."
    return OpenTable(name, name, said, Header(names, 0, True), sample, rows, load, ordered=False)


def _about(path: Path, scratch: Path) -> dict:
    with engine_in(scratch, [path]) as engine:
        found = engine.execute("SELECT key, value FROM parquet_kv_metadata(?)", [pattern_of(path)]).fetchall()
    told = next((value for key, value in found if bytes(key) == _KEY.encode()), None)
    if told is None:
        raise ValueError("it does not say what it holds")
    about = json.loads(told)
    texts = [*about["names"], *about["notes"]]
    if not (isinstance(about["rows"], int) and all(isinstance(text, str) for text in texts)):
        raise ValueError("it does not say what it holds")
    return about


def _counted(path: Path, name: str, scratch: Path) -> tuple[int, int]:
    with engine_in(scratch, [path]) as engine:
        check_parquet(engine, path, name)
        rows, travelled, least = engine.execute(
            "SELECT coalesce(sum(n), 0), count(*), coalesce(min(n), 1) FROM read_parquet(?)",
            [pattern_of(path)],
        ).fetchall()[0]
    if least < 1:
        raise ValueError("a row that occurs less than once")
    return int(rows), int(travelled)


def _loaded(
    name: str, path: Path, scratch: Path, place: dict[str, int], tail: str = "", *, repeated: bool = True
) -> TextTable:
    picked = "".join(f"c{i}, " for i in place.values())
    with engine_in(scratch, [path]) as engine:
        found = engine.sql(f"SELECT {picked}n FROM read_parquet(?){tail}", params=[pattern_of(path)])
        counts: list[np.ndarray] = [np.empty(0, dtype=np.int64)]
        columns = columns_of_batches(
            list(place), _without_counts(batches_within(found.to_arrow_reader(BATCH), path, name), counts)
        )
    times = np.concatenate(counts)
    if repeated and (times > 1).any():
        columns = {n: Column(n, np.repeat(one.codes, times), one.texts) for n, one in columns.items()}
        return TextTable(name, columns, int(times.sum()), 1)
    return TextTable(name, columns, len(times), 1)


def _without_counts(batches: Iterable[pa.RecordBatch], counts: list[np.ndarray]) -> Iterator[pa.RecordBatch]:
    """Batches of the texts alone; how often each row occurs goes into the list."""
    for batch in batches:
        counts.append(batch.column(batch.num_columns - 1).to_numpy())
        yield batch.select(list(range(batch.num_columns - 1)))
