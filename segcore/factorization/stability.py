"""Stability: whether the same segments come back when a fifth of the customers stays at home.

Twenty resamples of 80 % of the customers are factorised anew. Their segments are matched to the full fit by optimal
assignment on the cosine of product scores; a segment's stability is the mean cosine between its matches, over all
pairs of resamples. Nothing of size customers × customers is ever built.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.optimize import linear_sum_assignment

from segcore.choices.nmf import NMFSpec, afresh
from segcore.choices.sweep import RESAMPLES
from segcore.errors import SegcoreError
from segcore.factorization import assign, factorize_together, project

SHARE = 0.8
MOST_CUSTOMERS = 8_000  # a resample never needs more: cosines of product scores have settled by then
LIGHTER = 10  # times the tolerance of the full fit
FEW_CELLS, FEW_RESTARTS = 4_000, 3  # below this one start is often a poor local optimum


@dataclass(frozen=True, eq=False)
class Stability:
    """Per-segment stability (k,), in the order of the reference; worst and mean of them; resamples that worked."""

    per_segment: np.ndarray
    resamples: int

    @property
    def worst(self) -> float:
        """Stability of the least stable segment."""
        return float(self.per_segment.min())

    @property
    def mean(self) -> float:
        """Mean over segments."""
        return float(self.per_segment.mean())


def resampled_bases(
    values: sparse.csr_matrix, spec: NMFSpec, reference: np.ndarray, resamples: int = RESAMPLES
) -> Iterator[np.ndarray]:
    """Yield the product basis of each resample, rows in the order of the reference.

    Parameters
    ----------
    reference : ndarray, (k, products)
        Product scores of the full fit.
    """
    for bases in resampled(values, [spec], resamples):
        for h in bases.values():
            yield h[match(reference, h)]


def resampled(
    values: sparse.csr_matrix, specs: Sequence[NMFSpec], resamples: int = RESAMPLES
) -> Iterator[dict[int, np.ndarray]]:
    """Yield for each resample the product basis of every k, all k fitted together.

    A resample that cannot be fitted at a k, for want of customers or purchases, is silent about it.
    """
    n = values.shape[0]
    size = min(max(round(SHARE * n), 1), MOST_CUSTOMERS)
    for number in range(resamples if specs else 0):
        seed = specs[0].seed
        part = values[np.sort(np.random.default_rng([seed, number]).choice(n, size, replace=False))]
        lighter = [_lighter(values, spec) for spec in specs if spec.k <= min(part.shape)]
        try:
            yield {
                fit.spec.k: fit.h for fits in factorize_together(part, lighter, exact=False) for fit in fits
            }
        except SegcoreError:
            yield {}


def _lighter(values: sparse.csr_matrix, spec: NMFSpec) -> NMFSpec:
    """The choices of one repeat among many: fewer starts, and an end a tenth as fine, which product scores do not feel."""
    ended = None if spec.tolerance is None else LIGHTER * spec.tolerance
    return replace(afresh(spec), restarts=repeat_restarts(values, spec), tolerance=ended)


def repeat_restarts(values: sparse.csr_matrix, spec: NMFSpec) -> int:
    """Starts of a fit that is one of many repeats: three on few cells, one elsewhere, never more than was asked for."""
    usual = FEW_RESTARTS if values.nnz <= FEW_CELLS else 1
    return min(spec.restarts or usual, usual)


def stability_of(bases: list[np.ndarray]) -> Stability | None:
    """Mean pairwise cosine per segment over aligned bases; None with fewer than two."""
    if len(bases) < 2:
        return None
    unit = np.array([_unit_rows(h) for h in bases])
    total = unit.sum(axis=0)
    pairs = len(bases) * (len(bases) - 1)
    # The sum over ordered pairs of a ≠ b of u_a · u_b is ‖Σu‖² − Σ‖u‖².
    own = np.einsum("rkp,rkp->k", unit, unit)
    per_segment = (np.einsum("kp,kp->k", total, total) - own) / pairs
    return Stability(np.clip(per_segment, 0.0, 1.0), len(bases))


def agreement(
    values: sparse.csr_matrix, bases: list[np.ndarray], assignment: np.ndarray, loss: str = "squared"
) -> np.ndarray:
    """Share of resamples that put each customer where the full fit does, (customers,), 0..1.

    ``assignment`` counts components from 0, −1 for none.
    """
    agree = np.zeros(values.shape[0])
    for h in bases:
        agree += assign(project(values, h, loss=loss)) == assignment
    return agree / max(len(bases), 1)


def match(reference: np.ndarray, h: np.ndarray) -> np.ndarray:
    """Positions in ``h`` of the segments that match the reference's, by optimal assignment on cosine."""
    cosine = _unit_rows(reference) @ _unit_rows(h).T
    return linear_sum_assignment(-cosine)[1]


def _unit_rows(h: np.ndarray) -> np.ndarray:
    norm = np.linalg.norm(h, axis=1, keepdims=True)
    return h / np.where(norm > 0, norm, 1.0)
