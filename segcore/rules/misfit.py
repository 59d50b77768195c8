"""What popular products have in common beyond the null: a surplus that all pairs of their kind share is no find.

Customers do not follow the null's curve to the last digit: whoever buys ten times as much is not ten times as likely
to own the best-seller. All pairs of equally popular products are then a little more (or less) often together than
expected, a few in a hundred, and among ten thousand customers that alone passes every test. So the surplus of a
typical pair is learned from the pairs themselves, as a smooth function of how popular the two are, by a regression
that pairs far from the others do not move. It is an empirical null in the sense of Efron (2004, JASA 99).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.optimize import least_squares

from segcore.statistics import MarginNull, joint_counts

MOST_LOOKED_AT, BEST_SELLERS = 110, 40  # products whose pairs are counted, the most popular of them always
LEAST_EXPECTED = 1.0  # rows with both, below which a pair tells nothing about the others
PAIRS_FOR_LEVEL, PAIRS_FOR_CURVE = 20, 60
MOST = 0.25  # of the expected number that is ever laid to popularity
FAR = 1.5  # standard deviations from which a pair counts less and less


@dataclass(frozen=True, eq=False)
class Misfit:
    """Surplus of a typical pair over the null: a quadratic in the logarithms of the two shares of rows.

    Attributes
    ----------
    coefficients : float array, (terms,)
        Of 1, u + v, uv, u² + v², or of the first alone.
    covariance : float array, (terms, terms)
    """

    coefficients: np.ndarray
    covariance: np.ndarray
    n_rows: int

    def of(self, n_left: np.ndarray, n_right: np.ndarray) -> np.ndarray:
        """Rows with both beyond the expected number, relative to it, for products of so many rows each.

        Only as far as it is known: nearer to 0 by its standard error, and never more than a quarter.
        """
        terms = _curve(n_left, n_right, self.n_rows)[:, : len(self.coefficients)]
        found, error = terms @ self.coefficients, np.sqrt(((terms @ self.covariance) * terms).sum(axis=1))
        return np.clip(np.sign(found) * np.maximum(np.abs(found) - error, 0.0), -MOST, MOST)


def fit_misfit(null: MarginNull, values: sparse.csr_matrix, items: np.ndarray) -> Misfit:
    """Learn what typical pairs have beyond the null.

    Parameters
    ----------
    values : csr_matrix of 0/1, rows × products
    items : int array
        Products common enough to be tested.
    """
    totals = np.bincount(values.indices, minlength=values.shape[1])
    chosen = _spread(items[np.argsort(-totals[items], kind="stable")])
    part = values[:, chosen]
    one, other = np.triu_indices(len(chosen), 1)
    both = (part.T @ part).toarray()[one, other]
    left, right = chosen[one], chosen[other]
    with np.errstate(divide="ignore", invalid="ignore"):
        counts = joint_counts(null, left, right)
    kept = np.flatnonzero((counts.expected >= LEAST_EXPECTED) & (counts.kept > 0))
    if len(kept) < PAIRS_FOR_LEVEL:
        return Misfit(np.zeros(1), np.zeros((1, 1)), values.shape[0])
    expected, spread = counts.expected[kept], np.sqrt(counts.kept[kept])
    terms = _curve(totals[left[kept]], totals[right[kept]], values.shape[0])
    terms = terms[:, : 4 if len(kept) >= PAIRS_FOR_CURVE else 1] * (expected / spread)[:, None]
    found, covariance = _robust(terms, (both[kept] - expected) / spread)
    return Misfit(found, covariance, values.shape[0])


def _spread(items: np.ndarray) -> np.ndarray:
    """All items, or the first ones and every so-manieth of the others."""
    if len(items) <= MOST_LOOKED_AT:
        return items
    others = np.linspace(BEST_SELLERS, len(items) - 1, MOST_LOOKED_AT - BEST_SELLERS).astype(np.int64)
    return np.concatenate([items[:BEST_SELLERS], items[others]])


def _curve(n_left: np.ndarray, n_right: np.ndarray, n_rows: int) -> np.ndarray:
    one, other = (np.log(np.maximum(side, 1) / max(n_rows, 1)) for side in (n_left, n_right))
    return np.column_stack([np.ones(len(one)), one + other, one * other, one**2 + other**2])


def _robust(terms: np.ndarray, surplus: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients that most pairs agree on, and their covariance; all in standard deviations of the pair's count."""
    scale = np.sqrt((terms**2).mean(axis=0))
    fit = least_squares(
        lambda beta: (terms / scale) @ beta - surplus, np.zeros(terms.shape[1]), lambda _: terms / scale,
        loss="cauchy", f_scale=FAR, method="trf",
    )  # fmt: skip
    left = surplus - (terms / scale) @ fit.x
    spread = max(1.0, 1.4826 * float(np.median(np.abs(left))))
    return fit.x / scale, spread**2 * np.linalg.pinv(terms.T @ terms)
