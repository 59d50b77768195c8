"""Cells: what each customer bought of each product, summed once at the finest level and rolled up from there.

The finest cells are aggregated once per Purchases and kept beside it. A level change is then a remap of their column
codes, never another pass over the lines.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.errors import SpecError
from segcore.purchases.record import Purchases

MEASURES = ("lines", "returns", "quantity", "amount")


@dataclass(frozen=True, eq=False)
class Cells:
    """Customer × product sums, one array per measure over one sparsity pattern; None where a measure is not known."""

    indptr: np.ndarray
    indices: np.ndarray
    shape: tuple[int, int]
    lines: np.ndarray | None
    returns: np.ndarray | None
    quantity: np.ndarray | None
    amount: np.ndarray | None

    def csr(self, data: np.ndarray) -> sparse.csr_matrix:
        """One measure as a sparse matrix."""
        return sparse.csr_matrix((data, self.indices, self.indptr), shape=self.shape)

    def only(self, *measures: str) -> Cells:
        """The same cells with these sums alone: each one that is not needed makes a change of level faster."""
        kept = {name: getattr(self, name) if name in measures else None for name in MEASURES}
        return Cells(self.indptr, self.indices, self.shape, **kept)

    def pattern(self) -> Cells:
        """Only who bought what, without sums: all that counting needs."""
        return self.only()

    def at_level(self, codes: np.ndarray, n_labels: int) -> Cells:
        """The same sums with products replaced by their label at a level."""
        # Two transposes sort every row by its new column, stably and in linear time: a quarter of a comparison sort.
        position = np.arange(len(self.indices), dtype=np.int32)
        moved = sparse.csr_matrix(
            (position, codes[self.indices], self.indptr), shape=(self.shape[0], n_labels)
        )
        moved = moved.tocsc().tocsr()
        is_first = np.ones(len(position), dtype=bool)
        is_first[1:] = moved.indices[1:] != moved.indices[:-1]
        is_first[self.indptr[:-1][np.diff(self.indptr) > 0]] = True
        cells_before = np.concatenate([[0], np.cumsum(is_first)])
        start = np.flatnonzero(is_first)
        return Cells(
            indptr=cells_before[self.indptr],
            indices=moved.indices[start],
            shape=(self.shape[0], n_labels),
            **self._each_measure(lambda data: _sum_runs(data[moved.data], start)),
        )

    def _each_measure(self, change: Callable[[np.ndarray], np.ndarray]) -> dict[str, np.ndarray | None]:
        """Every measure this file has, changed alike."""
        measures = {name: getattr(self, name) for name in MEASURES}
        return {name: None if data is None else change(data) for name, data in measures.items()}

    @property
    def is_bought(self) -> np.ndarray:
        """Whether anything is left in each cell after returns."""
        if self.returns is None:
            return np.ones(len(self.indices), dtype=bool)
        net = self.quantity if self.quantity is not None else self.amount
        assert net is not None  # what tells a return
        return (self.returns == 0) | (net > 0)

    def keep(self, mask: np.ndarray) -> Cells:
        """Only the cells under a mask."""
        if mask.all():
            return self
        kept_before = np.concatenate([[0], np.cumsum(mask)])
        measures = self._each_measure(lambda data: data[mask])
        return Cells(kept_before[self.indptr], self.indices[mask], self.shape, **measures)

    def select(self, rows: np.ndarray, columns: np.ndarray) -> Cells:
        """Only these rows and columns (boolean masks)."""
        if rows.all() and columns.all():
            return self
        row_of_cell = np.repeat(np.arange(self.shape[0]), np.diff(self.indptr))
        kept = self.keep(rows[row_of_cell] & columns[self.indices])
        column_code = np.cumsum(columns) - 1
        return Cells(
            np.concatenate([[0], kept.indptr[1:][rows]]),
            column_code[kept.indices].astype(np.int32),
            (int(rows.sum()), int(columns.sum())),
            **kept._each_measure(lambda data: data),
        )


_FINEST: WeakKeyDictionary[Purchases, Cells] = WeakKeyDictionary()
_WINDOW: WeakKeyDictionary[Purchases, tuple[tuple[str | None, str | None], Cells]] = WeakKeyDictionary()
_SAME_LINES: WeakKeyDictionary[Purchases, Purchases] = WeakKeyDictionary()


def share_cells(purchases: Purchases, base: Purchases) -> None:
    """Say that these purchases have the lines, customers and products of others, so that cells are summed once."""
    _SAME_LINES[purchases] = _SAME_LINES.get(base, base)


def finest_cells(purchases: Purchases) -> Cells:
    """Customer × product cells over all dates, returns taken off; made once per Purchases."""
    purchases = _SAME_LINES.get(purchases, purchases)
    cells = _FINEST.get(purchases)
    if cells is None:
        cells = _FINEST[purchases] = _netted(_aggregate(purchases, purchases.lines))
    return cells


def windowed_cells(purchases: Purchases, date_from: str | None, date_to: str | None) -> Cells:
    """The same over some days only, ISO dates, both inclusive; the last window asked for is kept.

    Raises
    ------
    SpecError
        Days are asked for and the purchases have no dates.
    """
    if date_from is None and date_to is None:
        return finest_cells(purchases)
    purchases, window = _SAME_LINES.get(purchases, purchases), (date_from, date_to)
    known = _WINDOW.get(purchases)
    if known is None or known[0] != window:
        known = _WINDOW[purchases] = (window, _cells_within(purchases, date_from, date_to))
    return known[1]


def _netted(cells: Cells) -> Cells:
    """Without the cells of which nothing is left after returns."""
    return cells if cells.returns is None else cells.keep(cells.is_bought)


def _aggregate(purchases: Purchases, lines: pd.DataFrame) -> Cells:
    """Sum the lines of each cell; they arrive sorted by customer, then product."""
    customer, product = lines["customer"].to_numpy(), lines["product"].to_numpy()
    is_first = np.ones(len(lines), dtype=bool)
    is_first[1:] = (np.diff(customer) != 0) | (np.diff(product) != 0)
    start = np.flatnonzero(is_first)
    measures = {name: lines[name].to_numpy() for name in ("quantity", "amount") if name in lines}
    sign = measures.get("quantity", measures.get("amount"))
    is_return = sign < 0 if sign is not None else np.zeros(len(lines), dtype=bool)
    n_customers, n_products = len(purchases.customers), len(purchases.products)
    per_row = np.bincount(customer[start], minlength=n_customers)
    return Cells(
        indptr=np.concatenate([[0], np.cumsum(per_row)]),
        indices=product[start],
        shape=(n_customers, n_products),
        lines=_sum_runs(np.ones(len(lines)), start),
        returns=_sum_runs(is_return.astype(np.float64), start) if is_return.any() else None,
        quantity=_sum_runs(np.nan_to_num(measures["quantity"]), start) if "quantity" in measures else None,
        amount=_sum_runs(np.nan_to_num(measures["amount"]), start) if "amount" in measures else None,
    )


def _cells_within(purchases: Purchases, date_from: str | None, date_to: str | None) -> Cells:
    if not purchases.has("date"):
        raise SpecError("This file has no dates.", remedy="Clear the date window.")
    day = purchases.lines["date"]
    inside = np.ones(len(day), dtype=bool)
    if date_from is not None:
        inside &= (day >= pd.Timestamp(date_from)).to_numpy()
    if date_to is not None:
        inside &= (day < pd.Timestamp(date_to) + pd.Timedelta(days=1)).to_numpy()
    return _netted(_aggregate(purchases, purchases.lines[inside]))


def _sum_runs(data: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Sums of consecutive runs, each beginning at ``start``."""
    return np.add.reduceat(data, start) if len(start) else data[:0]


def order_cells(purchases: Purchases, codes: np.ndarray, n_labels: int) -> tuple[Cells, pd.Index]:
    """Orders × level labels; returned lines are not part of what was bought together."""
    lines, orders = purchases.lines, purchases.orders
    assert orders is not None
    sign = lines["quantity"] if purchases.has("quantity") else lines.get("amount")
    bought = np.ones(len(lines), dtype=bool) if sign is None else ~(sign < 0).to_numpy()
    n_orders = len(orders)
    # An order number may come back for another customer: a basket is one order of one customer.
    key = lines["customer"].to_numpy()[bought].astype(np.int64) * n_orders + lines["order"].to_numpy()[bought]
    keys, row = np.unique(key, return_inverse=True)
    column = codes[lines["product"].to_numpy()[bought]]
    matrix = sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(len(keys), n_labels))
    matrix.sum_duplicates()
    cells = Cells(matrix.indptr, matrix.indices, matrix.shape, matrix.data, None, None, None)
    return cells, orders[keys % n_orders]
