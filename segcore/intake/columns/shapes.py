"""Guessing the shape of an upload: which table holds the purchases, what the others describe, how they join."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from segcore.intake.columns.alike import are_alike
from segcore.intake.columns.columns import Guess, attributes, by_name
from segcore.intake.columns.contents import by_content
from segcore.intake.columns.joins import join_tables, key_of
from segcore.intake.columns.line_kinds import line_kind
from segcore.intake.columns.matrix_shape import Guessed, Seen, guess_matrix, looks_like_matrix
from segcore.intake.columns.naming import with_names
from segcore.intake.columns.profiles import Profile, each_or_total, profile_of
from segcore.intake.columns.roles import Roles
from segcore.intake.columns.vocabulary import ROLES, is_total, speaks_of
from segcore.intake.files.open_table import OpenTable
from segcore.intake.files.text_table import TextTable
from segcore.intake.report import Ledger
from segcore.intake.rows.fill_down import seen_filled
from segcore.intake.values.money import with_line_money
from segcore.intake.values.numbers import decimal_sign, parse_numbers

BASKET_ROLES = ("customer", "order", "date")  # what a row of items may say about its basket


def guess(tables: Sequence[OpenTable], fixed: Mapping[str, Any] | None = None) -> Guessed:
    """Guess all roles; ``fixed`` are choices already made."""
    fixed = dict(fixed or {})
    seen = [_see(table, fixed) for table in tables]
    main = _main(seen, fixed)
    # another month of the same export describes nobody, however many labels it shares
    others = [one for one in seen if one is not main and not are_alike(main.table, one.table)]
    shape = fixed.get("shape") or _shape(main, fixed)
    if shape == "baskets":
        return _baskets(main, others, fixed)
    found = _matrix(main, others, fixed) if shape == "matrix" else _lines(main, others, fixed)
    return with_names(found, seen, fixed)


def _see(table: OpenTable, fixed: Mapping[str, Any]) -> Seen:
    sample = seen_filled(_without_totals(table.sample)) if not table.ragged else table.sample
    profiles = {name: profile_of(sample.columns[name]) for name in table.names}
    known = {**table.given, **fixed}
    here = {
        role: known[role]
        for role in ROLES
        if role in known and (known[role] is None or known[role] in profiles)
    }
    return Seen(table, profiles, {} if table.ragged else by_name(profiles, here))


def _without_totals(sample: TextTable) -> TextTable:
    """One row of sums at the end would make every mark of a matrix look like a number."""
    tail = range(max(0, sample.n_rows - 2), sample.n_rows)
    totals = [
        row
        for row in tail
        if any(c.codes[row] >= 0 and is_total(c.texts[c.codes[row]]) for c in sample.columns.values())
    ]
    if not totals or sample.n_rows < 5:
        return sample
    return sample.take(np.setdiff1d(np.arange(sample.n_rows), totals))


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
    """Several columns of names drawn from one list, filled from the left or told apart by a number alone."""
    about = {n for n, (role, _) in main.named.items() if role in BASKET_ROLES}
    columns = [
        main.table.sample.columns[n]
        for n, p in main.profiles.items()
        if p.filled and not (p.is_number or p.is_date or n in about)
    ]
    numbered = _are_numbered([column.name for column in columns])
    if len(columns) < (2 if about and numbered else 3):
        return False
    sets = [set(column.texts[column.counts > 0]) for column in columns]
    filled = [float((~column.blank).mean()) for column in columns]
    shared = [len(a & sets[0]) / max(1, len(a)) for a in sets[1:]]
    return float(np.median(shared)) > 0.5 and (numbered or filled[-1] < 0.9 * filled[0])


def _are_numbered(names: Sequence[str]) -> bool:
    """Whether names differ by their number alone: ``item1``, ``item2``."""
    return len({re.sub(r"\d+", "", name).strip().lower() for name in names}) == 1


def _matrix(main: Seen, others: Sequence[Seen], fixed: Mapping[str, Any]) -> Guessed:
    guessed = guess_matrix(main, fixed)
    roles = guessed.roles
    labels = main.table.sample.columns[roles.customer].texts if roles.customer else ()
    row, column = ("customer", "product") if roles.matrix_rows == "customers" else ("product", "customer")
    keys = [key_of(column, None, roles.product_columns), key_of(row, roles.customer, labels)]
    here = {row: getattr(roles, f"{row}_attributes")}
    joined = join_tables(keys, others, fixed, here)
    added = {name: value for name, value in joined.roles.items() if name not in fixed and name != "join_on"}
    return Guessed(
        replace(roles, **added), {**guessed.columns, **joined.columns}, (*guessed.reasons, *joined.reasons)
    )


def _baskets(main: Seen, others: Sequence[Seen], fixed: Mapping[str, Any]) -> Guessed:
    table, given = main.table, dict(fixed)
    guesses: dict[str, Guess] = {}
    if not table.ragged:
        named = {n: g for n, g in main.named.items() if g[0] in BASKET_ROLES}
        guesses = {n: named.get(n) or _basket_column(p) for n, p in main.profiles.items()}
        given = {g[0]: n for n, g in named.items()} | given
        items = tuple(n for n, g in guesses.items() if g[0] == "item")
        given = {"product_columns": items} | given
    else:
        guesses = dict.fromkeys(table.names, ("item", "every cell is an item"))
    cells = [main.table.sample.columns[n] for n in given.get("product_columns") or table.names]
    keys = [key_of("product", None, {text for column in cells for text in column.texts})]
    joined = join_tables(keys, others, fixed, {})
    roles = Roles(**({"shape": "baskets", "lines_table": table.name} | dict(joined.roles) | given))
    reasons = ("Every row is a list of items: one basket a row.", *joined.reasons)
    return Guessed(roles, {table.name: guesses, **joined.columns}, reasons)


def _basket_column(profile: Profile) -> Guess:
    if not profile.filled or profile.is_number or profile.is_date:
        return "ignored", "it holds no names"
    return "item", "its cells are items"


def _lines(main: Seen, others: Sequence[Seen], fixed: Mapping[str, Any]) -> Guessed:
    closed = [role for role in ROLES if role in fixed]
    known = by_content(main.profiles, dict(main.named), closed, main.table.sample)
    if "amount" not in fixed:
        known = with_line_money(known, main.table.sample, main.profiles)
    described = attributes(main.table.sample, main.profiles, known)
    guesses = {main.table.name: {n: known.get(n) or described[n] for n in main.table.names}}
    found: dict[str, Any] = {role: name for name, (role, _) in known.items() if name in main.profiles}
    keys = [
        key_of(role, found[role], main.table.sample.columns[found[role]].texts)
        for role in ("product", "customer")
        if role in found
    ]
    here = {
        role: [n for n, (kind, _) in described.items() if kind == f"{role} attribute"]
        for role in ("product", "customer")
    }
    joined = join_tables(keys, others, fixed, here)
    found |= {
        "shape": "lines",
        "lines_table": main.table.name,
        "amount_is": _amount_is(found, main.table.sample),
        "line_kind": line_kind(main.table.sample, known, described),
        **joined.roles,
    }
    return Guessed(Roles(**{**found, **fixed}), guesses | dict(joined.columns), joined.reasons)


def _amount_is(given: Mapping[str, str], sample: TextTable) -> str:
    """Whether the money is for one piece: as the prices behave where quantities differ, else as the header says."""
    if "amount" not in given or "quantity" not in given:
        return "total"
    amount = given["amount"]
    if not speaks_of(amount, "each"):
        return "total"
    if "product" in given:
        money, pieces = (_numbers(sample, given[role]) for role in ("amount", "quantity"))
        steadier = each_or_total(sample.columns[given["product"]].codes, money, pieces)
        if steadier:
            return steadier
    return "total" if speaks_of(amount, "total") else "each"


def _numbers(sample: TextTable, name: str) -> np.ndarray:
    column = sample.columns[name]
    return parse_numbers(column, decimal_sign([column]), Ledger(), "")
