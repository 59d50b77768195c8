"""Which component a row belongs to: the largest score, decided the same way everywhere."""

from __future__ import annotations

import numpy as np

TIE = 1e-9  # scores closer than this, relative, differ by rounding alone


def assign(scores: np.ndarray, priority: np.ndarray | None = None) -> np.ndarray:
    """Component with the largest score of each row.

    Parameters
    ----------
    scores : ndarray, (rows, k)
        Non-negative.
    priority : ndarray, (k,), optional
        Where scores tie, the component with the highest priority gets the row; its total score when left out. Without
        a rule, rounding noise would decide, and another order of the customers would decide otherwise.

    Returns
    -------
    ndarray of int, (rows,)
        From 0; −1 where every score is 0.
    """
    if not scores.size:
        return np.full(len(scores), -1)
    largest = scores.max(axis=1)
    rank = scores.sum(axis=0) if priority is None else priority
    tied = scores >= (largest * (1 - TIE))[:, None]
    return np.where(largest > 0, np.where(tied, rank, -np.inf).argmax(axis=1), -1)
