"""Fetching sources: look at samples, guess which columns matter, let those travel, keep them as snapshots."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

from segcore.choices.read_from import DATABASE, ReadFrom
from segcore.errors import SourceError
from segcore.intake import inspect
from segcore.intake.files.snapshots import EXTENSION, Kept, write_snapshot
from segcore.language.words import count, join_and
from segcore.progress import Step
from segcore.sources import folders
from segcore.sources.allowed import Allowed
from segcore.sources.table import SourceTable


@dataclass(frozen=True)
class Fetched:
    """A file that holds what a source held, and the source with the columns that were read."""

    path: Path
    source: ReadFrom


def fetch(wanted: Sequence[ReadFrom], allowed: Allowed, into: Path) -> Iterator[Step | Fetched]:
    """Copy sources to files in a folder; yields steps, and a :class:`Fetched` for each source in order.

    Raises
    ------
    SourceError
        One of them may not be read, or cannot be.
    """
    with (
        ExitStack() as held,
        tempfile.TemporaryDirectory(prefix="segcore-", ignore_cleanup_errors=True) as folder,
    ):
        scratch = Path(folder)
        yield Step(
            0.02, "Connecting" if any(one.kind == DATABASE for one in wanted) else "Looking at the files"
        )
        opened = [_open(one, allowed, scratch, held) for one in wanted]
        yield Step(0.1, "Looking at the columns")
        chosen = _columns(wanted, opened)
        for number, (source, table, columns) in enumerate(zip(wanted, opened, chosen, strict=True)):
            path = into / f"{number}{EXTENSION}"
            if isinstance(table, Path):
                path = into / f"{number}{table.suffix.lower()}"
                shutil.copyfile(table, path)
                yield Fetched(path, source)
                continue
            share = (0.15 + 0.8 * number / len(wanted), 0.8 / len(wanted))
            yield from _copied(source, table, columns, path, scratch, share)


def _open(one: ReadFrom, allowed: Allowed, scratch: Path, held: ExitStack) -> SourceTable | Path:
    """A table to ask, or the path of a file that is copied as it is."""
    if one.kind == DATABASE:
        from segcore.sources.postgres import open_table  # the driver is loaded only where a database is asked

        return held.enter_context(open_table(allowed.database(one.place, one.item), one.item))
    from segcore.sources.parquet import open_parquet_files

    folder = allowed.folder(one.place)
    place = folders.place_of(folder, one.item)
    if place.is_file() and place.name.lower().endswith(folders.TABLES):
        return place
    files = folders.parquet_files(folder, one.item)
    return held.enter_context(open_parquet_files(files, place, one.item, scratch))


def _columns(wanted: Sequence[ReadFrom], opened: Sequence[SourceTable | Path]) -> list[tuple[str, ...]]:
    """The columns of each table that travel: those asked for, else those that seem to mean something."""
    samples, names = [], [f"{number} {one.name}" for number, one in enumerate(wanted)]
    for number, (one, table) in enumerate(zip(names, opened, strict=True)):
        if isinstance(table, Path):
            samples.append((one, table))
            continue
        sample = table.sample()
        if not sample.num_rows:
            raise SourceError(
                "There are no rows in it.", where=wanted[number].name, remedy="Choose another one."
            )
        samples.append((one, sample.to_pandas()))
    draft = inspect(samples)  # names tell the tables apart, so they are numbered here
    used = {table.file: table for table in draft.tables}
    return [
        _asked(source, table, used[name]) if not isinstance(table, Path) else ()
        for source, table, name in zip(wanted, opened, names, strict=True)
    ]


def _asked(source: ReadFrom, table: SourceTable, draft) -> tuple[str, ...]:
    asked = tuple(name for name in table.columns if name in source.columns)
    if asked:
        return asked
    ignored = {column.name for column in draft.columns if column.role == "ignored"}
    useful = tuple(name for name in table.columns if name not in ignored)
    return useful if useful and draft.part != "not used" else table.columns


def _copied(
    source: ReadFrom,
    table: SourceTable,
    columns: Sequence[str],
    path: Path,
    scratch: Path,
    share: tuple[float, float],
) -> Iterator[Step | Fetched]:
    """One table as a snapshot, with steps as its rows arrive."""
    begin, width = share
    unread = tuple(name for name in table.columns if name not in columns)
    gone = [f"“{name}”" for name in source.columns if name not in table.columns]
    lost = [f"Read before, and not there any more: {join_and(gone)}."] if gone else []
    notes = (f"Read from {source.words}.", *lost, *table.notes)
    yield Step(begin, f"Asking for {source.item}")
    for state in write_snapshot(path, columns, table.grouped(columns), notes, scratch):
        if isinstance(state, Kept):
            if not state.rows:
                raise SourceError("There are no rows in it.", where=source.name, remedy="Choose another one.")
            yield Fetched(path, replace(source, columns=tuple(columns), unread=unread))
        else:
            done = min(1.0, state / table.rows) if table.rows else 0.5
            yield Step(begin + 0.9 * width * done, f"{count(state)} different rows of {source.item} so far")
