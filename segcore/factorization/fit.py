"""One factorisation: starts, the best of them, W by projection, rows of H scaled to sum 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
from scipy import sparse

from segcore.choices.nmf import CUSTOM, NMFSpec
from segcore.errors import SegcoreError
from segcore.factorization.divergence import End, divergence
from segcore.factorization.hals import Descent, hals
from segcore.factorization.penalty import WARM_UP, PenalisedDescent, Penalty
from segcore.factorization.projection import project
from segcore.factorization.result import Factorization, check_alive
from segcore.factorization.row_updates import TINY
from segcore.factorization.sampling import FULL_PASSES, is_sampled, sampled_rows
from segcore.factorization.start import SMALL_CELLS, Directions, Origin, check_start, starts
from segcore.factorization.threads import one_blas_thread
from segcore.factorization.values import Problem, check_k, check_values, shifted, squared_residual

SMALL_TOLERANCE = 1e-6
SPARSE = 0.1  # density up to which single precision is safe
TOLERANCE = 3e-5


def factorize(
    values: sparse.csr_matrix,
    spec: NMFSpec,
    directions: Directions | None = None,
    *,
    start: np.ndarray | None = None,
    free: np.ndarray | None = None,
) -> Factorization:
    """Factorise a customers × products matrix.

    Parameters
    ----------
    directions : tuple of ndarray, optional
        Leading singular triplets from :func:`leading_directions`, at least ``spec.k`` of them, to share in a sweep.
    start : ndarray, (k, products), optional
        Product scores to go on from, with ``spec.initialisation`` "custom"; :func:`aligned_start` makes them from a
        previous run. Segments keep the order they have there.
    free : ndarray of bool, (k, products), optional
        Which of these scores may change; the others are held, in what they are of their segment. All of them when left
        out. Where something is held there are no penalties.

    Raises
    ------
    SpecError
        More segments than customers or products, values that are negative or not numbers, a start that does not fit,
        or penalties that leave no segment at all.
    NotEnoughData
        The matrix is empty or all zero.
    """
    together = factorize_together(values, [spec], directions, start=start, free=free)
    found = next(fit for fits in together for fit in fits)
    check_alive(found)
    return found


def factorize_together(
    values: sparse.csr_matrix,
    specs: Sequence[NMFSpec],
    directions: Directions | None = None,
    *,
    sample: bool = False,
    exact: bool = True,
    start: np.ndarray | None = None,
    free: np.ndarray | None = None,
) -> Iterator[list[Factorization]]:
    """Factorise for several k at once, sharing the sparse products; yield after every iteration what is finished.

    Parameters
    ----------
    specs : sequence of NMFSpec
        Alike but for k.
    sample : bool
        Above 100,000 customers, come to rest on a sample of them and finish with an iteration over everybody.
    exact : bool
        Whether scores are wanted exactly. Without, W is where the descent left it: for repeats of which only H is used.
    start, free : ndarray, optional
        As for :func:`factorize`; then there is one spec.

    Raises
    ------
    SpecError, NotEnoughData
        As :func:`factorize`.
    """
    check_values(values)
    for spec in specs:
        check_k(values, spec.k)
        check_start(start, spec, values.shape[1], free)
    if not specs:
        return
    with one_blas_thread():
        if sample and free is None and is_sampled(values) and specs[0].loss == "squared":
            yield from _from_a_sample(values, specs, start)
        else:
            yield from _together(values, specs, Origin(directions, start, free), exact)


def _from_a_sample(
    values: sparse.csr_matrix, specs: Sequence[NMFSpec], start: np.ndarray | None
) -> Iterator[list[Factorization]]:
    """Fit a sample to the end, then pass over everybody from where it ended."""
    fits: list[Factorization] = []
    rows = sampled_rows(values, specs[0].seed)
    for finished in _together(values[rows], specs, Origin(None, start), exact=False):
        fits += finished
        yield []
    problem = Problem.of(values)
    work = problem.unit.astype(np.float32)
    ends = [_descent(problem, fit.spec, None, fit.h, np.float32, 0) for fit in fits]
    for _ in hals(work, ends, max_iterations=FULL_PASSES, tolerance=0.0):
        yield []
    for fit, end in zip(fits, ends, strict=True):
        end.converged, end.iterations = fit.converged, end.iterations + fit.iterations
        yield [replace(_finish(problem, fit.spec, [end], exact=False), sampled=True)]


def _together(
    values: sparse.csr_matrix, specs: Sequence[NMFSpec], origin: Origin, exact: bool
) -> Iterator[list[Factorization]]:
    problem = Problem.of(values)
    origin = origin.within(problem, specs)
    if specs[0].loss == "squared":
        yield from _squared_error(problem, specs, origin, exact)
    else:
        for spec in specs:
            ends = [
                divergence(problem.unit, spec, w, h, origin.free)
                for w, h in starts(problem.unit, spec, origin)
            ]
            yield [_finish(problem, spec, ends)]


def _squared_error(
    problem: Problem, specs: Sequence[NMFSpec], origin: Origin, exact: bool
) -> Iterator[list[Factorization]]:
    """All starts of all k in lockstep; in single precision where that is safe."""
    is_small = problem.unit.nnz <= SMALL_CELLS
    n, p = problem.unit.shape
    # Sums over long dense columns lose digits in single precision, and little is left over of a dense matrix. What is
    # held stays to the last bit.
    single = not is_small and problem.unit.nnz <= SPARSE * n * p and origin.free is None
    work = problem.unit.astype(np.float32) if single else problem.unit
    descents = {
        spec: [
            _descent(problem, spec, w, h, work.dtype.type, free=origin.free)
            for w, h in starts(problem.unit, spec, origin)
        ]
        for spec in specs
    }
    usual = SMALL_TOLERANCE if is_small else TOLERANCE
    tolerance = usual if specs[0].tolerance is None else specs[0].tolerance
    everything = [one for several in descents.values() for one in several]
    open_specs = list(specs)
    for _ in hals(work, everything, max_iterations=specs[0].max_iterations, tolerance=tolerance):
        done = [spec for spec in open_specs if all(one.converged for one in descents[spec])]
        open_specs = [spec for spec in open_specs if spec not in done]
        yield [_finish(problem, spec, descents[spec], exact=exact) for spec in done]
    yield [_finish(problem, spec, descents[spec], exact=exact) for spec in open_specs]


def _descent(
    problem: Problem, spec: NMFSpec, w: np.ndarray | None, h: np.ndarray, dtype: type, warm_up: int = WARM_UP,
    free: np.ndarray | None = None,
) -> Descent:  # fmt: skip
    penalty = Penalty.of(spec, problem.total, problem.unit.shape)
    if penalty is None or free is not None:
        return Descent(w, h, dtype, free)
    return PenalisedDescent(w, h, dtype, penalty, 0 if spec.initialisation == CUSTOM else warm_up)


def _residual(problem: Problem, spec: NMFSpec, w: np.ndarray, h: np.ndarray) -> float:
    """‖V − WH‖² for projected W; for squared error its optimality, ⟨W, VHᵀ⟩ = ⟨W, WHHᵀ⟩, saves the sparse product."""
    if spec.loss != "squared":
        return squared_residual(problem.unit, w, h, problem.total)
    return max(problem.total - float(np.vdot(w.T @ w, h @ h.T)), 0.0)


def _finish(
    problem: Problem, spec: NMFSpec, ends: Sequence[Descent | End], *, exact: bool = True
) -> Factorization:
    """Scale the rows of H of the best end to sum 1, take W by projection, and measure what is explained.

    Without ``exact``, W is where the descent left it: enough to compare k, and the chosen k is fitted anew.
    """
    unit, total, exponent = problem.unit, problem.total, problem.exponent
    squared_errors = [end.squared_error for end in ends]
    chosen = int(np.argmin([end.objective for end in ends]))
    best = ends[chosen]
    best_h = best.h.astype(np.float64)
    h_sum = best_h.sum(axis=1)
    h = best_h / np.where(h_sum > 0, h_sum, 1.0)[:, None]
    w = project(unit, h, loss=spec.loss, near=best.w) if exact else best.w * h_sum
    residual = _residual(problem, spec, w, h) if exact else best.squared_error
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
        w=shifted(w, exponent, out=w), h=h, error=error, explained_share=1.0 - residual / total,
        iterations=best.iterations, converged=best.converged, last_gain=best.last_gain, restart_errors=errors,
        dead=dead, spec=spec, without_purchases=float(np.mean(np.diff(unit.indptr) == 0)),
    )  # fmt: skip
