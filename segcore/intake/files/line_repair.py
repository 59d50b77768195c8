"""Lines that a fast reader cannot place: found, set apart, cut one by one, and every repair counted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from pathlib import Path

from segcore.intake.files.cutter import Cutter, Line, Row
from segcore.intake.files.sniff import Dialect, PlainText, new_file
from segcore.intake.files.text_table import TextTable, stack, table_of_rows
from segcore.intake.report import Ledger, some

BLOCK_ROWS = 50_000
_ACTS = {
    "short": "{} had fewer cells than the header; the missing ones are blank.",
    "blank end": "{} ended with more separators than the header; the empty cells were passed over.",
    "surplus": "{} had more cells than the header; the surplus at the end was ignored.",
    "merged": "{} had a separator inside a name; the name was put together again.",
    "quote": "{} had a quotation mark that never closes; it was read as an ordinary sign.",
}


def physical_lines(path: Path, skip: int) -> Iterator[Line]:
    """The lines of a file with their numbers, counted from 1."""
    with path.open(encoding="utf-8", errors="replace", newline="\n") as stream:
        for number, text in enumerate(stream, start=1):
            if number > skip:
                yield number, text.rstrip("\r\n")


def cut_with_care(
    name: str, lines: Iterable[Line], dialect: Dialect, wanted: Sequence[str], ledger: Ledger
) -> TextTable:
    """Cut line by line; rows are encoded in blocks, so that their cells need not all be in memory."""
    place = {n: i for i, n in enumerate(dialect.header.names)}
    picked = [place[n] for n in wanted]
    rows = Cutter(dialect.delimiter, dialect.are_values, dialect.known).rows(lines)
    tables, odd = [], []
    while block := list(islice(rows, BLOCK_ROWS)):
        odd += [row for row in block if row.act]
        cells = [[row.cells[i] for i in picked] for row in block if row.cells]
        tables.append(table_of_rows(name, wanted, cells, dialect.skip + 1))
    _report(name, odd, ledger)
    return stack(tables) if tables else table_of_rows(name, wanted, [], dialect.skip + 1)


def _report(name: str, odd: Sequence[Row], ledger: Ledger) -> None:
    for act, what in _ACTS.items():
        cases = [row for row in odd if row.act == act]
        if cases:
            sentence = what.format(some(len(cases), "line"))
            ledger.repair(sentence, len(cases), example=cases[0].text[:120], where=_where(name, cases[0]))
    lost = [row for row in odd if not row.cells]
    if lost:
        what = f"{some(len(lost), 'line')} with more cells than the header; it cannot be seen which cell is which."
        remedy = "Export with quotation marks around texts."
        example, where = lost[0].text[:120], _where(name, lost[0])
        ledger.leave_out(what, len(lost), example=example, where=where, remedy=remedy)


def _where(name: str, row: Row) -> str:
    return f"{name}, line {row.line}"


def set_odd_lines_apart(plain: PlainText, dialect: Dialect, scratch: Path) -> tuple[PlainText, list[Line]]:
    """A copy of the file without the lines whose quotation mark never closes, and those lines.

    The copy has no skipped lines changed, so that it is read with the same dialect.
    """
    cutter = Cutter(dialect.delimiter, dialect.are_values, dialect.known)
    copy = new_file(scratch)
    odd: list[Line] = []
    written = dialect.skip
    with copy.open("w", encoding="utf-8", newline="\n") as out:
        for _, text in islice(physical_lines(plain.path, 0), dialect.skip):
            out.write(text + "\n")
        for taken, whole in cutter.grouped(physical_lines(plain.path, dialect.skip)):
            if whole:
                out.write("\n".join(text for _, text in taken) + "\n")
                written += len(taken)
            else:
                odd += taken
    return replace(plain, path=copy, newlines=written), odd
