"""R NMF's measures: hand-worked answers, perfect blocks, noise, and an independent silhouette."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.metrics import silhouette_score

from segcore.selection.expert_measures import (
    MEASURES,
    MOST,
    consensus_matrix,
    cophenetic_correlation,
    dispersion,
    measuring,
    sample_rows,
    silhouette,
    sparseness,
)
from segcore.selection.sweep import sweep_k
from tests.segcore import known


def measured(matrix, sweep):
    steps, messages, fractions = measuring(matrix, sweep), [], []
    while True:
        try:
            step = next(steps)
            messages.append(step.message)
            fractions.append(step.fraction)
        except StopIteration as end:
            return end.value, messages, fractions


def test_perfect_blocks_have_a_perfect_consensus():
    groups = np.repeat([0, 1, 2], [5, 8, 3])
    consensus = consensus_matrix([groups, groups[::1], (groups + 1) % 3])  # numbers may be dealt anew
    np.testing.assert_array_equal(consensus, (groups[:, None] == groups).astype(float))
    assert cophenetic_correlation(consensus) == pytest.approx(1.0)
    assert dispersion(consensus) == 1.0
    assert silhouette(1 - consensus, groups) == 1.0


def test_consensus_counts_how_often_two_are_together():
    consensus = consensus_matrix(
        [np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([2, 2, 2]), np.array([-1, 0, 0])]
    )
    np.testing.assert_allclose(consensus, np.array([[4, 2, 1], [2, 4, 3], [1, 3, 4]]) / 4)


def test_dispersion_worked_by_hand():
    assert dispersion(np.full((4, 4), 0.5)) == 0.0
    # Two on the diagonal at 1, two beside it at 3/4: (2 · 1 + 2 · 4 · 1/16) / 4 = 0.625.
    assert dispersion(np.array([[1.0, 0.75], [0.75, 1.0]])) == pytest.approx(0.625)


def test_cophenetic_correlation_worked_by_hand():
    # Distances 0.2 (a, b), 0.6 (a, c), 1.0 (b, c): the tree joins a and b at 0.2, then c at 0.8.
    consensus = np.array([[1.0, 0.8, 0.4], [0.8, 1.0, 0.0], [0.4, 0.0, 1.0]])
    by_hand = np.corrcoef([0.2, 0.6, 1.0], [0.2, 0.8, 0.8])[0, 1]
    assert cophenetic_correlation(consensus) == pytest.approx(by_hand)
    assert cophenetic_correlation(np.ones((4, 4))) == 1.0


def test_sparseness_worked_by_hand():
    rows = np.array([[1.0, 1, 1, 1], [0, 0, 3, 0], [3, 4, 0, 0], [0, 0, 0, 0]])
    have = sparseness(rows)
    # √4 = 2; (2 − 7/5) / (2 − 1) = 0.6.
    np.testing.assert_allclose(have[:3], [0.0, 1.0, 0.6])
    assert np.isnan(have[3])
    assert np.isnan(sparseness(np.ones((2, 1)))).all()


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.integers(2, 6))
def test_silhouette_equals_an_independent_one(seed, k):
    generator = np.random.default_rng(seed)
    points = generator.random((20, 3))
    distances = np.linalg.norm(points[:, None] - points, axis=2)
    groups = np.concatenate([np.arange(k), generator.integers(0, k, 20 - k)])
    assert silhouette(distances, groups) == pytest.approx(
        silhouette_score(distances, groups, metric="precomputed")
    )


def test_silhouette_of_one_group_is_not_defined_and_of_equal_points_nothing():
    assert np.isnan(silhouette(np.zeros((3, 3)), np.zeros(3)))
    assert silhouette(np.zeros((4, 4)), np.array([0, 0, 1, 1])) == 0.0


def test_a_sweep_of_clear_tastes_peaks_at_the_truth():
    values, _ = known.planted(4, per_block=40, own=0.8, other=0.0)
    matrix = known.matrix_of(values)
    sweep = sweep_k(matrix, range(2, 7), resamples=6)
    result, messages, fractions = measured(matrix, sweep)
    table = result.table
    assert list(table.index) == [2, 3, 4, 5, 6]
    assert list(table.columns) == list(MEASURES)
    assert table.notna().all(axis=None)
    assert table.loc[5:, "dispersion"].max() < 0.97  # after the truth it falls
    assert table.loc[4, "cophenetic"] > 0.999
    assert table.loc[4, "dispersion"] > 0.999
    assert table.loc[4, "silhouette_consensus"] > 0.999
    assert table.loc[4, "silhouette_features"] > 0.9
    assert table.loc[2, "dispersion"] < table.loc[4, "dispersion"]
    assert (result.customers, result.products, result.resamples) == (160, 32, 6)
    assert "resample 6 of 6" in " ".join(messages)
    assert fractions == sorted(fractions)
    assert fractions[-1] < 1


def test_residual_sum_of_squares_and_sparseness_are_those_of_the_fit():
    values, _ = known.planted(3, per_block=30)
    matrix = known.matrix_of(values)
    sweep = sweep_k(matrix, [2, 3], resamples=2)
    table = measured(matrix, sweep)[0].table
    for k in (2, 3):
        fit = sweep.fit(k)
        assert table.loc[k, "rss"] == pytest.approx(np.sum((values - fit.w @ fit.h) ** 2))
        assert table.loc[k, "rss"] == pytest.approx(fit.error**2)
        assert table.loc[k, "sparseness_products"] == pytest.approx(sparseness(fit.h).mean())


def test_noise_is_no_clear_cut():
    values = np.random.default_rng(0).random((150, 20)) < 0.2
    matrix = known.matrix_of(values.astype(float))
    table = measured(matrix, sweep_k(matrix, [4], resamples=6))[0].table
    assert table.loc[4, "dispersion"] < 0.8
    assert table.loc[4, "cophenetic"] < 0.95


def test_never_more_than_two_thousand_customers_and_the_same_ones_each_time():
    values = sparse.random(9_000, 12, 0.2, format="csr", random_state=1)
    part = sample_rows(values, 0)
    assert part.shape == (MOST, 12)
    assert (part.getnnz(axis=1) > 0).all()
    assert (part != sample_rows(values, 0)).nnz == 0
    assert (part != sample_rows(values, 1)).nnz > 0
    gaps = sparse.vstack([sparse.csr_matrix((5, 12)), values[:4]]).tocsr()
    assert sample_rows(gaps, 0).shape[0] == (values[:4].getnnz(axis=1) > 0).sum()


def test_k_that_failed_is_left_out():
    values, _ = known.planted(2, per_block=20, products=2)
    matrix = known.matrix_of(values)
    sweep = sweep_k(matrix, [2, 3, 9], resamples=3)
    assert list(measured(matrix, sweep)[0].table.index) == [2, 3]


def test_the_same_answer_again(data_dir):
    matrix = known.wine_matrix(data_dir, "Offer #")
    sweep = sweep_k(matrix, [2, 3, 4], resamples=4)
    one, other = (measured(matrix, sweep)[0].table for _ in range(2))
    pd.testing.assert_frame_equal(one, other, check_exact=True)
    assert one["rss"].is_monotonic_decreasing
