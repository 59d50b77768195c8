"""What the customers of one segment buy together more often than chance: where bundles come from."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.matrix import PurchaseMatrix
from segcore.offers.learned import Learned, pairs_of
from segcore.rules.measures import Counts
from segcore.rules.significance import adjust, upper_tail
from segcore.segments import Segmentation

FEWEST, FEWEST_SHARE = 3, 0.02  # customers of the segment behind a product of a bundle
SURE = 0.05
MOST, LARGEST = 5, 3
SHARED = 1  # products that two proposals may have in common


def propose(
    matrix: PurchaseMatrix, segmentation: Segmentation, learned: Learned, segment: int, level: float = SURE
) -> tuple[tuple[str, ...], ...]:
    """Sets of two or three products that the segment's customers buy together more often than chance.

    Every pair of its products with enough buyers is tested (hypergeometric, Benjamini–Hochberg over all of them);
    pairs that survive at ``level`` are ranked by customers beyond chance, and take in a third product that survives
    with both and is bought by those who bought both more often than chance. At level 1 every pair bought together more than expected takes part.
    """
    rows = members(segmentation, segment)
    bought = learned.columns(matrix.bought)[rows]
    together = pairs_of(bought)
    buyers = together.diagonal().astype(np.int64)
    n = len(rows)
    frequent = np.flatnonzero(buyers >= max(FEWEST, FEWEST_SHARE * n))
    if len(frequent) < 2:
        return ()
    beyond = _beyond_chance(together, buyers, frequent, n, level)
    return _sets(beyond, bought, level, learned.products)


def members(segmentation: Segmentation, segment: int) -> np.ndarray:
    """Positions of a segment's customers."""
    return np.flatnonzero((segmentation.assignment == segment).fillna(False).to_numpy(dtype=bool))


def _beyond_chance(
    together: np.ndarray, buyers: np.ndarray, frequent: np.ndarray, n: int, level: float
) -> np.ndarray:
    """Customers beyond chance for every pair that survives the correction, 0 elsewhere; symmetric (p, p)."""
    left, right = (frequent[side] for side in np.triu_indices(len(frequent), 1))
    both = together[left, right].astype(np.int64)
    p = adjust(upper_tail(Counts(buyers[left], buyers[right], both, n)), len(both))
    excess = np.where(p <= level, both - buyers[left] * buyers[right] / n, 0.0)
    excess = np.where(both >= FEWEST, np.maximum(excess, 0.0), 0.0)
    beyond = np.zeros(together.shape)
    beyond[left, right] = beyond[right, left] = excess
    return beyond


def _with_both(bought: sparse.csr_matrix, buyers: np.ndarray, i: int, j: int, level: float) -> np.ndarray:
    """Whether those who bought both products buy each other one more than chance: three pairs make no three."""
    rows = np.flatnonzero(np.asarray(bought[:, [i, j]].sum(axis=1)).ravel() == 2)
    every = np.bincount(bought[rows].indices, minlength=bought.shape[1])
    pair = np.full(len(buyers), len(rows))
    p_value = upper_tail(Counts(pair, buyers, every, bought.shape[0]))
    return (every >= FEWEST) & (every * bought.shape[0] > pair * buyers) & (p_value <= level)


def _sets(
    beyond: np.ndarray, bought: sparse.csr_matrix, level: float, products: pd.Index
) -> tuple[tuple[str, ...], ...]:
    """The strongest pairs, each with the third product that fits both best; no two sets nearly the same."""
    left, right = np.triu_indices(len(beyond), 1)
    order = np.argsort(-beyond[left, right], kind="stable")
    buyers = np.bincount(bought.indices, minlength=bought.shape[1]).astype(np.int64)
    found: list[set[int]] = []
    for at in order:
        i, j = int(left[at]), int(right[at])
        if beyond[i, j] <= 0 or len(found) == MOST:
            break
        if any({i, j} <= other for other in found):
            continue
        chosen = {i, j}
        third = np.minimum(beyond[i], beyond[j])
        third[[i, j]] = 0.0
        if third.max() > 0:
            third[~_with_both(bought, buyers, i, j, level)] = 0.0
        if LARGEST > 2 and third.max() > 0:
            chosen.add(int(third.argmax()))
        if all(len(chosen & other) <= SHARED for other in found):
            found.append(chosen)
    return tuple(tuple(str(products[at]) for at in sorted(each)) for each in found)
