"""Purchases → matrix: rows customers, columns products at a chosen level, sparse from end to end.

The finest cells (customer × product) are aggregated once per Purchases and kept beside it. A level change is then a
remap of their column codes, never another pass over the lines.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.errors import NotEnoughData, SpecError
from segcore.hierarchy import level_codes
from segcore.purchases import Purchases
from segcore.weighting import WEIGHTINGS, weigh


@dataclass(frozen=True)
class MatrixSpec:
    """The frozen choices behind a matrix: level, weighting and filters.

    Attributes
    ----------
    level : str
        The product label, one attribute, or several joined by " + ".
    weighting : str
        One of :data:`segcore.weighting.WEIGHTINGS`.
    min_customers : int
        Leave out products with fewer buyers.
    min_products : int
        Leave out customers with fewer products; at 0 or 1 nobody is left out, and a customer whose purchases were
        all filtered away stays as an empty row ("no purchases").
    left_out : tuple of str
        Products (labels at this level) left out by name.
    date_from, date_to : str or None
        First and last day counted, ISO dates, both inclusive.
    """

    level: str
    weighting: str = "balanced"
    min_customers: int = 1
    min_products: int = 1
    left_out: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "left_out", tuple(sorted(map(str, self.left_out))))
        if self.weighting not in WEIGHTINGS:
            raise SpecError(
                f"There is no weighting called “{self.weighting}”.",
                remedy=f"Choose one of: {', '.join(WEIGHTINGS)}.",
            )
        if self.min_customers < 0 or self.min_products < 0:
            raise SpecError("A minimum cannot be negative.", remedy="Use 0 or more.")
        for day in (self.date_from, self.date_to):
            if day is not None and pd.isna(pd.to_datetime(day, errors="coerce")):
                raise SpecError(f"“{day}” is not a date.", remedy="Write it as 2026-03-31.")
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise SpecError("The date window ends before it begins.", remedy="Swap the two dates.")


@dataclass(frozen=True)
class Removed:
    """What one filter took away, so that the screen can say it beside the filter."""

    filter: str
    customers: int
    products: int
    cells: int


@dataclass(frozen=True, eq=False)
class PurchaseMatrix:
    """Customers × products at one level, weighted.

    Attributes
    ----------
    values : csr_matrix, float64, (customers, products)
        The weighted cells; the pattern of stored cells is "bought".
    customer_amount : ndarray or None, (customers,)
        Money of each customer over the kept cells, where the file has amounts.
    removed : tuple of Removed
        What each filter took away, in the order applied.
    """

    values: sparse.csr_matrix
    customers: pd.Index
    products: pd.Index
    customer_amount: np.ndarray | None
    removed: tuple[Removed, ...]
    row_kind: str
    spec: MatrixSpec
    data_digest: str

    @property
    def digest(self) -> str:
        """Content hash of the purchases and every choice made on the way here."""
        choices = json.dumps([self.data_digest, asdict(self.spec)], sort_keys=True)
        return hashlib.sha256(choices.encode()).hexdigest()[:32]

    @property
    def shape(self) -> tuple[int, int]:
        """Customers, products."""
        return self.values.shape

    @property
    def bought(self) -> sparse.csr_matrix:
        """The same cells as 0/1."""
        ones = np.ones(len(self.values.indices), dtype=np.float64)
        return sparse.csr_matrix((ones, self.values.indices, self.values.indptr), shape=self.shape)

    @property
    def buyers(self) -> np.ndarray:
        """Customers per product."""
        return np.bincount(self.values.indices, minlength=self.shape[1])

    @property
    def products_per_customer(self) -> np.ndarray:
        """Distinct products per customer."""
        return np.diff(self.values.indptr)

    @property
    def density(self) -> float:
        """Share of filled cells, 0..1."""
        n, p = self.shape
        return self.values.nnz / (n * p) if n and p else 0.0

    @property
    def row_word(self) -> str:
        """What the rows are called, in the plural."""
        return "customers" if self.row_kind == "customer" else "baskets"


@dataclass(frozen=True, eq=False)
class Incidence:
    """Who bought what, 0/1: rows are customers or orders, for rules.

    ``values`` is CSR int32 (rows, products); ``products`` are text labels at the level.
    """

    values: sparse.csr_matrix
    rows: pd.Index
    products: pd.Index
    per: str


@dataclass(frozen=True, eq=False)
class Cells:
    """Customer × product sums at the finest level, one array per measure over one sparsity pattern."""

    indptr: np.ndarray
    indices: np.ndarray
    shape: tuple[int, int]
    lines: np.ndarray
    returns: np.ndarray | None
    quantity: np.ndarray | None
    amount: np.ndarray | None

    def csr(self, data: np.ndarray) -> sparse.csr_matrix:
        """One measure as a sparse matrix."""
        return sparse.csr_matrix((data, self.indices, self.indptr), shape=self.shape)

    def at_level(self, codes: np.ndarray, n_labels: int) -> Cells:
        """The same sums with products replaced by their label at a level."""
        row_of_cell = np.repeat(np.arange(self.shape[0], dtype=np.int64), np.diff(self.indptr))
        key = row_of_cell * n_labels + codes[self.indices]
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        start = np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])) if len(key) else order
        total = lambda data: None if data is None else _sum_runs(data[order], start)  # noqa: E731
        per_row = np.bincount(ordered[start] // n_labels, minlength=self.shape[0])
        return Cells(
            np.concatenate([[0], np.cumsum(per_row)]),
            (ordered[start] % n_labels).astype(np.int32),
            (self.shape[0], n_labels),
            total(self.lines), total(self.returns), total(self.quantity), total(self.amount),
        )  # fmt: skip

    @property
    def is_bought(self) -> np.ndarray:
        """Whether anything is left in each cell after returns."""
        if self.returns is None:
            return np.ones(len(self.indices), dtype=bool)
        net = self.quantity if self.quantity is not None else self.amount
        return (self.returns == 0) | (net > 0)

    def keep(self, mask: np.ndarray) -> Cells:
        """Only the cells under a mask."""
        kept_before = np.concatenate([[0], np.cumsum(mask)])
        pick = lambda data: None if data is None else data[mask]  # noqa: E731
        return Cells(
            kept_before[self.indptr], self.indices[mask], self.shape,
            self.lines[mask], pick(self.returns), pick(self.quantity), pick(self.amount),
        )  # fmt: skip

    def select(self, rows: np.ndarray, columns: np.ndarray) -> Cells:
        """Only these rows and columns (boolean masks)."""
        row_of_cell = np.repeat(np.arange(self.shape[0]), np.diff(self.indptr))
        kept = self.keep(rows[row_of_cell] & columns[self.indices])
        column_code = np.cumsum(columns) - 1
        return Cells(
            np.concatenate([[0], kept.indptr[1:][rows]]),
            column_code[kept.indices].astype(np.int32),
            (int(rows.sum()), int(columns.sum())),
            kept.lines, kept.returns, kept.quantity, kept.amount,
        )  # fmt: skip


_FINEST: WeakKeyDictionary[Purchases, Cells] = WeakKeyDictionary()


def finest_cells(purchases: Purchases) -> Cells:
    """Customer × product cells over all dates; made once per Purchases."""
    cells = _FINEST.get(purchases)
    if cells is None:
        cells = _FINEST[purchases] = _aggregate(purchases, purchases.lines)
    return cells


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


def _windowed_cells(purchases: Purchases, date_from: str | None, date_to: str | None) -> Cells:
    if date_from is None and date_to is None:
        return finest_cells(purchases)
    if not purchases.has("date"):
        raise SpecError("This file has no dates.", remedy="Clear the date window.")
    day = purchases.lines["date"]
    inside = np.ones(len(day), dtype=bool)
    if date_from is not None:
        inside &= (day >= pd.Timestamp(date_from)).to_numpy()
    if date_to is not None:
        inside &= (day < pd.Timestamp(date_to) + pd.Timedelta(days=1)).to_numpy()
    return _aggregate(purchases, purchases.lines[inside])


def level_cells(
    purchases: Purchases, level: str, window: tuple[str | None, str | None] = (None, None)
) -> Cells:
    """What is bought at a level, returns taken off."""
    codes, labels = level_codes(purchases, level)
    cells = _windowed_cells(purchases, *window).at_level(codes, len(labels))
    return cells.keep(cells.is_bought)


def build_matrix(
    purchases: Purchases, level: str | None = None, *, spec: MatrixSpec | None = None, **choices
) -> PurchaseMatrix:
    """Customers × products at a level.

    Parameters
    ----------
    level : str, optional
        Product label, attribute, or a combination such as "Varietal + Origin"; the finest level when left out.
    spec : MatrixSpec, optional
        All choices at once, instead of ``level`` and ``choices``.
    **choices
        Fields of :class:`MatrixSpec`: ``weighting``, ``min_customers``, ``min_products``, ``left_out`` …

    Raises
    ------
    SpecError
        An unknown level or weighting, or a choice this file cannot serve (amounts, dates it does not have).
    NotEnoughData
        The filters leave fewer than two customers or two products.
    """
    spec = spec or MatrixSpec(level=level or purchases.product_label, **choices)
    _, labels = level_codes(purchases, spec.level)
    cells = level_cells(purchases, spec.level, (spec.date_from, spec.date_to))
    rows, columns, removed = _apply_filters(cells, labels, spec)
    kept = cells.select(rows, columns)
    _refuse_too_little(kept, purchases, spec)
    return PurchaseMatrix(
        values=kept.csr(weigh(kept, spec.weighting)),
        customers=purchases.customers[rows],
        products=labels[columns],
        customer_amount=_row_sums(kept, kept.amount),
        removed=removed,
        row_kind=purchases.row_kind,
        spec=spec,
        data_digest=purchases.digest,
    )


def _apply_filters(
    cells: Cells, labels: pd.Index, spec: MatrixSpec
) -> tuple[np.ndarray, np.ndarray, tuple[Removed, ...]]:
    """Which rows and columns stay, and what each filter removed: names, then rare products, then thin customers."""
    rows = np.ones(cells.shape[0], dtype=bool)
    row_of_cell = np.repeat(np.arange(cells.shape[0]), np.diff(cells.indptr))
    buyers = np.bincount(cells.indices, minlength=cells.shape[1])
    columns = buyers > 0
    removed = []
    for name, drop in (
        ("left out", columns & labels.isin(spec.left_out)),
        ("min_customers", columns & (buyers < spec.min_customers)),
    ):
        drop = drop & columns
        removed.append(Removed(name, 0, int(drop.sum()), int(buyers[drop].sum())))
        columns &= ~drop
    per_customer = np.bincount(row_of_cell[columns[cells.indices]], minlength=cells.shape[0])
    if spec.min_products > 1:
        rows = per_customer >= spec.min_products
    removed.append(Removed("min_products", int((~rows).sum()), 0, int(per_customer[~rows].sum())))
    in_kept_rows = np.bincount(cells.indices[rows[row_of_cell]], minlength=cells.shape[1]) > 0
    return rows, columns & in_kept_rows, tuple(removed)


def _refuse_too_little(cells: Cells, purchases: Purchases, spec: MatrixSpec) -> None:
    n, p = cells.shape
    if n < 2 or p < 2 or not len(cells.indices):
        raise NotEnoughData(
            f"At “{spec.level}” with these filters {n:,} {purchases.row_word} and {p:,} products are left.",
            remedy="Loosen the filters or choose another level; at least 2 of each are needed.",
        )


def _row_sums(cells: Cells, data: np.ndarray | None) -> np.ndarray | None:
    if data is None:
        return None
    return np.asarray(cells.csr(data).sum(axis=1)).ravel()


def _sum_runs(data: np.ndarray, start: np.ndarray) -> np.ndarray:
    """Sums of consecutive runs, each beginning at ``start``."""
    return np.add.reduceat(data, start) if len(start) else data[:0]


def incidence(
    purchases: Purchases, level: str, per: str = "customer", left_out: tuple[str, ...] = ()
) -> Incidence:
    """Rows of customers or orders × products at a level, 1 where at least one of the group was bought.

    Raises
    ------
    SpecError
        ``per`` is neither "customer" nor "order", or the file has no orders.
    """
    codes, labels = level_codes(purchases, level)
    if per == "customer":
        cells, rows = level_cells(purchases, level), purchases.customers
    elif per == "order" and purchases.orders is not None:
        cells, rows = _order_cells(purchases, codes, len(labels))
    else:
        raise SpecError(
            "This file has no orders, so rules within one order cannot be found.",
            remedy="Look at rules per customer, or name the order column on the Data page.",
        )
    columns = (np.bincount(cells.indices, minlength=len(labels)) > 0) & ~labels.isin(left_out)
    kept = cells.select(np.ones(cells.shape[0], dtype=bool), columns)
    ones = kept.csr(np.ones(len(kept.indices), dtype=np.int32))
    return Incidence(ones, rows, labels[columns], per)


def _order_cells(purchases: Purchases, codes: np.ndarray, n_labels: int) -> tuple[Cells, pd.Index]:
    """Orders × level labels; returned lines are not part of what was bought together."""
    lines = purchases.lines
    sign = lines["quantity"] if purchases.has("quantity") else lines.get("amount")
    bought = np.ones(len(lines), dtype=bool) if sign is None else ~(sign < 0).to_numpy()
    n_orders = len(purchases.orders)
    # An order number may come back for another customer: a basket is one order of one customer.
    key = lines["customer"].to_numpy()[bought].astype(np.int64) * n_orders + lines["order"].to_numpy()[bought]
    keys, row = np.unique(key, return_inverse=True)
    column = codes[lines["product"].to_numpy()[bought]]
    matrix = sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(len(keys), n_labels))
    matrix.sum_duplicates()
    cells = Cells(matrix.indptr, matrix.indices, matrix.shape, matrix.data, None, None, None)
    return cells, purchases.orders[keys % n_orders]
