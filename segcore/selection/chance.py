"""Chance: every product as popular and every customer as busy as before, who buys what drawn by lot.

What a further segment explains there is what it explains of noise. Stability alone does not see this: where a few
best-sellers dominate, segments of pure noise form around them and come back in every resample. Popularity alone does
not do: where some buy much and some little, two groups of customers explain more than they would of even baskets, and
no taste need stand behind it (:mod:`segcore.selection.surrogates`). In a full table, where everybody bought everything,
only each product's amounts are dealt out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy import sparse

from segcore.choices.nmf import NMFSpec
from segcore.errors import SegcoreError
from segcore.factorization import factorize_together
from segcore.factorization.stability import repeat_restarts
from segcore.selection.surrogates import fit_surrogates, is_full, permuted

SHUFFLES = 5
MOST_CUSTOMERS = 8_000
LEAST_SPREAD = 0.01


@dataclass(frozen=True, eq=False)
class Gains:
    """What each further segment adds to the explained share, on the data and on surrogates without tastes.

    Attributes
    ----------
    own, by_chance : ndarray, (ks,)
        On the data, and on their surrogates in the mean; shares of the pattern.
    beyond : ndarray, (ks,)
        The difference in standard deviations of chance.
    """

    own: np.ndarray
    by_chance: np.ndarray
    beyond: np.ndarray


def gains_of(explained: list[np.ndarray]) -> Gains:
    """What :func:`explained_beside_chance` says about every further segment; the data first, two shuffles or more."""
    steps = np.diff(np.array(explained), axis=1)
    return Gains(steps[0], steps[1:].mean(axis=0), beyond_chance(explained))


def unevenness(values: sparse.csr_matrix) -> float:
    """How many times more customers differ in their number of products than if all bought alike; 1 for all alike."""
    sizes = np.diff(values.indptr)
    share = np.bincount(values.indices, minlength=values.shape[1]) / max(values.shape[0], 1)
    return float(sizes.var() / max((share * (1.0 - share)).sum(), 1e-12))


def explained_beside_chance(
    values: sparse.csr_matrix, ks: tuple[int, ...], spec: NMFSpec, shuffles: int = SHUFFLES
) -> Iterator[np.ndarray]:
    """Yield the explained share at 1 and every k, (1 + ks,): first of the data, then of each surrogate.

    All are fitted alike, by squared error and on at most 8,000 customers, so that only tastes differ. NaN
    where a k cannot be fitted.
    """
    n = values.shape[0]
    if n > MOST_CUSTOMERS:
        values = values[np.sort(np.random.default_rng(spec.seed).choice(n, MOST_CUSTOMERS, replace=False))]
    yield _explained(values, (1, *ks), spec)
    draw = partial(permuted, values) if is_full(values) else fit_surrogates(values, spec.seed).draw
    for number in range(shuffles):
        yield _explained(draw([spec.seed, number]), (1, *ks), spec)


def beyond_chance(explained: list[np.ndarray]) -> np.ndarray:
    """By how many standard deviations of chance each further segment explains more than it does by chance, (ks,).

    Parameters
    ----------
    explained : list of ndarray
        From :func:`explained_beside_chance`: the data first, at least two shuffles after it.
    """
    gains = np.diff(np.array(explained), axis=1)
    usual = np.maximum(gains[1:].mean(axis=0), 1e-12)
    ratio = gains / usual
    # Shuffles are few but gains vary alike at every k, relative to their size: one spread for all.
    fitted = np.isfinite(ratio).all(axis=0)
    if not fitted.any():
        return np.full(ratio.shape[1], np.nan)
    spread = np.sqrt(np.mean(np.var(ratio[1:, fitted], axis=0, ddof=1)))
    return (ratio[0] - 1.0) / max(float(spread), LEAST_SPREAD)


def _explained(values: sparse.csr_matrix, ks: tuple[int, ...], spec: NMFSpec) -> np.ndarray:
    lighter = replace(spec, loss="squared", restarts=repeat_restarts(values, spec))
    specs = [replace(lighter, k=k) for k in ks if k <= min(values.shape)]
    try:
        fits = {fit.spec.k: fit.explained_share for fits in factorize_together(values, specs) for fit in fits}
    except SegcoreError:
        fits = {}  # the data themselves say why they cannot be fitted
    return np.array([fits.get(k, np.nan) for k in ks])
