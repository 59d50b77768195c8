"""Purchase lines: from text columns to labels, dates and numbers, with every line accounted for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.errors import UnclearColumns
from segcore.intake.dates import parse_dates
from segcore.intake.labels import CUSTOMER, ORDER, PRODUCT, LabelRules, clean_labels
from segcore.intake.numbers import decimal_sign, parse_numbers
from segcore.intake.report import Ledger, some
from segcore.intake.roles import Roles
from segcore.intake.text_table import Column, TextTable
from segcore.intake.tidy import tidy
from segcore.intake.vocabulary import is_total
from segcore.steps import Step

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


def needed_columns(roles: Roles) -> list[str]:
    """The columns of the lines' table that the roles speak of."""
    single = (
        roles.customer,
        roles.order,
        roles.product,
        roles.date,
        roles.quantity,
        roles.amount,
        roles.join_on,
    )
    return [name for name in single if name]


def buyer_of(roles: Roles) -> str:
    """The column whose values are the rows of a matrix: the customer, else the order.

    Raises
    ------
    UnclearColumns
        When neither is known.
    """
    buyer = roles.customer or roles.order
    if buyer is None or roles.product is None:
        missing = "who bought" if buyer is None else "what was bought"
        raise UnclearColumns(
            f"No column could be found that says {missing}.",
            where=roles.lines_table or "",
            remedy="Choose the columns for customer (or order) and product.",
        )
    return buyer


def convert_lines(
    table: TextTable, roles: Roles, ledger: Ledger, delimiter: str = ""
) -> Iterator[Step | Lines]:
    """Convert a table of purchase lines; yields steps, then the lines."""
    buyer, product = buyer_of(roles), str(roles.product)
    table = _without_totals(table, buyer, product, roles, ledger)
    table = _without_repeated_headers(table, buyer, product, ledger)
    yield Step(0.4, "Reading customers and products")
    rules = CUSTOMER if roles.customer else ORDER
    customer = _labels(table, buyer, rules, ledger)
    products = _labels(table, product, PRODUCT, ledger)
    keep = _report_missing(table, customer, products, rules.word, ledger)
    table, customer, products = table.take(keep), customer.take(keep), products.take(keep)
    yield Step(0.5, "Reading orders, dates and amounts")
    order = _orders(table, roles, customer, ledger) if roles.customer and roles.order else None
    date = (
        parse_dates(table.columns[roles.date], roles.day_first, ledger, _at(table, roles.date))
        if roles.date
        else None
    )
    quantity, amount = _measures(table, roles, ledger, delimiter)
    lines = Lines(table, customer, products, order, date, quantity, amount)
    yield Step(0.65, "Looking for returns and repeated lines")
    yield _duplicates(_returns(lines, roles, ledger), roles, ledger)


def _at(table: TextTable, column: str) -> str:
    return f"{table.name}, column {column}"


def _labels(table: TextTable, name: str, rules: LabelRules, ledger: Ledger) -> Column:
    return clean_labels(table.columns[name], rules, ledger, _at(table, name))


def _without_totals(table: TextTable, buyer: str, product: str, roles: Roles, ledger: Ledger) -> TextTable:
    """Rows at the end that sum up the others: named so, or without any label but with numbers."""
    tail = np.arange(max(0, table.n_rows - TAIL), table.n_rows)
    measures = [n for n in (roles.quantity, roles.amount) if n]
    found = []
    for row in tail:
        labels = [_cell(table, name, row) for name in table.names if name not in measures]
        named = any(is_total(text) for text in labels)
        bare = not any(labels) and any(_cell(table, name, row) for name in measures)
        if bare or (named and sum(bool(text) for text in labels) < max(2, len(labels))):
            found.append(row)
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


def _cell(table: TextTable, name: str, row: int) -> str:
    column = table.columns[name]
    return tidy(column.texts[column.codes[row]]) if column.codes[row] >= 0 else ""


