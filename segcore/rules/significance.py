"""Could a rule be chance? Exact p-values, corrected over everything that was tested.

p is the upper tail of the hypergeometric distribution (Fisher's exact test, one-sided): the chance that at least so
many rows hold both sides if the two had nothing to do with each other. The same tail, counted only among the rows
that hold the rest of a rule, tells whether one more product earns its place in it. The correction (Benjamini &
Hochberg, 1995) counts every rule that was possible at the floor, not the rules on show: over the rules on show alone,
pure noise looks significant.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import count

import numpy as np
from scipy.special import gammaln

from segcore.rules.measures import Counts

SMALLEST_TERM = 1e-17
COMPRESS_EVERY = 8  # steps of the recursion between two looks at which sums are finished


def upper_tail(counts: Counts) -> np.ndarray:
    """P(at least ``both`` rows hold both sides | the totals), float64, relative error about 1e-9."""
    return np.exp(log_upper_tail(counts.n, counts.left, counts.right, counts.both))


def log_upper_tail(n: np.ndarray | int, left: np.ndarray, right: np.ndarray, both: np.ndarray) -> np.ndarray:
    """Logarithm of P(at least ``both``), which stays a number where the probability itself would be 0.

    Terms are summed from the observed count upwards by their ratio; below the expected count the lower tail is
    summed instead and taken from one.
    """
    n, left, right, both = np.broadcast_arrays(np.asarray(n, dtype=np.int64), left, right, both)
    expected = left * right / np.maximum(n, 1)
    above = both > expected
    logs = np.empty(len(both), dtype=np.float64)
    logs[above] = _log_sum(n[above], left[above], right[above], both[above], 1)
    below = ~above
    lower = np.exp(_log_sum(n[below], left[below], right[below], both[below] - 1, -1))
    logs[below] = np.log1p(-np.minimum(lower, 1.0 - 1e-16))
    return np.minimum(logs, 0.0)


def log_lower_tail(n: np.ndarray | int, left: np.ndarray, right: np.ndarray, both: np.ndarray) -> np.ndarray:
    """Logarithm of P(at most ``both``): what tells that two products keep apart."""
    n = np.broadcast_to(np.asarray(n, dtype=np.int64), np.shape(both))
    left, right, both = (np.asarray(part, dtype=np.int64) for part in (left, right, both))
    # At most `both` on the right is at least `left − both` of the rows without the right side.
    return log_upper_tail(n, left, n - right, left - both)


def _log_sum(n: np.ndarray, left: np.ndarray, right: np.ndarray, start: np.ndarray, step: int) -> np.ndarray:
    """Logarithm of the probability of ``start`` and everything beyond it in one direction."""
    total = np.full(len(start), -np.inf)
    place: np.ndarray = np.flatnonzero(start >= np.maximum(0, left + right - n))
    n, a, c, x = (part[place].astype(np.float64) for part in (n, left, right, start))
    total[place] = _log_pmf(n, a, c, x)
    term: np.ndarray = np.ones(len(x))
    running: np.ndarray = np.ones(len(x))
    rest = n - c - a  # cells with neither side, less the overlap
    for turn in count(1):
        if not len(x):
            break
        if step > 0:
            term *= (c - x) * (a - x) / ((x + 1.0) * (rest + x + 1.0))
        else:
            term *= x * (rest + x) / ((c - x + 1.0) * (a - x + 1.0))
        running += term
        x += step
        if turn % COMPRESS_EVERY == 0 or turn < 3:
            live = term > SMALLEST_TERM * running
            if not live.all():
                done = ~live
                total[place[done]] += np.log(running[done])
                place, a, c, x, rest, term, running = (
                    part[live] for part in (place, a, c, x, rest, term, running)
                )
    return total


def _log_pmf(n: np.ndarray, left: np.ndarray, right: np.ndarray, both: np.ndarray) -> np.ndarray:
    f = _log_factorials(n, len(both))
    ways = f(right) - f(both) - f(right - both) + f(n - right) - f(left - both) - f(n - right - left + both)
    return ways - (f(n) - f(left) - f(n - left))


def _log_factorials(n: np.ndarray, tests: int) -> Callable[[np.ndarray], np.ndarray]:
    """Logarithms of factorials by table where there are many tests, one by one where there are few."""
    most = int(n.max(initial=0))
    if most > 4 * tests + 1_000:
        return lambda k: gammaln(k + 1.0)
    table = _table(most)
    return lambda k: table[k.astype(np.int64)]


@lru_cache(maxsize=2)
def _table(most: int) -> np.ndarray:
    return gammaln(np.arange(1.0, most + 2.0))


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
