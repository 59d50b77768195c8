"""Cells that hold several products: taken apart where their pieces behave like the items of baskets."""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from segcore.intake.columns.roles import Roles
from segcore.intake.files.text_table import Column, column_of
from segcore.intake.report import Ledger, some
from segcore.intake.rows.set_aside import Lines
from segcore.intake.values.labels import PRODUCT, clean_labels

SEPARATORS = {"|": r"\s*\|\s*", ";": r"\s*;\s*", ",": r"\s*,\s*", "+": r"\s+\+\s+", "/": r"\s+/\s+"}
_BRACKETS = re.compile(r"\[.+\]|\{[^:]+\}", re.DOTALL)
MOSTLY, LOOKED_AT = 0.5, 2000


def with_marked_lines(column: Column, choice: str | None) -> Column:
    """The products of a list written one a line within its cell, with a bar between: line ends do not outlive tidying."""
    texts = [str(text).strip() for text in column.texts]
    if choice == "keep" or not any("\n" in text for text in texts):
        return column
    if _separator(texts, column.counts, sure=choice == "split", signs={"\n": r"\s*\n\s*"}) is None:
        return column
    return column.recoded(" | ".join(filter(None, map(str.strip, text.split("\n")))) for text in texts)


def with_single_items(lines: Lines, roles: Roles, ledger: Ledger) -> Lines:
    """One line an item; what was paid for a list is shared equally among its items."""
    if roles.lists == "keep":
        return lines
    texts = [str(text) for text in lines.product.texts]
    parts = _parts(texts, lines.product.counts, sure=roles.lists == "split")
    if parts is None:
        return lines
    sizes = np.array([len(part) for part in parts])[lines.product.codes]
    rows = np.repeat(np.arange(lines.table.n_rows), sizes)
    items = np.array([item for code in lines.product.codes for item in parts[code]], dtype=object)
    where = f"{lines.table.name}, column {lines.product.name}"
    held = int((sizes > 1).sum())
    at = int(np.flatnonzero(sizes > 1)[0])
    money = (
        " Quantity and amount were shared equally."
        if (lines.amount is not None or lines.quantity is not None)
        else ""
    )
    ledger.repair(
        f"{some(held, 'cell')} held several items; taken apart into {len(items):,} lines.{money}", held,
        example=texts[lines.product.codes[at]][:120], where=where, choice="lists",
    )  # fmt: skip
    product = clean_labels(column_of(lines.product.name, items), PRODUCT, ledger, where, roles.spellings)
    return replace(_repeated(lines, rows, sizes), product=product)


def _parts(texts: Sequence[str], counts: np.ndarray, *, sure: bool) -> list[list[str]] | None:
    """The items of every text, or None where the texts are no lists."""
    bare = _without_brackets(texts)
    if bare is not None:
        return bare
    sign = _separator(texts, counts, sure=sure)
    if sign is None:
        return None
    return [[part for part in re.split(SEPARATORS[sign], text) if part.strip()] or [text] for text in texts]


def _without_brackets(texts: Sequence[str]) -> list[list[str]] | None:
    """Lists as programs write them, ``["tea", "bun"]``, where all texts are such and some hold several items."""
    if not texts or not all(_BRACKETS.fullmatch(text) for text in texts):
        return None
    sign = "'" if any("'" in text[1:3] for text in texts) else '"'
    rows = [next(csv.reader([text[1:-1]], quotechar=sign, skipinitialspace=True), []) for text in texts]
    parts = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    return parts if all(parts) and any(len(row) > 1 for row in parts) else None


def _repeated(lines: Lines, rows: np.ndarray, sizes: np.ndarray) -> Lines:
    shared = {
        n: v[rows] / sizes[rows] for n in ("quantity", "amount") if (v := getattr(lines, n)) is not None
    }
    order: Column | None = lines.order.take(rows) if lines.order is not None else None
    date = lines.date[rows] if lines.date is not None else None
    return Lines(lines.table.take(rows), lines.customer.take(rows), lines.product, order, date, **shared)


def _separator(
    texts: Sequence[str], counts: np.ndarray, *, sure: bool, signs: Mapping[str, str] = SEPARATORS
) -> str | None:
    """The sign between items, or None. Items stand in any place; the parts of one name keep theirs.

    "Shirt, red, M" has a colour in the second place and never in the first; "tea, bun, jam" has bun anywhere.
    """
    for sign, pattern in signs.items():
        split = [re.split(pattern, text) for text in texts[:LOOKED_AT] if len(text) < 2000]
        held = sum(int(n) for parts, n in zip(split, counts[: len(split)], strict=False) if len(parts) > 1)
        several = [parts for parts in split if len(parts) > 1]
        if not several or (held < MOSTLY * counts[: len(split)].sum() and not sure):
            continue
        places: dict[str, set[int]] = {}
        seen: Counter[str] = Counter()
        for parts in split:
            for place, part in enumerate(parts):
                places.setdefault(part.strip().casefold(), set()).add(place)
                seen[part.strip().casefold()] += 1
        again = [part for part, n in seen.items() if n > 1 and part]
        moving = sum(len(places[part]) > 1 for part in again)
        if sure or (len(again) >= MOSTLY * len(seen) and moving >= MOSTLY * len(again)):
            return sign
    return None
