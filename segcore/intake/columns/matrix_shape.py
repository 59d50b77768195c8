"""Guessing a customer × product matrix: which columns are products and which only describe the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from segcore.intake.columns.columns import Guess
from segcore.intake.columns.profiles import Profile
from segcore.intake.columns.roles import Roles
from segcore.intake.columns.vocabulary import is_total, speaks_of, words_of
from segcore.intake.files.open_table import OpenTable
from segcore.intake.rows.grid import NO, YES

FEW = 12
MARKS = YES | NO | {"0", "1"}


@dataclass(frozen=True)
class Guessed:
    """Roles with the reason for every column, by table name."""

    roles: Roles
    columns: Mapping[str, Mapping[str, Guess]] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class Seen:
    """A table with its columns' profiles and what their names say."""

    table: OpenTable
    profiles: Mapping[str, Profile]
    named: Mapping[str, Guess]

    @property
    def roles(self) -> set[str]:
        """Roles that names tell."""
        return {role for role, _ in self.named.values()}


def _cells(main: Seen) -> list[str]:
    """Columns that could be the products of a matrix."""
    numeric = [n for n, p in main.profiles.items() if p.filled and not p.is_date and _is_cell(p)]
    return [n for n in numeric if not any(speaks_of(n, role) for role in ("customer", "order", "date"))]


def _is_cell(profile: Profile) -> bool:
    return profile.is_number or {text.lower() for text in profile.samples} <= MARKS


def looks_like_matrix(main: Seen) -> bool:
    """At least three columns of numbers, most of the table, and nobody stands in two rows."""
    cells = _cells(main)
    inside = set(cells)
    others = [p for name, p in main.profiles.items() if name not in inside and p.filled]
    if len(cells) < 3 or len(cells) < len(others):
        return False
    keys = [
        p
        for p in others
        if (not p.is_number and p.is_unique) or any(speaks_of(p.name, r) for r in ("customer", "product"))
    ]
    if "product" in main.roles and main.roles & {"customer", "order"}:
        product = next(n for n, (role, _) in main.named.items() if role == "product")
        return product in cells and sum(speaks_of(n, "product") for n in cells) >= 3
    if not keys and not _could_be_nameless(main, cells, others):
        return False
    return all(p.is_unique for p in keys) and not {"quantity", "date"} <= main.roles


def _could_be_nameless(main: Seen, cells: Sequence[str], others: Sequence[Profile]) -> bool:
    """Rows that nothing names may be customers, but not where days or a few numbers without a header stand in them."""
    if any(p.is_date and p.distinct > 1 for p in others):
        return False
    return main.table.header.has_header or len(cells) > 2 * len(others)


def guess_matrix(main: Seen, fixed: Mapping[str, Any]) -> Guessed:
    """Which column names the rows, which are products, which only describe."""
    customer = fixed["customer"] if "customer" in fixed else _row_label(main)
    cells = [n for n in _cells(main) if n != customer]
    usual = _usual([main.profiles[n] for n in cells])
    guessed = [n for n in cells if not _describes(main.profiles[n], usual)]
    chosen = set(fixed.get("product_columns") or guessed)
    turned = customer is not None and speaks_of(customer, "product") and not speaks_of(customer, "customer")
    rows = fixed.get("matrix_rows") or ("products" if turned else "customers")
    row = rows[:-1]
    guesses: dict[str, Guess] = {}
    for name, profile in main.profiles.items():
        guesses[name] = _matrix_column(name, profile, customer, chosen, row)
    described = tuple(n for n, (role, _) in guesses.items() if role == f"{row} attribute")
    products = tuple(n for n in main.table.names if n in chosen)
    given: dict[str, Any] = {
        "shape": "matrix",
        "lines_table": main.table.name,
        "customer": customer,
        "product_columns": products,
        f"{row}_attributes": described,
        "matrix_rows": rows,
        "matrix_values": _matrix_values(main, products),
    }
    reason = f"Every row is one of the {rows}, with {len(products)} columns of values."
    return Guessed(Roles(**{**given, **fixed}), {main.table.name: guesses}, (reason,))


def _row_label(main: Seen) -> str | None:
    """The column that names the rows, if any."""
    spoken = [
        n
        for n, p in main.profiles.items()
        if p.is_unique and (speaks_of(n, "customer") or words_of(n) in (("id",), ()))
    ]
    spoken += [n for n, p in main.profiles.items() if p.is_unique and not p.is_number and not p.is_date]
    spoken += [
        n for n, p in main.profiles.items() if p.is_unique and speaks_of(n, "product") and p.whole >= 0.9
    ]
    first = main.table.names[0]
    counted = main.profiles[first]
    if counted.is_unique and counted.whole == 1 and counted.highest - counted.lowest < 2 * counted.distinct:
        spoken.append(first)
    return spoken[0] if spoken else None


def _matrix_column(name: str, profile: Profile, customer: str | None, chosen: set[str], row: str) -> Guess:
    if name == customer:
        return row, "every row has its own value"
    if name in chosen:
        return ("customer" if row == "product" else "product"), "a column of numbers or marks"
    if is_total(name):
        return "ignored", "it sums up the other columns"
    if profile.distinct <= 1 or profile.is_date or profile.is_unique:
        return "ignored", "it cannot tell groups of rows apart"
    return f"{row} attribute", "its values name groups and measure nothing"


@dataclass(frozen=True)
class Usual:
    """What most of the number columns are like: distinct values, share of blanks and zeros, mostly marks or not."""

    distinct: float
    empty: float
    marks: bool


def _usual(profiles: Sequence[Profile]) -> Usual:
    if not profiles:
        return Usual(0, 0, False)
    return Usual(
        float(np.median([p.distinct for p in profiles])),
        float(np.median([p.blank_or_zero for p in profiles])),
        sum(map(_is_mark, profiles)) > 0.6 * len(profiles),
    )


def _describes(profile: Profile, usual: Usual) -> bool:
    """Few small whole numbers beside columns of many: a code for a group, not a measure."""
    if is_total(profile.name) or speaks_of(profile.name, "describes customer"):
        return True
    if usual.marks and not _is_mark(profile):
        return True
    small = profile.distinct <= FEW and profile.highest <= 99
    coded = profile.whole == 1 and small and profile.blank_or_zero == 0
    return coded and (usual.distinct > 5 * profile.distinct or (usual.empty > 0.3 and profile.distinct > 1))


def _is_mark(profile: Profile) -> bool:
    """Nothing but bought or not."""
    return profile.distinct <= 2 and {text.lower() for text in profile.samples} <= MARKS


def _matrix_values(main: Seen, products: Sequence[str]) -> str:
    profiles = [main.profiles[n] for n in products]
    if all(map(_is_mark, profiles)):
        return "bought"
    whole = all(p.whole >= 0.99 for p in profiles)
    return "quantity" if whole and max((p.highest for p in profiles), default=0) <= 200 else "amount"
