"""Rows of an exact size against all the sets there are, and pairs counted over whole tables."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from segcore.statistics import fit_margins, from_margins, joint_counts, joint_tails, log_tails, pair_chances
from segcore.statistics.exact_size import pair_inclusion, size_table


def by_enumeration(weights: np.ndarray, size: int) -> np.ndarray:
    """How often each two products are in a set of this size, (products, products); singles on the diagonal."""
    both, total = np.zeros((len(weights), len(weights))), 0.0
    for chosen in combinations(range(len(weights)), size):
        chance = np.prod(weights[list(chosen)])
        both[np.ix_(chosen, chosen)] += chance
        total += chance
    return both / total


@settings(max_examples=60)
@given(
    st.lists(st.integers(1, 3), min_size=1, max_size=5), st.sampled_from([0.3, 2, 6]), st.integers(0, 10**6)
)
def test_inclusion_of_singles_and_pairs_by_enumeration(times: list[int], spread: float, seed: int) -> None:
    odds = np.exp(np.random.default_rng(seed).normal(0, spread, len(times)))
    which = np.repeat(np.arange(len(times)), times)
    largest = min(len(which), 6)
    table = size_table(odds, np.array(times), largest)
    left, right = np.triu_indices(len(which), 1)
    pairs = pair_inclusion(table, which[left], which[right])
    for size in range(1, largest + 1):
        truth = by_enumeration(odds[which], size)
        assert table.inclusion[size][which] == pytest.approx(np.diag(truth), rel=1e-10)
        assert pairs[size] == pytest.approx(truth[left, right], rel=1e-8, abs=1e-300)


def without(odds: np.ndarray, largest: int, *left_out: int) -> np.ndarray:
    """Elementary symmetric functions without some products, every term positive."""
    found = np.zeros(largest + 1, dtype=np.longdouble)
    found[0] = 1
    for at, each in enumerate(odds):
        if at not in left_out:
            found[1:] = found[1:] + each * found[:-1]
    return found


def test_rows_of_forty_keep_their_digits_beside_best_sellers() -> None:
    """Best-sellers of nearly the same odds and hardly sold products, where a plain recursion loses every digit."""
    rng = np.random.default_rng(0)
    odds = np.concatenate([[900.0, 900.01, 850.0, 40.0, 39.9], np.exp(rng.normal(-1, 1.5, 60)), [1e-7, 2e-7]])
    table = size_table(odds, np.ones(len(odds), dtype=np.int64), 40)
    left, right = np.triu_indices(len(odds), 1)
    found, whole = pair_inclusion(table, left, right), without(odds, 40)
    some = np.concatenate([np.arange(30), rng.choice(len(left), 200, replace=False)])
    rest = [without(odds, 40, left[at], right[at]) for at in some]
    weight = odds[left[some]] * odds[right[some]]
    for size in (2, 3, 10, 25, 40):
        truth = weight * np.array([each[size - 2] for each in rest]) / whole[size]
        assert found[size][some] == pytest.approx(truth.astype(np.float64), rel=1e-7)


def test_orders_of_one_hold_no_pair_and_orders_of_two_exactly_one() -> None:
    left, right = np.triu_indices(6, 1)
    ones = from_margins(np.ones(21, dtype=int), np.array([1, 2, 3, 4, 5, 6]))
    assert (joint_counts(ones, left, right).expected == 0).all()
    twos = from_margins(np.full(21, 2), np.array([2, 4, 6, 8, 10, 12]))
    assert joint_counts(twos, left, right).expected.sum() == pytest.approx(21)


def test_expected_pairs_are_the_sum_over_rows() -> None:
    """Long rows of many sizes, pooled into 32 nodes, short ones exactly: the same as row by row."""
    rng = np.random.default_rng(1)
    activity, taste = rng.normal(0, 1.2, (400, 1)), rng.normal(-0.5, 1.0, 100)
    values = sparse.csr_matrix(
        (rng.random((400, 100)) < 1 / (1 + np.exp(-activity - taste))).astype(np.int32)
    )
    null = fit_margins(values, exact_up_to=15)
    assert len(null.strata.rows) > 60 > len(null.pooled.rows)
    left, right = np.triu_indices(100, 1)
    chance, rows = pair_chances(null, left, right), null.strata.rows
    found = joint_counts(null, left, right)
    assert found.expected == pytest.approx(rows @ chance, rel=1e-10)
    assert found.variance == pytest.approx(rows @ (chance - chance**2), rel=1e-10)
    both = np.rint(rng.poisson(found.expected * 1.2))
    slow = log_tails(rows, chance, both)
    quick = joint_tails(null, left, right, both)
    assert quick.log_upper == pytest.approx(slow.log_upper, abs=1e-6)
    assert quick.log_lower == pytest.approx(slow.log_lower, abs=1e-6)


def test_pairs_within_exact_rows_add_up_to_the_pairs_there_are() -> None:
    """A row of r products holds r (r − 1) / 2 pairs, whatever the products."""
    rng = np.random.default_rng(4)
    values = sparse.csr_matrix((rng.random((300, 25)) < rng.uniform(0.02, 0.7, 25)).astype(np.int32))
    sizes = np.asarray(values.sum(axis=1)).ravel()
    left, right = np.triu_indices(25, 1)
    found = joint_counts(fit_margins(values), left, right)
    assert found.expected.sum() == pytest.approx((sizes * (sizes - 1) / 2).sum(), rel=1e-10)
    on_average = joint_counts(fit_margins(values, exact_up_to=0), left, right)
    assert on_average.expected.sum() > 1.01 * found.expected.sum()


def test_a_product_that_everybody_bought_goes_with_all_buyers_of_the_other() -> None:
    values = np.array([[1, 1, 0, 0], [1, 0, 1, 0], [1, 1, 1, 0], [1, 0, 0, 1]])
    found = joint_counts(fit_margins(sparse.csr_matrix(values)), np.array([0, 0]), np.array([1, 3]))
    assert found.expected == pytest.approx([2, 1])
