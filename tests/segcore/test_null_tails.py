"""Tails of counts against exact ones: convolution of positive terms, and whole fractions."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from segcore.statistics import fit_margins, log_tails, pair_chances
from segcore.statistics.tails import MISFIT
from tests.segcore.nothing import log_normal_customers


def convolved(rows: np.ndarray, chance: np.ndarray) -> np.ndarray:
    """The whole distribution, draw by draw; only positive terms are added, so every digit of every tail holds."""
    found = np.ones(1)
    for number, p in zip(rows, chance, strict=True):
        group = stats.binom.pmf(np.arange(number + 1), number, p)
        found = np.convolve(found, group)
    return found


def in_fractions(rows: list[int], chance: list[Fraction], count: int) -> tuple[float, float]:
    found = [Fraction(1)]
    for number, p in zip(rows, chance, strict=True):
        for _ in range(number):
            more = [*(each * (1 - p) for each in found), Fraction(0)]
            found = [a + b for a, b in zip(more, [Fraction(0), *(each * p for each in found)], strict=True)]
    return float(sum(found[count:])), float(sum(found[: count + 1]))


def errors(rows: np.ndarray, chance: np.ndarray, truth: np.ndarray, counts: np.ndarray) -> list[float]:
    """Relative errors of both tails wherever the exact one is between 1e-12 and 1e-2."""
    found = log_tails(rows, np.repeat(chance[:, None], len(counts), axis=1), counts)
    upper = np.array([truth[count:].sum() for count in counts])
    lower = np.array([truth[: count + 1].sum() for count in counts])
    wanted = [(found.log_upper, upper), (found.log_lower, lower)]
    return [
        float(abs(np.expm1(log - np.log(p))))
        for logs, exact in wanted
        for log, p in zip(logs, exact, strict=True)
        if 1e-12 <= p <= 1e-2
    ]


def test_within_one_percent_of_exact_on_300_sums_of_every_kind() -> None:
    rng, seen = np.random.default_rng(7), []
    for number in range(300):
        rows = rng.integers(1, 60, rng.integers(1, 25))
        chance = rng.beta(0.5, (0.6, 3, 20, 100)[number % 4], len(rows))
        mean, sd = rows @ chance, np.sqrt(rows @ (chance - chance**2))
        counts = np.unique(np.rint(mean + sd * np.array([-7, -5, -4, -3, -2.5, 2.5, 3, 4, 5, 7])))
        counts = counts[(counts >= 0) & (counts <= rows.sum())].astype(int)
        seen += errors(rows, chance, convolved(rows, chance), counts)
    assert len(seen) > 1_000
    assert max(seen) < 0.01


def test_within_one_percent_of_exact_on_pairs_of_a_real_null() -> None:
    """300 pairs of uneven customers, each at counts from 1e-2 down to 1e-12, on both sides."""
    null = fit_margins(log_normal_customers(np.random.default_rng(3), 1_500, 60))
    rng, seen = np.random.default_rng(4), []
    left, right = (side[:300] for side in rng.permutation(np.array(np.triu_indices(60, 1)), axis=1))
    rows = null.strata.rows.astype(int)
    for chance in pair_chances(null, left, right).T:
        truth = convolved(rows, chance)
        sd = np.sqrt(rows @ (chance - chance**2))
        counts = np.unique(np.rint(rows @ chance + sd * np.array([-6, -4, -2.7, 2.7, 4, 5.5, 7]))).astype(int)
        seen += errors(rows, chance, truth, counts[counts >= 0])
    assert len(seen) > 1_000
    assert max(seen) < 0.01


@settings(max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 6), st.integers(0, 12)), min_size=1, max_size=4),
    st.integers(0, 24),
)
def test_small_sums_against_whole_fractions(groups: list[tuple[int, int]], count: int) -> None:
    """Zeros, certainties and ends of the range too."""
    rows, chance = [n for n, _ in groups], [Fraction(p, 12) for _, p in groups]
    count = min(count, sum(rows))
    upper, lower = in_fractions(rows, chance, count)
    found = log_tails(np.array(rows), np.array([[float(p)] for p in chance]), np.array([count]))
    assert np.exp(found.log_upper[0]) == pytest.approx(upper, rel=0.02, abs=1e-15)
    assert np.exp(found.log_lower[0]) == pytest.approx(lower, rel=0.02, abs=1e-15)


def test_alike_draws_are_binomial_and_rare_ones_poisson() -> None:
    counts = np.arange(1, 100, 7)
    found = log_tails(np.array([100.0]), np.full((1, len(counts)), 0.3), counts)
    assert found.log_upper == pytest.approx(stats.binom.logsf(counts - 1, 100, 0.3), rel=1e-9)
    assert found.log_lower == pytest.approx(stats.binom.logcdf(counts, 100, 0.3), rel=1e-6, abs=1e-10)
    rare = log_tails(np.array([1e12]), np.full((1, len(counts)), 2e-11), counts)
    assert rare.log_upper == pytest.approx(stats.poisson.logsf(counts - 1, 20), rel=1e-6, abs=1e-9)


def test_tails_beyond_the_smallest_number_stay_logarithms() -> None:
    """scipy's own logsf is −inf there; the largest term bounds the sum from below, the geometric one from above."""
    n, p, count = 100_000, 0.01, 5_000
    found = log_tails(np.array([n / 2, n / 2]), np.array([[p], [p]]), np.array([count]))
    first = stats.binom.logpmf(count, n, p)
    ratio = (n - count) / (count + 1) * p / (1 - p)
    assert first < -700
    assert first < found.log_upper[0] < first - np.log1p(-ratio)
    less = log_tails(np.array([n / 2, n / 2]), np.array([[0.5], [0.5]]), np.array([40_000]))
    assert less.log_lower[0] == pytest.approx(stats.binom.logpmf(40_000, n, 0.5) + np.log(3.0), abs=0.01)


def test_neither_normal_nor_poisson_would_do() -> None:
    """Why the trouble: large chances make the Poisson tail too heavy, small ones the normal tail too light."""
    rows, chance = np.array([200, 200]), np.array([0.9, 0.05])
    truth, mean = convolved(rows, chance), 190.0
    sd = np.sqrt(rows @ (chance - chance**2))
    count = int(mean + 5 * sd)
    exact = truth[count:].sum()
    assert stats.poisson.sf(count - 1, mean) > 6 * exact
    assert stats.norm.sf((40 - 0.5 - 10) / np.sqrt(10)) < stats.poisson.sf(39, 10) / 6
    assert errors(rows, chance, truth, np.array([count]))[0] < 2 * MISFIT
