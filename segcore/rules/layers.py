"""Chance for what no pair of products says: longer rules, and groups of products beside the products.

Rows that the null treats alike form layers: one for each exact size, and a few for long rows of like activity. In
each layer the chance of a set follows from those of its members. Long rows hold their products independently. In
a short row the set "x and E" is E among the other products of the row, one fewer, which gives a recursion over sizes
that is exact for any number of products and one group (as in :mod:`segcore.statistics.exact_size`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.special import betainc, gammainc

from segcore.statistics import MarginNull

BINS = 24  # layers of long rows
DIGITS = 1e10  # that the recursion over all sizes may lose
NEWTON_STEPS = 12
NEARLY_POISSON = 1e-6


@dataclass(frozen=True, eq=False)
class Layers:
    """Chances by layer.

    Attributes
    ----------
    chance : float array, (layers, items)
        That a row of the layer holds the item; the first ``exact`` layers are rows of exactly 0, 1, 2 … products.
    exact : int
    rows : float array, (layers,)
    holding : float array, (layers, items)
        How many rows of the layer do hold the item.
    """

    chance: np.ndarray
    exact: int
    rows: np.ndarray
    holding: np.ndarray

    def of(self, items: np.ndarray) -> np.ndarray:
        """Chance of every product of each set, (layers, sets), from items (sets, length): groups stand last."""
        found = self.chance[:, items[:, -1]]
        for column in range(items.shape[1] - 2, -1, -1):
            found = self.joined(self.chance[:, items[:, column]], found)
        return found

    def joined(self, one: np.ndarray, rest: np.ndarray) -> np.ndarray:
        """Chance of an item and of what is not that item, from the two chances."""
        found = one * rest
        if self.exact:
            found[0] = 0.0
        most = DIGITS ** (1.0 / max(self.exact, 1))
        for size in range(1, self.exact):
            room = 1.0 - one[size - 1]
            with np.errstate(divide="ignore", invalid="ignore"):
                ratio = one[size] / room
            alone = np.maximum(rest[size - 1] - found[size - 1], 0.0)
            # An item that nearly every row holds loses digits with every size: there the product must do.
            stable = (room > 1e-9) & (ratio < most)
            found[size] = np.where(stable, np.minimum(ratio * alone, rest[size]), found[size])
        return found


def layers_of(
    null: MarginNull, values: sparse.csr_matrix, members: sparse.csr_matrix | None = None
) -> Layers:
    """Layers of a table of products, with groups of them after the products.

    Parameters
    ----------
    values : csr_matrix of 0/1, rows × items
        Products first, as many as the null has, then groups.
    members : csr_matrix of bool, products × groups, optional
    """
    table, exact_of = null.table, null.strata.exact
    exact = table.largest + 1 if (exact_of > 0).any() else 0
    long = np.flatnonzero(exact_of == 0)
    bins = _bins(null, long)
    layer = np.where(exact_of > 0, exact_of, 0)
    layer[long] = exact + bins
    weight = sparse.csr_matrix(
        (null.strata.rows[long], (bins, long)), shape=(bins.max(initial=-1) + 1, len(layer))
    )
    rows_long = np.asarray(weight.sum(axis=1)).ravel()
    chance = [(weight @ null.strata.chance) / rows_long[:, None]] if len(long) else []
    if exact:
        decided = null.strata.chance[np.flatnonzero(exact_of > 0)[0]]
        chance.insert(0, np.where(null.free, table.inclusion, decided))
    products = np.concatenate(chance)[:, null.column_class]
    of_row = layer[null.row_class]
    total = len(products)
    seat = sparse.csr_matrix(
        (np.ones(len(of_row)), (of_row, np.arange(len(of_row)))), shape=(total, len(of_row))
    )
    holding = (seat @ values).toarray()
    rows = np.bincount(of_row, minlength=total).astype(np.float64)
    if members is not None:
        products = np.hstack([products, _any_of(null, products, exact, members)])
    return Layers(products, exact, rows, holding)


def _bins(null: MarginNull, long: np.ndarray) -> np.ndarray:
    """A few runs of long rows, ordered by size, with about as many purchases each."""
    sizes = null.strata.chance[long] @ np.bincount(null.column_class, minlength=null.strata.chance.shape[1])
    order = np.argsort(sizes, kind="stable")
    before = np.cumsum((null.strata.rows[long] * np.maximum(sizes, 1.0))[order])
    found = np.empty(len(long), dtype=np.int64)
    found[order] = np.minimum(BINS * before / max(before[-1:].sum(), 1.0), BINS - 1).astype(np.int64)
    return np.unique(found, return_inverse=True)[1]


def _any_of(null: MarginNull, products: np.ndarray, exact: int, members: sparse.csr_matrix) -> np.ndarray:
    """Chance that a row holds any member of each group."""
    groups = members.tocsc()
    with np.errstate(divide="ignore"):
        found = 1.0 - np.exp(np.log1p(-np.minimum(products, 1.0)) @ groups.astype(np.float64))
    odds = null.table.odds[null.column_class]
    for group in range(groups.shape[1] if exact else 0):
        inside = np.zeros(len(odds), dtype=bool)
        inside[groups.indices[groups.indptr[group] : groups.indptr[group + 1]]] = True
        found[:exact, group] = 1.0 - _sizes(odds[~inside], exact) * np.prod(
            1.0 / (1.0 + odds[inside])
        ) / np.maximum(null.table.total, 1e-300)
    return np.clip(found, 0.0, 1.0)


def _sizes(odds: np.ndarray, exact: int) -> np.ndarray:
    """Chances that independent draws with these odds give 0, 1, 2 … products."""
    found = np.zeros(exact)
    found[0] = 1.0
    for one in odds[odds > 0]:
        chance = one / (1.0 + one)
        found[1:] = found[1:] * (1.0 - chance) + found[:-1] * chance
        found[0] *= 1.0 - chance
    return found


@dataclass(frozen=True, eq=False)
class Question:
    """Do two things go together among some rows? One column a test.

    Attributes
    ----------
    rows : float array, (layers, tests)
        The rows among which it is asked.
    one, other, both : float arrays, (layers, tests)
        Chances there.
    n_one, n_other : arrays, (tests,)
        Rows that do hold the one, the other.
    """

    rows: np.ndarray
    one: np.ndarray
    other: np.ndarray
    both: np.ndarray
    n_one: np.ndarray
    n_other: np.ndarray

    def moments(self) -> tuple[np.ndarray, np.ndarray]:
        """Expected rows with both, with both totals as they are, and the variance that the totals leave, (tests,)."""
        one, other = tilted(self.rows, self.one, self.n_one), tilted(self.rows, self.other, self.n_other)
        with np.errstate(divide="ignore", invalid="ignore"):
            more = np.nan_to_num(one * other / (self.one * self.other), posinf=0.0)
        both = np.minimum(self.both * more, np.minimum(one, other))
        return (self.rows * both).sum(axis=0), _variance(self.rows, one, other)


def tilted(rows: np.ndarray, chance: np.ndarray, total: np.ndarray) -> np.ndarray:
    """The chances with one factor on all odds of a test, so that they add up to its total."""
    held = np.clip(chance, 0.0, 1.0 - 1e-12)
    odds = held / (1.0 - held)
    room = (rows * (odds > 0)).sum(axis=0)
    goal = np.clip(total, 1e-9, np.maximum(room - 1e-9, 1e-9))
    mean = np.maximum((rows * held).sum(axis=0), 1e-300)
    tilt = np.log(goal / mean)
    for _ in range(NEWTON_STEPS):
        grid = odds * np.exp(np.clip(tilt, -40.0, 40.0))
        grid /= 1.0 + grid
        mean = (rows * grid).sum(axis=0)
        slope = (rows * (grid - grid**2)).sum(axis=0)
        step = np.clip(np.log(goal / np.maximum(mean, 1e-300)) * mean / np.maximum(slope, 1e-300), -2.0, 2.0)
        tilt = tilt + step
        if np.abs(step).max(initial=0.0) < 1e-6:
            break
    grid = odds * np.exp(np.clip(tilt, -40.0, 40.0))
    return grid / (1.0 + grid)


def _variance(rows: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Of rows with both among tables with both totals: within layers, and between layers of unlike chances."""
    free_one, free_other = one - one**2, other - other**2
    within = (rows * free_one * free_other).sum(axis=0)
    return within + _between(rows * free_other, one) + _between(rows * free_one, other)


