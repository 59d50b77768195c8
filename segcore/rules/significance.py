"""Could a rule be chance? Exact p-values, corrected over everything that was tested.

p is the upper tail of the hypergeometric distribution (Fisher's exact test, one-sided): the chance that at least so
many rows hold both sides if the two had nothing to do with each other. The correction (Benjamini & Hochberg, 1995)
counts every rule that was possible at the floor, not the rules on show: over the rules on show alone, pure noise
looks significant.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln

from segcore.rules.measures import Counts

SMALLEST_TERM = 1e-17


def upper_tail(counts: Counts) -> np.ndarray:
    """P(at least ``both`` rows hold both sides | the totals), float64, relative error about 1e-9.

    Terms are summed from the observed count upwards by their ratio; below the expected count the lower tail is
    summed instead and taken from one.
    """
    n, left, right, both = counts.n, counts.left, counts.right, counts.both
    expected = left * right / max(n, 1)
    above = both > expected
    p = np.empty(len(both), dtype=np.float64)
    p[above] = _sum_terms(n, left[above], right[above], both[above], 1)
    below = ~above
    p[below] = 1.0 - _sum_terms(n, left[below], right[below], both[below] - 1, -1)
    return np.clip(p, 0.0, 1.0)


def _sum_terms(n: int, left: np.ndarray, right: np.ndarray, start: np.ndarray, step: int) -> np.ndarray:
    """Probability of ``start`` and everything beyond it in one direction."""
    lowest = np.maximum(0, left + right - n)
    possible = np.flatnonzero(start >= lowest)
    total = np.zeros(len(start), dtype=np.float64)
    a, c, x = left[possible], right[possible], start[possible].astype(np.int64)
    first = np.exp(_log_pmf(n, a, c, x))
    term, running = np.ones(len(x)), np.ones(len(x))
    live = np.arange(len(x))
    while len(live):
        la, lc, lx = a[live], c[live], x[live]
        if step > 0:
            ratio = (lc - lx) * (la - lx) / ((lx + 1.0) * (n - lc - la + lx + 1.0))
        else:
            ratio = lx * (n - lc - la + lx) / ((lc - lx + 1.0) * (la - lx + 1.0))
        term[live] *= ratio
        running[live] += term[live]
        x[live] += step
        live = live[term[live] > SMALLEST_TERM * running[live]]
    total[possible] = first * running
    return total


def _log_pmf(n: int, left: np.ndarray, right: np.ndarray, both: np.ndarray) -> np.ndarray:
    return _log_choose(right, both) + _log_choose(n - right, left - both) - _log_choose(n, left)


def _log_choose(n: np.ndarray | int, k: np.ndarray) -> np.ndarray:
    return gammaln(n + 1.0) - gammaln(k + 1.0) - gammaln(n - k + 1.0)


def adjust(p: np.ndarray, tested: int) -> np.ndarray:
    """Benjamini–Hochberg adjusted p-values when ``tested`` rules were tested, of which these are the ones found.

    The rules not found take part as if their p were 1, which can only make the answer stricter.
    """
    m = max(tested, len(p))
    order = np.argsort(p, kind="stable")
    ranked = p[order] * m / np.arange(1, len(p) + 1)
    adjusted = np.empty(len(p), dtype=np.float64)
    adjusted[order] = np.minimum.accumulate(ranked[::-1])[::-1] if len(p) else ranked
    return np.minimum(adjusted, 1.0)
