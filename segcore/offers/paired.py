"""Intervals by paired bootstrap over customers: every resample judges all scorers on the same customers."""

from __future__ import annotations

import numpy as np

LEVEL = 0.95
_ROWS = 64  # resamples drawn at once


def bootstrap_means(table: np.ndarray, resamples: int, seed: int) -> np.ndarray:
    """Column means of resampled rows, (resamples, columns).

    Drawing n of n rows with replacement is a multinomial count of each row (Efron 1979).
    """
    n = len(table)
    generator = np.random.default_rng(seed)
    means = np.empty((resamples, table.shape[1]))
    for start in range(0, resamples, _ROWS):
        stop = min(start + _ROWS, resamples)
        drawn = generator.integers(0, n, size=(stop - start, n))
        counts = np.stack([np.bincount(row, minlength=n) for row in drawn])
        means[start:stop] = counts @ table / n
    return means


def interval(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The middle 95 % of resampled values, column by column."""
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return low, high
