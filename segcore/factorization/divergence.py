"""Kullback–Leibler divergence: scikit-learn's multiplicative updates, in the words of our own descent.

scikit-learn cannot hold a part of H: for that, its update of H is made here, with exact scores between.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from segcore.choices.nmf import NMFSpec
from segcore.factorization.hals import CALM_ITERATIONS
from segcore.factorization.projection import project
from segcore.factorization.row_updates import TINY, at_stake
from segcore.factorization.values import squared_residual

MOST_HELD = 400  # iterations with exact scores
CALM_GAIN = 1e-6


@dataclass(frozen=True, eq=False)
class End:
    """Where a descent that is not ours ended, in the words of :class:`Descent`."""

    w: np.ndarray
    h: np.ndarray
    squared_error: float
    iterations: int
    converged: bool
    last_gain: float

    @property
    def objective(self) -> float:
        """What went down."""
        return self.squared_error


def divergence(
    values: sparse.csr_matrix, spec: NMFSpec, w: np.ndarray, h: np.ndarray, free: np.ndarray | None = None
) -> End:
    """Kullback–Leibler by multiplicative updates, from our start; entries of H that are not free are held."""
    return _all_free(values, spec, w, h) if free is None else _held(values, spec, h, free)


def _all_free(values: sparse.csr_matrix, spec: NMFSpec, w: np.ndarray, h: np.ndarray) -> End:
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    iterations = min(spec.max_iterations, 1000)
    solver = NMF(
        spec.k, init="custom", solver="mu", beta_loss="kullback-leibler", max_iter=iterations, tol=1e-5
    )  # fmt: skip
    with (
        warnings.catch_warnings(),
        np.errstate(invalid="ignore", divide="ignore"),
    ):  # an exact start has no error to divide by
        warnings.simplefilter("ignore", ConvergenceWarning)  # reported as `converged`, in words
        w = solver.fit_transform(values, W=np.maximum(w, TINY), H=np.maximum(h, TINY))
    error = float(solver.reconstruction_err_)
    if np.isnan(error) and np.isfinite(w).all():
        error = 0.0  # rounding took an exact fit below zero, which has no root
    return End(w, solver.components_, error**2, solver.n_iter_, solver.n_iter_ < iterations, float("nan"))


def _held(values: sparse.csr_matrix, spec: NMFSpec, h: np.ndarray, free: np.ndarray) -> End:
    """Updates of H where it is free, each between exact scores, until three gains in a row are small."""
    total = float(values.data @ values.data)
    w = project(values, h, loss=spec.loss)
    error, gain, calm = squared_residual(values, w, h, total), 0.0, 0 if free.any() else CALM_ITERATIONS
    iterations = 0
    while calm < CALM_ITERATIONS and iterations < min(spec.max_iterations, MOST_HELD):
        iterations += 1
        h = np.where(free, h * _pull(values, w, h), h)
        w = project(values, h, loss=spec.loss, near=w)
        now = squared_residual(values, w, h, total)
        gain, error = (error - now) / at_stake(now, total), now
        calm = calm + 1 if abs(gain) <= CALM_GAIN else 0
    return End(w, h, error, iterations, calm >= CALM_ITERATIONS, gain)


def _pull(values: sparse.csr_matrix, w: np.ndarray, h: np.ndarray) -> np.ndarray:
    """What an update multiplies H by (Lee & Seung 2001), (k, p): Wᵀ (V / WH) over the column sums of W."""
    rows = np.repeat(np.arange(values.shape[0]), np.diff(values.indptr))
    made = np.einsum("ck,ck->c", w[rows], np.ascontiguousarray(h.T)[values.indices])
    ratio = np.divide(values.data, made, out=np.zeros_like(made), where=made > 0)
    pulled = (sparse.csr_matrix((ratio, values.indices, values.indptr), values.shape).T @ w).T
    weight = w.sum(axis=0)[:, None]
    return np.divide(pulled, weight, out=np.ones_like(pulled), where=weight > 0)
