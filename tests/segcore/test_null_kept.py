"""Pairs beside the two products' totals: Fisher's exact test where rows are alike, whole enumeration where not, swaps."""

import numpy as np
import pytest
from scipy import sparse, stats
from scipy.optimize import brentq

from segcore.statistics import adjust_log, fit_margins, from_margins, joint_counts, joint_tails, swapped
from segcore.statistics.kept import Cells, kept_tails, kept_variance
from tests.segcore.nothing import log_normal_customers, planted


def cells_of(both: np.ndarray, one: np.ndarray, other: np.ndarray, tests: int) -> Cells:
    return Cells(*(np.repeat(part[:, None], tests, axis=1) for part in (both, one - both, other - both)))


def errors(found: np.ndarray, exact: np.ndarray) -> list[float]:
    some = (exact >= 1e-12) & (exact <= 1e-2)
    return np.abs(np.expm1(found[some] - np.log(exact[some]))).tolist()


def test_alike_rows_give_fishers_exact_test() -> None:
    rng, seen = np.random.default_rng(0), []
    for number in range(250):
        n = int(rng.integers(50, 5_000))
        most = n // 10 if number % 2 else n - 3
        one, other = (int(rng.integers(3, max(most, 4) + 1)) for _ in range(2))
        truth = stats.hypergeom(n, one, other)
        counts = np.unique(
            np.rint(truth.mean() + truth.std() * np.array([-6, -4, -3, -2.4, 2.4, 3, 4, 5, 7]))
        )
        counts = counts[(counts >= max(0, one + other - n)) & (counts <= min(one, other))].astype(int)
        shares = np.array([one / n]), np.array([other / n])
        cells = cells_of(shares[0] * shares[1], *shares, len(counts))
        assert kept_variance(np.array([n]), cells) == pytest.approx(truth.var() * (n - 1) / n)
        found = kept_tails(np.array([float(n)]), cells, counts)
        seen += errors(found.log_upper, truth.sf(counts - 1)) + errors(found.log_lower, truth.cdf(counts))
    assert len(seen) > 1_000
    assert max(seen) < 0.08 and np.quantile(seen, 0.98) < 0.01


def enumerated(rows: np.ndarray, cells: list[np.ndarray], totals: tuple[int, int]) -> np.ndarray:
    """P(count | both totals), by adding row after row to the table of (count, one, other)."""
    found = np.ones((1, 1, 1))
    for number, both, one, other in zip(rows, *cells, strict=True):
        for _ in range(int(number)):
            count = min(found.shape[0], min(totals)) + 1
            more = np.zeros((count, min(found.shape[1], totals[0]) + 1, min(found.shape[2], totals[1]) + 1))
            moves = ((0, 0, 0, 1 - both - one - other), (1, 1, 1, both), (0, 1, 0, one), (0, 0, 1, other))
            for j, x, y, chance in moves:
                part = found[: more.shape[0] - j, : more.shape[1] - x, : more.shape[2] - y]
                more[j : j + part.shape[0], x : x + part.shape[1], y : y + part.shape[2]] += chance * part
            found = more
    ends = found[:, totals[0], totals[1]]
    return ends / ends.sum()


def meeting(rows: np.ndarray, activity: np.ndarray, total: int) -> np.ndarray:
    """Chances of a product that grow with activity and add up to its total."""

    def share(level: float) -> np.ndarray:
        return 1 / (1 + np.exp(-activity - level))

    return share(brentq(lambda level: rows @ share(level) - total, -30, 30))


def test_uneven_rows_against_enumeration() -> None:
    rng, seen = np.random.default_rng(1), []
    for _ in range(60):
        rows = rng.integers(5, 25, 4).astype(float)
        activity, totals = rng.normal(0, 1.2, 4), tuple(int(x) for x in rng.integers(4, 25, 2))
        sides = [meeting(rows, activity, total) for total in totals]
        both = sides[0] * sides[1]
        truth = enumerated(rows, [both, sides[0] - both, sides[1] - both], totals)
        counts = np.flatnonzero(truth > 0)[:-1]  # at the very last count it errs by up to 10 %
        found = kept_tails(rows, cells_of(both, *sides, len(counts)), counts)
        upper = np.array([truth[at:].sum() for at in counts])
        seen += errors(found.log_upper, upper) + errors(found.log_lower, np.cumsum(truth)[counts])
    assert len(seen) > 200
    assert max(seen) < 0.06


