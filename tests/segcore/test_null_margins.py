"""The null keeps both margins: against the equations themselves, by hand, and on random tables of every shape."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import root

from segcore.statistics import MarginNull, fit_margins, from_margins, group_counts, group_tails


@st.composite
def tables(draw, most_rows: int = 40, most_products: int = 30) -> sparse.csr_matrix:
    shape = draw(st.integers(1, most_rows)), draw(st.integers(1, most_products))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    slope = draw(st.sampled_from([0.0, 1.0, 4.0]))
    level = draw(st.sampled_from([-3.0, 0.0, 3.0]))
    logit = level + slope * (rng.normal(size=(shape[0], 1)) + rng.normal(size=shape[1]))
    return sparse.csr_matrix((rng.random(shape) < 1 / (1 + np.exp(-logit))).astype(np.int32))


def margins_of(null: MarginNull) -> tuple[np.ndarray, np.ndarray]:
    chance = null.chances(np.arange(null.shape[0]))
    return chance.sum(axis=1), chance.sum(axis=0)


@settings(max_examples=150)
@given(tables(), st.sampled_from([0, 3, 40]))
def test_both_margins_are_met_to_1e_8(values: sparse.csr_matrix, exact_up_to: int) -> None:
    null = fit_margins(values, exact_up_to)
    sizes, degrees = margins_of(null)
    assert np.abs(sizes - np.asarray(values.sum(axis=1)).ravel()).max() < 1e-8
    assert np.abs(degrees - np.asarray(values.sum(axis=0)).ravel()).max() < 1e-8
    assert null.gap < 1e-8
    chance = null.strata.chance
    assert ((chance >= 0) & (chance <= 1)).all()


@pytest.mark.parametrize("exact_up_to", [0, 40])
def test_what_the_margins_decide_is_certain(exact_up_to: int) -> None:
    values = np.array([[1, 0, 1, 0], [1, 0, 0, 1], [1, 0, 1, 1], [0, 0, 0, 0], [1, 0, 1, 0]])
    chance = fit_margins(sparse.csr_matrix(values), exact_up_to).chances(np.arange(5))
    assert (chance[3] == 0).all() and (chance[:, 1] == 0).all()  # nothing bought, bought by nobody
    assert (chance[[0, 1, 2, 4], 0] == 1).all()  # every other row is left with this product
    assert chance[2].tolist() == [1, 0, 1, 1]
    assert chance[0, 2] == pytest.approx(2 / 3) and chance[0, 3] == pytest.approx(1 / 3)


@pytest.mark.parametrize("shape", [(1, 1), (1, 5), (5, 1), (3, 3)])
@pytest.mark.parametrize("value", [0, 1])
def test_one_row_one_column_all_or_nothing(shape: tuple[int, int], value: int) -> None:
    values = sparse.csr_matrix(np.full(shape, value))
    assert fit_margins(values).chances(np.arange(shape[0])).tolist() == np.full(shape, value).tolist()


def test_a_table_without_rows_or_products_has_a_null() -> None:
    for shape in ((0, 3), (3, 0), (0, 0)):
        assert fit_margins(sparse.csr_matrix(shape, dtype=np.int32)).shape == shape


def test_margins_that_only_just_fit_are_met() -> None:
    """Two large rows, two popular products: who of the large holds the popular is decided, though no row is full."""
    null = from_margins(np.array([3, 3, 1, 1]), np.array([3, 3, 1, 1]), exact_up_to=0)
    assert null.chances(np.arange(4)) == pytest.approx(
        np.array([[1, 1, 0.5, 0.5]] * 2 + [[0.5, 0.5, 0, 0]] * 2), abs=1e-6
    )


def test_long_rows_follow_the_bipartite_configuration_model() -> None:
    """Saracco et al. (2015): p = xy / (1 + xy), found here by a general root finder."""
    rng = np.random.default_rng(5)
    values = rng.random((30, 12)) < rng.uniform(0.1, 0.9, (30, 1)) * rng.uniform(0.2, 0.9, 12)
    sizes, degrees = values.sum(axis=1), values.sum(axis=0)

    def gap(logs: np.ndarray) -> np.ndarray:
        chance = 1 / (1 + np.exp(-logs[:30, None] - logs[30:]))
        return np.concatenate([chance.sum(axis=1) - sizes, chance.sum(axis=0) - degrees])

    logs = root(gap, np.zeros(42), method="lm", tol=1e-13).x
    expected = 1 / (1 + np.exp(-logs[:30, None] - logs[30:]))
    assert np.abs(gap(logs)).max() < 1e-8
    found = fit_margins(sparse.csr_matrix(values.astype(np.int32)), exact_up_to=0).chances(np.arange(30))
    assert found == pytest.approx(expected, abs=1e-7)


def test_stored_zeros_and_amounts_count_as_what_they_are() -> None:
    values = sparse.csr_matrix(([7.5, 0.0, 2.0, 1.0], [0, 1, 1, 2], [0, 2, 4]), shape=(2, 3))
    plain = sparse.csr_matrix(np.array([[1, 0, 0], [0, 1, 1]]))
    assert (fit_margins(values).chances(np.arange(2)) == fit_margins(plain).chances(np.arange(2))).all()


def test_order_of_rows_and_products_changes_nothing() -> None:
    rng = np.random.default_rng(2)
    values = (rng.random((50, 20)) < rng.uniform(0.05, 0.6, 20)).astype(np.int32)
    rows, columns = rng.permutation(50), rng.permutation(20)
    one = fit_margins(sparse.csr_matrix(values)).chances(np.arange(50))
    other = fit_margins(sparse.csr_matrix(values[rows][:, columns])).chances(np.arange(50))
    assert (one[rows][:, columns] == other).all()


def test_a_groups_expectation_is_the_sum_over_its_rows() -> None:
    rng = np.random.default_rng(3)
    values = (rng.random((60, 70)) < rng.uniform(0.1, 0.9, (60, 1)) * rng.uniform(0.3, 1, 70)).astype(
        np.int32
    )
    null, group = fit_margins(sparse.csr_matrix(values)), rng.integers(-1, 3, 60)
    found, chance = group_counts(null, group, 3), null.chances(np.arange(60))
    for number in range(3):
        own = chance[group == number]
        assert found.expected[number] == pytest.approx(own.sum(axis=0))
        assert found.variance[number] == pytest.approx((own * (1 - own)).sum(axis=0))
    observed = np.array([values[group == number].sum(axis=0) for number in range(3)])
    tails = group_tails(null, group, observed)
    assert tails.log_upper.shape == (3, 70) and np.isfinite(tails.log_lower).all()
    assert np.exp(tails.log_upper) + np.exp(tails.log_lower) == pytest.approx(
        np.exp(group_tails(null, group, observed + 1).log_lower) * 0 + 1, abs=0.5
    )
