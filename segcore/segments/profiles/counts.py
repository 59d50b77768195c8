"""Shares inside a group against shares overall: index, its interval, and the exact test, from counts alone."""

from __future__ import annotations

import numpy as np

from segcore.statistics import group_tails_kept, two_sided
from segcore.statistics.intervals import Z


def index_interval(
    inside: np.ndarray, sizes: np.ndarray, buyers: np.ndarray, n: float
) -> tuple[np.ndarray, np.ndarray]:
    """The 95 % interval of an index, in its unit (100 = average).

    Parameters
    ----------
    inside : ndarray, (groups, products)
        Buyers in each group.
    sizes : ndarray, (groups,)
        Customers in each group.
    buyers : ndarray, (products,)
        Buyers overall.
    n : float
        Customers overall.

    Notes
    -----
    The group is part of everybody, so the index is a function of the risk ratio R of the group against the rest:
    R / (wR + 1 − w) with w the group's share of customers. The interval is that of log R (Katz et al. 1978), half a
    buyer added to every cell as in Walter (1975), sent through the same function.
    """
    size = sizes[:, None].astype(float)
    rest, outside = n - size, buyers - inside
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.log((inside + 0.5) / (size + 0.5)) - np.log((outside + 0.5) / (rest + 0.5))
        variance = 1 / (inside + 0.5) - 1 / (size + 0.5) + 1 / (outside + 0.5) - 1 / (rest + 0.5)
    low, high = through_index(log_ratio, variance, size / max(n, 1.0))
    with np.errstate(divide="ignore", invalid="ignore"):
        seen = np.nan_to_num(100 * (inside / size) / (buyers / max(n, 1.0)))
    return np.minimum(low, seen), np.maximum(high, seen)  # the half buyers must not move it off what was seen


def through_index(
    log_ratio: np.ndarray, variance: np.ndarray, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of log R as bounds of the index R / (wR + 1 − w) × 100."""
    spread = Z * np.sqrt(np.maximum(variance, 0.0))

    def index(value: np.ndarray) -> np.ndarray:
        ratio = np.exp(np.clip(value, -50, 50))
        return 100 * ratio / (weight * ratio + 1 - weight)

    return index(log_ratio - spread), index(log_ratio + spread)


def exact_test(
    inside: np.ndarray, sizes: np.ndarray, buyers: np.ndarray, n: int
) -> tuple[np.ndarray, np.ndarray]:
    """Fisher's exact test of "bought or not" against "in the group or not", for every group and product.

    Returns
    -------
    p : ndarray, (groups, products)
        Two-sided: twice the smaller tail of the hypergeometric distribution, at most 1.
    more : ndarray of bool
        Whether the group buys more than chance would have it.
    """
    size = sizes[:, None]
    expected = buyers[None, :] * size / max(float(n), 1.0)
    tails = group_tails_kept(inside, sizes, n, expected)
    return np.exp(two_sided(tails.log_upper, tails.log_lower)), inside > expected
