"""Baskets: rows that are lists of items, turned into one line an item."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence

import numpy as np

from segcore.intake.files.cutter import Line
from segcore.intake.files.text_table import Column, TextTable, column_of

BASKET, ITEM = "Basket", "Item"


def lines_as_items(name: str, lines: Iterable[Line], delimiter: str) -> TextTable:
    """Lists of items of any length; a basket is numbered by its place among the lines that hold something."""
    items: list[str] = []
    sizes: list[int] = []
    for row in csv.reader((text + "\n" for _, text in lines), delimiter=delimiter):
        filled = [cell for cell in row if cell.strip()]
        if filled:
            items.extend(filled)
            sizes.append(len(filled))
    return _table(name, column_of(ITEM, np.array(items, dtype=object)), np.array(sizes, dtype=np.int64))


def cells_as_items(table: TextTable, items: Sequence[str], carried: Sequence[str] = ()) -> TextTable:
    """A table whose cells are items: every filled cell becomes a line; ``carried`` columns go along."""
    columns = [table.columns[name] for name in items]
    texts = np.concatenate([column.texts for column in columns])
    offsets = np.cumsum([0, *(len(column.texts) for column in columns)])
    codes = [np.where(c.blank, -1, c.codes + at) for c, at in zip(columns, offsets, strict=False)]
    cells = np.stack(codes, axis=1)
    filled = cells >= 0
    item = Column(ITEM, cells[filled].astype(np.int32), texts).recoded(texts)
    sizes = filled.sum(axis=1)
    basket = _table(table.name, item, sizes[sizes > 0])
    rows = np.repeat(np.arange(table.n_rows), sizes)
    along = {name: table.columns[name].take(rows) for name in carried}
    return TextTable(table.name, along | dict(basket.columns), len(item.codes), table.first_row)


def _table(name: str, item: Column, sizes: np.ndarray) -> TextTable:
    """Numbered baskets of the given sizes."""
    texts = np.array([str(i) for i in range(1, len(sizes) + 1)], dtype=object)
    basket = Column(BASKET, np.repeat(np.arange(len(sizes), dtype=np.int32), sizes), texts)
    return TextTable(name, {BASKET: basket, ITEM: item}, len(item.codes), 1)
