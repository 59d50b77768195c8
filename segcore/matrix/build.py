"""Purchases → matrix: rows customers, columns products at a chosen level, weighted, sparse from end to end."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.choices.matrix import MatrixSpec
from segcore.errors import NotEnoughData, SpecError
from segcore.language.words import plural
from segcore.matrix.filters import Removed, apply_filters, outside_window
from segcore.matrix.weighting import weigh
from segcore.purchases import Purchases
from segcore.purchases.cells import MEASURES, Cells, order_cells
from segcore.purchases.levels import level_cells, level_codes

_BY_PATTERN = ("bought", "balanced", "rare")  # these weigh who bought what, whatever it cost


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
    needed = ("amount",) if spec.weighting in _BY_PATTERN else MEASURES
    cells = level_cells(purchases, spec.level, (spec.date_from, spec.date_to), needed)
    outside = (
        outside_window(level_cells(purchases, spec.level, measures=()), cells) if spec.has_window else ()
    )
    rows, columns, removed = apply_filters(cells, labels, spec)
    kept = cells.select(rows, columns)
    _refuse_too_little(kept, purchases, spec)
    return PurchaseMatrix(
        values=kept.csr(capped(kept, weigh(kept, spec.weighting), spec.cap_products)),
        customers=purchases.customers[rows],
        products=labels[columns],
        customer_amount=_row_sums(kept, kept.amount),
        removed=(*outside, *removed),
        row_kind=purchases.row_kind,
        spec=spec,
        data_digest=purchases.digest,
    )


def capped(cells: Cells, values: np.ndarray, cap: int) -> np.ndarray:
    """The values with giant rows scaled down to what a row of ``cap`` products may weigh."""
    per_row = np.diff(cells.indptr)
    if not cap or not (per_row > cap).any():
        return values
    return values * np.repeat(np.sqrt(np.minimum(1.0, cap / np.maximum(per_row, 1))), per_row)


def _refuse_too_little(cells: Cells, purchases: Purchases, spec: MatrixSpec) -> None:
    n, p = cells.shape
    if n < 2 or p < 2 or not len(cells.indices):
        rows = plural(n, purchases.row_word.removesuffix("s"))
        raise NotEnoughData(
            f"At “{spec.level}” with these filters {rows} and {plural(p, 'product')} are left.",
            remedy="Loosen the filters or choose another level; at least 2 of each are needed.",
        )


def _row_sums(cells: Cells, data: np.ndarray | None) -> np.ndarray | None:
    if data is None:
        return None
    return np.asarray(cells.csr(data).sum(axis=1)).ravel()


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
        cells, rows = level_cells(purchases, level, measures=()), purchases.customers
    elif per == "order" and purchases.orders is not None:
        cells, rows = order_cells(purchases, codes, len(labels))
    else:
        raise SpecError(
            "This file has no orders, so rules within one order cannot be found.",
            remedy="Look at rules per customer, or name the order column on the Data page.",
        )
    columns = (np.bincount(cells.indices, minlength=len(labels)) > 0) & ~labels.isin(left_out)
    kept = cells.select(np.ones(cells.shape[0], dtype=bool), columns)
    ones = kept.csr(np.ones(len(kept.indices), dtype=np.int32))
    return Incidence(ones, rows, labels[columns], per)
