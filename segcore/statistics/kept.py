"""Tails of pairs with the two products' own totals kept exactly, not on average.

Under the null, every row keeps its size and a product's buyers vary around their number. Those buyers are known,
though, and a pair's count varies much less beside them: among popular products a half or a third. Here the count is
judged among tables that have both totals, as Fisher's exact test does within alike rows; there the answer is the
hypergeometric one. A saddlepoint approximation of the conditional distribution (Skovgaard, 1987, J. Appl. Prob. 24):
all rows are tilted until the pair's count and both totals are the expected ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segcore.statistics.tails import Tails, Tilt, by_binomial

STEPS, LONGEST_STEP, CLOSE = 60, 1.5, 1e-9
END = 1e-6  # how near to the least and the most rows that can hold both a count is taken


@dataclass(frozen=True, eq=False)
class Cells:
    """Chances that a row holds both, only the one, only the other: float arrays (strata, tests)."""

    both: np.ndarray
    one: np.ndarray
    other: np.ndarray


def kept_variance(rows: np.ndarray, cells: Cells) -> np.ndarray:
    """Variance of the count beside given totals: what the totals leave of it, (tests,)."""
    found = _curvature(rows, cells)
    return found.determinant / found.of_totals


def kept_tails(rows: np.ndarray, cells: Cells, observed: np.ndarray) -> Tails:
    """Logarithms of P(count ≥ observed) and P(count ≤ observed) among tables with both totals.

    Parameters
    ----------
    rows : float array, (strata,)
    cells : Cells
        Neither product certain in every row or in none.
    observed : int array, (tests,)

    Notes
    -----
    Within 3 % of the exact tails between 1e-2 and 1e-12, and within 10 % where the count is the most there can be.
    """
    if not len(observed):
        return Tails(np.zeros(0), np.zeros(0))
    totals = rows @ (cells.both + cells.one), rows @ (cells.both + cells.other)
    least = np.maximum(0.0, totals[0] + totals[1] - rows.sum())
    most = np.minimum(*totals)
    count = np.clip(np.asarray(observed, dtype=np.float64), least + END, most - END)
    tilt, price, tilted = _tilted(rows, cells, count, totals)
    now, before = _curvature(rows, tilted), _curvature(rows, cells)
    price = price - 0.5 * np.log(now.of_totals / before.of_totals)
    # Counted from the nearer end, where it is rare, so that the base is nearly a Poisson there.
    turned = most - count < count - least
    seen, tilt = np.where(turned, most - count, count - least), np.where(turned, -tilt, tilt)
    first, second = by_binomial(Tilt(tilt, price, tilted.both, now.determinant / now.of_totals), seen)
    upper, lower = np.where(turned, second, first), np.where(turned, first, second)
    upper, lower = np.where(observed < least + 0.5, 0.0, upper), np.where(observed > most - 0.5, 0.0, lower)
    upper, lower = (
        np.where(observed > most + 0.5, -np.inf, upper),
        np.where(observed < least - 0.5, -np.inf, lower),
    )
    return Tails(np.minimum(upper, 0.0), np.minimum(lower, 0.0))


def _tilted(
    rows: np.ndarray, cells: Cells, count: np.ndarray, totals: tuple[np.ndarray, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, Cells]:
    """The tilt of the pair, the logarithm of its price and the cells it gives; Newton from the tilt of alike rows."""
    tilts = _as_if_alike(rows.sum(), count, totals) - _as_if_alike(rows.sum(), rows @ cells.both, totals)
    wanted = np.stack([count, *totals])
    for _ in range(STEPS):
        tilted, level = _tilt_cells(cells, tilts)
        means = np.stack(
            [rows @ tilted.both, rows @ (tilted.both + tilted.one), rows @ (tilted.both + tilted.other)]
        )
        step = _curvature(rows, tilted).solve(wanted - means)
        if np.abs(wanted - means).max() < CLOSE * (1.0 + wanted.max()):
            break
        tilts = tilts + np.clip(step, -LONGEST_STEP, LONGEST_STEP)
    return tilts[0], rows @ level - (tilts * wanted).sum(axis=0), tilted


def _as_if_alike(n: float, count: np.ndarray, totals: tuple[np.ndarray, np.ndarray]) -> np.ndarray:
    """Logarithms of a table of four cells: its odds ratio, and the odds of each product without the other."""
    one, other = np.maximum(totals[0] - count, END), np.maximum(totals[1] - count, END)
    neither = np.maximum(n - totals[0] - totals[1] + count, END)
    count = np.maximum(count, END)
    return np.log(np.stack([count * neither / (one * other), one / neither, other / neither]))


def _tilt_cells(cells: Cells, tilts: np.ndarray) -> tuple[Cells, np.ndarray]:
    """The cells tilted, and the logarithm of what their chances then add up to."""
    pair, one, other = tilts
    more = (
        cells.both * np.expm1(pair + one + other) + cells.one * np.expm1(one) + cells.other * np.expm1(other)
    )
    whole = 1.0 + more
    tilted = Cells(
        cells.both * (np.exp(pair + one + other) / whole),
        cells.one * (np.exp(one) / whole),
        cells.other * (np.exp(other) / whole),
    )
    return tilted, np.log1p(more)


@dataclass(frozen=True, eq=False)
class _Curvature:
    """Covariances of the count and both totals over all rows, one 3 × 3 matrix a test."""

    pair: np.ndarray
    one: np.ndarray
    other: np.ndarray
    pair_one: np.ndarray
    pair_other: np.ndarray
    totals: np.ndarray

    @property
    def of_totals(self) -> np.ndarray:
        return self.one * self.other - self.totals**2

    @property
    def determinant(self) -> np.ndarray:
        a, b, c = self.pair_one, self.pair_other, self.totals
        whole = self.pair * self.of_totals - a * (a * self.other - b * c) + b * (a * c - b * self.one)
        return np.maximum(whole, 1e-300)

    def solve(self, right: np.ndarray) -> np.ndarray:
        matrix = np.array(
            [
                [self.pair, self.pair_one, self.pair_other],
                [self.pair_one, self.one, self.totals],
                [self.pair_other, self.totals, self.other],
            ]
        ).transpose(2, 0, 1)
        diagonal = np.sqrt(np.maximum(np.einsum("tii->ti", matrix), 1e-300))
        scaled = matrix / (diagonal[:, :, None] * diagonal[:, None, :])
        scaled += 1e-13 * np.eye(3)
        return (np.linalg.solve(scaled, (right.T / diagonal)[:, :, None])[:, :, 0] / diagonal).T


def _curvature(rows: np.ndarray, cells: Cells) -> _Curvature:
    one, other = cells.both + cells.one, cells.both + cells.other
    return _Curvature(
        rows @ (cells.both - cells.both**2), rows @ (one - one**2), rows @ (other - other**2),
        rows @ (cells.both - cells.both * one), rows @ (cells.both - cells.both * other),
        rows @ (cells.both - one * other),
    )  # fmt: skip
