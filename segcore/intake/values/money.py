"""Which of several money columns says what a line cost: told by how they behave, where their names do not tell.

Exports carry the price of a piece, the sum of the line and the sum of the order side by side. A price times the pieces
is the sum of the line; a sum of the order says the same in every line of it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from segcore.intake.columns.columns import Guess, score
from segcore.intake.columns.profiles import Profile
from segcore.intake.files.text_table import Column, TextTable
from segcore.intake.report import Ledger
from segcore.intake.values.numbers import decimal_sign, parse_numbers

NEARLY_ALL, FEWEST_ROWS, FEWEST_ORDERS = 0.95, 5, 3


def with_line_money(
    known: Mapping[str, Guess], sample: TextTable, profiles: Mapping[str, Profile]
) -> dict[str, Guess]:
    """The roles with another column for the amount where the guessed one is said once an order, or a piece."""
    at = {role: name for name, (role, _) in known.items()}
    amount = at.get("amount")
    if amount is None or known[amount][1] == "chosen":
        return dict(known)
    chosen, reason = amount, known[amount][1]
    others = [n for n, p in profiles.items() if n not in known and p.is_number and not p.is_date]
    if is_of_order(sample, at.get("order"), at.get("product"), amount):
        named = [n for n in others if score(profiles[n], "amount") >= 1]
        free = [n for n in named if not is_of_order(sample, at["order"], at["product"], n)]
        if free:
            chosen = max(free, key=lambda n: score(profiles[n], "amount"))
            reason = f"“{amount}” says the same in every line of an order"
    if "quantity" in at and (line := _times(sample, chosen, at["quantity"], others)):
        chosen, reason = line, f"it is “{at['quantity']}” times “{chosen}”"
    result = {name: guess for name, guess in known.items() if name != amount}
    return result | {chosen: ("amount", reason)}


def is_of_order(table: TextTable, order: str | None, product: str | None, money: str) -> bool:
    """Whether money is the same in all lines of an order wherever an order has several products."""
    if order is None or product is None:
        return False
    return says_of_order(table.columns[order], table.columns[product], table.columns[money].codes)


def says_of_order(order: Column, product: Column, money: np.ndarray) -> bool:
    """Whether in nearly every order of several products one amount stands in all its lines, not the same in all orders."""
    known = (order.codes >= 0) & (product.codes >= 0) & (money >= 0)
    orders = order.codes[known].astype(np.int64)
    several = _distinct_in(orders, product.codes[known]) > 1
    if several.sum() < FEWEST_ORDERS:
        return False
    alike = _distinct_in(orders, money[known])[several] == 1
    return alike.mean() >= NEARLY_ALL and len(np.unique(money[known])) >= FEWEST_ORDERS


def _distinct_in(groups: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """How many different codes each group has."""
    if not len(groups):
        return np.zeros(0, dtype=np.int64)
    base = int(codes.max()) + 1
    return np.bincount(np.unique(groups * base + codes) // base)


def _times(sample: TextTable, price: str, pieces: str, others: Sequence[str]) -> str | None:
    """The column that is price times pieces in nearly every line of more than one piece."""
    each, many = _numbers(sample, price), _numbers(sample, pieces)
    for name in others:
        total = _numbers(sample, name)
        known = np.isfinite(each) & np.isfinite(many) & np.isfinite(total) & (np.abs(many) > 1) & (each != 0)
        if known.sum() < FEWEST_ROWS:
            continue
        product = (each * many)[known]
        off = np.abs(product - total[known])
        # prices are rounded to cents before they are multiplied, or after
        if (off <= 0.005 * np.abs(many[known]) + 0.006).mean() >= NEARLY_ALL:
            return name
    return None


def _numbers(sample: TextTable, name: str) -> np.ndarray:
    column = sample.columns[name]
    return parse_numbers(column, decimal_sign([column]), Ledger(), "")
