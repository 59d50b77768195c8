"""Guessing the shape of an upload: which table holds the purchases, what the others describe, how they join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from segcore.intake.columns import Guess, attributes, by_content, by_name
from segcore.intake.profiles import Profile, profile_of
from segcore.intake.roles import Roles
from segcore.intake.tables import OpenTable
from segcore.intake.text_table import Column
from segcore.intake.tidy import tidy
from segcore.intake.vocabulary import ROLES, is_total, speaks_of, words_of

FEW = 12
MARKS = frozenset({"0", "1", "x", "✓", "y", "n", "yes", "no", "ja", "nein", "true", "false", "-"})


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


def guess(tables: Sequence[OpenTable], fixed: Mapping[str, Any] | None = None) -> Guessed:
    """Guess all roles; ``fixed`` are choices already made."""
    fixed = dict(fixed or {})
    seen = [_see(table, fixed) for table in tables]
    main = _main(seen, fixed)
    shape = fixed.get("shape") or _shape(main, fixed)
    if shape == "baskets":
        result = _baskets(main, fixed)
    elif shape == "matrix":
        result = _matrix(main, fixed)
    else:
        result = _lines(main, [s for s in seen if s is not main], fixed)
    return result


def _see(table: OpenTable, fixed: Mapping[str, Any]) -> Seen:
    profiles = {name: profile_of(table.sample.columns[name]) for name in table.names}
    here = {
        role: fixed[role]
        for role in ROLES
        if role in fixed and (fixed[role] is None or fixed[role] in profiles)
    }
    return Seen(table, profiles, {} if table.ragged else by_name(profiles, here))


def _main(seen: Sequence[Seen], fixed: Mapping[str, Any]) -> Seen:
    """The table with the purchases: it knows buyers and products; the longest of those that do."""
    wanted = fixed.get("lines_table")
    for one in seen:
        if one.table.name == wanted:
            return one
    return max(seen, key=lambda one: (_knows(one), one.table.rows))


def _knows(one: Seen) -> int:
    buyers = bool(one.roles & {"customer", "order"})
    if one.table.ragged:
        return 2
    return 2 * (buyers and "product" in one.roles) + (_looks_like_matrix(one) and not buyers)


def _shape(main: Seen, fixed: Mapping[str, Any]) -> str:
    if main.table.ragged:
        return "baskets"
    if fixed.get("product_columns"):
        return "matrix"
    if fixed.get("product"):
        return "lines"
    if _looks_like_baskets(main):
        return "baskets"
    return "matrix" if _looks_like_matrix(main) else "lines"


def _looks_like_baskets(main: Seen) -> bool:
    """Several columns of names drawn from one list, filled from the left."""
    columns = [main.table.sample.columns[n] for n, p in main.profiles.items() if p.filled and not p.is_number]
    if len(columns) < 3:
        return False
    sets = [set(column.texts[column.counts > 0]) for column in columns]
    filled = [float((~column.blank).mean()) for column in columns]
    shared = [len(a & sets[0]) / max(1, len(a)) for a in sets[1:]]
    return float(np.median(shared)) > 0.5 and filled[-1] < 0.9 * filled[0]


def _cells(main: Seen) -> list[str]:
    """Columns that could be the products of a matrix."""
    numeric = [n for n, p in main.profiles.items() if p.filled and not p.is_date and _is_cell(p)]
    spoken = [n for n in numeric if any(speaks_of(n, role) for role in ("customer", "order", "date"))]
    return [n for n in numeric if n not in spoken]


def _is_cell(profile: Profile) -> bool:
    return profile.is_number or {text.lower() for text in profile.samples} <= MARKS


def _looks_like_matrix(main: Seen) -> bool:
    """At least three columns of numbers, most of the table, and nobody stands in two rows."""
    cells = _cells(main)
    others = [p for name, p in main.profiles.items() if name not in cells and p.filled]
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
    return all(p.is_unique for p in keys) and not {"quantity", "date"} <= main.roles


def _baskets(main: Seen, fixed: Mapping[str, Any]) -> Guessed:
    order = fixed.get("order")
    if order is None and not main.table.ragged:
        order = next(
            (
                n
                for n, (role, _) in main.named.items()
                if role in ("order", "customer") and main.profiles[n].is_unique
            ),
            None,
        )
    columns = {
        n: ("order", "chosen") if n == order else ("item", "its cells are items") for n in main.table.names
    }
    given = {k: v for k, v in fixed.items() if k not in ("shape", "lines_table", "order")}
    roles = Roles(shape="baskets", lines_table=main.table.name, order=order, **given)
    return Guessed(roles, {main.table.name: columns}, ("Every row is a list of items: one basket a row.",))


def _matrix(main: Seen, fixed: Mapping[str, Any]) -> Guessed:
    customer = fixed["customer"] if "customer" in fixed else _row_label(main)
    cells = [n for n in _cells(main) if n != customer]
    chosen = set(fixed.get("product_columns") or (n for n in cells if not _describes(main, n, cells)))
    guesses: dict[str, Guess] = {}
    for name, profile in main.profiles.items():
        guesses[name] = _matrix_column(name, profile, customer, chosen)
    described = tuple(n for n, (role, _) in guesses.items() if role == "customer attribute")
    products = tuple(n for n in main.table.names if n in chosen)
    rows = fixed.get("matrix_rows") or (
        "products" if customer and speaks_of(customer, "product") else "customers"
    )
    attribute = "product_attributes" if rows == "products" else "customer_attributes"
    given = {
        "shape": "matrix",
        "lines_table": main.table.name,
        "customer": customer,
        "product_columns": products,
        attribute: described,
        "matrix_rows": rows,
        "matrix_values": _matrix_values(main, products),
    }
    reason = f"Every row is one of the {rows}, with {len(products)} columns of values."
    return Guessed(Roles(**(given | fixed)), {main.table.name: guesses}, (reason,))


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


def _matrix_column(name: str, profile: Profile, customer: str | None, chosen: set[str]) -> Guess:
    if name == customer:
        return "customer", "every row has its own value"
    if name in chosen:
        return "product", "a column of numbers"
    if is_total(name):
        return "ignored", "it sums up the other columns"
    if profile.distinct <= 1 or profile.is_date or profile.is_unique:
        return "ignored", "it cannot tell groups of rows apart"
    return "customer attribute", "few values, which name groups and measure nothing"


def _describes(main: Seen, name: str, cells: Sequence[str]) -> bool:
    """Few small whole numbers beside columns of many: a code for a group, not a measure."""
    if is_total(name) or speaks_of(name, "describes customer"):
        return True
    profile, others = main.profiles[name], [main.profiles[n] for n in cells if n != name]
    usual = float(np.median([p.distinct for p in others])) if others else 0
    coded = (
        profile.whole == 1
        and profile.distinct <= FEW
        and profile.blank_or_zero == 0
        and profile.highest <= 99
    )
    filled = float(np.median([p.blank_or_zero for p in others])) if others else 0
    return coded and (usual > 5 * profile.distinct or (filled > 0.3 and profile.distinct > 1))


def _matrix_values(main: Seen, products: Sequence[str]) -> str:
    profiles = [main.profiles[n] for n in products]
    if all({t.lower() for t in p.samples} <= MARKS and p.distinct <= 2 for p in profiles):
        return "bought"
    whole = all(p.whole >= 0.99 for p in profiles)
    return "quantity" if whole and max((p.highest for p in profiles), default=0) <= 200 else "amount"


def _lines(main: Seen, others: Sequence[Seen], fixed: Mapping[str, Any]) -> Guessed:
    closed = [role for role in ROLES if role in fixed]
    known = by_content(main.profiles, dict(main.named), closed)
    described = attributes(main.table.sample, main.profiles, known)
    guesses = {main.table.name: {n: known.get(n) or described[n] for n in main.table.names}}
    given: dict[str, Any] = {role: name for name, (role, _) in known.items() if name in main.profiles}
    found = {"shape": "lines", "lines_table": main.table.name, **given}
    reasons = []
    product_attributes = [n for n, (role, _) in described.items() if role == "product attribute"]
    customer_attributes = [n for n, (role, _) in described.items() if role == "customer attribute"]
    for other in others:
        for role, kept in (("product", product_attributes), ("customer", customer_attributes)):
            join = _join(main, other, given.get(role))
            if (
                f"{role}_table" in found
                or join is None
                or fixed.get(f"{role}_table", other.table.name) != other.table.name
            ):
                continue
            on, key = join
            found |= {f"{role}_table": other.table.name, f"{role}_key": None if key == on else key}
            found |= {"join_on": on} if role == "product" else {}
            kept += [n for n, p in other.profiles.items() if n != key and n not in kept and p.distinct > 1]
            guesses[other.table.name] = _of_table(other, role, key)
            reasons.append(f"“{other.table.name}” describes the {role}s: both tables share “{key}”.")
            break
    found |= {
        "product_attributes": tuple(product_attributes),
        "customer_attributes": tuple(customer_attributes),
    }
    found["amount_is"] = _amount_is(given)
    return Guessed(Roles(**(found | fixed)), guesses, tuple(reasons))


def _of_table(other: Seen, role: str, key: str) -> dict[str, Guess]:
    table = {n: (f"{role} attribute", f"its table describes the {role}s") for n in other.table.names}
    return table | {key: ("key", "both tables share it")}


def _amount_is(given: Mapping[str, str]) -> str:
    amount = given.get("amount")
    each = amount and speaks_of(amount, "each") and not speaks_of(amount, "total")
    return "each" if each and "quantity" in given else "total"


def _join(main: Seen, other: Seen, role_column: str | None) -> tuple[str, str] | None:
    """The column of the lines and the column of the table that hold the same things, each once in the table."""
    if role_column is None or other.table.ragged:
        return None
    wanted = _values(main.table.sample.columns[role_column])
    best, score = None, 0.0
    for name, profile in other.profiles.items():
        if profile.filled == 0 or profile.distinct < 0.9 * profile.filled:
            continue
        have = _values(other.table.sample.columns[name])
        overlap = len(wanted & have) / max(1, min(len(wanted), len(have)))
        same = _squeezed(name) == _squeezed(role_column)
        points = overlap + same * 0.5
        if overlap > (0.05 if same else 0.6) and points > score:
            best, score = name, points
    return (role_column, best) if best else None


def _values(column: Column) -> set[str]:
    return {tidy(text).casefold() for text in column.texts}


def _squeezed(name: str) -> str:
    return "".join(words_of(name))
