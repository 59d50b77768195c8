"""Project customers onto a fixed product basis: the one path by which scores are made."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.optimize import nnls as lawson_hanson

from segcore.factorization.nnls import nnls
from segcore.factorization.row_updates import TINY
from segcore.factorization.threads import one_thread

BLOCK = 32_768
SWEEPS = 5000


@one_thread
def project(
    values: sparse.csr_matrix,
    h: np.ndarray,
    *,
    sweeps: int = SWEEPS,
    tolerance: float = 1e-11,
    loss: str = "squared",
    near: np.ndarray | None = None,
) -> np.ndarray:
    """Non-negative scores of every row for a fixed H: the best ones under the loss that H was fitted with.

    Parameters
    ----------
    values : csr_matrix, (n, p)
    h : ndarray, (k, p)
    tolerance : float
        Largest change of a score in one sweep, relative to its own row: what one customer gets never depends on who
        else is there.
    loss : {"squared", "kullback-leibler"}
    near : ndarray, (n, k), optional
        Scores nearby, such as a descent's own: they only make it faster.

    Returns
    -------
    ndarray, (n, k)
        Squared error: the exact minimum of ‖row − score · H‖² over score ≥ 0. Kullback–Leibler: minimises the
        divergence by multiplicative updates on the filled cells.
    """
    scores = np.zeros((values.shape[0], len(h)))
    gram = h @ h.T
    for start in range(0, values.shape[0], BLOCK):
        block = values if len(scores) <= BLOCK else values[start : start + BLOCK]
        if loss == "squared":
            cross = np.ascontiguousarray((block @ h.T).T)
            positive = None if near is None else near[start : start + BLOCK].T > 0
            exact, solved = nnls(cross, gram, positive)
            if not solved.all():
                exact[:, ~solved] = _solve(cross[:, ~solved], gram, sweeps, tolerance)
            scores[start : start + BLOCK] = exact.T
        else:
            scores[start : start + BLOCK] = _divergence_scores(block, h)
    return scores


class Projector:
    """One customer after the other onto one product basis, by squared error, in some hundred-thousandths of a second.

    H is decomposed once, Hᵀ = QR. Since ‖row − score · H‖² and ‖R · score − Qᵀ · row‖² differ by a constant, a customer
    costs one product with the bought rows of Q and a k × k non-negative least squares (Lawson & Hanson 1974), however
    many products there are.

    Parameters
    ----------
    h : ndarray, (k, p)
    """

    @one_thread
    def __init__(self, h: np.ndarray) -> None:
        self.h = h
        self._q, self._r = np.linalg.qr(np.ascontiguousarray(h.T, dtype=np.float64))

    def one(self, row: sparse.csr_matrix) -> np.ndarray:
        """Exact non-negative scores of one row (1, p): the minimum that :func:`project` finds, (k,)."""
        try:
            return lawson_hanson(self._r, row.data @ self._q[row.indices])[0]
        except RuntimeError:  # it may run out of exchanges on segments that hardly differ
            return project(row, self.h)[0]


def _solve(cross: np.ndarray, gram: np.ndarray, sweeps: int, tolerance: float) -> np.ndarray:
    """Scores (k, n) from H · rowsᵀ; rows leave as they come to rest, so that slow ones do not hold up the others."""
    factor = np.zeros_like(cross)
    live = [j for j in range(len(gram)) if gram[j, j] > TINY]
    scale = cross.max(axis=0, initial=0.0)
    moving = np.flatnonzero(scale > 0)
    target, part = cross[:, moving] / scale[moving], factor[:, moving]
    for _ in range(sweeps):
        if not len(moving):
            break
        change = np.zeros(len(moving))
        for j in live:
            row = np.maximum(part[j] + (target[j] - gram[j] @ part) / gram[j, j], 0.0)
            np.maximum(change, np.abs(row - part[j]), out=change)
            part[j] = row
        rest = change <= tolerance * part.max(axis=0)
        if rest.mean() > 0.2:
            factor[:, moving[rest]] = part[:, rest]
            moving, target, part = moving[~rest], target[:, ~rest], part[:, ~rest]
    factor[:, moving] = part
    return factor * scale


def _divergence_scores(
    block: sparse.csr_matrix, h: np.ndarray, sweeps: int = 300, tolerance: float = 1e-6
) -> np.ndarray:
    """Scores with the least Kullback–Leibler divergence; they add up to the row where every row of H sums to 1."""
    weight = h.sum(axis=1)
    live = weight > 0
    scores = np.zeros((block.shape[0], len(h)))
    basis = h[live] / weight[live, None]
    if not live.any():
        return scores
    total = np.asarray(block.sum(axis=1)).ravel()
    row = np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))
    columns = np.ascontiguousarray(basis.T)[block.indices]  # (cells, k)
    part = np.repeat(total[:, None] / live.sum(), live.sum(), axis=1)
    for _ in range(sweeps):
        fitted = np.einsum("ck,ck->c", part[row], columns)
        ratio = np.divide(block.data, fitted, out=np.zeros_like(fitted), where=fitted > 0)
        pulled = sparse.csr_matrix((ratio, block.indices, block.indptr), shape=block.shape) @ basis.T
        new = part * pulled
        done = np.abs(new - part).max(initial=0.0) <= tolerance * max(total.max(initial=0.0), TINY)
        part = new
        if done:
            break
    scores[:, live] = part / weight[live]
    return scores
