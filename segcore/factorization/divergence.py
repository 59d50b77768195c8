"""Kullback–Leibler divergence: scikit-learn's multiplicative updates, in the words of our own descent."""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from segcore.choices.nmf import NMFSpec
from segcore.factorization.hals import TINY


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


def divergence(values: sparse.csr_matrix, spec: NMFSpec, w: np.ndarray, h: np.ndarray) -> End:
    """Kullback–Leibler by scikit-learn's multiplicative updates, from our start."""
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
