"""Items in numbered columns, ``Product 1, Qty 1, Product 2, Qty 2``: one line for every group that is filled."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from segcore.intake.columns.profiles import profile_of
from segcore.intake.columns.vocabulary import speaks_of
from segcore.intake.files.open_table import OpenTable
from segcore.intake.files.text_table import TextTable
from segcore.intake.layouts.layout import (
    Layout,
    is_filled,
    left_with_the_order,
    melted,
    without_order_money,
)

_NUMBER = re.compile(r"\d{1,3}(?!\d)")
_SIGNS = re.compile(r"[\s_#.:\-\[\]()/]+")
FEWEST_PLACES, SHARED = 2, 0.5

Groups = Mapping[str, Mapping[int, str]]  # stem → number → column


def numbered_groups(table: OpenTable) -> Layout | None:
    """Several things said of every item, each in columns told apart by a number alone."""
    groups = _of_items(table, _stems(table.names, table.header.renamed))
    if groups is None:
        return None
    numbers = sorted({n for group in groups.values() for n in group})
    first = next(iter(groups))
    what = (
        f"Items stand side by side in {len(numbers)} groups of columns ({', '.join(groups)}); "
        "each filled group was read as a line."
    )

    inside = {column for group in groups.values() for column in group.values()}
    what += left_with_the_order([name for name in table.names if name not in inside])

    def relay(source: TextTable) -> TextTable:
        return _as_lines(source, groups, numbers)

    return Layout(what, 0.95, relay, {}, len(numbers), groups[first][numbers[0]])


def numbered_items(table: OpenTable) -> Layout | None:
    """Only the items themselves in numbered columns, beside a column that names the basket or the customer."""
    if not table.header.has_header:
        return None
    for stem, group in _stems(table.names, table.header.renamed).items():
        others = [n for n in table.names if n not in group.values()]
        profiles = [profile_of(table.sample.columns[n]) for n in others]
        if (
            len(group) < FEWEST_PLACES
            or not others
            or not _are_items(table.sample, stem, list(group.values()))
        ):
            continue
        if any(is_person_or_order(n) for n in others):
            return None  # known words: the reading of baskets takes them
        keys = [p.name for p in profiles if p.is_unique and not p.is_date and p.whole + (not p.is_number)]
        if not keys:
            return None
        numbers = sorted(group)
        what = f"Items stand side by side in {len(numbers)} columns; “{keys[0]}” names the baskets."
        what += left_with_the_order(others)

        def relay(source: TextTable, group: Mapping[int, str] = group, stem: str = stem) -> TextTable:
            return _as_lines(source, {stem: group}, sorted(group))

        return Layout(what, 0.9, relay, {"order": keys[0], "product": stem}, len(numbers), group[numbers[0]])
    return None


def is_person_or_order(name: str) -> bool:
    """Whether a header uses a word for a customer or an order."""
    return speaks_of(name, "customer") or speaks_of(name, "order")


def _stems(names: Sequence[str], renamed: Sequence[str]) -> dict[str, dict[int, str]]:
    """Columns under what is left of their names without the number; the first may have none."""
    found: dict[str, dict[int, str]] = {}
    for name in names:
        numbers = list(_NUMBER.finditer(name))
        if numbers:
            at = numbers[-1]
            stem = _SIGNS.sub(" ", name[: at.start()] + " " + name[at.end() :]).strip()
            if stem:
                found.setdefault(stem, {}).setdefault(int(at.group()), name)
    for name in names:
        stem = _SIGNS.sub(" ", name).strip()
        if stem in found and not _NUMBER.search(name) and (1 not in found[stem]):
            found[stem] = {1: name, **found[stem]}
    return {stem: group for stem, group in found.items() if len(group) >= FEWEST_PLACES}


def _of_items(table: OpenTable, stems: Groups) -> Groups | None:
    """The stems that share their numbers with one that holds items."""
    items = [stem for stem, group in stems.items() if _are_items(table.sample, stem, list(group.values()))]
    if not items:
        return None
    widest = max(items, key=lambda stem: len(stems[stem]))
    numbers = set(stems[widest])
    together = {
        s: g for s, g in stems.items() if len(numbers & set(g)) >= max(2, 0.8 * len(numbers | set(g)))
    }
    measures = [s for s in together if s != widest]
    return together if measures else None


def _are_items(sample: TextTable, stem: str, names: Sequence[str]) -> bool:
    """Texts or codes from one list, or named as products; two lines of an address are neither."""
    profiles = [profile_of(sample.columns[n]) for n in names]
    filled = [p for p in profiles if p.filled]
    if not filled or any(p.is_measure or p.is_date for p in filled):
        return False
    counted = speaks_of(stem, "quantity") or speaks_of(stem, "amount")
    if counted or (is_person_or_order(stem) and not speaks_of(stem, "product")):
        return False
    if any(p.is_number and (p.lowest <= 0 or (p.distinct <= 50 and p.highest <= 200)) for p in filled):
        return False  # the cells of a matrix whose products are numbered
    if speaks_of(stem, "product"):
        return True
    sets = [set(sample.columns[p.name].texts) for p in filled]
    shared = [len(one & sets[0]) / max(1, len(one)) for one in sets[1:]]
    return bool(shared) and not filled[0].is_number and float(np.median(shared)) > SHARED


def _as_lines(source: TextTable, groups: Groups, numbers: Sequence[int]) -> TextTable:
    inside = {column for group in groups.values() for column in group.values()}
    carried = without_order_money([n for n in source.names if n not in inside])
    placed = {_own(stem, carried): [group.get(n) for n in numbers] for stem, group in groups.items()}
    texts = [s for s in groups if not (speaks_of(s, "quantity") or speaks_of(s, "amount"))]
    keep = np.zeros((source.n_rows, len(numbers)), dtype=bool)
    for stem in texts or groups:
        keep |= is_filled(source, [groups[stem].get(n) for n in numbers])
    return melted(source, carried, placed, keep)


def _own(name: str, taken: Sequence[str]) -> str:
    return f"Item {name}" if name in taken else name
