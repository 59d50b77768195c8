"""Guessing the shape of an upload: which table holds the purchases, what the others describe, how they join."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from segcore.intake.columns import Guess, attributes, by_content, by_name
from segcore.intake.matrix_shape import Guessed, Seen, guess_matrix, looks_like_matrix
from segcore.intake.open_table import OpenTable
from segcore.intake.profiles import profile_of
from segcore.intake.roles import Roles
from segcore.intake.text_table import Column
from segcore.intake.tidy import tidy
from segcore.intake.vocabulary import ROLES, speaks_of, words_of


def guess(tables: Sequence[OpenTable], fixed: Mapping[str, Any] | None = None) -> Guessed:
    """Guess all roles; ``fixed`` are choices already made."""
    fixed = dict(fixed or {})
    seen = [_see(table, fixed) for table in tables]
    main = _main(seen, fixed)
    shape = fixed.get("shape") or _shape(main, fixed)
    if shape == "baskets":
        result = _baskets(main, fixed)
    elif shape == "matrix":
        result = guess_matrix(main, fixed)
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
    return 2 * (buyers and "product" in one.roles) + (looks_like_matrix(one) and not buyers)


def _shape(main: Seen, fixed: Mapping[str, Any]) -> str:
    if main.table.ragged:
        return "baskets"
    if fixed.get("product_columns"):
        return "matrix"
    if fixed.get("product"):
        return "lines"
    if _looks_like_baskets(main):
        return "baskets"
    return "matrix" if looks_like_matrix(main) else "lines"


def _looks_like_baskets(main: Seen) -> bool:
    """Several columns of names drawn from one list, filled from the left."""
    columns = [main.table.sample.columns[n] for n, p in main.profiles.items() if p.filled and not p.is_number]
    if len(columns) < 3:
        return False
    sets = [set(column.texts[column.counts > 0]) for column in columns]
    filled = [float((~column.blank).mean()) for column in columns]
    shared = [len(a & sets[0]) / max(1, len(a)) for a in sets[1:]]
    return float(np.median(shared)) > 0.5 and filled[-1] < 0.9 * filled[0]


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
