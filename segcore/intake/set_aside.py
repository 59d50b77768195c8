"""Lines that are no purchases: totals, headers in the middle, returns, repeats. Set aside or kept, always counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.intake.report import Ledger, some
from segcore.intake.roles import Roles
from segcore.intake.text_table import Column, TextTable
from segcore.intake.tidy import tidy
from segcore.intake.vocabulary import is_total

TAIL = 3


@dataclass(frozen=True, eq=False)
class Lines:
    """Converted lines, and the table rows they came from (for attributes that stand in the lines)."""

    table: TextTable
    customer: Column
    product: Column
    order: Column | None = None
    date: np.ndarray | None = None
    quantity: np.ndarray | None = None
    amount: np.ndarray | None = None

    def take(self, rows: np.ndarray) -> Lines:
        """Only these rows."""
        if rows.all():
            return self
        values = {n: getattr(self, n) for n in ("date", "quantity", "amount")}
        return Lines(
            self.table.take(rows),
            self.customer.take(rows),
            self.product.take(rows),
            self.order.take(rows) if self.order else None,
            **{n: v[rows] if v is not None else None for n, v in values.items()},
        )


def handle_returns(lines: Lines, roles: Roles, ledger: Ledger) -> Lines:
    """Negative lines: kept as they are, left out, or counted as purchases."""
    negative = np.zeros(lines.table.n_rows, dtype=bool)
    for values in (lines.quantity, lines.amount):
        if values is not None:
            negative |= values < 0
    count = int(negative.sum())
    if not count:
        return lines
    where = f"{lines.table.name}, first in row {lines.table.first_row + int(np.flatnonzero(negative)[0])}"
    if roles.returns == "drop":
        ledger.leave_out(
            f"{some(count, 'return')} left out: quantity or amount is negative.", count, where=where
        )
        return lines.take(~negative)
    if roles.returns == "keep":
        ledger.repair(
            f"{some(count, 'return')} counted as purchases, without their minus.", count, where=where
        )
        made = {
            n: np.abs(v) if (v := getattr(lines, n)) is not None else None for n in ("quantity", "amount")
        }
        return Lines(lines.table, lines.customer, lines.product, lines.order, lines.date, **made)
    what = f"{some(count, 'line')} with a negative quantity or amount; kept as returns, which lower what was bought."
    ledger.note(what, count, where=where, remedy="Returns can also be left out.")
    return lines


def handle_duplicates(lines: Lines, roles: Roles, ledger: Ledger) -> Lines:
    """Lines equal in every column used. Without order and date, repeats are ordinary repeat purchases."""
    if lines.order is None and lines.date is None and roles.duplicates == "keep":
        return lines
    again = _repeated(lines)
    count = int(again.sum())
    if not count:
        return lines
    if roles.duplicates == "drop":
        ledger.leave_out(f"{some(count, 'exact repeat')} of another line.", count, where=lines.table.name)
        return lines.take(~again)
    remedy = "If the export doubled lines, choose to leave repeated ones out."
    ledger.note(
        f"{some(count, 'exact repeat')} of another line; kept.",
        count,
        where=lines.table.name,
        remedy=remedy,
    )
    return lines


def _repeated(lines: Lines) -> np.ndarray:
    keys = [lines.customer.codes, lines.product.codes]
    if lines.order is not None:
        keys.append(lines.order.codes)
    keys += [v.view("int64") for v in (lines.date, lines.quantity, lines.amount) if v is not None]
    return pd.DataFrame(dict(enumerate(keys))).duplicated().to_numpy()


def without_totals(table: TextTable, roles: Roles, ledger: Ledger) -> TextTable:
    """Rows at the end that sum up the others: named so, or without any label but with numbers."""
    tail = range(max(0, table.n_rows - TAIL), table.n_rows)
    found = [row for row in tail if _is_total_row(table, row, roles)]
    if not found:
        return table
    keep = np.ones(table.n_rows, dtype=bool)
    keep[found] = False
    example = " | ".join(filter(None, (_cell(table, name, found[0]) for name in table.names)))
    where = f"{table.name}, row {table.first_row + found[0]}"
    ledger.leave_out(
        f"{some(len(found), 'row')} at the end with totals.", len(found), example=example, where=where
    )
    return table.take(keep)


def _is_total_row(table: TextTable, row: int, roles: Roles) -> bool:
    """A product may be called Total; a row that says both who and what is a purchase."""
    measures = [n for n in (roles.quantity, roles.amount) if n]
    labels = [_cell(table, name, row) for name in table.names if name not in measures]
    if not any(labels):
        return any(_cell(table, name, row) for name in measures)
    says_both = all(_cell(table, str(name), row) for name in (roles.customer or roles.order, roles.product))
    return any(map(is_total, labels)) and not says_both


def _cell(table: TextTable, name: str, row: int) -> str:
    column = table.columns[name]
    return tidy(column.texts[column.codes[row]]) if column.codes[row] >= 0 else ""


def without_repeated_headers(table: TextTable, buyer: str, product: str, ledger: Ledger) -> TextTable:
    """Files glued together carry their header along."""
    again = np.ones(table.n_rows, dtype=bool)
    for name in {buyer, product}:
        column = table.columns[name]
        same = np.array([tidy(text) == name for text in column.texts] + [False])
        again &= same[column.codes]
    count = int(again.sum())
    ledger.leave_out(
        f"{some(count, 'copy', 'copies')} of the header between the lines.", count, where=table.name
    )
    return table.take(~again) if count else table
