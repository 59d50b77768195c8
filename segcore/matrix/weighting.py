"""How much one cell counts: bought or not, tempered best-sellers, rare tastes, quantities and money.

A column of best-sellers dominates squared error simply by being full. Weighting columns by a power of their
popularity decides how much best-sellers may say; ``tests/bench/weighting.py`` prints what each power does.

"Balanced" follows two rules, both settled there. Where customers have few products each, best-sellers drown what little
is known of a taste, and the fourth root of rarity finds planted tastes best; where they have many, the tastes show
anyhow, and holding best-sellers back less (the eighth root) gives more segments that come back. And no product counts
as rarer than one that a fiftieth of the customers bought: below that, a few large baskets make a segment of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from segcore.choices.offered import WEIGHTINGS as WEIGHTINGS  # whoever weighs finds the names here
from segcore.errors import SpecError

if TYPE_CHECKING:
    from segcore.purchases.cells import Cells

MANY_PRODUCTS = 40  # of the typical customer, from which best-sellers are held back less
POWER_FEW, POWER_MANY = 0.25, 0.125
RAREST = 0.02  # share of customers; a rarer product counts no more than one with as many buyers
NEEDS_AMOUNT = ("amount", "log_amount")


@dataclass(frozen=True, eq=False)
class Usual:
    """What a weighting holds a purchase against: how popular each product is, and how much of it is usual.

    Attributes
    ----------
    popularity : ndarray, (products,)
        Customers per buyer.
    volume : ndarray, (products,)
        Median amount or pieces of a purchase, whichever the weighting counts; 1 where nobody bought it.
    power : float
        The power of rarity that "balanced" takes.
    """

    popularity: np.ndarray
    volume: np.ndarray
    power: float = POWER_FEW


def usual_of(cells: Cells, weighting: str) -> Usual:
    """What is usual among these customers, to weigh others by the same measure later."""
    return Usual(_popularity(cells), _median(cells, volume_of(cells, weighting)), _power(cells))


def weigh(cells: Cells, weighting: str, usual: Usual | None = None) -> np.ndarray:
    """The value of every stored cell under a weighting, float64, never negative.

    Parameters
    ----------
    usual : Usual, optional
        What is usual among other customers; among these ones when left out.

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
    if weighting == "bought":
        return np.ones(len(cells.indices))
    if weighting in ("balanced", "rare"):
        popularity = _popularity(cells) if usual is None else usual.popularity
        if weighting == "rare":
            return (np.log(popularity) + 1.0)[cells.indices]
        power = _power(cells) if usual is None else usual.power
        return (np.minimum(popularity, 1 / RAREST) ** power)[cells.indices]
    volume = volume_of(cells, weighting)
    if weighting == "share":
        return _share_of_row(cells, volume)
    if not weighting.startswith("log_"):
        return volume
    return np.log1p(volume / (_median(cells, volume) if usual is None else usual.volume)[cells.indices])


def volume_of(cells: Cells, weighting: str) -> np.ndarray:
    """Return how much was bought in each cell, in the measure the weighting counts: money or pieces, never negative."""
    by_money = weighting in NEEDS_AMOUNT or (weighting == "share" and cells.amount is not None)
    volume = cells.amount if by_money else _pieces(cells)
    assert volume is not None
    return np.maximum(volume, 0.0)


def _popularity(cells: Cells) -> np.ndarray:
    buyers = np.bincount(cells.indices, minlength=cells.shape[1])
    return cells.shape[0] / np.maximum(buyers, 1)


def _power(cells: Cells) -> float:
    """Few products a customer: the fourth root of rarity; many: the eighth."""
    per_customer = np.diff(cells.indptr)
    per_customer = per_customer[per_customer > 0]
    typical = np.median(per_customer) if len(per_customer) else 0.0
    return POWER_MANY if typical > MANY_PRODUCTS else POWER_FEW


def _median(cells: Cells, volume: np.ndarray) -> np.ndarray:
    """Return the median of every product: damped volumes are relative to what is usual there.

    A plain logarithm turns money into nearly constant numbers (log 3,000 and log 6,000 differ by a tenth), and the
    segments of nearly constant rows are empty or arbitrary.
    """
    if not len(volume):
        return np.ones(cells.shape[1])
    order = np.lexsort((volume, cells.indices))
    count = np.bincount(cells.indices, minlength=cells.shape[1])
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    ranked = volume[order]
    lower = ranked[np.minimum(first + np.maximum(count - 1, 0) // 2, len(ranked) - 1)]
    upper = ranked[np.minimum(first + count // 2, len(ranked) - 1)]
    median = (lower + upper) / 2
    return np.where((median > 0) & (count > 0), median, 1.0)


def _pieces(cells: Cells) -> np.ndarray:
    """Pieces bought; a file without quantities counts its lines."""
    pieces = cells.quantity if cells.quantity is not None else cells.lines
    assert pieces is not None
    return pieces


def _share_of_row(cells: Cells, volume: np.ndarray) -> np.ndarray:
    row_of_cell = np.repeat(np.arange(cells.shape[0]), np.diff(cells.indptr))
    total = np.bincount(row_of_cell, weights=volume, minlength=cells.shape[0])
    return volume / np.where(total > 0, total, 1.0)[row_of_cell]
