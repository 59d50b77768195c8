"""Buyers of a group beside the product's own total: against scipy's noncentral hypergeometric distribution."""

import numpy as np
import pytest
from scipy import stats

from segcore.statistics import group_tails_kept


def test_tails_are_those_of_the_noncentral_hypergeometric_distribution() -> None:
    rng = np.random.default_rng(0)
    sizes = np.array([30, 70])
    inside = np.stack([rng.integers(0, 25, 12), rng.integers(0, 60, 12)])
    total = inside.sum(axis=0)
    expected = np.stack([total * 0.2, total * 0.8])
    found = group_tails_kept(inside, sizes, 100, expected)
    for group, product in np.ndindex(inside.shape):
        e, size, t = expected[group, product], sizes[group], total[product]
        odds = (e / (size - e)) / ((t - e) / (100 - size - t + e))
        truth = stats.nchypergeom_fisher(100, t, size, odds)
        x = inside[group, product]
        assert np.exp(found.log_upper[group, product]) == pytest.approx(truth.sf(x - 1), abs=1e-9)
        assert np.exp(found.log_lower[group, product]) == pytest.approx(truth.cdf(x), abs=1e-9)


def test_a_group_of_everybody_has_nothing_to_tell() -> None:
    found = group_tails_kept(np.array([[4, 0]]), np.array([9]), 9, np.array([[4.0, 0.0]]))
    assert found.log_upper == pytest.approx(0.0) and found.log_lower == pytest.approx(0.0)
