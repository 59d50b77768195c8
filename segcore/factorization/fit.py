"""One factorisation: starts, the best of them, W by projection, rows of H scaled to sum 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from segcore.errors import NotEnoughData, SegcoreError, SpecError
from segcore.factorization.hals import EXACT, TINY, Descent, hals
from segcore.factorization.projection import project
from segcore.factorization.spec import NMFSpec
from segcore.factorization.start import Directions, leading_directions, nndsvd, random_start
from segcore.factorization.threads import one_thread

SMALL_CELLS = 60_000  # stored cells up to which ten starts cost less than a second
SMALL_RESTARTS = 10


@dataclass(frozen=True, eq=False)
class Factorization:
    """W · H and how it was reached.

    Attributes
    ----------
    w : ndarray, (customers, k)
        Scores; carries the scale of the data.
    h : ndarray, (k, products)
        Every live row sums to 1.
    error : float
        ‖V − WH‖ for squared error; the square root of twice the divergence for Kullback–Leibler.
    explained_share : float
        1 − ‖V − WH‖² / ‖V‖², whatever the loss.
    restart_errors : tuple of float
        Error of every start, in order.
    dead : tuple of int
        Components (from 0) that explain nothing.
    """

    w: np.ndarray
    h: np.ndarray
    error: float
    explained_share: float
    iterations: int
    converged: bool
    last_gain: float
    restart_errors: tuple[float, ...]
    dead: tuple[int, ...]
    spec: NMFSpec


@one_thread
def factorize(
    values: sparse.csr_matrix, spec: NMFSpec, directions: Directions | None = None
) -> Factorization:
    """Factorise a customers × products matrix.

    Parameters
    ----------
    directions : tuple of ndarray, optional
        Leading singular triplets from :func:`leading_directions`, at least ``spec.k`` of them, to share in a sweep.

    Raises
    ------
    SpecError
        More segments than customers or products, or values that are negative or not numbers.
    NotEnoughData
        The matrix is empty or all zero.
    """
    check_values(values)
    check_k(values, spec.k)
    unit, exponent = _in_unit_range(values)
    if directions is not None:
        directions = (directions[0], np.ldexp(directions[1], -exponent), directions[2])
    descend = _descend if spec.loss == "squared" else _divergence
    total = float(unit.data @ unit.data)
    descents: list[Descent] = []
    try:
        for w, h in _starts(unit, spec, directions):
            descents.append(descend(unit, spec, w, h))
            if descents[-1].squared_error <= EXACT * total:
                break  # no other start can do better than exact
    except np.linalg.LinAlgError as error:
        raise SegcoreError(
            "The main directions of this data could not be computed.", remedy="Choose a random start."
        ) from error
    return _finish(unit, spec, descents, total, exponent)


def _in_unit_range(values: sparse.csr_matrix) -> tuple[sparse.csr_matrix, int]:
    """Divide by a power of two so that the largest value lies in ½..1: no digit changes, no size is too small or large."""
    exponent = int(np.frexp(values.data.max())[1])
    data = np.ldexp(values.data.astype(np.float64), -exponent)
    unit = sparse.csr_matrix((data, values.indices, values.indptr), shape=values.shape)
    if not data.all():  # scikit-learn's divergence fails on stored zeros, such as a quantity of 0
        unit = unit.copy()
        unit.eliminate_zeros()
    return unit, exponent


def check_values(values: sparse.csr_matrix) -> None:
    """Refuse what cannot be factorised, in words."""
    if 0 in values.shape or values.nnz == 0 or not values.data.any():
        raise NotEnoughData(
            "There are no purchases to work with.", remedy="Loosen the filters or choose another level."
        )
    if not np.isfinite(values.data).all():
        raise SpecError("Some values are not numbers.", remedy="Check the quantity and amount columns.")
    if (values.data < 0).any():
        raise SpecError(
            "Some values are negative.", remedy="Net or drop returns before looking for segments."
        )
    if float(values.data.max()) > 1e150:
        raise SpecError(
            "Some values are too large to compute with.", remedy="Check the amount column, or damp it."
        )


def check_k(values: sparse.csr_matrix, k: int) -> None:
    """Refuse more segments than customers or products."""
    most = min(values.shape)
    if k > most:
        raise SpecError(
            f"{k} segments cannot be told apart with {values.shape[0]:,} rows and {values.shape[1]:,} products.",
            remedy=f"Use at most {most}.",
        )


def _starts(values: sparse.csr_matrix, spec: NMFSpec, directions: Directions | None):
    """Yield the starts: the named one first, then random ones, each with its own seeded generator."""
    restarts = spec.restarts or (SMALL_RESTARTS if values.nnz <= SMALL_CELLS and spec.k > 1 else 1)
    mean = float(values.data.sum()) / (values.shape[0] * values.shape[1])
    for number in range(restarts):
        if number == 0 and spec.initialisation != "random":
            fill = mean if spec.initialisation == "nndsvda" else 0.0
            yield nndsvd(directions or leading_directions(values, spec.k), spec.k, fill)
        else:
            generator = np.random.default_rng([spec.seed, spec.k, number])
            yield random_start(values.shape, spec.k, mean, generator)


def _descend(values: sparse.csr_matrix, spec: NMFSpec, w: np.ndarray, h: np.ndarray) -> Descent:
    return hals(values, w, h, max_iterations=spec.max_iterations, tolerance=spec.tolerance)


def _divergence(values: sparse.csr_matrix, spec: NMFSpec, w: np.ndarray, h: np.ndarray) -> Descent:
    """Kullback–Leibler by scikit-learn's multiplicative updates, from our start."""
    import warnings

    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning

    iterations = min(spec.max_iterations, 1000)
    solver = NMF(
        spec.k, init="custom", solver="mu", beta_loss="kullback-leibler", max_iter=iterations, tol=1e-5
    )  # fmt: skip
    with warnings.catch_warnings(), np.errstate(invalid="ignore"):  # an exact start has no error to divide by
        warnings.simplefilter("ignore", ConvergenceWarning)  # reported as `converged`, in words
        w = solver.fit_transform(values, W=np.maximum(w, TINY), H=np.maximum(h, TINY))
    error = float(solver.reconstruction_err_)
    if np.isnan(error) and np.isfinite(w).all():
        error = 0.0  # rounding took an exact fit below zero, which has no root
    return Descent(w, solver.components_, error**2, solver.n_iter_, solver.n_iter_ < iterations, 0.0)


