"""Hiding purchases: the last weeks where the file has dates, one purchase of every customer where it has none."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.choices.matrix import MatrixSpec
from segcore.errors import NotEnoughData
from segcore.language.words import count
from segcore.matrix import PurchaseMatrix, build_matrix, capped
from segcore.matrix.weighting import weigh
from segcore.purchases import Purchases
from segcore.purchases.cells import Cells
from segcore.purchases.levels import level_cells, level_codes

WEEKS = (4, 8, 13, 26)
ENOUGH, FEWEST = (
    300,
    50,
)  # customers with something hidden: enough to stop looking for, and too few to judge by
LEAST = 20  # customers below which nothing is judged at all
LONGEST_PART = 0.25  # of the whole time that may be hidden


@dataclass(frozen=True, eq=False)
class Split:
    """Purchases to learn from, and purchases to find.

    Attributes
    ----------
    train : PurchaseMatrix
    hidden : csr_matrix, 0/1, (customers, products) of ``train``
        Products that are new to the customer and were bought in the hidden part.
    first, last : str or None
        The hidden days, ISO text, both inclusive; None where single purchases are hidden.
    """

    train: PurchaseMatrix
    hidden: sparse.csr_matrix
    first: str | None = None
    last: str | None = None

    @property
    def tested(self) -> np.ndarray:
        """Positions of the customers with something to find and something to go by."""
        known = self.train.products_per_customer > 0
        return np.flatnonzero((np.diff(self.hidden.indptr) > 0) & known)

    @property
    def days(self) -> int | None:
        """Length of the hidden time."""
        if self.first is None or self.last is None:
            return None
        return (pd.Timestamp(self.last) - pd.Timestamp(self.first)).days + 1


def split_by_time(purchases: Purchases, spec: MatrixSpec, weeks: int, back: int = 0) -> Split:
    """Hide ``weeks`` weeks, ``back`` spans of that length before the end.

    Raises
    ------
    NotEnoughData
        Nothing is left to learn from.
    """
    last = _end(purchases, spec) - pd.Timedelta(weeks=weeks * back)
    first = last - pd.Timedelta(weeks=weeks) + pd.Timedelta(days=1)
    before = first - pd.Timedelta(days=1)
    if spec.date_from and before < pd.Timestamp(spec.date_from):
        raise NotEnoughData("The hidden weeks are longer than the dates that are looked at.")
    train = build_matrix(purchases, spec=replace(spec, date_to=f"{before:%Y-%m-%d}"))
    days = (f"{first:%Y-%m-%d}", f"{last:%Y-%m-%d}")
    later = level_cells(purchases, spec.level, days)
    return Split(train, _new_to(train, purchases, spec, later), *days)


def _end(purchases: Purchases, spec: MatrixSpec) -> pd.Timestamp:
    """The last day that is looked at."""
    span = purchases.date_span
    assert span is not None  # without dates no weeks can be hidden
    last = span[1].normalize()
    return min(last, pd.Timestamp(spec.date_to)) if spec.date_to else last


def _new_to(train: PurchaseMatrix, purchases: Purchases, spec: MatrixSpec, later: Cells) -> sparse.csr_matrix:
    """What was bought later, on the rows and columns of the training matrix, without what was bought before."""
    rows = purchases.customers.get_indexer(train.customers)
    columns = level_codes(purchases, spec.level)[1].get_indexer(train.products)
    bought = later.csr(np.ones(len(later.indices)))[rows][:, columns]
    return without(bought.tocsr(), train.bought)


def without(table: sparse.csr_matrix, taken: sparse.csr_matrix) -> sparse.csr_matrix:
    """The filled cells of a 0/1 table that are not filled in another, in canonical order."""
    left = (table - table.multiply(taken)).tocsr()
    left.eliminate_zeros()
    left.sort_indices()
    return left


def choose_weeks(purchases: Purchases, spec: MatrixSpec) -> int:
    """Weeks to hide: the shortest span that tests enough customers, 0 where dates cannot serve.

    A span is hidden twice, once to choose by and once to show, and must leave most of the time to learn from.
    """
    if purchases.date_span is None:
        return 0
    first = purchases.date_span[0].normalize()
    if spec.date_from:
        first = max(first, pd.Timestamp(spec.date_from))
    days = (_end(purchases, spec) - first).days + 1
    most, best = 0, 0
    for weeks in (w for w in WEEKS if 7 * w <= LONGEST_PART * days):
        try:
            tested = len(split_by_time(purchases, spec, weeks).tested)
            refuse_too_few(split_by_time(purchases, spec, weeks, back=1))
        except NotEnoughData:
            continue
        if tested >= ENOUGH:
            return weeks
        if tested > most:
            most, best = tested, weeks
    return best if most >= FEWEST else 0


def refuse_too_few(split: Split) -> None:
    """Say so where too few customers have something to find and something to go by.

    Raises
    ------
    NotEnoughData
        Nothing could be judged.
    """
    tested = len(split.tested)
    if tested < LEAST:
        when = f" from {split.first} to {split.last}" if split.first else ""
        raise NotEnoughData(
            f"Only {count(tested)} {split.train.row_word} have a purchase{when} that can be hidden and one to go by.",
            remedy=f"Choose a finer product level{', or hide a longer time' if split.first else ''}.",
        )


def hide_one(matrix: PurchaseMatrix, seed: int) -> Split:
    """Hide one product, drawn at random, of every customer who bought at least two.

    Raises
    ------
    NotEnoughData
        Nobody bought two products.
    """
    per_row = matrix.products_per_customer
    able = np.flatnonzero(per_row >= 2)
    if not len(able):
        raise NotEnoughData(
            f"None of the {matrix.row_word} bought two products, so none can be hidden.",
            remedy="Choose a finer product level.",
        )
    draw = np.random.default_rng(seed).random(len(able))
    hidden = matrix.values.indptr[able] + (draw * per_row[able]).astype(np.int64)
    kept = np.ones(matrix.values.nnz, dtype=bool)
    kept[hidden] = False
    return Split(_cells_kept(matrix, kept), _cells_of(matrix, ~kept))


def _cells_of(matrix: PurchaseMatrix, mask: np.ndarray) -> sparse.csr_matrix:
    before = np.concatenate([[0], np.cumsum(mask)])
    return sparse.csr_matrix(
        (np.ones(int(mask.sum())), matrix.values.indices[mask], before[matrix.values.indptr]),
        shape=matrix.shape,
    )


def _cells_kept(matrix: PurchaseMatrix, kept: np.ndarray) -> PurchaseMatrix:
    """The matrix without some cells; weights that follow popularity are made anew, so that nothing hidden leaks."""
    table = _cells_of(matrix, kept)
    values = matrix.values.data[kept]
    if matrix.spec.weighting in ("bought", "balanced", "rare"):
        ones = np.ones(table.nnz)
        cells = Cells(table.indptr, table.indices, table.shape, ones, None, None, None)
        values = capped(cells, weigh(cells, matrix.spec.weighting), matrix.spec.cap_products)
    table.data = values
    return replace(matrix, values=table, customer_amount=None)
