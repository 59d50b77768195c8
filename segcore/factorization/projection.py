"""Project customers onto a fixed product basis: the one path by which scores are made."""

from __future__ import annotations

import numpy as np
from scipy import sparse

from segcore.factorization.hals import TINY

BLOCK = 8192


def project(
    values: sparse.csr_matrix, h: np.ndarray, *, sweeps: int = 500, tolerance: float = 1e-10
) -> np.ndarray:
    """Non-negative least squares scores of every row for a fixed H.

    Parameters
    ----------
    values : csr_matrix, (n, p)
    h : ndarray, (k, p)

    Returns
    -------
    ndarray, (n, k)
        Minimises ‖row − score · H‖² over score ≥ 0 by cyclic coordinate descent on the k × k normal equations.
    """
    gram = h @ h.T
    scores = np.zeros((values.shape[0], len(h)))
    for start in range(0, values.shape[0], BLOCK):
        cross = np.ascontiguousarray((values[start : start + BLOCK] @ h.T).T)
        scores[start : start + BLOCK] = _solve(cross, gram, sweeps, tolerance).T
    return scores


def _solve(cross: np.ndarray, gram: np.ndarray, sweeps: int, tolerance: float) -> np.ndarray:
    factor = np.zeros_like(cross)
    scale = np.abs(cross).max(initial=0.0)
    live = [j for j in range(len(gram)) if gram[j, j] > TINY]
    for _ in range(sweeps):
        largest = 0.0
        for j in live:
            row = np.maximum(factor[j] + (cross[j] - gram[j] @ factor) / gram[j, j], 0.0)
            largest = max(largest, float(np.abs(row - factor[j]).max(initial=0.0)) * gram[j, j])
            factor[j] = row
        if largest <= tolerance * scale:
            break
    return factor
