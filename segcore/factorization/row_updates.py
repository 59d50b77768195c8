"""The moves of a descent: rows set to their optimum given the others, a leap beyond, and what a gain is held against."""

from __future__ import annotations

import numpy as np

INNER_SWEEPS = 3
TINY = 1e-12
NEARLY = 1e-4


def at_stake(error: float, total: float) -> float:
    """What a gain is held against: the smaller of what is explained and what is left.

    Of sparse purchases little can be explained, and against the error every gain would look small. Of a nearly exact
    fit little is left; below a ten-thousandth that is not pursued.
    """
    return max(min(total - error, max(error, NEARLY * total)), TINY * total)


def gram_of(factor: np.ndarray) -> np.ndarray:
    """Products of every pair of rows, (k, k); the routine for symmetric results is ten times slower on long rows."""
    return factor @ factor.copy().T


def sweep_rows(
    factor: np.ndarray, cross: np.ndarray, gram: np.ndarray, held: np.ndarray | None = None
) -> np.ndarray:
    """Return the factor after a few sweeps, each row set to its optimum given the others and what is held of it."""
    factor, before = factor.copy(), factor
    own = gram.diagonal()
    live = np.flatnonzero(own > TINY)
    # Divided by a row's own length once, not in every sweep.
    others, target = gram[live] / own[live, None], cross[live] / own[live, None]
    others[np.arange(len(live)), live] = 0.0
    # Numpy compares with a row faster than with a number.
    zero, step = np.zeros_like(factor, shape=factor.shape[1]), np.empty_like(factor, shape=factor.shape[1])
    rows = list(zip(live, (factor[j] for j in live), others, target, strict=True))
    for _ in range(INNER_SWEEPS):
        for j, row, weights, aim in rows:
            np.dot(weights, factor, out=step)
            np.subtract(aim, step, out=step)
            np.maximum(step, zero, out=row)
            if held is not None:
                np.copyto(row, before[j], where=held[j])
    return factor


def leapt(new: np.ndarray, old: np.ndarray, length: float) -> np.ndarray:
    """The new point and a leap beyond it, in the direction it came from; never below 0."""
    ahead = np.empty_like(new)
    zero, length = np.zeros(new.shape[1], dtype=new.dtype), new.dtype.type(length)
    for row, here, before in zip(
        ahead, new, old, strict=True
    ):  # row by row: what is in the cache stays there
        np.subtract(here, before, out=row)
        np.multiply(row, length, out=row)
        np.add(row, here, out=row)
        np.maximum(row, zero, out=row)
    return ahead


def dot(a: np.ndarray, b: np.ndarray) -> float:
    """Sum of the products of all entries, in double precision."""
    return float(np.einsum("ij,ij->", a, b, dtype=np.float64))
