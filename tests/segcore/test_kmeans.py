"""K-means on scaled columns: the published sums of squared errors, and clusters numbered by size."""

import sys

import numpy as np
import pytest
from scipy import sparse
from sklearn.preprocessing import StandardScaler

from segcore.errors import SegcoreError
from segcore.factorization import kmeans, kmeans_sweep
from segcore.factorization.kmeans import scaled
from segcore.matrix import build_matrix
from tests.segcore import known


@pytest.fixture(scope="module")
def log_spend(data_dir):
    values = build_matrix(known.wholesale(data_dir), weighting="amount").values
    return sparse.csr_matrix(np.log(values.toarray()))


def test_published_errors_of_wholesale(data_dir, log_spend):
    published = known.expected(data_dir, "wholesale")["kmeans"]
    spread = published["spread_of_single_init_over_seeds_0_49"]
    for result in kmeans_sweep(log_spend, range(1, 11)):
        best = published["log_scaled_n_init_50"][str(result.k)]["sse"]
        assert result.sse <= best * 1.01
        assert result.sse >= min(spread[str(result.k)]["min"], best) * 0.99
        sizes = np.bincount(result.labels)[1:]
        assert len(sizes) == result.k
        assert (np.diff(sizes) <= 0).all()
    assert next(iter(kmeans_sweep(log_spend, [1]))).sse == pytest.approx(2640.0)


def test_columns_are_scaled_as_in_the_slides(log_spend):
    np.testing.assert_allclose(
        scaled(log_spend), StandardScaler().fit_transform(log_spend.toarray()), atol=1e-12
    )


def test_a_table_too_large_to_centre_gives_the_same_clusters(monkeypatch):
    values, taste = known.planted(3, per_block=40)
    values = sparse.csr_matrix(values)
    dense = kmeans(values, 3)
    monkeypatch.setattr(sys.modules["segcore.factorization.kmeans"], "DENSE_CELLS", 0)
    assert sparse.issparse(scaled(values))
    thin = kmeans(values, 3)
    assert thin.sse == pytest.approx(dense.sse, rel=1e-6)
    assert len(set(zip(thin.labels.tolist(), taste.tolist(), strict=True))) == 3
    assert kmeans(values, 1).sse == pytest.approx(values.shape[0] * values.shape[1])


def test_a_constant_column_stays_silent():
    values = np.full((440, 3), 0.1)
    values[:, 1] = np.arange(440)
    columns = scaled(sparse.csr_matrix(values))
    assert np.abs(columns[:, [0, 2]]).max() < 1e-9
    assert kmeans(sparse.csr_matrix(np.full((50, 4), 0.1)), 2).sse == pytest.approx(0.0, abs=1e-9)


def test_what_cannot_be_clustered_is_said_in_words():
    broken = np.ones((5, 3))
    broken[2, 2] = np.nan
    for values, k in ((np.ones((3, 2)), 4), (np.ones((3, 2)), 0), (broken, 2), (np.zeros((4, 4)), 2)):
        with pytest.raises(SegcoreError) as caught:
            kmeans(sparse.csr_matrix(values), k)
        assert caught.value.remedy
    assert [result.k for result in kmeans_sweep(sparse.csr_matrix(np.eye(3)), range(1, 9))] == [1, 2, 3]


def test_repeats_agree(log_spend):
    one, other = kmeans(log_spend, 5), kmeans(log_spend, 5)
    assert one.sse == other.sse
    assert one.labels.tolist() == other.labels.tolist()
