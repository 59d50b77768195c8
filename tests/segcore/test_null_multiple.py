"""Corrections and intervals: the same numbers as worked by hand, as offers have them and as scipy's."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from segcore.offers import uplift
from segcore.statistics import adjust, adjust_log, newcombe, two_sided, wilson

chances = st.lists(st.floats(0, 1), max_size=30).map(np.array)


def test_the_correction_counts_tests_that_are_not_at_hand() -> None:
    p = np.array([0.04, 0.001, 0.0005])
    np.testing.assert_allclose(adjust(p, 3), [0.04, 0.0015, 0.0015])
    np.testing.assert_allclose(adjust(p, 300), [1.0, 0.15, 0.15])


@given(chances.filter(len))
def test_adjusted_as_scipy_adjusts(p: np.ndarray) -> None:
    assert adjust(p) == pytest.approx(stats.false_discovery_control(p), rel=1e-12, abs=1e-300)
    assert adjust(p.reshape(1, -1)).shape == (1, len(p))


def test_logarithms_are_adjusted_where_chances_are_too_small_to_be_numbers() -> None:
    found = adjust_log(np.array([-2_000.0, -1_000.0, -0.1]), tested=30)
    assert found == pytest.approx([-2_000 + np.log(30), -1_000 + np.log(15), 0.0])


def test_two_sided_is_twice_the_smaller_tail() -> None:
    found = two_sided(np.log([0.01, 0.7]), np.log([0.995, 0.6]))
    assert np.exp(found) == pytest.approx([0.02, 1.0])


@given(st.integers(0, 500), st.integers(0, 500))
def test_the_score_interval_of_offers(found: int, more: int) -> None:
    n = found + more
    assert wilson(found, n) == pytest.approx(uplift.wilson(found, n), abs=1e-14)


@given(*[st.integers(0, 60)] * 4)
def test_a_difference_of_shares_as_in_offers(one: int, more: int, other: int, more_other: int) -> None:
    theirs = uplift.uplift(one, one + more, other, other + more_other)
    low, high = newcombe(one, one + more, other, other + more_other)
    assert (float(low), float(high)) == pytest.approx((theirs.low, theirs.high), abs=1e-14)
