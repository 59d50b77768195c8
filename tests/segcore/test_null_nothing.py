"""Where nobody has a taste nothing is beyond chance, and what is planted is found."""

import numpy as np
import pytest
from scipy import sparse

from segcore.statistics import adjust_log, fit_margins, group_counts, joint_counts, joint_tails
from tests.segcore import nothing

LEVEL = np.log(0.05)
KINDS = {
    "orders of two": lambda rng: nothing.orders(rng, np.full(6_000, 2), 40),
    "orders of five": lambda rng: nothing.orders(rng, np.full(4_000, 5), 40),
    "orders of one to three": lambda rng: nothing.orders(rng, rng.integers(1, 4, 8_000), 40),
    "one and geometric": lambda rng: nothing.orders(rng, nothing.sizes_geometric(rng, 8_000), 40),
    "log-normal customers": lambda rng: nothing.log_normal_customers(rng, 2_000, 40),
    "few active customers": lambda rng: nothing.log_normal_customers(rng, 700, 40, sd=1.5, mean=6.0),
}


def pairs_of(table: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    left, right = np.triu_indices(table.shape[1], 1)
    return left, right, np.rint((table.T @ table).toarray()[left, right]).astype(np.int64)


def beyond(table: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Pairs together more, and less, than chance; corrected over both sides of all pairs."""
    left, right, both = pairs_of(table)
    tails = joint_tails(fit_margins(table), left, right, both)
    adjusted = adjust_log(np.concatenate([tails.log_upper, tails.log_lower]))
    more, less = np.split(adjusted <= LEVEL, 2)
    return more, less


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_called_together_or_apart(kind: str) -> None:
    """At most 2 of 780 pairs, where sizes kept on average only call hundreds."""
    for seed in range(3):
        more, less = beyond(KINDS[kind](np.random.default_rng([seed, 14])))
        assert more.sum() + less.sum() <= 2


@pytest.mark.parametrize("kind", KINDS)
def test_observed_pairs_are_the_expected_ones(kind: str) -> None:
    """All pairs together, to within 2 %: products drawn one after another are not quite the null's law."""
    table = KINDS[kind](np.random.default_rng([9, 14]))
    left, right, both = pairs_of(table)
    expected = joint_counts(fit_margins(table), left, right).expected
    assert both.sum() / expected.sum() == pytest.approx(1.0, abs=0.02)
    spread = (both - expected) / np.sqrt(joint_counts(fit_margins(table), left, right).variance)
    assert abs(spread.mean()) < 0.2 and spread.std() < 1.15


def test_sizes_kept_on_average_would_call_most_pairs_of_orders_of_two_apart() -> None:
    table = KINDS["orders of two"](np.random.default_rng([0, 14]))
    left, right, both = pairs_of(table)
    tails = joint_tails(fit_margins(table, exact_up_to=0), left, right, both)
    assert (adjust_log(tails.log_lower) <= LEVEL).sum() > 250


def test_ten_of_ten_planted_pairs_are_found_among_8_000_orders() -> None:
    for seed in range(3):
        rng = np.random.default_rng([seed, 41])
        table = nothing.orders(rng, nothing.sizes_geometric(rng, 8_000), 40)
        pairs = rng.permutation(40)[:20].reshape(10, 2)
        more, _ = beyond(nothing.planted(rng, table, pairs, 0.3))
        left, right = np.triu_indices(40, 1)
        found = {frozenset(pair) for pair in zip(left[more].tolist(), right[more].tolist(), strict=True)}
        truth = {frozenset(pair) for pair in pairs.tolist()}
        assert truth <= found
        assert len(found - truth) <= 1


def test_ten_of_ten_planted_pairs_are_found_among_uneven_customers() -> None:
    rng = np.random.default_rng(42)
    table = nothing.log_normal_customers(rng, 2_000, 80)
    pairs = rng.permutation(80)[:20].reshape(10, 2)
    more, less = beyond(nothing.planted(rng, table, pairs, 0.3))
    left, right = np.triu_indices(80, 1)
    found = {frozenset(pair) for pair in zip(left[more].tolist(), right[more].tolist(), strict=True)}
    truth = {frozenset(pair) for pair in pairs.tolist()}
    assert len(truth & found) >= 9 and len(found - truth) <= 1 and less.sum() == 0


def test_heavy_buyers_alone_are_expected_to_buy_more_of_everything() -> None:
    """A segment of the most active customers: more of every product than others, none of it beyond the null."""
    table = nothing.log_normal_customers(np.random.default_rng(6), 1_500, 60)
    sizes = np.diff(table.indptr)
    heavy = (sizes > np.quantile(sizes, 0.8)).astype(np.int64)
    inside = np.asarray(table[heavy == 1].sum(axis=0)).ravel()
    found = group_counts(fit_margins(table), heavy, 2)
    assert (inside / heavy.mean() > 1.3 * np.asarray(table.sum(axis=0)).ravel()).mean() > 0.9
    spread = (inside - found.expected[1]) / np.sqrt(found.variance[1])
    assert np.abs(spread).max() < 4 and abs(spread.mean()) < 0.3
