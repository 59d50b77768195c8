"""Lines that are no purchases: totals, headers in the middle, returns, repeats. Set aside or kept, always counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.intake.columns.roles import Roles
from segcore.intake.columns.vocabulary import speaks_of_total
from segcore.intake.files.header import RULE
from segcore.intake.files.text_table import Column, TextTable
from segcore.intake.report import Ledger, some
from segcore.intake.values.tidy import tidy
from segcore.purchases import cell_numbers

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
    first = int(np.flatnonzero(negative)[0])
    detail = {
        "where": f"{lines.table.name}, first in row {lines.table.first_row + first}",
        "example": f"{_text(lines.customer, first)}, {_text(lines.product, first)}",
        "choice": "returns",
    }
    if roles.returns == "drop":
        ledger.leave_out(
            f"{some(count, 'return')} left out: quantity or amount is negative.", count, **detail
        )
        return lines.take(~negative)
    if roles.returns == "keep":
        ledger.repair(f"{some(count, 'return')} counted as purchases, without their minus.", count, **detail)
        made = {
            n: np.abs(v) if (v := getattr(lines, n)) is not None else None for n in ("quantity", "amount")
        }
        return Lines(lines.table, lines.customer, lines.product, lines.order, lines.date, **made)
    what = f"{some(count, 'line')} with a negative quantity or amount; kept as returns, which lower what was bought."
    ledger.note(what, count, **detail)
    return lines


def _text(column: Column, row: int) -> str:
    return str(column.texts[column.codes[row]])


def handle_duplicates(lines: Lines, roles: Roles, ledger: Ledger) -> Lines:
    """Lines equal in every column used. Without order and date, repeats are ordinary repeat purchases."""
    if lines.order is None and lines.date is None and roles.duplicates == "keep":
        return lines
    again = _repeated(lines)
    count = int(again.sum())
    if not count:
        return lines
    first = int(np.flatnonzero(again)[0])
    detail = {
        "where": lines.table.name,
        "example": f"{_text(lines.customer, first)}, {_text(lines.product, first)}",
        "choice": "duplicates",
    }
    if roles.duplicates == "drop":
        ledger.leave_out(f"{some(count, 'exact repeat')} of another line.", count, **detail)
        return lines.take(~again)
    ledger.note(f"{some(count, 'exact repeat')} of another line; kept.", count, **detail)
    return lines


def _repeated(lines: Lines) -> np.ndarray:
    """Lines that say again what an earlier one said; only those of one customer and one product can."""
    cell = pd.Series(cell_numbers(lines.customer.codes, lines.product.codes))
    alike = np.flatnonzero(cell.duplicated(keep=False))
    keys = [cell.to_numpy()]
    if lines.order is not None:
        keys.append(lines.order.codes)
    keys += [v.view("int64") for v in (lines.date, lines.quantity, lines.amount) if v is not None]
    again = np.zeros(len(cell), dtype=bool)
    again[alike] = pd.DataFrame({i: key[alike] for i, key in enumerate(keys)}).duplicated()
    return again


def without_rules(table: TextTable, ledger: Ledger) -> TextTable:
    """Rows whose every cell only draws a line, as in the output of a database."""
    drawn, filled = np.ones(table.n_rows, dtype=bool), np.zeros(table.n_rows, dtype=bool)
    for column in table.columns.values():
        ruled = np.array(
            [bool(RULE.fullmatch(text.strip())) or not text.strip() for text in column.texts] + [True]
        )
        drawn &= ruled[column.codes]
        filled |= ~column.blank
    drawn &= filled
    count = int(drawn.sum())
    if not count:
        return table
    what = f"{some(count, 'row')} that only draw{'s' if count == 1 else ''} a line (a rule) passed over."
    ledger.repair(what, count, where=table.name)
    return table.take(~drawn)


def without_totals(table: TextTable, roles: Roles, ledger: Ledger) -> TextTable:
    """Rows that sum up others: named so and silent on who or what, or at the end without any label but with numbers."""
    found = _named_totals(table, roles) | _nameless_totals(table, roles)
    count = int(found.sum())
    if not count:
        return table
    first = int(np.flatnonzero(found)[0])
    example = " | ".join(filter(None, (_cell(table, name, first) for name in table.names)))
    place = "at the end " if first >= table.n_rows - TAIL else ""
    where = f"{table.name}, {'' if count == 1 else 'first in '}row {table.first_row + first}"
    ledger.leave_out(f"{some(count, 'row')} {place}with totals.", count, example=example, where=where)
    return table.take(~found)


def _named_totals(table: TextTable, roles: Roles) -> np.ndarray:
    """A product may be called Total; a row that says both who and what is a purchase."""
    measures = {roles.quantity, roles.amount}
    named = np.zeros(table.n_rows, dtype=bool)
    for name, column in table.columns.items():
        if name not in measures:
            says = np.array([speaks_of_total(tidy(text)) for text in column.texts] + [False], dtype=bool)
            named |= says[column.codes]
    return named & ~_says_both(table, roles)


def _says_both(table: TextTable, roles: Roles) -> np.ndarray:
    buyer = table.columns[str(roles.customer or roles.order)]
    return ~buyer.blank & ~table.columns[str(roles.product)].blank


def _nameless_totals(table: TextTable, roles: Roles) -> np.ndarray:
    """Numbers without any label in the last rows."""
    found = np.zeros(table.n_rows, dtype=bool)
    measures = [n for n in (roles.quantity, roles.amount) if n]
    for row in range(max(0, table.n_rows - TAIL), table.n_rows):
        labels = any(_cell(table, name, row) for name in table.names if name not in measures)
        found[row] = not labels and any(_cell(table, name, row) for name in measures)
    return found


def without_words_for_values(lines: Lines, roles: Roles, ledger: Ledger) -> Lines:
    """Rows that say neither when nor how much: words where all others have values, or nothing at the end of the file.

    The former explain the columns (units, kinds), the latter close a file: ``END;72;1186.35``.
    """
    pairs = [(lines.date, roles.date), (lines.quantity, roles.quantity), (lines.amount, roles.amount)]
    known = [
        (np.isnan(v) if v.dtype.kind == "f" else np.isnat(v), lines.table.columns[str(n)].blank)
        for v, n in pairs
        if v is not None
    ]
    if len(known) < 2:
        return lines
    unread = np.logical_and.reduce([unknown & ~blank for unknown, blank in known])
    empty = np.logical_and.reduce([blank for _, blank in known])
    last = np.arange(len(empty)) >= len(empty) - TAIL
    closing = empty & last if not (empty & ~last).any() else np.zeros(len(empty), dtype=bool)
    once = lines.customer.counts[lines.customer.codes] == 1
    found = (unread | closing) & once
    count = int(found.sum())
    if not count or count > TAIL:
        return lines
    first = int(np.flatnonzero(found)[0])
    what = f"{some(count, 'row')} without any value where the others have {len(known)}; no purchase."
    where = f"{lines.table.name}, row {lines.table.first_row + first}"
    example = f"{_text(lines.customer, first)}, {_text(lines.product, first)}"
    ledger.leave_out(what, count, example=example, where=where)
    return lines.take(~found)


def without_sums(lines: Lines, ledger: Ledger) -> Lines:
    """Rows whose product is called a total and whose numbers are the sums of the other rows of the same customer or order."""
    values = lines.amount if lines.amount is not None else lines.quantity
    product = lines.product
    totals = [i for i, text in enumerate(product.texts) if speaks_of_total(text)]
    rows = np.isin(product.codes, totals)
    if values is None or not rows.any():
        return lines
    equal = np.zeros(len(rows), dtype=bool)
    for whose, group in _groups(lines):
        here = rows & _is_sum(group, rows, np.nan_to_num(values))
        if here.sum() > equal.sum():
            equal, owner = here, whose
    count = int(equal.sum())
    if count < max(2, 0.9 * rows.sum()):
        return lines
    first = int(np.flatnonzero(equal)[0])
    example = f"{lines.customer.texts[lines.customer.codes[first]]}, {product.texts[product.codes[first]]}"
    what = f"{some(count, 'row')} with totals: each is the sum of the {owner}’s other lines."
    ledger.leave_out(what, count, example=example, where=lines.table.name)
    return lines.take(~equal)


def _groups(lines: Lines) -> list[tuple[str, np.ndarray]]:
    """What a total may sum up: all lines of a customer, or of an order."""
    groups = [("customer", lines.customer.codes)]
    return groups + ([("order", lines.order.codes)] if lines.order is not None else [])


def _is_sum(group: np.ndarray, totals: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Which rows hold the sum of those rows of their group that are no totals."""
    sums = np.bincount(group[~totals], values[~totals], minlength=int(group.max(initial=0)) + 1)
    there = np.bincount(group[~totals], minlength=len(sums))
    return (np.abs(sums[group] - values) < 0.011) & (there[group] > 0)


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
