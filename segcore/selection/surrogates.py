"""Data like the own, but for tastes: what customers buy much or little, and what sells, all else by lot.

Every product keeps its number of buyers and every customer the number of products (see ``segcore.statistics``), within
strata of customers who buy about as much: that heavy buyers also buy other things than light ones do is kept too, since
it is activity and no taste. Customers who stand in the file several times stay together. Where values are more than
bought or not, each customer's and each product's usual level is kept and the rest dealt out anew within the product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from segcore.statistics import MarginNull, drawn, fit_margins

FULL = 0.95  # density
MOST_STRATA, LEAST_ROWS = 5, 150
COPY_LENGTH = 4  # products from which, and up to how many fewer than all, two equal rows are no coincidence
COPIES = 0.02  # share of rows above what chance copies, from which copies are taken for such
ROUNDS = 4  # of levelling; the levels have settled by then
LEVEL = 1e-9  # logarithms that differ by less are the same
UNUSED = 1.0  # one product of usual value is added to each customer's level, so that one purchase makes none


def is_full(values: sparse.csr_matrix) -> bool:
    """Whether nearly every customer bought nearly everything: then who bought what says nothing, only how much."""
    return values.nnz > FULL * values.shape[0] * values.shape[1]


def permuted(values: sparse.csr_matrix, seed: list[int]) -> sparse.csr_matrix:
    """Every product's values dealt out anew among all customers; the same for the same seed.

    For full tables: a handful of products with amounts from pennies to thousands leaves levels and residuals of rows
    that no draw can tell from tastes.
    """
    generator = np.random.default_rng(seed)
    columns = values.tocsc(copy=True)
    row = np.concatenate(
        [generator.permutation(values.shape[0])[:n] for n in np.diff(columns.indptr)]
        or [np.zeros(0, dtype=int)]
    )
    placed = sparse.csc_matrix((columns.data, row, columns.indptr), shape=values.shape)
    return placed.tocsr()


@dataclass(frozen=True, eq=False)
class Surrogates:
    """All that is needed to draw; see :func:`fit_surrogates`.

    Attributes
    ----------
    values : csr_matrix, (rows, products)
        No stored zeros.
    row_level, residual : ndarray, (rows,) and (stored,)
        Logarithms: a row's usual factor, and what is left of every value in the order of columns.
    column_level : ndarray, (products,)
    parts : tuple of (int array, MarginNull)
        Rows that are drawn (of several copies the first), and their margins.
    copy_of : int array, (rows,)
        The row that each is a copy of, itself where it is none.
    """

    values: sparse.csr_matrix
    row_level: np.ndarray
    column_level: np.ndarray
    residual: np.ndarray
    parts: tuple[tuple[np.ndarray, MarginNull], ...]
    copy_of: np.ndarray

    def draw(self, seed: list[int]) -> sparse.csr_matrix:
        """One table, (rows, products), of the dtype of the values; the same for the same seed."""
        table = _pattern(self, seed).tocsc()
        own = np.diff(self.values.tocsc().indptr)
        first = np.concatenate([[0], np.cumsum(own)[:-1]])
        column = np.repeat(np.arange(len(own)), np.diff(table.indptr))
        # Each product's residuals in a random order; where it got a buyer more than it had, from the start again.
        mixed = self.residual
        if mixed.any():
            lot = np.random.default_rng([*seed, 1]).random(len(mixed))
            mixed = mixed[np.lexsort((lot, np.repeat(np.arange(len(own)), own)))]
        place = (np.arange(len(column)) - table.indptr[column]) % np.maximum(own[column], 1)
        level = self.row_level[table.indices] + self.column_level[column]
        table.data = np.exp(level + mixed[first[column] + place]).astype(self.values.dtype)
        return table.tocsr()


def fit_surrogates(values: sparse.csr_matrix, seed: int) -> Surrogates:
    """Read off a matrix what surrogates keep.

    Parameters
    ----------
    values : csr_matrix, (rows, products)
        Never negative.
    seed : int
        Of the one draw that tells copies from coincidence.
    """
    values = sparse.csr_matrix(values, copy=True)
    values.eliminate_zeros()
    levels = _levels(values)
    alone = np.arange(values.shape[0])
    plain = Surrogates(values, *levels, _parts(values, alone), alone)
    copies = _copies(values)
    found = np.mean(copies != alone)
    if found < COPIES:
        return plain
    by_chance = np.mean(_copies(_pattern(plain, [seed, 2])) != alone)
    if found - 2 * by_chance < COPIES:
        return plain
    return Surrogates(values, *levels, _parts(values, np.unique(copies)), copies)


def _pattern(known: Surrogates, seed: list[int]) -> sparse.csr_matrix:
    """Who buys what: every stratum's rows by its margins, copies as the row they repeat."""
    tables = [drawn(null, [*seed, 0, number]) for number, (_, null) in enumerate(known.parts)]
    place = np.zeros(known.values.shape[0], dtype=np.int64)
    drawn_rows = np.concatenate([rows for rows, _ in known.parts])
    place[drawn_rows] = np.arange(len(drawn_rows))
    return sparse.csr_matrix(sparse.vstack(tables, format="csr")[place[known.copy_of]])


def _parts(values: sparse.csr_matrix, rows: np.ndarray) -> tuple[tuple[np.ndarray, MarginNull], ...]:
    """Strata that hold about as many purchases each; equal sizes are never parted."""
    sizes = np.diff(values.indptr)[rows]
    strata = int(np.clip(len(rows) // LEAST_ROWS, 1, MOST_STRATA))
    ordered = np.sort(sizes)
    total = np.cumsum(ordered)
    cuts = np.searchsorted(total, total[-1] * np.arange(1, strata) / strata)
    stratum = np.searchsorted(np.unique(ordered[cuts]), sizes)
    members = [rows[stratum == one] for one in np.unique(stratum)]
    return tuple((some, fit_margins(values[some])) for some in members)


def _copies(values: sparse.csr_matrix) -> np.ndarray:
    """The first row with the same products, (rows,); short and nearly full rows coincide and count as themselves."""
    n, m = values.shape
    sizes = np.diff(values.indptr)
    pattern = sparse.csr_matrix((np.ones(values.nnz), values.indices, values.indptr), shape=(n, m))
    # Equal rows have equal sums of random numbers; integers, so that the order of adding does not matter.
    mark = pattern.astype(np.int64) @ np.random.default_rng(0).integers(0, 2**53, m)
    telling = (sizes >= COPY_LENGTH) & (sizes <= m - COPY_LENGTH)
    _, first, group = np.unique(mark, return_index=True, return_inverse=True)
    return np.where(telling, first[group], np.arange(n))


def _levels(values: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Logarithms of rows' and columns' usual values, and what is left in the order of columns; rows' 0 where products decide."""
    n, m = values.shape
    columns = values.tocsc()
    log = np.log(columns.data.astype(np.float64))
    row, column = columns.indices, np.repeat(np.arange(m), np.diff(columns.indptr))
    in_row, in_column = np.bincount(row, minlength=n), np.bincount(column, minlength=m)
    of_row, of_column = np.zeros(n), np.zeros(m)
    for _ in range(ROUNDS):
        of_column = np.bincount(column, log - of_row[row], m) / np.maximum(in_column, 1)
        rest = log - of_column[column]
        if np.abs(rest - of_row[row]).max(initial=0.0) < LEVEL:
            break
        of_row = np.bincount(row, rest, n) / (in_row + UNUSED)
    rest = log - of_column[column] - of_row[row]
    return of_row, of_column, np.where(np.abs(rest) < LEVEL, 0.0, rest)
