"""The parts of one export: tables with the same columns, whatever their order and however their headers are written."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from segcore.intake.columns.vocabulary import words_of
from segcore.intake.files.open_table import OpenTable
from segcore.intake.files.text_table import Column, TextTable
from segcore.intake.report import Ledger

NEARLY_ALL = 0.8  # a column more or less, such as a note, makes no other table


def are_alike(one: OpenTable, other: OpenTable, needed: Sequence[str] = ()) -> bool:
    """Whether both have nearly the same columns, the needed ones in any case: ``Order ID`` and ``order_id`` are one."""
    if one.names == other.names:
        return True
    ours, theirs = _squeezed(one), _squeezed(other)
    if len(ours) < len(one.names) or len(theirs) < len(other.names):
        return False  # two headers differ in their spelling alone: which is which cannot be told
    shared = ours.keys() & theirs.keys()
    longer = max(len(ours), len(theirs))
    return len(shared) >= NEARLY_ALL * longer and all(_key(name) in theirs for name in needed)


def load_as(main: OpenTable, other: OpenTable, columns: Sequence[str], ledger: Ledger) -> TextTable:
    """The named columns of another table that is alike, under the names of the main one; blank where it has none."""
    if other.names == main.names:
        return other.load(columns, ledger)
    there = _squeezed(other)
    place = {name: there[_key(name)] for name in columns if _key(name) in there}
    loaded = other.load(list(place.values()), ledger)
    blank = np.full(loaded.n_rows, -1, dtype=np.int32)
    named = {}
    for name in columns:
        found = loaded.columns[place[name]] if name in place else None
        named[name] = (
            Column(name, found.codes, found.texts)
            if found
            else Column(name, blank, np.empty(0, dtype=object))
        )
    return TextTable(loaded.name, named, loaded.n_rows, loaded.first_row)


def only_in_some(tables: Sequence[OpenTable]) -> list[str]:
    """The columns that not every one of these tables has, as written where they stand first."""
    squeezed = [_squeezed(table) for table in tables]
    everywhere = set.intersection(*(set(names) for names in squeezed))
    some = {key: name for names in reversed(squeezed) for key, name in names.items() if key not in everywhere}
    return sorted(some.values())


def _squeezed(table: OpenTable) -> dict[str, str]:
    return {_key(name): name for name in table.names}


def _key(name: str) -> str:
    return "".join(words_of(name))