def _between(weight: np.ndarray, chance: np.ndarray) -> np.ndarray:
    mean = (weight * chance).sum(axis=0) / np.maximum(weight.sum(axis=0), 1e-300)
    return (weight * (chance - mean) ** 2).sum(axis=0)


def log_at_least(
    count: np.ndarray, expected: np.ndarray, variance: np.ndarray, most: np.ndarray
) -> np.ndarray:
    """Logarithm of P(at least ``count``) of a binomial with this mean and variance that can reach ``most``.

    Where no such binomial is, the narrowest of more variance is taken, a Poisson at the widest: rather too careful.
    """
    expected = np.clip(expected, 1e-12, np.maximum(most, 1e-12))
    spare = np.maximum(1.0 - variance / expected, 0.0)
    rare = spare < NEARLY_POISSON
    number = np.maximum(expected / np.where(rare, 1.0, spare), most)
    k = np.maximum(np.asarray(count, dtype=np.float64), 1e-9)
    top = np.maximum(number - k + 1.0, 1e-9)
    tail = np.where(rare, gammainc(k, expected), betainc(k, top, np.minimum(expected / number, 1.0)))
    with np.errstate(divide="ignore"):
        return np.where(np.asarray(count) <= 0, 0.0, np.log(np.minimum(tail, 1.0)))
