"""Rows of an exact size: products drawn with given odds, so many and no more (conditional Bernoulli sampling).

A row of r products is a set of r products, chosen with probability proportional to the product of their odds (Chen,
Dempster & Liu, 1994, Biometrika 81). How often a product is in it follows from elementary symmetric functions of the
odds. They are computed as chances of sums of independent draws, so that every term is positive and nothing cancels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

STABLE = 1.0  # product of two products' odds up to which the recursion over sizes loses no digit


@dataclass(frozen=True, eq=False)
class SizeTable:
    """How often each product is in a row of each size, for sizes 0 … R.

    Attributes
    ----------
    odds : float array, (products,)
        One entry for each class of products that are sold alike.
    total : float array, (R + 1,)
        Chance that independent draws with these odds give so many products.
    inclusion : float array, (R + 1, products)
        Chance that the product is in a row of this size.
    twins : float array, (R + 1, products)
        Chance that two different products of this class both are; 0 where the class holds one product.
    """

    odds: np.ndarray
    total: np.ndarray
    inclusion: np.ndarray
    twins: np.ndarray

    @property
    def largest(self) -> int:
        """The largest size."""
        return len(self.total) - 1


def size_table(odds: np.ndarray, times: np.ndarray, largest: int, twins: bool = True) -> SizeTable:
    """Inclusion of single products in rows of up to ``largest`` products.

    Parameters
    ----------
    odds : float array, (classes,)
        Best scaled so that independent draws give rows of the usual size.
    times : int array, (classes,)
        Products that have these odds.
    twins : bool
        Whether pairs within one class are asked for.
    """
    chance = odds / (1.0 + odds)
    whole = _powers(odds, times, largest)
    before, after = _running(whole), _running(whole[::-1])[::-1]
    others = _times(before[:-1], after[1:])
    one_less = _times(others, _powers(odds, times - 1, largest))
    total = before[-1]
    pairs = np.zeros((largest + 1, len(odds)))
    if twins and largest >= 2:
        two_less = _times(others, _powers(odds, np.maximum(times - 2, 0), largest))
        found = chance[:, None] ** 2 * two_less[:, : largest - 1] / total[2:]
        pairs[2:] = np.where(times[:, None] > 1, found, 0.0).T
    inclusion = np.zeros((largest + 1, len(odds)))
    inclusion[1:] = (chance[:, None] * one_less[:, :-1] / total[1:]).T
    return SizeTable(odds, total, np.minimum(inclusion, 1.0), pairs)


def pair_inclusion(table: SizeTable, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Chance that both products are in a row of each size, (R + 1, pairs); equal classes mean two different products.

    Notes
    -----
    A row of r that holds both is a row of r − 2 that holds neither, which gives a recursion over sizes; it gains
    digits while the odds of the two multiply to less than one. Where they do not, the two inclusions themselves tell:
    what a row gains by one product instead of the other is proportional to its odds.
    """
    odds = table.odds
    both = np.zeros((table.largest + 1, len(one)))
    weight = odds[one] * odds[other]
    alone = table.inclusion[:, one] + table.inclusion[:, other]
    for size in range(2, table.largest + 1):
        rest = 1.0 - alone[size - 2] + both[size - 2]
        np.multiply(rest, weight * (table.total[size - 2] / table.total[size]), out=both[size])
    peak = table.total[table.largest - 1] / table.total[table.largest] if table.largest else 0.0
    popular = np.flatnonzero((weight * peak**2 > STABLE) & (one != other))
    a, b = one[popular], other[popular]
    gap = odds[b] - odds[a]
    both[:, popular] = (odds[b] * table.inclusion[:, a] - odds[a] * table.inclusion[:, b]) / gap
    same = np.flatnonzero(one == other)
    both[:, same] = table.twins[:, one[same]]
    both[:2] = 0.0
    return np.maximum(both, 0.0, out=both)


def _powers(odds: np.ndarray, times: np.ndarray, largest: int) -> np.ndarray:
    """Chances of 0 … ``largest`` among ``times`` products of the same odds, (classes, R + 1)."""
    found = np.empty((len(odds), largest + 1))
    found[:, 0] = np.exp(-times * np.log1p(odds))
    for size in range(1, largest + 1):
        found[:, size] = found[:, size - 1] * odds * np.maximum(times - size + 1, 0) / size
    return found


def _running(parts: np.ndarray) -> np.ndarray:
    """Chances of the sum of the first 0, 1, 2 … parts, (parts + 1, R + 1)."""
    sizes = parts.shape[1]
    found = np.zeros((len(parts) + 1, sizes))
    found[0, 0] = 1.0
    for at, part in enumerate(parts):
        found[at + 1] = np.convolve(found[at], part)[:sizes]
    return found


def _times(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Chances of the sum of two parts, row by row."""
    found = np.zeros_like(one)
    for size in range(one.shape[1]):
        found[:, size:] += one[:, size, None] * other[:, : one.shape[1] - size]
    return found
