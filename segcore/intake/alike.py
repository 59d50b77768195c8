"""The parts of one export: tables with the same columns, whatever their order and however their headers are written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segcore.intake.open_table import OpenTable
from segcore.intake.report import Ledger
from segcore.intake.text_table import TextTable
from segcore.intake.vocabulary import words_of


def are_alike(one: OpenTable, other: OpenTable) -> bool:
    """Whether both have the same columns: ``Order ID`` and ``order_id`` are one, and any order will do."""
    if one.names == other.names:
        return True
    ours, theirs = _squeezed(one), _squeezed(other)
    return len(set(ours)) == len(ours) and sorted(ours) == sorted(theirs)


def load_as(main: OpenTable, other: OpenTable, columns: Sequence[str], ledger: Ledger) -> TextTable:
    """The named columns of another table that is alike, under the names of the main one."""
    if other.names == main.names:
        return other.load(columns, ledger)
    there = dict(zip(_squeezed(other), other.names, strict=True))
    place = {ours: there[name] for ours, name in zip(main.names, _squeezed(main), strict=True)}
    loaded = other.load([place[name] for name in columns], ledger)
    named = {name: replace(loaded.columns[place[name]], name=name) for name in columns}
    return TextTable(loaded.name, named, loaded.n_rows, loaded.first_row)


def _squeezed(table: OpenTable) -> list[str]:
    return ["".join(words_of(name)) for name in table.names]
