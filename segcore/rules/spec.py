"""Thresholds as the numbers that were typed.

A threshold is a fraction, not a float: 0.07 of 100 customers is 7 customers, and a rule that sits exactly on it
belongs in. Every comparison here is made between whole numbers.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np


def as_fraction(threshold: float | int | str | Fraction) -> Fraction:
    """The threshold as the simplest fraction that prints as the number typed.

    Denominators stay under a thousand million, so 0.30000000000000004 from a slider is 3/10 and 1/3 is a third.
    """
    exact = threshold if isinstance(threshold, Fraction) else Fraction(str(threshold))
    return exact.limit_denominator(10**9)


def count_for(share: float | Fraction, n_rows: int) -> int:
    """The smallest whole number of rows that is at least this share of ``n_rows``, and at least one."""
    return max(1, ceil(as_fraction(share) * n_rows))


def at_least(
    numerator: np.ndarray, denominator: np.ndarray | int, threshold: float | int | Fraction
) -> np.ndarray:
    """Whether numerator / denominator ≥ threshold, exactly, for positive whole denominators."""
    limit = as_fraction(threshold)
    top, bottom = limit.numerator, limit.denominator
    numerator = np.asarray(numerator, dtype=np.int64)
    denominator = np.broadcast_to(np.asarray(denominator, dtype=np.int64), numerator.shape)
    if numerator.size == 0:
        return np.zeros(0, dtype=bool)
    if max(int(numerator.max()) * bottom, int(denominator.max()) * abs(top)) < 2**62:
        return numerator * bottom >= denominator * top
    # Too large for 64 bits: floats decide all but the near ties, which are compared as Python's own integers.
    ratio, target = numerator / denominator, float(limit)
    answer = ratio >= target
    for i in np.flatnonzero(np.abs(ratio - target) <= 1e-9 * max(abs(target), 1e-300)):
        answer[i] = int(numerator[i]) * bottom >= int(denominator[i]) * top
    return answer