def _without_repeated_headers(table: TextTable, buyer: str, product: str, ledger: Ledger) -> TextTable:
    """Files glued together carry their header along."""
    again = np.ones(table.n_rows, dtype=bool)
    for name in {buyer, product}:
        column = table.columns[name]
        same = np.array([tidy(text) == name for text in column.texts] + [False])
        again &= same[column.codes]
    count = int(again.sum())
    ledger.leave_out(f"{some(count, 'row')} that repeat the header.", count, where=table.name)
    return table.take(~again) if count else table


def _report_missing(
    table: TextTable, customer: Column, product: Column, word: str, ledger: Ledger
) -> np.ndarray:
    """Which rows say both who and what; the others are counted apart."""
    no_customer, no_product = customer.blank, product.blank
    for rows, what, remedy in (
        (no_customer & no_product, f"no {word} and no product", ""),
        (no_customer & ~no_product, f"no {word}", f"Such lines cannot be given to any {word}."),
        (~no_customer & no_product, "no product", "Such lines do not say what was bought."),
    ):
        count = int(rows.sum())
        if count:
            first = int(np.flatnonzero(rows)[0])
            where = f"{table.name}, first in row {table.first_row + first}"
            ledger.leave_out(f"{some(count, 'line')} with {what}.", count, where=where, remedy=remedy)
    return ~(no_customer | no_product)


def _orders(table: TextTable, roles: Roles, customer: Column, ledger: Ledger) -> Column:
    """Order labels; lines without one form one order per customer and date text."""
    order = _labels(table, str(roles.order), ORDER, ledger)
    blank = np.flatnonzero(order.blank)
    if not len(blank):
        return order
    what = f"{some(len(blank), 'line')} without an order; taken as one order per customer{' and date' if roles.date else ''}."
    ledger.repair(what, len(blank), where=_at(table, str(roles.order)))
    days = table.columns[roles.date].cells()[blank] if roles.date else np.full(len(blank), "", dtype=object)
    made = [
        f"without order: {who} {day}".strip() for who, day in zip(customer.cells()[blank], days, strict=True)
    ]
    codes, texts = pd.factorize(np.array(made, dtype=object))
    filled = order.codes.copy()
    filled[blank] = codes + len(order.texts)
    return Column(order.name, filled, np.concatenate([order.texts, texts]))


def _measures(
    table: TextTable, roles: Roles, ledger: Ledger, delimiter: str
) -> tuple[np.ndarray | None, np.ndarray | None]:
    names = [n for n in (roles.quantity, roles.amount) if n]
    decimal = decimal_sign([table.columns[n] for n in names], delimiter)
    read = {n: parse_numbers(table.columns[n], decimal, ledger, _at(table, n)) for n in names}
    quantity = read.get(roles.quantity) if roles.quantity else None
    amount = read.get(roles.amount) if roles.amount else None
    if amount is not None and roles.amount_is == "each":
        if quantity is not None:
            amount = amount * quantity
            ledger.note(
                f"“{roles.amount}” is a price of one piece; amount is price times quantity.", len(amount)
            )
    return quantity, amount


def _returns(lines: Lines, roles: Roles, ledger: Ledger) -> Lines:
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
        ledger.leave_out(f"{some(count, 'line')} that are returns (negative).", count, where=where)
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


def _duplicates(lines: Lines, roles: Roles, ledger: Ledger) -> Lines:
    """Lines equal in every column used. Without order and date, repeats are ordinary repeat purchases."""
    if lines.order is None and lines.date is None and roles.duplicates == "keep":
        return lines
    again = _repeated(lines)
    count = int(again.sum())
    if not count:
        return lines
    if roles.duplicates == "drop":
        ledger.leave_out(
            f"{some(count, 'line')} that repeat another one exactly.", count, where=lines.table.name
        )
        return lines.take(~again)
    remedy = "If the export doubled lines, choose to leave repeated ones out."
    ledger.note(
        f"{some(count, 'line')} that repeat another one exactly; kept.",
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
