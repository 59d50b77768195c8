"""A few weighted points in place of many, with the same sums of every smooth function (Gauss quadrature)."""

from __future__ import annotations

import numpy as np
from scipy.linalg import eigh_tridiagonal


def gauss_nodes(points: np.ndarray, weights: np.ndarray, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights that integrate polynomials of degree 2·nodes − 1 exactly (Golub & Welsch, 1969).

    Parameters
    ----------
    points, weights : float arrays, (points,)
        Different points, more than ``nodes`` of them, with positive weights.

    Returns
    -------
    points, weights : float arrays, (nodes,)
    """
    basis = np.zeros((nodes, len(points)))
    basis[0] = np.sqrt(weights / weights.sum())
    diagonal, beside = np.zeros(nodes), np.zeros(nodes - 1)
    for at in range(nodes):
        step = points * basis[at]
        diagonal[at] = step @ basis[at]
        for _ in range(2):  # twice is enough for full orthogonality
            step -= basis[: at + 1].T @ (basis[: at + 1] @ step)
        if at + 1 < nodes:
            beside[at] = np.linalg.norm(step)
            basis[at + 1] = step / beside[at]
    found, vectors = eigh_tridiagonal(diagonal, beside)
    return found, weights.sum() * vectors[0] ** 2
