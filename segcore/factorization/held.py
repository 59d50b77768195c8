"""Finding segments anew from where they are: warm, with what must not change held still.

Both factors are improved in turn, as in every fit (hierarchical alternating least squares for squared error,
multiplicative updates for Kullback–Leibler), but the product basis starts at the segments at hand, and entries that
are held keep their value. Scores are exact projections in the end, as everywhere.

The segments at hand are at rest: with nothing changed, going on moves nobody. Where everything may change, a warm fit
goes on until it rests as they do. Where something is held, small gains end it sooner.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from scipy import sparse

from segcore.choices.nmf import NMFSpec, at_rest
from segcore.factorization import Factorization, factorize, project
from segcore.factorization.fit import SMALL_CELLS, SMALL_TOLERANCE, TOLERANCE
from segcore.factorization.threads import one_thread

MOST_ROUNDS = 400
CALM = 3  # rounds in a row without a gain worth having
SWEEPS = 3
TINY = 1e-12


@one_thread
def refit(
    values: sparse.csr_matrix, start: np.ndarray, spec: NMFSpec, free: np.ndarray | None = None
) -> Factorization:
    """Factorise from a product basis at hand.

    Parameters
    ----------
    values : csr_matrix, (n, p)
    start : ndarray, (k, p)
        Rows that are all 0 stay so.
    spec : NMFSpec
        The choices behind the segments; its k gives way to the rows of ``start``. Penalties are applied where
        everything may change, and not where something is held.
    free : ndarray of bool, (k, p), optional
        Entries that may change; all of them when left out.

    Returns
    -------
    Factorization
        Live rows of H sum to 1.
    """
    if (free is None or free.all()) and spec.loss == "squared":
        return _freely(values, start, spec)
    basis = scaled(start)
    can_move = np.ones(basis.shape, dtype=bool) if free is None else free
    spec = replace(spec, k=len(basis))
    if spec.loss != "squared":
        basis = np.where(can_move & (basis <= 0) & basis.any(axis=1, keepdims=True), TINY, basis)
    rounds, settled, gain = 0, not can_move.any(), 0.0
    if not settled:
        basis, rounds, settled, gain = _descend(values, basis, can_move, spec.loss)
    return _finished(values, basis, spec, rounds, settled, gain)


def _freely(values: sparse.csr_matrix, start: np.ndarray, spec: NMFSpec) -> Factorization:
    """The usual fit from this start; the spec stays one that needs no start."""
    warm = at_rest(replace(spec, k=len(start), initialisation="custom", restarts=None))
    return replace(factorize(values, warm, start=start), spec=replace(spec, k=len(start)))


def _descend(
    values: sparse.csr_matrix, basis: np.ndarray, can_move: np.ndarray, loss: str
) -> tuple[np.ndarray, int, bool, float]:
    """Rounds until three in a row are calm: the basis, how many, whether it came to rest, the last gain."""
    total = float(values.data @ values.data)
    small = values.nnz <= SMALL_CELLS
    calm_gain = SMALL_TOLERANCE if small else TOLERANCE
    step = _squares_step if loss == "squared" else _divergence_step
    scores = project(values, basis, loss=loss)
    error, calm, gain = np.inf, 0, 0.0
    for number in range(1, MOST_ROUNDS + 1):
        basis = step(values, scores, basis, can_move)
        scores = _improved(values, scores, basis) if loss == "squared" else project(values, basis, loss=loss)
        now = _residual(values, scores, basis, total)
        gain = (error - now) / max(min(total - now, now), TINY * total) if np.isfinite(error) else 1.0
        calm = calm + 1 if abs(gain) <= calm_gain else 0
        error = now
        if calm >= CALM:
            return basis, number, True, gain
    return basis, MOST_ROUNDS, False, gain


def fresh(spec: NMFSpec, k: int) -> NMFSpec:
    """The same choices for another number of segments, to be looked for without a start at hand."""
    start = "nndsvda" if spec.initialisation == "custom" else spec.initialisation
    return replace(spec, k=k, initialisation=start)


def scaled(basis: np.ndarray) -> np.ndarray:
    """Rows scaled to sum 1; empty ones stay empty."""
    total = basis.sum(axis=1, keepdims=True)
    return basis / np.where(total > 0, total, 1.0)


def _squares_step(
    values: sparse.csr_matrix, scores: np.ndarray, basis: np.ndarray, can_move: np.ndarray
) -> np.ndarray:
    """Sweeps over the rows of the basis, each set to its optimum given the others where it may move."""
    cross, gram = (values.T @ scores).T, scores.T @ scores
    basis = basis.copy()
    for _ in range(SWEEPS):
        for j in np.flatnonzero(np.diag(gram) > TINY):
            best = np.maximum(basis[j] + (cross[j] - gram[j] @ basis) / gram[j, j], 0.0)
            basis[j] = np.where(can_move[j], best, basis[j])
    return basis


def _divergence_step(
    values: sparse.csr_matrix, scores: np.ndarray, basis: np.ndarray, can_move: np.ndarray
) -> np.ndarray:
    """One multiplicative update of the basis (Lee & Seung 2001)."""
    rows = np.repeat(np.arange(values.shape[0]), np.diff(values.indptr))
    made = np.einsum("ck,ck->c", scores[rows], np.ascontiguousarray(basis.T)[values.indices])
    ratio = np.divide(values.data, made, out=np.zeros_like(made), where=made > 0)
    pulled = (sparse.csr_matrix((ratio, values.indices, values.indptr), values.shape).T @ scores).T
    weight = scores.sum(axis=0)[:, None]
    moved = basis * np.divide(pulled, weight, out=np.ones_like(pulled), where=weight > 0)
    return np.where(can_move, moved, basis)


def _improved(values: sparse.csr_matrix, scores: np.ndarray, basis: np.ndarray) -> np.ndarray:
    """Scores after a few sweeps on a basis that hardly moved; exact ones are taken at the end."""
    cross, gram = values @ basis.T, basis @ basis.T
    part = scores.T.copy()
    for _ in range(SWEEPS):
        for j in np.flatnonzero(np.diag(gram) > TINY**2):
            part[j] = np.maximum(part[j] + (cross[:, j] - gram[j] @ part) / gram[j, j], 0.0)
    return part.T


def _residual(values: sparse.csr_matrix, scores: np.ndarray, basis: np.ndarray, total: float) -> float:
    cross = float(np.vdot(values @ basis.T, scores))
    return max(total - 2.0 * cross + float(np.vdot(scores.T @ scores, basis @ basis.T)), 0.0)


def _finished(
    values: sparse.csr_matrix, basis: np.ndarray, spec: NMFSpec, rounds: int, settled: bool, gain: float
) -> Factorization:
    """Exact scores on the basis as it is now, and what is explained by both."""
    basis = scaled(basis)
    scores = project(values, basis, loss=spec.loss)
    total = float(values.data @ values.data)
    left = _residual(values, scores, basis, total)
    dead = np.flatnonzero(scores.sum(axis=0) * basis.sum(axis=1) <= TINY * np.sqrt(total))
    return Factorization(
        w=scores, h=basis, error=float(np.sqrt(left)), explained_share=1.0 - left / total, iterations=rounds,
        converged=settled, last_gain=gain, restart_errors=(float(np.sqrt(left)),),
        dead=tuple(int(j) for j in dead), spec=spec,
    )  # fmt: skip
