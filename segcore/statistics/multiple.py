"""Many tests at once: p-values corrected over everything that was tested (Benjamini & Hochberg, 1995, JRSS B 57)."""

from __future__ import annotations

import numpy as np


def adjust(p: np.ndarray, tested: int | None = None) -> np.ndarray:
    """Benjamini–Hochberg adjusted p-values, in the shape of ``p``.

    Parameters
    ----------
    p : float array
        Of the tests at hand.
    tested : int, optional
        How many tests there were, where only some are at hand. The others take part as if their p were 1, which can
        only make the answer stricter; fewer than are at hand counts as all of them.
    """
    return np.exp(adjust_log(_log(p), tested))


def adjust_log(log_p: np.ndarray, tested: int | None = None) -> np.ndarray:
    """The same on logarithms, for tails too small to be numbers."""
    log_p = np.asarray(log_p, dtype=np.float64)
    flat = log_p.ravel()
    m = max(tested or 0, len(flat))
    order = np.argsort(flat, kind="stable")
    ranked = flat[order] + np.log(m) - np.log(np.arange(1, len(flat) + 1)) if len(flat) else flat
    adjusted = np.empty(len(flat))
    adjusted[order] = np.minimum.accumulate(ranked[::-1])[::-1]
    return np.minimum(adjusted, 0.0).reshape(log_p.shape)


def two_sided(log_upper: np.ndarray, log_lower: np.ndarray) -> np.ndarray:
    """Logarithm of twice the smaller tail, at most that of 1."""
    return np.minimum(np.minimum(log_upper, log_lower) + np.log(2.0), 0.0)


def _log(p: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore"):
        return np.log(np.asarray(p, dtype=np.float64))
