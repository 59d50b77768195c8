"""Squared error by hierarchical alternating least squares, on sparse data, without ever forming W · H.

Each column of W, then each row of H, is set to its exact non-negative optimum given the others (Cichocki & Phan
2009); a few inner sweeps reuse one sparse product (Gillis & Glineur 2012); W and H are extrapolated along their last
step while that pays and set back when it does not (Ang & Gillis 2019).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

INNER_SWEEPS = 3
CALM_ITERATIONS = 3
TINY = 1e-12
EXACT = 1e-10  # share of the squared norm left over at which a fit is as good as exact


@dataclass(frozen=True)
class Descent:
    """Where the descent ended: factors, their error, iterations, whether it came to rest, the last relative gain."""

    w: np.ndarray
    h: np.ndarray
    squared_error: float
    iterations: int
    converged: bool
    last_gain: float


def hals(
    values: sparse.csr_matrix, w: np.ndarray, h: np.ndarray, *, max_iterations: int, tolerance: float
) -> Descent:
    """Descend from a start.

    Parameters
    ----------
    values : csr_matrix, (n, p)
    w : ndarray, (n, k)
    h : ndarray, (k, p)
    tolerance : float
        Relative gain in squared error under which an iteration is calm; three calm iterations in a row end it,
        since one alone can be a pause.
    """
    columns_first = values.T  # a view: no copy, and a faster product than a transposed copy
    total = float(values.data @ values.data)
    wt, h = np.ascontiguousarray(w.T), np.ascontiguousarray(h)
    wt_ahead, h_ahead = wt, h
    reached = wt, h, np.inf  # the point whose error was measured, and that error
    beta, ceiling, calm, gain = 0.5, 1.0, 0, 1.0
    for iteration in range(1, max_iterations + 1):
        wt_new = _update(wt_ahead, (values @ h_ahead.T).T, h_ahead @ h_ahead.T)
        wt_ahead = np.maximum(wt_new + beta * (wt_new - wt), 0.0)
        cross, gram = (columns_first @ wt_ahead.T).T, wt_ahead @ wt_ahead.T
        h_new = _update(h_ahead, cross, gram)
        error = max(total - 2.0 * float(np.vdot(cross, h_new)) + float(np.vdot(gram, h_new @ h_new.T)), 0.0)
        best = reached[2]
        if error > best:  # the leap overshot: go back to where the error was measured and leap less
            wt = wt_ahead = reached[0]
            h = h_ahead = reached[1]
            ceiling, beta = beta, beta / 1.5
            calm = calm + 1 if error - best <= tolerance * best else 0
        else:
            gain = (best - error) / best if np.isfinite(best) and best > 0 else 1.0
            calm = calm + 1 if gain <= tolerance else 0
            h_ahead = np.maximum(h_new + beta * (h_new - h), 0.0)
            wt, h = wt_new, h_new
            reached = wt_ahead, h_new, error
            beta, ceiling = min(ceiling, beta * 1.05), min(1.0, ceiling * 1.01)
        if calm >= CALM_ITERATIONS or reached[2] <= EXACT * total:
            return Descent(reached[0].T, *reached[1:], iteration, True, gain)
    return Descent(reached[0].T, *reached[1:], max_iterations, False, gain)


def _update(factor: np.ndarray, cross: np.ndarray, gram: np.ndarray) -> np.ndarray:
    """Return the factor after a few sweeps, each row set to its optimum given the others."""
    factor = factor.copy()
    for _ in range(INNER_SWEEPS):
        for j in range(len(factor)):
            if gram[j, j] > TINY:
                step = (cross[j] - gram[j] @ factor) / gram[j, j]
                np.maximum(factor[j] + step, 0.0, out=factor[j])
    return factor
