"""Opening a source: every table in it, with its names, a sample, and a way to load the columns that are wanted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

from segcore.errors import UnreadableFile
from segcore.intake.baskets import cells_as_items, lines_as_items
from segcore.intake.delimited import MEMORY, physical_lines, read_delimited, sample_delimited
from segcore.intake.header import Header, find_header
from segcore.intake.refuse import kind_of
from segcore.intake.report import Ledger, SourceFile, some
from segcore.intake.sniff import PlainText, plain_text, shown, sniff
from segcore.intake.sources import Fingerprint, Origin, fingerprint
from segcore.intake.text_table import TextTable, column_of, column_of_arrow, table_of_rows, unique_names
from segcore.intake.workbook import Sheet, read_workbook

Load = Callable[[Sequence[str], Ledger], TextTable]


@dataclass(frozen=True, eq=False)
class OpenTable:
    """A table that can be read.

    Attributes
    ----------
    name : str
        As a person names it: the file, or "file / sheet".
    file : str
    about : str
        One sentence on how it is read.
    header : Header
    sample : TextTable
        All of a small table, rows from many places of a large one.
    rows : int
        Number of rows, estimated for a large text file.
    load : function
        The named columns of the whole table.
    load_items : function
        The whole table as baskets: columns "Basket" and "Item".
    delimiter : str
        Of a text file; a hint for the decimal sign.
    """

    name: str
    file: str
    about: str
    header: Header
    sample: TextTable
    rows: int
    load: Load
    load_items: Callable[[Ledger], TextTable]
    delimiter: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """Column names."""
        return self.header.names

    @property
    def ragged(self) -> bool:
        """Whether rows are lists of items and not columns."""
        return self.header.ragged


@dataclass(frozen=True, eq=False)
class Opened:
    """Everything a source holds."""

    tables: tuple[OpenTable, ...]
    files: tuple[SourceFile, ...]
    ledger: Ledger


def open_tables(origins: Sequence[Origin], scratch: Path, sheet: str | None = None) -> Opened:
    """Open every file; what cannot be read is refused, together if there are several.

    Raises
    ------
    UnreadableFile
        When a file is empty, locked, damaged, or no table; when no table has any line.
    """
    ledger, tables, files = Ledger(), [], []
    problems: list[UnreadableFile] = []
    for origin in origins:
        try:
            seen = fingerprint(origin)
            if any(seen.file.digest == other.digest for other in files):
                ledger.note("The same file was given twice; it was read once.", 1, where=origin.name)
                continue
            files.append(seen.file)
            tables.extend(_open(origin, seen, scratch, ledger, sheet))
        except UnreadableFile as problem:
            problems.append(problem)
    if problems:
        raise _together(problems)
    if not tables and sheet is not None:
        raise UnreadableFile(f"There is no sheet “{sheet}” with any cells.", remedy="Check the sheet's name.")
    return Opened(tuple(tables), tuple(files), ledger)


def _together(problems: Sequence[UnreadableFile]) -> UnreadableFile:
    if len(problems) == 1:
        return problems[0]
    rest = " ".join(problem.sentence for problem in problems)
    return UnreadableFile(
        f"{len(problems)} files cannot be read. {rest}", remedy="Put these right and try again."
    )


def _open(
    origin: Origin, seen: Fingerprint, scratch: Path, ledger: Ledger, sheet: str | None
) -> Iterator[OpenTable]:
    if origin.frame is not None:
        yield _of_frame(origin)
        return
    assert origin.path is not None
    kind = kind_of(origin.path, origin.name)
    if kind == "parquet":
        yield _of_parquet(origin, scratch)
    elif kind == "workbook":
        yield from _of_workbook(origin, ledger, sheet)
    else:
        yield _of_text(origin, seen, scratch, ledger)


def _of_text(origin: Origin, seen: Fingerprint, scratch: Path, ledger: Ledger) -> OpenTable:
    assert origin.path is not None
    plain = plain_text(origin.path, seen, scratch)
    dialect = sniff(plain)
    name = origin.name
    _report_text(name, plain, ledger)
    _report_header(name, dialect.header, ledger)
    sample = sample_delimited(name, plain, dialect)
    if sample.n_rows == 0:
        raise header_only(name)

    def load(columns: Sequence[str], into: Ledger) -> TextTable:
        return read_delimited(name, plain, dialect, columns, into, scratch)

    def load_items(into: Ledger) -> TextTable:
        if dialect.header.ragged:
            return lines_as_items(name, physical_lines(plain.path, dialect.skip), dialect.delimiter)
        return cells_as_items(load(dialect.header.names, into))

    about = f"{dialect.sentence[:-1]}, {shown(plain)}."
    rows = max(sample.n_rows, plain.newlines - dialect.skip)
    return OpenTable(name, name, about, dialect.header, sample, rows, load, load_items, dialect.delimiter)


def _report_text(name: str, plain: PlainText, ledger: Ledger) -> None:
    if plain.encoding == "cp1252":
        what = f"{some(plain.mixed_lines, 'line')} not in UTF-8; read as Windows-1252."
        ledger.repair(what, plain.mixed_lines, where=name, remedy="Check a name with an accent.")
    elif plain.encoding.startswith("utf-16"):
        ledger.repair("The file is in UTF-16; it was read as such.", 1, where=name)
    if plain.nuls:
        ledger.repair(f"{some(plain.nuls, 'zero byte')} taken out of the text.", plain.nuls, where=name)


def _report_header(name: str, header: Header, ledger: Ledger) -> None:
    if header.titles:
        what = f"{some(len(header.titles), 'row')} above the header passed over as title."
        ledger.repair(what, len(header.titles), example=header.titles[0][:120], where=name)
    if header.renamed:
        what = (
            f"{some(len(header.renamed), 'header')} used for several columns; the later ones were numbered."
        )
        ledger.repair(what, len(header.renamed), example=header.renamed[0], where=name)


def header_only(name: str) -> UnreadableFile:
    """A table with names and no lines."""
    return UnreadableFile(
        "There is a header and no line below it.",
        where=name,
        remedy="Check the filter of the export; it seems to select nothing.",
    )


def _of_workbook(origin: Origin, ledger: Ledger, wanted: str | None) -> Iterator[OpenTable]:
    assert origin.path is not None
    sheets = list(read_workbook(origin.path, origin.name))
    if not sheets:
        raise UnreadableFile(
            "Every sheet of this workbook is empty.",
            where=origin.name,
            remedy="Check that the table itself was saved, not a link or a picture.",
        )
    if wanted is not None:
        sheets = [sheet for sheet in sheets if sheet.name == wanted]
    elif any(not sheet.hidden for sheet in sheets):
        for sheet in sheets:
            if sheet.hidden:
                ledger.note(f"The hidden sheet “{sheet.name}” was passed over.", 1, where=origin.name)
        sheets = [sheet for sheet in sheets if not sheet.hidden]
    opened = [_of_sheet(origin.name, sheet, len(sheets) == 1, ledger) for sheet in sheets]
    tables = [table for table in opened if table.rows]
    if sheets and not tables:
        raise header_only(origin.name)
    yield from tables


def _of_sheet(file: str, sheet: Sheet, alone: bool, ledger: Ledger) -> OpenTable:
    name = file if alone else f"{file} / {sheet.name}"
    header = find_header(sheet.rows[:400])
    body = sheet.rows[header.skipped :]
    first = sheet.numbers[header.skipped] if body else 1
    table = table_of_rows(name, header.names, body, first)
    _report_header(name, header, ledger)
    if sheet.merged:
        what = f"{some(sheet.merged, 'merged cell')} filled with the text of the cell above."
        ledger.repair(what, sheet.merged, where=name)
    return _in_memory(name, file, f"Sheet “{sheet.name}”.", header, table)


def _of_frame(origin: Origin) -> OpenTable:
    frame = origin.frame
    assert frame is not None
    if isinstance(frame.index, pd.MultiIndex) or frame.index.name is not None:
        frame = frame.reset_index()
    names = unique_names([str(name) for name in frame.columns])
    columns = {n: _column_of_series(n, frame.iloc[:, i]) for i, n in enumerate(names)}
    if not len(frame):
        raise header_only(origin.name)
    table = TextTable(origin.name, columns, len(frame), 1)
    return _in_memory(origin.name, origin.name, "A table in memory.", Header(tuple(names), 0, True), table)


def _column_of_series(name: str, series: pd.Series) -> "Column":  # noqa: F821, UP037
    codes, unique = pd.factorize(series.reset_index(drop=True), use_na_sentinel=True)
    texts = [_plain(value) for value in unique]
    raw = column_of(name, np.arange(0).astype(object))
    return replace(raw, codes=codes.astype(np.int32), texts=np.asarray(texts, dtype=object)).recoded(texts)


def _plain(value: object) -> str:
    if isinstance(value, (float, np.floating)):
        number = float(value)
        return str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
    return str(value)


def _of_parquet(origin: Origin, scratch: Path) -> OpenTable:
    path = str(origin.path)
    name = origin.name

    def query(select: str, tail: str = "") -> "pa.Table":  # noqa: F821, UP037
        settings = {"memory_limit": MEMORY, "temp_directory": str(scratch / "spill")}
        with duckdb.connect(config=settings) as engine:
            return engine.sql(f"SELECT {select} FROM read_parquet(?){tail}", params=[path]).to_arrow_table()

    def load(columns: Sequence[str], _into: Ledger) -> TextTable:
        quoted = ['"' + n.replace('"', '""') + '"' for n in columns]
        cells = query(", ".join(f"CAST({q} AS VARCHAR) AS {q}" for q in quoted))
        loaded = {n: column_of_arrow(n, cells.column(i)) for i, n in enumerate(columns)}
        return TextTable(name, loaded, cells.num_rows, 1)

    try:
        names = tuple(query("*", " LIMIT 0").column_names)
        rows = int(query("count(*)").column(0)[0].as_py())
        table = load(names, Ledger())
    except duckdb.Error as error:
        raise UnreadableFile(
            "This parquet file is damaged.", where=name, remedy="Export it again, or upload it as CSV."
        ) from error
    if not rows:
        raise header_only(name)
    about, header = "A parquet file.", Header(names, 0, True)
    return OpenTable(
        name, name, about, header, table, rows, load, lambda into: cells_as_items(load(names, into))
    )


def _in_memory(name: str, file: str, about: str, header: Header, table: TextTable) -> OpenTable:
    return OpenTable(
        name,
        file,
        about,
        header,
        table,
        table.n_rows,
        lambda columns, _ledger: table.only(columns),
        lambda _ledger: cells_as_items(table),
    )
