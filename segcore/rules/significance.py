"""Plain independence: Fisher's exact test, as other packages have it.

p is the upper tail of the hypergeometric distribution: the chance that at least so many rows hold both sides if the two
had nothing to do with each other and all rows bought as much as each other. In every shop some buy more than others,
which this takes for a rule; :mod:`segcore.rules.chance` does not.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import count

import numpy as np
from scipy.special import gammaln

from segcore.rules.measures import Counts
from segcore.statistics import adjust as adjust  # for whoever corrects these

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
