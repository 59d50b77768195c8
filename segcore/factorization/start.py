"""Where a factorisation starts: from the singular vectors of the data, or at random."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import svds


def leading_directions(values: sparse.csr_matrix, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the k largest singular triplets, largest first, with a fixed start vector so that repeats agree.

    One decomposition serves a whole sweep: its first j triplets are the ones a start with j segments needs.
    """
    n, p = values.shape
    if min(n, p) <= 64 or k >= min(n, p) - 1:
        u, s, vt = np.linalg.svd(
            values.toarray() if n * p <= 4_000_000 else _gram_root(values), full_matrices=False
        )
        return u[:, :k], s[:k], vt[:k]
    u, s, vt = svds(values, k=k, v0=np.full(min(n, p), 1.0))
    order = np.argsort(-s, kind="stable")
    return u[:, order], s[order], vt[order]


def _gram_root(values: sparse.csr_matrix) -> np.ndarray:
    raise ValueError(f"{values.shape} is too large to decompose densely")


def nndsvd(
    directions: tuple[np.ndarray, np.ndarray, np.ndarray], k: int, fill: float
) -> tuple[np.ndarray, np.ndarray]:
    """Non-negative double SVD start (Boutsidis & Gallopoulos 2008), gaps filled with ``fill`` (0: NNDSVD).

    Of each pair of singular vectors the positive or the negative halves are kept, whichever carry more.
    """
    u, s, vt = directions
    w, h = np.zeros((u.shape[0], k)), np.zeros((k, vt.shape[1]))
    root = np.sqrt(s[0])
    w[:, 0], h[0] = root * np.abs(u[:, 0]), root * np.abs(vt[0])
    for j in range(1, min(k, len(s))):
        halves = [(np.maximum(sign * u[:, j], 0.0), np.maximum(sign * vt[j], 0.0)) for sign in (1.0, -1.0)]
        norms = [(np.linalg.norm(a), np.linalg.norm(b)) for a, b in halves]
        best = int(norms[1][0] * norms[1][1] > norms[0][0] * norms[0][1])
        (left, right), (left_norm, right_norm) = halves[best], norms[best]
        if left_norm * right_norm == 0:
            continue
        scale = np.sqrt(s[j] * left_norm * right_norm)
        w[:, j], h[j] = scale * left / left_norm, scale * right / right_norm
    if fill > 0:
        w[w < 1e-9], h[h < 1e-9] = fill, fill
    return w, h


def random_start(shape: tuple[int, int], k: int, mean: float, generator: np.random.Generator):
    """Absolute normal entries whose product has the mean of the data."""
    scale = np.sqrt(max(mean, 1e-12) / k)
    w = scale * np.abs(generator.standard_normal((shape[0], k)))
    h = scale * np.abs(generator.standard_normal((k, shape[1])))
    return w, h
