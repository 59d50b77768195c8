"""Filters: which customers and products stay in a matrix, and what each filter took away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segcore.purchases.cells import Cells

if TYPE_CHECKING:
    from segcore.choices.matrix import MatrixSpec


@dataclass(frozen=True)
class Removed:
    """What one filter took away, so that the screen can say it beside the filter.

    Attributes
    ----------
    filter : str
        "date window", "left out", "min_customers", "min_products" or "max_products", in the order applied.
    customers : int
        Customers it left without any purchase; for the last two, customers it left out.
    products : int
        Products nobody is left buying, or that it left out.
    cells : int
        Filled customer × product cells it emptied.
    """

    filter: str
    customers: int
    products: int
    cells: int


def outside_window(ever: Cells, inside: Cells) -> tuple[Removed, ...]:
    """What the date window removes, against all dates."""
    customers, products = (int(np.sum(b & ~a)) for b, a in zip(_filled(ever), _filled(inside), strict=True))
    return (Removed("date window", customers, products, max(len(ever.indices) - len(inside.indices), 0)),)


def _filled(cells: Cells) -> tuple[np.ndarray, np.ndarray]:
    """Which customers and which products have a filled cell."""
    return np.diff(cells.indptr) > 0, np.bincount(cells.indices, minlength=cells.shape[1]) > 0


def apply_filters(
    cells: Cells, labels: pd.Index, spec: MatrixSpec
) -> tuple[np.ndarray, np.ndarray, tuple[Removed, ...]]:
    """Which rows and columns stay, and what each filter removed: names, then rare products, then thin and giant customers."""
    row_of_cell = np.repeat(np.arange(cells.shape[0], dtype=np.int32), np.diff(cells.indptr))
    buyers = np.bincount(cells.indices, minlength=cells.shape[1])
    columns = buyers > 0
    per_customer = np.diff(cells.indptr)
    has_any = per_customer > 0
    removed = []
    for name, drop in (
        ("left out", columns & labels.isin(spec.left_out)),
        ("min_customers", columns & (buyers < spec.min_customers)),
    ):
        drop = drop & columns
        if drop.any():  # counting again takes as long as a change of level
            columns &= ~drop
            per_customer = np.bincount(row_of_cell[columns[cells.indices]], minlength=cells.shape[0])
        emptied = int((has_any & (per_customer == 0)).sum())
        has_any &= per_customer > 0
        removed.append(Removed(name, emptied, int(drop.sum()), int(buyers[drop].sum())))
    rows = np.ones(cells.shape[0], dtype=bool)
    for name, drop in (
        ("min_products", per_customer < spec.min_products if spec.min_products > 1 else ~rows),
        ("max_products", per_customer > spec.max_products if spec.max_products else ~rows),
    ):
        drop = drop & rows
        kept = columns
        if drop.any():
            rows &= ~drop
            kept = columns & (np.bincount(cells.indices[rows[row_of_cell]], minlength=cells.shape[1]) > 0)
        lost = int((columns & ~kept).sum())
        columns = kept
        if drop.any() or name == "min_products":
            removed.append(Removed(name, int(drop.sum()), lost, int(per_customer[drop].sum())))
    return rows, columns, tuple(removed)
