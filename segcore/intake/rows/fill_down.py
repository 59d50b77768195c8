"""Labels written once for a group of rows, as pivot tables and report writers print them: carried down to the rows below."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segcore.intake.columns.vocabulary import speaks_of_total
from segcore.intake.files.text_table import Column, TextTable
from segcore.intake.report import Ledger, some

MOST_FILLED = 0.5


def heads_groups(column: Column) -> bool:
    """Whether every label stands once, above a run of blanks: it begins a group. Missing ids repeat elsewhere."""
    total = _totals(column)
    labels = column.codes[(column.codes >= 0) & ~total]
    rows = len(column.codes) - int(total.sum())
    if len(labels) < 2 or len(labels) > MOST_FILLED * rows:
        return False
    first = int(np.flatnonzero(column.codes >= 0)[0])
    return first <= 2 and len(np.unique(labels)) >= 0.98 * len(labels)


def carried_down(column: Column) -> Column:
    """The column with every blank below a label filled with it; totals keep their own text and carry nothing."""
    begins = (column.codes >= 0) & ~_totals(column)
    at = np.maximum.accumulate(np.where(begins, np.arange(len(column.codes)), -1))
    carried = np.where(at >= 0, column.codes[np.maximum(at, 0)], np.int32(-1))
    return Column(column.name, np.where(column.blank, carried, column.codes).astype(np.int32), column.texts)


def _totals(column: Column) -> np.ndarray:
    says = np.array([speaks_of_total(text) for text in column.texts] + [False], dtype=bool)
    return says[column.codes]


def seen_filled(sample: TextTable) -> TextTable:
    """A sample whose first columns are carried down where they head groups: for guessing what they mean."""
    columns = dict(sample.columns)
    for name, column in sample.columns.items():
        if (~column.blank).mean() > MOST_FILLED:
            break
        if heads_groups(column):
            columns[name] = carried_down(column)
    return TextTable(sample.name, columns, sample.n_rows, sample.first_row)


def filled_down(table: TextTable, names: Sequence[str], choice: str | None, ledger: Ledger) -> TextTable:
    """The lines with these columns carried down where they head groups, or as somebody chose."""
    columns = dict(table.columns)
    for name in names:
        column = columns[name]
        if column.blank.any() and (choice == "fill" or heads_groups(column)):
            filled = carried_down(column)
            columns[name] = column if choice == "leave" else filled
            _report(column, filled, choice, table.name, ledger)
    return TextTable(table.name, columns, table.n_rows, table.first_row)


def _report(column: Column, filled: Column, choice: str | None, table: str, ledger: Ledger) -> None:
    count = int((column.blank & ~filled.blank).sum())
    example, where = str(column.texts[column.codes[~column.blank][0]]), f"{table}, column {column.name}"
    if choice == "leave":
        what = f"{some(count, 'blank cell')} below a label left blank, as chosen."
        ledger.note(what, count, example=example, where=where, choice="blanks")
    else:
        what = f"{some(count, 'blank cell')} filled with the label above, which stands once for its group."
        ledger.repair(what, count, example=example, where=where, choice="blanks")
