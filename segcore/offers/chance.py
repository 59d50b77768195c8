"""From scores to chances: a logistic curve fitted on hidden purchases, and how far it was off on others.

A score says which product comes first for a customer; a list of customers for one product, an expected number of
buyers and a price need a chance. It is learned in the part of the back-test that chooses, and held against the part
that is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from segcore.offers.learned import Learned
from segcore.offers.paired import bootstrap_means, interval
from segcore.offers.score import block_out, blocks, score, standard

MOST_PAIRS = 600_000
_RIDGE, _ROUNDS = 1e-3, 50


@dataclass(frozen=True)
class Chance:
    """How a score becomes a chance, and how well that held.

    Attributes
    ----------
    scorer : str
    coefficients : tuple of float
        Of 1, the customer's standardised score, log popularity of the product, log number of products bought.
    ratio, ratio_low, ratio_high : float
        Purchases found ÷ purchases expected in the shown part, with its 95 % interval over customers.
    customers : int
        Customers of the shown part behind the ratio.
    one_each : bool
        Whether one product of every customer was hidden: a chance then is that the next new product is this one, and
        a customer's chances add up to 1.
    """

    scorer: str
    coefficients: tuple[float, ...]
    ratio: float = 1.0
    ratio_low: float = 1.0
    ratio_high: float = 1.0
    customers: int = 0
    one_each: bool = False

    def of(self, scores: np.ndarray, learned: Learned, bought: sparse.csr_matrix) -> np.ndarray:
        """Chance of every cell of a block of scores, float64 (rows, products), already times ``ratio``."""
        b = self.coefficients
        linear = b[1] * standard(scores)
        linear += b[0] + b[2] * _log_popularity(learned)[None, :]
        linear += b[3] * np.log1p(np.diff(bought.indptr))[:, None]
        chances = 1 / (1 + np.exp(-linear))
        if self.one_each:
            # What was bought cannot be the next new product.
            new = chances.copy()
            new[np.repeat(np.arange(bought.shape[0]), np.diff(bought.indptr)), bought.indices] = 0.0
            return np.minimum(chances / np.maximum(new.sum(axis=1, keepdims=True), 1e-12), 1.0)
        return np.clip(self.ratio * chances, 0.0, 1.0)


def _log_popularity(learned: Learned) -> np.ndarray:
    return np.log((learned.buyers + 0.5) / (learned.n + 1))


def fit_chance(
    learned: Learned,
    scorer: str,
    bought: sparse.csr_matrix,
    w: np.ndarray,
    hidden: sparse.csr_matrix,
    seed: int = 0,
    *,
    one_each: bool = False,
) -> Chance:
    """Fit the curve to what was bought of everything that could be (maximum likelihood, slightly ridged).

    Parameters
    ----------
    bought, hidden : csr_matrix, 0/1, (customers, products of ``learned``)
    """
    n, p = bought.shape
    rows = np.arange(n)
    if n * p > MOST_PAIRS:
        rows = np.sort(np.random.default_rng(seed).choice(n, max(1, MOST_PAIRS // p), replace=False))
    features, found = _pairs(learned, scorer, bought[rows], w[rows], hidden[rows])
    return Chance(scorer, tuple(map(float, _logistic(features, found))), one_each=one_each)


def _pairs(
    learned: Learned, scorer: str, bought: sparse.csr_matrix, w: np.ndarray, hidden: sparse.csr_matrix
) -> tuple[np.ndarray, np.ndarray]:
    """Features (pairs, 4) and outcome of every pair of a customer and a product not bought before."""
    p = bought.shape[1]
    open_cells = np.ones(bought.shape, dtype=bool)
    open_cells[np.repeat(np.arange(bought.shape[0]), np.diff(bought.indptr)), bought.indices] = False
    z = standard(score(learned, scorer, bought, w))
    size = np.repeat(np.log1p(np.diff(bought.indptr)), p).reshape(bought.shape)
    popularity = np.repeat(_log_popularity(learned)[None, :], bought.shape[0], axis=0)
    found = np.asarray(hidden.todense()) > 0
    columns = [np.ones(int(open_cells.sum())), z[open_cells], popularity[open_cells], size[open_cells]]
    return np.column_stack(columns), found[open_cells].astype(float)


def _logistic(features: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Coefficients by Newton's method; the ridge keeps them finite where nothing, or everything, was found."""
    b = np.zeros(features.shape[1])
    b[0] = np.log((found.sum() + 0.5) / (len(found) - found.sum() + 0.5))
    ridge = _RIDGE * np.eye(len(b)) * max(found.sum(), 1.0)
    ridge[0, 0] = 1e-9
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(features @ b, -30, 30)))
        slope = features.T @ (found - chance) - ridge @ np.where(np.arange(len(b)) > 0, b, 0.0)
        curve = (features * (chance * (1 - chance))[:, None]).T @ features + ridge
        step = np.linalg.solve(curve, slope)
        b = b + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-9:
            break
    return b


def checked(
    chance: Chance,
    learned: Learned,
    bought: sparse.csr_matrix,
    w: np.ndarray,
    hidden: sparse.csr_matrix,
    resamples: int,
    seed: int,
) -> Chance:
    """The same curve with what it expected held against what was bought, customer by customer."""
    expected = np.empty(bought.shape[0])
    for block in blocks(*bought.shape):
        scores = score(learned, chance.scorer, bought[block], w[block])
        cells = chance.of(scores, learned, bought[block])
        block_out(cells, bought[block])
        expected[block] = np.where(np.isfinite(cells), cells, 0.0).sum(axis=1)
    found = np.diff(hidden.indptr).astype(float)
    means = bootstrap_means(np.column_stack([found, expected]), resamples, seed)
    low, high = interval(means[:, 0] / np.maximum(means[:, 1], 1e-12))
    ratio = found.sum() / max(expected.sum(), 1e-12)
    return replace(
        chance, ratio=float(ratio), ratio_low=float(low), ratio_high=float(high), customers=bought.shape[0]
    )


def buyers_range(expected: float, variance: float, chance: Chance, most: int) -> tuple[int, int]:
    """Between how many of a list will buy: luck of the draw at 95 %, on rates as they were in both hidden parts.

    The curve was fitted in one part and was off by ``ratio`` in the other; the next time may be like either.

    Parameters
    ----------
    expected, variance : float
        Sums of chance, and of chance × (1 − chance), over the list.
    most : int
        Customers on the list.
    """
    low_rate = min(chance.ratio_low, 1.0) / max(chance.ratio, 1e-12)
    high_rate = max(chance.ratio_high, 1.0) / max(chance.ratio, 1e-12)
    spread = 1.96 * np.sqrt(variance)
    low, high = expected * low_rate - spread, expected * high_rate + spread
    return int(max(0, np.floor(low))), int(min(most, np.ceil(high)))
