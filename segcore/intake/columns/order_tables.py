"""Shops keep orders and their lines in two tables: who and when stands in one, what and how many in the other.

The columns of the orders are put beside the lines before anything is guessed, as a join in the shop's database would.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from segcore.intake.columns.vocabulary import speaks_of, words_of
from segcore.intake.files.open_table import Load, OpenTable
from segcore.intake.files.text_table import Column, TextTable
from segcore.intake.report import Ledger, some
from segcore.intake.values.tidy import tidy

NEARLY_ALL = 0.9


def with_orders(tables: Sequence[OpenTable], ledger: Ledger) -> list[OpenTable]:
    """The tables with the lines joined to their orders, where exactly one table is each."""
    pairs = [
        (lines, orders, *keys)
        for lines in tables
        for orders in tables
        if lines is not orders and (keys := _shared_key(lines, orders))
    ]
    if len(pairs) != 1:
        return list(tables)
    lines, orders, key, other = pairs[0]
    loaded = orders.load(orders.names, Ledger())
    place = _places(lines.sample.columns[key], loaded.columns[other])
    if (place >= 0).mean() < NEARLY_ALL:
        return list(tables)
    added = {
        name: name if name not in lines.names else f"{name} ({orders.name})"
        for name in orders.names
        if name != other
    }
    what = f"The lines share “{key}” with “{orders.name}”; its {some(len(added), 'column')} were put beside them."
    ledger.note(what, len(added), where=lines.name)
    joined = replace(
        lines,
        header=replace(lines.header, names=(*lines.names, *added.values())),
        sample=_beside(lines.sample, lines.sample.columns[key], loaded, other, added),
        load=_joint_load(lines, orders, key, other, added),
    )
    return [joined if table is lines else table for table in tables if table is not orders]


def _shared_key(lines: OpenTable, orders: OpenTable) -> tuple[str, str] | None:
    """The order's number in both: it repeats among lines that say what and not who, and not among orders that say who."""
    if (
        lines.header.ragged
        or orders.header.ragged
        or not (lines.header.has_header and orders.header.has_header)
    ):
        return None
    if _speaks(lines, "customer") or not _speaks(lines, "product"):
        return None
    if not _speaks(orders, "customer") or _speaks(orders, "product"):
        return None
    theirs = {"".join(words_of(name)): name for name in orders.names}
    for name in lines.names:
        other = theirs.get("".join(words_of(name)))
        if (
            other
            and speaks_of(name, "order")
            and _is_key(orders.sample.columns[other])
            and not _is_key(lines.sample.columns[name])
        ):
            return name, other
    return None


def _speaks(table: OpenTable, role: str) -> bool:
    """Whether a column names customers or products; how many items an order has names none."""
    counted = ("order", "quantity", "amount", "total")
    return any(
        speaks_of(name, role) and (role == "customer" or not any(speaks_of(name, word) for word in counted))
        for name in table.names
    )


def _is_key(column: Column) -> bool:
    filled = int((~column.blank).sum())
    return filled > 1 and int((column.counts > 0).sum()) == filled


def _places(keys: Column, orders: Column) -> np.ndarray:
    """For every row of the lines the row of its order, or -1."""
    row = {tidy(orders.texts[code]): i for i, code in enumerate(orders.codes) if code >= 0}
    found = np.array([row.get(tidy(text), -1) for text in keys.texts] + [-1], dtype=np.int64)
    return found[keys.codes]


def _beside(
    table: TextTable, keys: Column, orders: TextTable, other: str, added: dict[str, str]
) -> TextTable:
    """A table of lines with columns of their orders; blank where the order is not there."""
    place = _places(keys, orders.columns[other])
    columns = dict(table.columns)
    for name, shown in added.items():
        column = orders.columns[name]
        codes = np.where(place >= 0, column.codes[np.maximum(place, 0)], np.int32(-1))
        columns[shown] = Column(shown, codes.astype(np.int32), column.texts)
    return TextTable(table.name, columns, table.n_rows, table.first_row)


def _joint_load(lines: OpenTable, orders: OpenTable, key: str, other: str, added: dict[str, str]) -> Load:
    def load(names: Sequence[str], ledger: Ledger) -> TextTable:
        wanted = {name: shown for name, shown in added.items() if shown in names}
        own = [name for name in lines.names if name in names or name == key]
        table = lines.load(own, ledger)
        if not wanted:
            return table.only(list(names))
        keys = table.columns[key]
        loaded = orders.load([other, *wanted], ledger)
        lost = int((_places(keys, loaded.columns[other]) < 0).sum())
        if lost:
            what = (
                f"{some(lost, 'line')} whose order is not in “{orders.name}”; what it would say is unknown."
            )
            ledger.note(what, lost, where=lines.name)
        return _beside(table, keys, loaded, other, wanted).only(list(names))

    return load
