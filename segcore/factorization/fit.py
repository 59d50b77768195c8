"""One factorisation: starts, the best of them, W by projection, rows of H scaled to sum 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from segcore.errors import NotEnoughData, SegcoreError, SpecError
from segcore.factorization.hals import TINY, Descent, hals
from segcore.factorization.projection import project
from segcore.factorization.spec import NMFSpec
from segcore.factorization.start import Directions, leading_directions, nndsvd, random_start
from segcore.factorization.threads import one_blas_thread

SMALL_CELLS = 20_000  # stored cells up to which ten starts of ten k cost about a second
SMALL_RESTARTS = 10
SMALL_TOLERANCE = 1e-6
TOLERANCE = 2e-5


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
    return next(fit for fits in factorize_together(values, [spec], directions) for fit in fits)


def factorize_together(
    values: sparse.csr_matrix, specs: Sequence[NMFSpec], directions: Directions | None = None
) -> Iterator[list[Factorization]]:
    """Factorise for several k at once, sharing the sparse products; yield after every iteration what is finished.

    Parameters
    ----------
    specs : sequence of NMFSpec
        Alike but for k.

    Raises
    ------
    SpecError, NotEnoughData
        As :func:`factorize`.
    """
    check_values(values)
    for spec in specs:
        check_k(values, spec.k)
    if specs:
        with one_blas_thread():
            yield from _together(values, specs, directions)


def _together(
    values: sparse.csr_matrix, specs: Sequence[NMFSpec], directions: Directions | None
) -> Iterator[list[Factorization]]:
    problem = _Problem.of(values)
    if directions is None and any(spec.initialisation != "random" for spec in specs):
        directions = leading_directions(problem.unit, max(spec.k for spec in specs))
    elif directions is not None:
        directions = (directions[0], np.ldexp(directions[1], -problem.exponent), directions[2])
    if specs[0].loss == "squared":
        yield from _squared_error(problem, specs, directions)
    else:
        for spec in specs:
            ends = [_divergence(problem.unit, spec, w, h) for w, h in _starts(problem.unit, spec, directions)]
            yield [_finish(problem, spec, ends)]


@dataclass(frozen=True, eq=False)
class _Problem:
    """The values brought near 1 by a power of two, and what is needed to bring results back."""

    unit: sparse.csr_matrix
    exponent: int
    total: float

    @classmethod
    def of(cls, values: sparse.csr_matrix) -> _Problem:
        unit, exponent = _in_unit_range(values)
        return cls(unit, exponent, float(unit.data @ unit.data))


def _squared_error(
    problem: _Problem, specs: Sequence[NMFSpec], directions: Directions | None
) -> Iterator[list[Factorization]]:
    """All starts of all k in lockstep; small data in double precision, where exact fits are within reach."""
    is_small = problem.unit.nnz <= SMALL_CELLS
    work = problem.unit if is_small else problem.unit.astype(np.float32)
    starts = {
        spec: [Descent(w, h, work.dtype.type) for w, h in _starts(problem.unit, spec, directions)]
        for spec in specs
    }
    usual = SMALL_TOLERANCE if is_small else TOLERANCE
    tolerance = usual if specs[0].tolerance is None else specs[0].tolerance
    everything = [descent for descents in starts.values() for descent in descents]
    open_specs = list(specs)
    for _ in hals(work, everything, max_iterations=specs[0].max_iterations, tolerance=tolerance):
        done = [spec for spec in open_specs if all(descent.converged for descent in starts[spec])]
        open_specs = [spec for spec in open_specs if spec not in done]
        yield [_finish(problem, spec, starts[spec]) for spec in done]
    yield [_finish(problem, spec, starts[spec]) for spec in open_specs]


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


@dataclass(frozen=True, eq=False)
class _End:
    """Where a descent that is not ours ended, in the words of :class:`Descent`."""

    w: np.ndarray
    h: np.ndarray
    squared_error: float
    iterations: int
    converged: bool
    last_gain: float


def _divergence(values: sparse.csr_matrix, spec: NMFSpec, w: np.ndarray, h: np.ndarray) -> _End:
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
    return _End(w, solver.components_, error**2, solver.n_iter_, solver.n_iter_ < iterations, 0.0)


def _finish(problem: _Problem, spec: NMFSpec, ends: Sequence[Descent | _End]) -> Factorization:
    """Scale the rows of H of the best end to sum 1, take W by projection, and measure what is explained."""
    unit, total, exponent = problem.unit, problem.total, problem.exponent
    squared_errors = [end.squared_error for end in ends]
    chosen = int(np.argmin(squared_errors))
    best = ends[chosen]
    best_h = best.h.astype(np.float64)
    h_sum = best_h.sum(axis=1)
    h = best_h / np.where(h_sum > 0, h_sum, 1.0)[:, None]
    w = project(unit, h, loss=spec.loss, near=best.w)
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
