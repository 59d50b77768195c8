"""How unlikely is a count: tails of a sum of independent draws that are not alike (Poisson-binomial), as logarithms.

The draws are tilted until the count observed is the expected one, which leaves only the neighbourhood of the mean to
be known (Daniels 1954). There the sum is nearly a binomial with its mean and variance, so the tail of that binomial,
tilted back, is the answer (a saddlepoint approximation with a non-normal base, Wood, Booth & Butler 1993); it is exact
for draws that are all alike, and for rare ones. Where the third moment says that the binomial fits badly, the tilted
sum is computed exactly from its characteristic function instead.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, gammainc, gammaincc, gammaln

# Third cumulants apart, in sixths of the standard deviation cubed: tails then err by about as much.
MISFIT = 0.004
FEW, NEARLY_RARE = 4.0, 0.95  # variances so small are summed exactly too, unless the draws are rare
NEWTON_STEPS = 40
FURTHEST = 60.0  # of a tilt
RARE = 1e-7  # share of the mean by which the variance is smaller, under which the base is a Poisson
LEAST_TAIL = 1e-250  # under it the base's tail is summed as a logarithm
REACH, ROOM = 8.5, 12  # standard deviations, and counts, to either side that the exact sum looks at
FAINT = 40.0  # logarithm of a modulus of the characteristic function that no longer counts
BLOCK = 200_000  # numbers at once: what stays in the processor's cache


@dataclass(frozen=True, eq=False)
class Tails:
    """Logarithms of P(count ≥ observed) and of P(count ≤ observed), one entry a test."""

    log_upper: np.ndarray
    log_lower: np.ndarray


def log_tails(rows: np.ndarray, chance: np.ndarray, observed: np.ndarray) -> Tails:
    """Both tails of counts over independent rows.

    Parameters
    ----------
    rows : float array, (strata,)
        Rows that are alike; need not be whole.
    chance : float array, (strata, tests)
        That one such row counts.
    observed : int array, (tests,)

    Notes
    -----
    Within 1 % of the exact tails wherever these are between 1e-2 and 1e-12 (see the tests).
    """
    rows, tests = np.asarray(rows, dtype=np.float64), len(observed)
    upper, lower = np.empty(tests), np.empty(tests)
    step = max(1, BLOCK // max(len(rows), 1))
    for start in range(0, tests, step):
        part = slice(start, start + step)
        upper[part], lower[part] = _both(rows, chance[:, part], np.asarray(observed[part], dtype=np.float64))
    return Tails(upper, lower)


def _both(rows: np.ndarray, chance: np.ndarray, observed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Take away what is certain, answer the ends directly and everything between by tilting."""
    certain = chance >= 1.0
    count = observed - rows @ certain
    chance = np.where(certain, 0.0, chance)
    most = rows @ (chance > 0)
    upper = np.where(count <= 0.5, 0.0, -np.inf)
    lower = np.where(count >= most - 0.5, 0.0, -np.inf)
    with np.errstate(divide="ignore", invalid="ignore"):
        none = rows @ np.log1p(-chance)
        every = rows @ np.where(chance > 0, np.log(chance), 0.0)
    at_none, at_every = np.abs(count) <= 0.5, (np.abs(count - most) <= 0.5) & (most > 0.5)
    lower[at_none], upper[at_every] = none[at_none], every[at_every]
    upper[at_none & ~at_every] = 0.0
    lower[at_none & at_every] = 0.0
    lower[at_every & ~at_none] = 0.0
    between = np.flatnonzero((count > 0.5) & (count < most - 0.5))
    if len(between):
        upper[between], lower[between] = _tilted(rows, chance[:, between], count[between])
    return upper, lower


@dataclass(frozen=True, eq=False)
class Tilt:
    """The draws tilted so that the observed count is the mean: tilt, log of its price, the chances, the variance."""

    tilt: np.ndarray
    price: np.ndarray
    chance: np.ndarray
    variance: np.ndarray


