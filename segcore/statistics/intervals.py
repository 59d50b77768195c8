"""Intervals of shares at 95 %."""

from __future__ import annotations

import numpy as np

Z = 1.959963984540054  # of the normal distribution, for 95 % on both sides together


def wilson(found: np.ndarray | float, n: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """The score interval of a share (Wilson, 1927, JASA 22); 0 to 1 where there are no cases.

    Parameters
    ----------
    found, n : numbers or arrays that broadcast
        Cases that count, and all cases.

    Returns
    -------
    low, high : float arrays, or numbers for numbers
    """
    found, n = np.broadcast_arrays(np.asarray(found, dtype=np.float64), np.asarray(n, dtype=np.float64))
    cases = np.where(n > 0, n, 1.0)
    share, scale = found / cases, 1.0 + Z**2 / cases
    middle = (share + Z**2 / (2 * cases)) / scale
    reach = Z * np.sqrt(share * (1 - share) / cases + Z**2 / (4 * cases**2)) / scale
    low, high = np.maximum(middle - reach, 0.0), np.minimum(middle + reach, 1.0)
    return np.where(n > 0, low, 0.0)[()], np.where(n > 0, high, 1.0)[()]


def newcombe(
    found: np.ndarray, n: np.ndarray, found_other: np.ndarray, n_other: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """The interval of a difference of two shares, first less second (Newcombe, 1998, Stat. Med. 17, method 10).

    Two score intervals combined; numbers or arrays that broadcast, a share without cases counts as 0.
    """
    one, other = share(found, n), share(found_other, n_other)
    (low, high), (low_other, high_other) = wilson(found, n), wilson(found_other, n_other)
    least = one - other - np.sqrt((one - low) ** 2 + (high_other - other) ** 2)
    most = one - other + np.sqrt((high - one) ** 2 + (other - low_other) ** 2)
    return np.maximum(least, -1.0), np.minimum(most, 1.0)


def share(found: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Cases that count of all cases; 0 where there are none."""
    n = np.asarray(n, dtype=np.float64)
    return np.where(n > 0, found / np.where(n > 0, n, 1.0), 0.0)
