"""How much one cell counts: bought or not, tempered best-sellers, rare tastes, quantities and money.

A column of best-sellers dominates squared error simply by being full. Weighting columns by a power of their
popularity decides how much best-sellers may say; see the README's decisions for the measured effect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segcore.errors import SpecError

if TYPE_CHECKING:
    from segcore.cells import Cells

WEIGHTINGS: dict[str, str] = {
    "balanced": "Balanced: best-sellers count a little less",
    "bought": "Bought or not: every product counts the same",
    "rare": "Rare tastes: unusual products count most",
    "quantity": "Quantity: how many were bought",
    "log_quantity": "Quantity, damped: the tenth piece counts less than the first",
    "amount": "Money spent",
    "log_amount": "Money spent, damped: the second hundred counts less than the first",
    "share": "Share of basket: how a customer splits the budget",
}
NEEDS_AMOUNT = ("amount", "log_amount")


def weigh(cells: Cells, weighting: str) -> np.ndarray:
    """The value of every stored cell under a weighting, float64, never negative.

    Raises
    ------
    SpecError
        Money was asked for and the file has none.
    """
    if weighting in NEEDS_AMOUNT and cells.amount is None:
        raise SpecError(
            "This file has no amounts, so money spent cannot be used.",
            remedy="Name the amount column on the Data page or choose another weighting.",
        )
    n_customers = cells.shape[0]
    buyers = np.bincount(cells.indices, minlength=cells.shape[1])
    with np.errstate(divide="ignore"):
        popularity = n_customers / np.maximum(buyers, 1)
    if weighting == "bought":
        return np.ones(len(cells.indices))
    if weighting == "balanced":
        return (popularity**0.25)[cells.indices]
    if weighting == "rare":
        return (np.log(popularity) + 1.0)[cells.indices]
    if weighting == "share":
        return _share_of_row(cells)
    volume = cells.amount if weighting in NEEDS_AMOUNT else _pieces(cells)
    volume = np.maximum(volume, 0.0)
    return np.log1p(volume / _usual(cells, volume)) if weighting.startswith("log_") else volume


def _usual(cells: Cells, volume: np.ndarray) -> np.ndarray:
    """Return, for every cell, the median of its product: damped volumes are relative to what is usual there.

    A plain logarithm turns money into nearly constant numbers (log 3,000 and log 6,000 differ by a tenth), and the
    segments of nearly constant rows are empty or arbitrary.
    """
    order = np.lexsort((volume, cells.indices))
    count = np.bincount(cells.indices, minlength=cells.shape[1])
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    ranked = volume[order]
    lower = ranked[np.minimum(first + np.maximum(count - 1, 0) // 2, len(ranked) - 1)]
    upper = ranked[np.minimum(first + count // 2, len(ranked) - 1)]
    median = (lower + upper) / 2
    return np.where(median > 0, median, 1.0)[cells.indices]


def _pieces(cells: Cells) -> np.ndarray:
    """Pieces bought; a file without quantities counts its lines."""
    return cells.quantity if cells.quantity is not None else cells.lines


def _share_of_row(cells: Cells) -> np.ndarray:
    volume = np.maximum(cells.amount if cells.amount is not None else _pieces(cells), 0.0)
    row_of_cell = np.repeat(np.arange(cells.shape[0]), np.diff(cells.indptr))
    total = np.bincount(row_of_cell, weights=volume, minlength=cells.shape[0])
    return volume / np.where(total > 0, total, 1.0)[row_of_cell]


def offered(has_amount: bool, has_quantity: bool, is_full: bool) -> tuple[str, ...]:
    """The weightings that can work on this data, best first.

    Where every cell is filled, "bought or not" and its relatives see one identical row for everybody: only
    volumes tell customers apart.
    """
    names = [] if is_full else ["balanced", "bought", "rare"]
    if has_amount:
        names += ["log_amount", "amount"]
    if has_quantity or not has_amount:
        names += ["log_quantity", "quantity"]
    return (*names, "share")
