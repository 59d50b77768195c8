"""Where a factorisation starts: from the singular vectors of the data, or at random."""

from __future__ import annotations

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import ArpackError, svds

from segcore.factorization.threads import one_thread

DENSE_CELLS = 4_000_000
NARROW = (
    64  # up to this many rows or columns a small dense decomposition is faster and more exact than ARPACK
)

Directions = tuple[np.ndarray, np.ndarray, np.ndarray]


@one_thread
def leading_directions(values: sparse.csr_matrix, k: int) -> Directions:
    """Return the k largest singular triplets, largest first, the same on every repeat.

    One decomposition serves a whole sweep: its first j triplets are the ones a start with j segments needs. Signs
    are fixed so that the largest entry of each right vector is positive.
    """
    n, p = values.shape
    narrow = min(n, p)
    if n * p <= DENSE_CELLS and (narrow <= NARROW or k >= narrow - 1):
        u, s, vt = np.linalg.svd(values.toarray(), full_matrices=False)
    elif narrow <= NARROW or k >= narrow - 1:
        u, s, vt = _from_gram(values)
    else:
        try:
            u, s, vt = svds(values, k=k, v0=np.random.default_rng(0).random(narrow) + 0.1, rng=0)
        except ArpackError:  # no convergence on a degenerate spectrum
            u, s, vt = _from_gram(values)
    order = np.argsort(-s, kind="stable")[:k]
    u, s, vt = np.nan_to_num(u[:, order]), np.nan_to_num(s[order]), np.nan_to_num(vt[order])
    sign = np.where(np.take_along_axis(vt, np.abs(vt).argmax(axis=1)[:, None], axis=1) < 0, -1.0, 1.0)
    return u * sign.ravel(), s, vt * sign


def _from_gram(values: sparse.csr_matrix) -> Directions:
    """All singular triplets from the Gram matrix of the narrow side, which has at most a few thousand rows."""
    if values.shape[0] < values.shape[1]:
        u, s, vt = _from_gram(values.T.tocsr())
        return vt.T, s, u.T
    squares, v = np.linalg.eigh((values.T @ values).toarray())
    s = np.sqrt(np.maximum(squares, 0.0))
    u = values @ v
    # Below this the square root is rounding noise, and dividing by it would blow the noise up.
    alive = s > 1e-7 * s.max(initial=0.0)
    return u[:, alive] / s[alive], s[alive], v.T[alive]


def nndsvd(directions: Directions, k: int, fill: float) -> tuple[np.ndarray, np.ndarray]:
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
        if left_norm * right_norm == 0 or s[j] <= 1e-12 * s[0]:
            continue
        scale = np.sqrt(s[j] * left_norm * right_norm)
        w[:, j], h[j] = scale * left / left_norm, scale * right / right_norm
    if fill > 0:
        w[w < 1e-9], h[h < 1e-9] = fill, fill
    return w, h


def random_start(
    shape: tuple[int, int], k: int, mean: float, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Absolute normal entries whose product has the mean of the data."""
    scale = np.sqrt(max(mean, 1e-12) / k)
    w = scale * np.abs(generator.standard_normal((shape[0], k)))
    h = scale * np.abs(generator.standard_normal((k, shape[1])))
    return w, h
