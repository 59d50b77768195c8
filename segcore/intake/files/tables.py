"""Opening a source: every table in it, with its names, a sample, and a way to load the columns that are wanted."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from segcore.errors import UnreadableFile
from segcore.intake.columns.order_tables import with_orders
from segcore.intake.files import snapshots
from segcore.intake.files.delimited import physical_lines, read_delimited, sample_delimited
from segcore.intake.files.frames import open_frame, open_parquet
from segcore.intake.files.header import Header, find_header
from segcore.intake.files.open_table import OpenTable, header_only, in_memory
from segcore.intake.files.protect import unprotected
from segcore.intake.files.refuse import kind_of
from segcore.intake.files.sheet_room import Strays
from segcore.intake.files.sniff import PlainText, plain_text, shown, sniff, without_gaps
from segcore.intake.files.sources import Fingerprint, Origin, fingerprint
from segcore.intake.files.straighten import straightened
from segcore.intake.files.text_limits import check_columns, check_lines
from segcore.intake.files.text_table import TextTable, table_of_rows
from segcore.intake.files.unpack import unpacked
from segcore.intake.files.workbook import Sheet, read_workbook
from segcore.intake.files.workbook_plan import planned
from segcore.intake.layouts.choose import as_plain_lines
from segcore.intake.report import Ledger, SourceFile, some
from segcore.intake.rows.baskets import lines_as_items


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
    ledger = Ledger()
    tables: list[OpenTable] = []
    files: list[SourceFile] = []
    problems: list[UnreadableFile] = []
    for origin in origins:
        try:
            seen = fingerprint(origin)
            if any(seen.file.digest == other.digest for other in files):
                ledger.note("The same file was given twice; it was read once.", 1, where=origin.name)
                continue
            files.append(seen.file)
            inner = unpacked(origin, scratch, ledger)
            seen = seen if inner is origin else fingerprint(inner)
            found = _open(inner, seen, scratch, ledger, sheet)
            tables.extend(as_plain_lines(table, ledger) for table in found)
        except UnreadableFile as problem:
            problems.append(problem)
    if problems:
        raise _together(problems)
    if not tables and sheet is not None:
        raise UnreadableFile(f"There is no sheet “{sheet}” with any cells.", remedy="Check the sheet's name.")
    return Opened(tuple(with_orders(tables, ledger)), tuple(files), ledger)


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
        yield open_frame(origin)
        return
    assert origin.path is not None
    kind = kind_of(origin.path, origin.name)
    if kind == "parquet" and origin.path.suffix == snapshots.EXTENSION:
        yield snapshots.open_snapshot(origin, scratch, ledger)
    elif kind == "parquet":
        yield open_parquet(origin, scratch)
    elif kind == "workbook":
        yield from _of_workbook(origin, scratch, ledger, sheet)
    else:
        yield _of_text(origin, seen, scratch, ledger)


def _of_text(origin: Origin, seen: Fingerprint, scratch: Path, ledger: Ledger) -> OpenTable:
    assert origin.path is not None
    check_lines(seen, origin.name)
    plain = plain_text(origin.path, seen, scratch)
    check_columns(plain, origin.name)
    plain = straightened(origin.name, plain, scratch, ledger)
    plain = without_gaps(plain, scratch)
    dialect = sniff(plain)
    name = origin.name
    _report_text(name, plain, ledger)
    _report_header(name, dialect.header, ledger)
    sample = unprotected(sample_delimited(name, plain, dialect))
    if sample.n_rows == 0:
        raise header_only(name)

    def load(columns: Sequence[str], into: Ledger) -> TextTable:
        return unprotected(read_delimited(name, plain, dialect, columns, into, scratch), into)

    def load_lists() -> TextTable:
        return lines_as_items(name, physical_lines(plain.path, dialect.skip), dialect.delimiter)

    about = f"{dialect.sentence[:-1]}, {shown(plain)}."
    rows = max(sample.n_rows, plain.newlines - dialect.skip)
    return OpenTable(
        name,
        name,
        about,
        dialect.header,
        sample,
        rows,
        load,
        load_lists if dialect.header.ragged else None,
        dialect.delimiter,
    )


def _report_text(name: str, plain: PlainText, ledger: Ledger) -> None:
    if not plain.encoding.startswith("utf"):
        what = f"{some(plain.mixed_lines, 'line')} not in UTF-8; read as {shown(plain)}."
        example = _beyond_ascii(plain)
        ledger.repair(
            what, plain.mixed_lines, example=example, where=name, remedy="Check a name with an accent."
        )
    elif plain.encoding.startswith(("utf-16", "utf-32")):
        ledger.repair(f"The file is in {shown(plain)}; it was read as such.", 1, where=name)
    if plain.nuls:
        ledger.repair(f"{some(plain.nuls, 'zero byte')} taken out of the text.", plain.nuls, where=name)


def _beyond_ascii(plain: PlainText) -> str:
    """The first word that hangs on the encoding, so that somebody can see whether it is right."""
    with plain.path.open(encoding="utf-8", errors="replace") as stream:
        for line in stream:
            if not line.isascii():
                return next((w.strip('"') for w in re.split(r"[,;\t|\n]", line) if not w.isascii()), "")[:60]
    return ""


def _report_header(name: str, header: Header, ledger: Ledger) -> None:
    if header.titles:
        what = f"{some(len(header.titles), 'row')} above the header passed over as title."
        ledger.repair(what, len(header.titles), example=header.titles[0][:120], where=name)
    if header.renamed:
        what = (
            f"{some(len(header.renamed), 'header')} used for several columns; the later ones were numbered."
        )
        ledger.repair(what, len(header.renamed), example=header.renamed[0], where=name)


def _of_workbook(origin: Origin, scratch: Path, ledger: Ledger, wanted: str | None) -> Iterator[OpenTable]:
    assert origin.path is not None
    plan = planned(origin.path, origin.name, scratch)
    sheets = list(read_workbook(plan.path, origin.name))
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
    ledger.repair(
        f"{some(plan.errors, 'cell')} held a spreadsheet error such as #REF!; read as blank.",
        plan.errors, where=origin.name, remedy="Mend the formula and export again if these cells matter.",
    )  # fmt: skip
    for strays in plan.strays:
        _report_strays(origin.name, strays, ledger)
    opened = [_of_sheet(origin.name, sheet, len(sheets) == 1, ledger) for sheet in sheets]
    tables = [table for table in opened if table.rows]
    if sheets and not tables:
        raise header_only(origin.name)
    yield from tables


def _report_strays(name: str, strays: Strays, ledger: Ledger) -> None:
    """Rows far from the table are lines that are left out; a cell far to the right leaves its row whole."""
    here = dict(
        example=f"cell {strays.first}", where=name, remedy="Delete it and export again if it matters."
    )
    if strays.rows:
        what = f"{some(strays.rows, 'row')} far from the table left out: stray values that belong to no line."
        ledger.leave_out(what, strays.rows, **here)
    what = f"{some(strays.beside, 'stray value')} far from the table left out."
    ledger.repair(what, strays.beside, **here)


def _of_sheet(file: str, sheet: Sheet, alone: bool, ledger: Ledger) -> OpenTable:
    name = file if alone else f"{file} / {sheet.name}"
    header = find_header(sheet.rows[:400])
    body = sheet.rows[header.skipped :]
    first = sheet.numbers[header.skipped] if body else 1
    table = unprotected(table_of_rows(name, header.names, body, first), ledger)
    _report_header(name, header, ledger)
    if sheet.merged:
        what = f"{some(sheet.merged, 'merged cell')} filled with the text of the cell above."
        ledger.repair(what, sheet.merged, where=name)
    return in_memory(name, file, f"Sheet “{sheet.name}”.", header, table)
