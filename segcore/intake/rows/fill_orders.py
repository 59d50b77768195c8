"""Customer and date that stand in the first line of every order only, as web shops export them: said again in the rest."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segcore.intake.files.text_table import Column, TextTable
from segcore.intake.report import Ledger, some

NEARLY_ALL = 0.98


def filled_within(
    table: TextTable, order: str | None, names: Sequence[str], choice: str | None, ledger: Ledger
) -> TextTable:
    """The lines with these columns filled from the other lines of the same order, unless blanks are to be left."""
    if order is None or choice == "leave":
        return table
    columns = dict(table.columns)
    orders = columns[order]
    for name in names:
        column = columns[name]
        filled = _filled(column, orders) if column.blank.any() and name != order else column
        count = int((column.blank & ~filled.blank).sum())
        if count:
            columns[name] = filled
            what = f"{some(count, 'blank cell')} filled with what another line of the same order says."
            example = str(filled.texts[filled.codes[column.blank & ~filled.blank][0]])
            ledger.repair(what, count, example=example, where=f"{table.name}, column {name}", choice="blanks")
    return TextTable(table.name, columns, table.n_rows, table.first_row)


def _filled(column: Column, orders: Column) -> Column:
    """Blanks filled where the orders agree with themselves; a column that changes within orders stays as it is."""
    known = ~column.blank & ~orders.blank
    if not known.any():
        return column
    base = len(column.texts) + 1
    pairs = np.unique(orders.codes[known].astype(np.int64) * base + column.codes[known])
    order_of, says = pairs // base, (pairs % base).astype(np.int32)
    said, times = np.unique(order_of, return_counts=True)
    if (times == 1).mean() < NEARLY_ALL:
        return column
    by_order = np.full(len(orders.texts) + 1, -1, dtype=np.int32)
    by_order[order_of] = says
    by_order[said[times > 1]] = -1
    return Column(
        column.name,
        np.where(column.blank, by_order[orders.codes], column.codes).astype(np.int32),
        column.texts,
    )