def _finish(
    unit: sparse.csr_matrix, spec: NMFSpec, descents: list[Descent], total: float, exponent: int
) -> Factorization:
    """Scale the rows of H of the best descent to sum 1, take W by projection, and measure what is explained."""
    squared_errors = [descent.squared_error for descent in descents]
    chosen = int(np.argmin(squared_errors))
    best = descents[chosen]
    h_sum = best.h.sum(axis=1)
    h = best.h / np.where(h_sum > 0, h_sum, 1.0)[:, None]
    w = project(unit, h, loss=spec.loss)
    residual = squared_residual(unit, w, h, total)
    if spec.loss == "squared":
        squared_errors[chosen] = residual
    # Divergence grows with the unit of the values, squared error with its square.
    power = exponent if spec.loss == "squared" else exponent / 2
    errors = tuple(float(np.sqrt(e) * 2.0**power) for e in squared_errors)
    error = errors[chosen]
    if not np.isfinite(error):
        raise SegcoreError(
            "The values are too far apart to compute with.", remedy="Choose a damped weighting."
        )
    dead = tuple(int(j) for j in np.flatnonzero(w.sum(axis=0) * h.sum(axis=1) <= TINY * np.sqrt(total)))
    return Factorization(
        w=np.ldexp(w, exponent), h=h, error=error, explained_share=1.0 - residual / total,
        iterations=best.iterations, converged=best.converged, last_gain=best.last_gain, restart_errors=errors,
        dead=dead, spec=spec,
    )  # fmt: skip


def squared_residual(values: sparse.csr_matrix, w: np.ndarray, h: np.ndarray, total: float) -> float:
    """‖V − WH‖² from Gram matrices; W · H itself is never formed."""
    cross = float(np.vdot(values @ h.T, w))
    return max(total - 2.0 * cross + float(np.vdot(w.T @ w, h @ h.T)), 0.0)