def test_swaps_vary_as_much_as_is_said() -> None:
    table = log_normal_customers(np.random.default_rng(5), 800, 40, mean=14.0)
    left, right = np.triu_indices(40, 1)
    found = joint_counts(fit_margins(table), left, right)
    draws = [swapped(table, [5, number]) for number in range(60)]
    both = np.array([(draw.T @ draw).toarray()[left, right] for draw in draws])
    some = found.kept > 2
    assert np.mean(both.var(axis=0, ddof=1)[some] / found.kept[some]) == pytest.approx(1.0, abs=0.08)
    assert np.mean(both.var(axis=0, ddof=1)[some] / found.variance[some]) < 0.85


def test_noise_gives_even_chances_and_planted_pairs_are_found_sooner() -> None:
    rng = np.random.default_rng(8)
    table = log_normal_customers(rng, 1_000, 60)
    left, right = np.triu_indices(60, 1)

    def more(table: sparse.csr_matrix, kept: bool) -> np.ndarray:
        both = np.rint((table.T @ table).toarray()[left, right]).astype(int)
        return joint_tails(fit_margins(table), left, right, both, totals_kept=kept).log_upper

    chances = np.exp(more(swapped(table, 1), True))
    assert np.mean(chances < 0.05) == pytest.approx(0.045, abs=0.02)  # counts are whole: a little under
    assert (adjust_log(more(swapped(table, 2), True)) <= np.log(0.05)).sum() <= 1
    best = planted(rng, table, np.arange(20).reshape(10, 2), 0.3)
    known, average = ((adjust_log(more(best, kept)) <= np.log(0.05)).sum() for kept in (True, False))
    assert known > average


def test_ends_and_decided_products_have_tails_too() -> None:
    values = np.array([[1, 1, 1, 0], [1, 0, 1, 0], [1, 1, 0, 0], [1, 0, 0, 1], [1, 0, 1, 1]])
    left, right = np.triu_indices(4, 1)
    both = (values.T @ values)[left, right]
    found = joint_tails(fit_margins(sparse.csr_matrix(values)), left, right, both, totals_kept=True)
    assert np.isfinite(found.log_upper).all() and np.isfinite(found.log_lower).all()
    assert found.log_upper[:3] == pytest.approx([0, 0, 0], abs=1e-6)  # everybody bought the first
    null = from_margins(np.full(60, 4), np.full(12, 20))
    none, every = (joint_tails(null, np.array([0]), np.array([1]), np.array([n]), True) for n in (0, 20))
    assert none.log_upper[0] == 0 and every.log_lower[0] == 0
    assert -20 < none.log_lower[0] < np.log(1e-3) and -80 < every.log_upper[0] < np.log(1e-9)


@pytest.mark.parametrize("totals_kept", [False, True])
def test_tails_fall_with_the_count_and_leave_nothing_between_them(totals_kept: bool) -> None:
    """Far from the mean too: what is not in the small tail is in the large one."""
    table = log_normal_customers(np.random.default_rng(3), 1_500, 30, mean=25.0)
    null, counts = fit_margins(table), np.arange(0, 900, 4)
    bought = np.asarray(table.sum(axis=0)).ravel()
    for one, other in ((0, 1), (0, 20), (15, 25)):
        full = np.count_nonzero(np.diff(table.indptr) == 30)  # rows that hold every pair
        least = max(full, bought[one] + bought[other] - 1_500)
        some = counts[(counts >= least) & (counts <= min(bought[one], bought[other]))]
        pair = (np.full(len(some), side) for side in (one, other))
        found = joint_tails(null, *pair, some, totals_kept=totals_kept)
        assert (np.diff(found.log_upper) <= 1e-9).all() and (np.diff(found.log_lower) >= -1e-9).all()
        both = np.exp(found.log_upper) + np.exp(found.log_lower)
        assert both.min() > 0.98 and both.max() < 1.6
