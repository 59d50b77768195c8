"""Purchase lines: from text columns to labels, dates and numbers, with every line accounted for."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from segcore.errors import UnclearColumns
from segcore.intake.columns.profiles import each_or_total
from segcore.intake.columns.roles import Roles
from segcore.intake.columns.vocabulary import speaks_of
from segcore.intake.files.text_table import Column, TextTable
from segcore.intake.report import Ledger, some
from segcore.intake.rows.fill_down import filled_down
from segcore.intake.rows.fill_orders import filled_within
from segcore.intake.rows.item_lists import with_marked_lines, with_single_items
from segcore.intake.rows.no_purchases import without_no_purchases
from segcore.intake.rows.set_aside import (
    Lines,
    handle_duplicates,
    handle_returns,
    without_repeated_headers,
    without_rules,
    without_sums,
    without_totals,
    without_words_for_values,
)
from segcore.intake.values.counted import with_counts
from segcore.intake.values.dates import parse_dates
from segcore.intake.values.labels import CUSTOMER, ORDER, PRODUCT, clean_labels
from segcore.intake.values.money import says_of_order
from segcore.intake.values.numbers import parse_numbers, settled_decimal
from segcore.progress import Step

LOOKED_AT = 20_000
CROWD, FEWEST_BUYERS = 1 / 3, 5


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
        roles.line_kind,
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
    table = without_rules(table, ledger)
    grouped = [name for name in dict.fromkeys((buyer, roles.order)) if name and name != product]
    table = filled_down(table, grouped, roles.blanks, ledger)
    table = without_totals(table, roles, ledger)
    said_once = [name for name in (roles.customer, roles.date) if name and name != product]
    table = filled_within(table, roles.order, said_once, roles.blanks, ledger)
    table = without_repeated_headers(table, buyer, product, ledger)
    yield Step(0.4, "Reading customers and products")
    rules = CUSTOMER if roles.customer else ORDER
    customer = clean_labels(table.columns[buyer], rules, ledger, _at(table, buyer), roles.spellings)
    named = with_marked_lines(table.columns[product], roles.lists)
    products = clean_labels(named, PRODUCT, ledger, _at(table, product), roles.spellings)
    keep = _report_missing(table, customer, products, rules.word, ledger)
    table, customer, products = table.take(keep), customer.take(keep), products.take(keep)
    _note_crowd(customer, rules.word, ledger, _at(table, buyer))
    yield Step(0.5, "Reading orders, dates and amounts")
    order = _orders(table, roles, customer, ledger) if roles.customer and roles.order else None
    date = (
        parse_dates(table.columns[roles.date], roles.day_first, ledger, _at(table, roles.date))
        if roles.date
        else None
    )
    quantity, amount = _measures(table, roles, ledger, delimiter)
    _doubt_total(products, quantity, amount, roles, ledger)
    _doubt_order_total(table, order or customer, products, roles, ledger)
    lines = without_no_purchases(
        Lines(table, customer, products, order, date, quantity, amount), roles, ledger
    )
    yield Step(0.65, "Looking for returns and repeated lines")
    lines = without_words_for_values(lines, roles, ledger)
    lines = with_counts(with_single_items(without_sums(lines, ledger), roles, ledger), roles, ledger)
    yield handle_duplicates(handle_returns(lines, roles, ledger), roles, ledger)


def _at(table: TextTable, column: str) -> str:
    return f"{table.name}, column {column}"


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
            cells = (column.cells()[0] for column in table.take(np.array([first])).columns.values())
            example = ", ".join(filter(None, map(str, cells)))[:120]
            ledger.leave_out(
                f"{some(count, 'line')} with {what}.", count, example=example, where=where, remedy=remedy
            )
    return ~(no_customer | no_product)


def _note_crowd(customer: Column, word: str, ledger: Ledger, where: str) -> None:
    """One customer with a third of all lines is often everybody who has no account."""
    counts = customer.counts
    if (counts > 0).sum() < FEWEST_BUYERS or counts.max() < CROWD * counts.sum():
        return
    first = int(counts.argmax())
    what = f"One {word} has {some(int(counts[first]), 'line')} of {int(counts.sum()):,}; it may stand for all who are not known."
    remedy = "If so, blank it in the file or filter it out: it is no single buyer."
    ledger.note(what, int(counts[first]), example=str(customer.texts[first]), where=where, remedy=remedy)


def _orders(table: TextTable, roles: Roles, customer: Column, ledger: Ledger) -> Column:
    """Order labels; lines without one form one order per customer and date text."""
    order = clean_labels(table.columns[str(roles.order)], ORDER, ledger, _at(table, str(roles.order)))
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
    decimal = settled_decimal([table.columns[n] for n in names], roles.decimal, delimiter, ledger, table.name)
    read = {n: parse_numbers(table.columns[n], decimal, ledger, _at(table, n)) for n in names}
    quantity = read.get(roles.quantity) if roles.quantity else None
    amount = read.get(roles.amount) if roles.amount else None
    _note_blank_money(table, roles, ledger)
    if amount is not None and roles.amount_is == "each":
        if quantity is not None:
            amount = amount * quantity
            ledger.note(
                f"“{roles.amount}” is a price of one piece; amount is price times quantity.",
                len(amount),
                choice="amount_is",
            )
    elif amount is not None and quantity is not None and speaks_of(str(roles.amount), "each"):
        what = f"“{roles.amount}” is what the whole line cost; it is not multiplied by the quantity."
        ledger.note(what, len(amount), choice="amount_is")
    return quantity, amount


def _note_blank_money(table: TextTable, roles: Roles, ledger: Ledger) -> None:
    """Lines whose money is not said: they count as bought and bring nothing."""
    if roles.amount is None:
        return
    blank = table.columns[roles.amount].blank
    count = int(blank.sum())
    if 0 < count < len(blank):
        first = table.first_row + int(np.flatnonzero(blank)[0])
        what = f"{some(count, 'line')} of {len(blank):,} without “{roles.amount}”; what was bought counts, its amount does not."
        ledger.note(what, count, where=f"{table.name}, first in row {first}")


def _doubt_order_total(
    table: TextTable, order: Column, products: Column, roles: Roles, ledger: Ledger
) -> None:
    """The sum of an order on each of its lines counts as often as it has lines; without any other money it can only be said."""
    if not (roles.order and roles.amount) or roles.amount_is == "each":
        return
    money = table.columns[roles.amount]
    seen = np.arange(min(LOOKED_AT, len(money.codes)))
    if says_of_order(order.take(seen), products.take(seen), money.codes[seen]):
        what = f"“{roles.amount}” says the same in every line of an order; it is counted once a line."
        remedy = "If it is what the whole order cost, choose no column for the amount."
        ledger.note(what, len(money.codes), where=_at(table, roles.amount), remedy=remedy)


def _doubt_total(
    products: Column, quantity: np.ndarray | None, amount: np.ndarray | None, roles: Roles, ledger: Ledger
) -> None:
    """Money that stays the same for two pieces as for one may be a price, whatever the header calls it."""
    if roles.amount_is == "each" or quantity is None or amount is None:
        return
    seen = slice(0, LOOKED_AT)
    if each_or_total(products.codes[seen], amount[seen], quantity[seen]) == "each":
        what = (
            f"“{roles.amount}” does not grow with “{roles.quantity}”; it is read as what the whole line cost."
        )
        ledger.note(what, len(amount), choice="amount_is", ask=True)
