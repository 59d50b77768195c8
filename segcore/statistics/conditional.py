"""Tails of a group's buyers when the product's own number of buyers is kept exactly, not on average.

The group and the rest are two binomials with the chances the null gives them; given their sum, the group's count
follows Fisher's noncentral hypergeometric distribution (Fog, 2008, Comm. Stat. Sim. 37). Equal chances make it the
hypergeometric one, and the test Fisher's exact test.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln, logsumexp

from segcore.statistics.tails import Tails

BLOCK = 400_000  # terms at once


def group_tails_kept(inside: np.ndarray, sizes: np.ndarray, n: int, expected: np.ndarray) -> Tails:
    """Logarithms of the chances of at least, and of at most, ``inside`` buyers in each group, (groups, products).

    Parameters
    ----------
    inside : int array, (groups, products)
        Every row is in one of the groups, so their sum is the product's buyers.
    sizes : int array, (groups,)
    n : int
        Rows in all groups.
    expected : float array, (groups, products)
        Buyers by chance; each column sums to the product's buyers.
    """
    shape = inside.shape
    total = np.broadcast_to(inside.sum(axis=0), shape).ravel()
    size = np.broadcast_to(np.asarray(sizes)[:, None], shape).ravel()
    odds = _log_odds(expected.ravel(), size) - _log_odds(total - expected.ravel(), n - size)
    upper, lower = np.zeros(inside.size), np.zeros(inside.size)
    step = max(1, BLOCK // max(int(np.minimum(total, size).max(initial=0)) + 1, 1))
    for start in range(0, inside.size, step):
        part = slice(start, start + step)
        upper[part], lower[part] = _tails(inside.ravel()[part], size[part], total[part], n, odds[part])
    return Tails(upper.reshape(shape), lower.reshape(shape))


def _log_odds(expected: np.ndarray, size: np.ndarray) -> np.ndarray:
    tiny = 1e-12
    return np.log(np.maximum(expected, tiny)) - np.log(np.maximum(size - expected, tiny))


def _tails(
    inside: np.ndarray, size: np.ndarray, total: np.ndarray, n: int, odds: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    least, most = np.maximum(0, total - (n - size)), np.minimum(total, size)
    count = np.arange(int((most - least).max(initial=0)) + 1) + least[:, None]
    size, total, log_odds = size[:, None], total[:, None], odds[:, None]
    term = np.where(count <= most[:, None], 0.0, -np.inf)
    x = np.minimum(count, most[:, None])
    term = term + x * log_odds - gammaln(x + 1.0) - gammaln(size - x + 1.0)
    term -= gammaln(total - x + 1.0) + gammaln(n - size - total + x + 1.0)
    whole = logsumexp(term, axis=1)
    seen = inside[:, None]
    upper = logsumexp(np.where(count >= seen, term, -np.inf), axis=1) - whole
    lower = logsumexp(np.where(count <= seen, term, -np.inf), axis=1) - whole
    return np.minimum(upper, 0.0), np.minimum(lower, 0.0)