def _tilted(rows: np.ndarray, chance: np.ndarray, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    found = _tilt(rows, chance, count)
    upper, lower = by_binomial(found, count)
    q = found.chance
    third = rows @ (q * (1.0 - q) * (1.0 - 2.0 * q))
    base = found.variance * (2.0 * found.variance / count - 1.0)
    bad = np.abs(third - base) > 6.0 * MISFIT * found.variance**1.5
    bad = np.flatnonzero(bad | ((found.variance < FEW) & (found.variance < NEARLY_RARE * count)))
    if len(bad):
        part = Tilt(found.tilt[bad], found.price[bad], q[:, bad], found.variance[bad])
        upper[bad], lower[bad] = _by_transform(rows, part, count[bad])
    return np.minimum(upper, 0.0), np.minimum(lower, 0.0)


def _tilt(rows: np.ndarray, chance: np.ndarray, count: np.ndarray) -> Tilt:
    """Newton's steps on the logarithm of the mean, which is nearly straight."""
    odds = chance / (1.0 - chance)
    tilt = np.clip(np.log(count / (rows @ chance)), -FURTHEST, FURTHEST)
    for _ in range(NEWTON_STEPS):
        tilted = odds * np.exp(tilt)
        tilted /= 1.0 + tilted
        mean, variance = rows @ tilted, rows @ (tilted - tilted**2)
        step = np.clip(np.log(count / mean) * mean / np.maximum(variance, 1e-300), -2.0, 2.0)
        if np.abs(step * variance).max() < 1e-9:
            break
        tilt = np.clip(tilt + step, -FURTHEST, FURTHEST)
    price = rows @ (np.log1p(odds * np.exp(tilt)) - np.log1p(odds)) - tilt * count
    return Tilt(tilt, price, tilted, variance)


def by_binomial(found: Tilt, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The tails of the binomial with the tilted mean and variance, tilted back: the small one, and what it leaves."""
    share = np.clip(1.0 - found.variance / count, 0.0, 1.0 - 1e-12)
    rare = share < RARE
    share = np.where(rare, 0.5, share)
    number = count / share
    odds = share / (1.0 - share)
    before = odds * np.exp(-found.tilt)
    mean = count * np.exp(-found.tilt)
    price = number * (np.log1p(odds) - np.log1p(before)) - found.tilt * count
    price = np.where(rare, count - mean - found.tilt * count, price)
    up = found.tilt >= 0
    high = np.where(
        rare, gammainc(count, mean), betainc(count, number - count + 1.0, before / (1.0 + before))
    )
    low = np.where(
        rare, gammaincc(count + 1.0, mean), betainc(number - count, count + 1.0, 1.0 / (1.0 + before))
    )
    tail = np.where(up, high, low)
    with np.errstate(divide="ignore"):
        small = found.price - price + np.log(tail)
    base = _Base(count, np.where(rare, np.inf, number), np.where(rare, 0.0, share))
    tiny = np.flatnonzero(tail < LEAST_TAIL)
    small[tiny] = found.price[tiny] + base.at(tiny).log_sum(found.tilt[tiny], up[tiny])
    return _with_rest(up, small, found.price + base.log_point())


def _with_rest(up: np.ndarray, small: np.ndarray, point: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both tails from the small one, the upper where ``up``, and the chance of the count itself; all logarithms."""
    rest = np.clip(np.exp(np.minimum(small, 0.0)) - np.exp(np.minimum(point, small)), 0.0, 1.0 - 1e-16)
    large = np.log1p(-rest)
    return np.where(up, small, large), np.where(up, large, small)


@dataclass(frozen=True, eq=False)
class _Base:
    """Binomials of the given means, numbers of draws and shares; a Poisson where the number is infinite."""

    count: np.ndarray
    number: np.ndarray
    share: np.ndarray

    def at(self, place: np.ndarray) -> _Base:
        return _Base(self.count[place], self.number[place], self.share[place])

    def log_point(self) -> np.ndarray:
        """Logarithm of the chance of the mean itself."""
        poisson, count = ~np.isfinite(self.number), self.count
        number, share = np.where(poisson, count + 1.0, self.number), np.where(poisson, 0.5, self.share)
        ways = gammaln(number + 1.0) - gammaln(number - count + 1.0) - gammaln(count + 1.0)
        binomial = ways + count * np.log(share) + (number - count) * np.log1p(-share)
        return np.where(poisson, count * np.log(count) - count - gammaln(count + 1.0), binomial)

    def log_sum(self, tilt: np.ndarray, up: np.ndarray) -> np.ndarray:
        """Logarithm of Σ exp(−tilt·j) P(mean + j) over j = 0, 1, … upwards, or downwards."""
        poisson, at = ~np.isfinite(self.number), self.count.copy()
        odds = self.share / (1.0 - self.share)
        number = np.where(poisson, 0.0, self.number)
        term, total = np.ones(len(at)), np.ones(len(at))
        while len(at) and (term > 1e-17 * total).any():
            # P(at + 1) / P(at) on the way up, P(at) / P(at − 1) turned over on the way down.
            edge = np.where(up, at, at - 1.0)
            step = np.where(poisson, self.count, np.maximum(number - edge, 0.0) * odds) / (edge + 1.0)
            with np.errstate(divide="ignore"):
                term = term * np.where(up, step, np.where(at > 0, 1.0 / step, 0.0)) * np.exp(-np.abs(tilt))
            total += term
            at += np.where(up, 1.0, -1.0)
            at, term = np.maximum(at, 0.0), np.where(at < 0, 0.0, term)
        return self.log_point() + np.log(total)


def _by_transform(rows: np.ndarray, found: Tilt, count: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The tilted sum's chances around its mean, exactly, by inverting its characteristic function."""
    upper, lower = np.empty(len(count)), np.empty(len(count))
    half = 2 ** np.ceil(np.log2(REACH * np.sqrt(found.variance) + ROOM)).astype(np.int64)
    for width in np.unique(half):
        place = np.flatnonzero(half == width)
        part = Tilt(found.tilt[place], found.price[place], found.chance[:, place], found.variance[place])
        near = np.maximum(_around(rows, part.chance, count[place], int(width)), 0.0)
        upper[place], lower[place] = _summed(part, near)
    return upper, lower


def _around(rows: np.ndarray, chance: np.ndarray, count: np.ndarray, half: int) -> np.ndarray:
    """P(sum = count + j) for j = −half … half − 1, (2·half, tests)."""
    spread = 2.0 * (chance - chance**2)
    transform = np.zeros((half + 1, len(count)), dtype=np.complex128)
    for at in range(half + 1):
        angle = np.pi * at / half
        turn = 1.0 - np.cos(angle)
        size = 0.5 * (rows @ np.log1p(-np.minimum(spread * turn, 1.0 - 1e-16)))
        if (size < -FAINT).all():
            break
        phase = rows @ np.arctan2(chance * np.sin(angle), 1.0 - chance * turn) - angle * count
        transform[at] = np.exp(size - 1j * phase)  # the conjugate: irfft turns the other way
    return np.roll(np.fft.irfft(transform.conj(), n=2 * half, axis=0)[_reversed(half)], half, axis=0)


def _reversed(half: int) -> np.ndarray:
    return -np.arange(2 * half) % (2 * half)


def _summed(found: Tilt, near: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Tilt the neighbourhood back and sum the tail that is small; the other is what is left of one."""
    half = len(near) // 2
    with np.errstate(over="ignore"):
        above = np.exp(-np.arange(half)[:, None] * np.maximum(found.tilt, 0.0))
        below = np.exp(np.arange(half + 1)[:, None] * np.minimum(found.tilt, 0.0))
    at = near[half]
    high = (above * near[half:]).sum(axis=0)
    low = (below * near[half::-1]).sum(axis=0)
    up = found.tilt >= 0
    with np.errstate(divide="ignore"):
        small, point = np.log(np.where(up, high, low)), np.log(at)
    return _with_rest(up, found.price + small, found.price + point)
