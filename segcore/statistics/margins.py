"""Chance that knows that some people buy more: the null that keeps both margins of a table of who bought what.

Every product keeps its number of buyers, every customer (or order) its number of products, and nothing else is kept.
Long rows keep their size on average (the bipartite configuration model), short ones exactly: an order of one product
holds no pair and an order of two exactly one, which on average would not be so. See :mod:`segcore.statistics.solver`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from segcore.statistics.exact_size import SizeTable
from segcore.statistics.forced import find_forced
from segcore.statistics.quadrature import gauss_nodes
from segcore.statistics.solver import Margins, Solved, solve

EXACT_UP_TO = 40  # products a row whose size is kept exactly
NODES = 32  # in place of all sizes of long rows, where sums over them are needed for many pairs


@dataclass(frozen=True, eq=False)
class Strata:
    """Rows that are alike under the null.

    Attributes
    ----------
    rows : float array, (strata,)
        How many; whole numbers unless strata were pooled.
    chance : float array, (strata, column classes)
        That such a row holds a product of the class.
    exact : int array, (strata,)
        Size that the row has exactly, 0 where it holds each product independently of the others.
    """

    rows: np.ndarray
    chance: np.ndarray
    exact: np.ndarray


@dataclass(frozen=True, eq=False)
class MarginNull:
    """A table's margins, solved: chances of every row and product without ever writing them out.

    Attributes
    ----------
    row_class : int array, (rows,)
        The stratum each row belongs to.
    column_class : int array, (products,)
    strata : Strata
        One for every number of products that rows have.
    free : bool array, (column classes,)
        Whether the margins leave a choice about the product at all.
    table : SizeTable
        Of the rows with exact size, over all column classes; decided products have odds 0.
    activity : float array, (strata,)
        x of long rows; NaN where the size is exact or the row decided.
    weight : float array, (column classes,)
        y; one common factor is free, 0 where the product is decided.
    gap : float
        Largest difference between an expected and a given margin, in rows.
    """

    row_class: np.ndarray
    column_class: np.ndarray
    strata: Strata
    free: np.ndarray
    table: SizeTable
    activity: np.ndarray
    weight: np.ndarray
    gap: float

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and products."""
        return len(self.row_class), len(self.column_class)

    @cached_property
    def pooled(self) -> Strata:
        """The same with long rows pooled into a few Gauss nodes of their activity, for sums over many pairs."""
        return _pool(self)

    def chances(self, rows: np.ndarray) -> np.ndarray:
        """p(i, j) of some rows, float array (rows, products): for a handful of rows only."""
        return self.strata.chance[self.row_class[rows]][:, self.column_class]

    def of_products(self, columns: np.ndarray) -> MarginNull:
        """The same chances for some of the products; rows keep the sizes they have over all of them."""
        return replace(self, column_class=self.column_class[columns])


def fit_margins(values: sparse.csr_matrix, exact_up_to: int = EXACT_UP_TO) -> MarginNull:
    """Solve the null for a table of who bought what.

    Parameters
    ----------
    values : csr_matrix, rows × products
        Anything but 0 counts as bought.
    exact_up_to : int
        Rows of up to so many products keep their size exactly; 0 is the configuration model for all.
    """
    values = sparse.csr_matrix(values)
    bought = values.data != 0
    row = np.repeat(np.arange(values.shape[0]), np.diff(values.indptr))[bought]
    sizes = np.bincount(row, minlength=values.shape[0])
    degrees = np.bincount(values.indices[bought], minlength=values.shape[1])
    return from_margins(sizes, degrees, exact_up_to)


def from_margins(sizes: np.ndarray, degrees: np.ndarray, exact_up_to: int = EXACT_UP_TO) -> MarginNull:
    """Solve the null for the number of products of every row and the number of rows of every product."""
    size, row_class, rows = np.unique(sizes, return_inverse=True, return_counts=True)
    degree, column_class, columns = np.unique(degrees, return_inverse=True, return_counts=True)
    forced = find_forced(size, rows, degree, columns)
    some_row, some_column = forced.free_rows, forced.free_columns
    chance = forced.chances() if len(size) and len(degree) else np.zeros((len(size), len(degree)))
    exact, activity = np.zeros(len(size), dtype=np.int64), np.full(len(size), np.nan)
    odds = np.zeros(len(degree))
    if not some_row.any() or not some_column.any():
        strata = Strata(rows.astype(np.float64), chance, exact)
        return MarginNull(row_class, column_class, strata, some_column, _no_table(odds), activity, odds, 0.0)
    left = size[some_row] - forced.row_less
    short = int(np.searchsorted(left, exact_up_to, side="right"))
    margins = Margins(
        left, rows[some_row], degree[some_column] - forced.column_less, columns[some_column], short
    )
    solved = solve(margins)
    chance[np.ix_(some_row, some_column)] = solved.chance
    place = np.flatnonzero(some_row)
    exact[place[:short]], activity[place[short:]] = left[:short], solved.activity
    odds[some_column] = solved.weight
    strata = Strata(rows.astype(np.float64), chance, exact)
    table = _widened(solved, some_column)
    return MarginNull(row_class, column_class, strata, some_column, table, activity, odds, solved.gap)


def _widened(solved: Solved, free: np.ndarray) -> SizeTable:
    """The table of exact sizes over all column classes."""

    def wide(part: np.ndarray) -> np.ndarray:
        whole = np.zeros((*part.shape[:-1], len(free)))
        whole[..., free] = part
        return whole

    table = solved.table
    return SizeTable(wide(table.odds), table.total, wide(table.inclusion), wide(table.twins))


def _no_table(odds: np.ndarray) -> SizeTable:
    return SizeTable(odds, np.ones(1), np.zeros((1, len(odds))), np.zeros((1, len(odds))))


def _pool(null: MarginNull) -> Strata:
    strata, long = null.strata, np.isfinite(null.activity)
    if np.count_nonzero(long) <= NODES:
        return strata
    nodes, rows = gauss_nodes(np.log(null.activity[long]), strata.rows[long], NODES)
    grid = np.exp(nodes)[:, None] * null.weight
    # A product that the margins decide is so in every long row alike.
    chance = np.where(null.free, grid / (1.0 + grid), strata.chance[long][0])
    return Strata(
        np.concatenate([strata.rows[~long], rows]),
        np.concatenate([strata.chance[~long], chance]),
        np.concatenate([strata.exact[~long], np.zeros(len(rows), dtype=np.int64)]),
    )
