"""What the customers of one segment buy together more often than chance: where bundles come from."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.matrix import PurchaseMatrix
from segcore.offers.learned import Learned, pairs_of
from segcore.segments import Segmentation
from segcore.statistics import (
    MarginNull,
    adjust_log,
    fit_margins,
    group_counts,
    group_tails,
    joint_counts,
    joint_tails,
)

FEWEST, FEWEST_SHARE = 3, 0.02  # customers of the segment behind a product of a bundle
SURE = 0.05
MOST, LARGEST = 5, 3
SHARED = 1  # products that two proposals may have in common


def propose(
    matrix: PurchaseMatrix, segmentation: Segmentation, learned: Learned, segment: int, level: float = SURE
) -> tuple[tuple[str, ...], ...]:
    """Sets of two or three products that the segment's customers buy together more often than chance.

    Chance knows how many products each of its customers buys and how many of them buy each product, so neither the
    taste that makes the segment nor a customer who buys much makes a bundle. The segment was found on these same
    purchases, though, and in noise it gathers whoever happens to hold the same pairs; so a pair must be beyond chance
    among all customers too, who were not picked by what they bought. Every pair of its products with enough
    buyers is tested (Benjamini–Hochberg over all of them); pairs that survive at ``level`` are ranked by customers
    beyond chance, and take in a third product that survives with both and is bought by those who bought both more
    often than chance. At level 1 every pair bought together more than expected takes part.
    """
    rows = matrix.bought[members(segmentation, segment)]
    bought = learned.columns(rows)
    together = pairs_of(bought)
    buyers = together.diagonal().astype(np.int64)
    frequent = np.flatnonzero(buyers >= max(FEWEST, FEWEST_SHARE * bought.shape[0]))
    if len(frequent) < 2:
        return ()
    null = fit_margins(rows).of_products(learned.positions)
    beyond = _beyond_chance(null, together, frequent, level)
    _drop_unlikely_of_all(beyond, matrix, segmentation, learned, len(frequent), level)
    return _sets(beyond, bought, null, level, learned.products)


def members(segmentation: Segmentation, segment: int) -> np.ndarray:
    """Positions of a segment's customers."""
    return np.flatnonzero((segmentation.assignment == segment).fillna(False).to_numpy(dtype=bool))


def _beyond_chance(null: MarginNull, together: np.ndarray, frequent: np.ndarray, level: float) -> np.ndarray:
    """Customers beyond chance for every pair that survives the correction, 0 elsewhere; symmetric (p, p)."""
    left, right = (frequent[side] for side in np.triu_indices(len(frequent), 1))
    both = together[left, right].astype(np.int64)
    expected = joint_counts(null, left, right).expected
    p = adjust_log(joint_tails(null, left, right, both, totals_kept=True).log_upper)
    excess = np.where(p <= np.log(level), both - expected, 0.0)
    excess = np.where(both >= FEWEST, np.maximum(excess, 0.0), 0.0)
    beyond = np.zeros(together.shape)
    beyond[left, right] = beyond[right, left] = excess
    return beyond


def _drop_unlikely_of_all(
    beyond: np.ndarray,
    matrix: PurchaseMatrix,
    segmentation: Segmentation,
    learned: Learned,
    frequent: int,
    level: float,
) -> None:
    """Set to 0, in place, what all customers together do not buy more than chance; corrected over all segments."""
    left, right = np.nonzero(np.triu(beyond))
    if level >= 1.0 or not len(left):
        return
    null = fit_margins(matrix.bought).of_products(learned.positions)
    both = learned.together[left, right].astype(np.int64)
    tested = segmentation.k * frequent * (frequent - 1) // 2
    p = adjust_log(joint_tails(null, left, right, both).log_upper, tested)
    chance = p > np.log(level)
    beyond[left[chance], right[chance]] = beyond[right[chance], left[chance]] = 0.0


def _with_both(bought: sparse.csr_matrix, null: MarginNull, i: int, j: int, level: float) -> np.ndarray:
    """Whether those who bought both products buy each other one more than chance: three pairs make no three."""
    pair = np.asarray(bought[:, [i, j]].sum(axis=1)).ravel() == 2
    every = np.bincount(bought[pair].indices, minlength=bought.shape[1])
    group = np.where(pair, 0, -1)
    log_p = group_tails(null, group, every[None, :]).log_upper[0]
    more = every > group_counts(null, group, 1).expected[0]
    return (every >= FEWEST) & more & (log_p <= np.log(level))


def _sets(
    beyond: np.ndarray, bought: sparse.csr_matrix, null: MarginNull, level: float, products: pd.Index
) -> tuple[tuple[str, ...], ...]:
    """The strongest pairs, each with the third product that fits both best; no two sets nearly the same."""
    left, right = np.triu_indices(len(beyond), 1)
    order = np.argsort(-beyond[left, right], kind="stable")
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
            third[~_with_both(bought, null, i, j, level)] = 0.0
        if LARGEST > 2 and third.max() > 0:
            chosen.add(int(third.argmax()))
        if all(len(chosen & other) <= SHARED for other in found):
            found.append(chosen)
    return tuple(tuple(str(products[at]) for at in sorted(each)) for each in found)
