"""Tables drawn by lot keep what they promise, forget the rest, and are the same for the same seed."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from segcore.statistics import drawn, fit_margins, joint_counts, swapped
from tests.segcore.nothing import log_normal_customers
from tests.segcore.test_null_margins import tables


def margins(table: sparse.csr_matrix) -> tuple[list[float], list[float]]:
    return np.asarray(table.sum(axis=1)).ravel().tolist(), np.asarray(table.sum(axis=0)).ravel().tolist()


@settings(max_examples=60)
@given(tables(), st.integers(0, 1_000))
def test_swaps_keep_both_margins_exactly(values: sparse.csr_matrix, seed: int) -> None:
    found = swapped(values, seed)
    assert margins(found) == margins(values)
    assert found.shape == values.shape and (found.data == 1).all() and found.has_sorted_indices
    assert (found != swapped(values, seed)).nnz == 0


def test_every_table_with_these_margins_comes_equally_often() -> None:
    """Three rows of one, two and one in three products of one, two and one: five tables."""
    values = sparse.csr_matrix(np.array([[0, 1, 0], [1, 1, 0], [0, 0, 1]]))
    seen = Counter(swapped(values, seed, rounds=12).toarray().astype(int).tobytes() for seed in range(1_000))
    assert len(seen) == 5
    assert sum((count - 200) ** 2 / 200 for count in seen.values()) < 18.5  # chi-squared of 4, 1 in 1,000


def test_swaps_forget_who_bought_what() -> None:
    rng = np.random.default_rng(0)
    kind = rng.integers(0, 3, 900)
    values = sparse.csr_matrix(
        rng.random((900, 60)) < np.where(kind[:, None] == np.arange(60) % 3, 0.4, 0.05)
    )
    values = values.astype(np.float64)
    left, right = np.triu_indices(60, 1)
    found = joint_counts(fit_margins(values), left, right)
    both = {
        name: (table.T @ table).toarray()[left, right]
        for name, table in (("data", values), ("swapped", swapped(values, 1)))
    }
    spread = {name: ((each - found.expected) / np.sqrt(found.variance)).std() for name, each in both.items()}
    assert spread["data"] > 3 and spread["swapped"] < 1.1
    kept = values.multiply(swapped(values, 1)).sum() / values.nnz
    by_lot = swapped(values, 2).multiply(swapped(values, 1)).sum() / values.nnz
    assert kept == pytest.approx(by_lot, abs=0.02)


def test_a_draw_has_exact_short_rows_and_the_nulls_pairs() -> None:
    values = log_normal_customers(np.random.default_rng(2), 800, 90, mean=20.0)
    null = fit_margins(values, exact_up_to=25)
    tables = [drawn(null, [3, number]) for number in range(20)]
    sizes = np.diff(values.indptr)
    assert (np.diff(tables[0].indptr)[sizes <= 25] == sizes[sizes <= 25]).all()
    assert (tables[0] != drawn(null, [3, 0])).nnz == 0
    mean = sum(tables).toarray().sum(axis=0) / len(tables)
    bought = np.asarray(values.sum(axis=0)).ravel()
    assert np.abs((mean - bought) / np.sqrt(bought / len(tables))).max() < 4
    left, right = np.triu_indices(90, 1)
    found = joint_counts(null, left, right)
    both = np.mean([(table.T @ table).toarray()[left, right] for table in tables], axis=0)
    spread = (both - found.expected) / np.sqrt(found.variance / len(tables))
    assert abs(spread.mean()) < 0.3 and 0.9 < spread.std() < 1.1


def test_draws_keep_what_the_margins_decide() -> None:
    values = sparse.csr_matrix(
        np.array([[1, 0, 1, 0], [1, 0, 0, 1], [1, 0, 1, 1], [0, 0, 0, 0], [1, 0, 1, 0]])
    )
    for exact_up_to in (0, 40):
        table = drawn(fit_margins(values, exact_up_to), 1).toarray()
        assert table[:, :2].tolist() == values.toarray()[:, :2].tolist() and table[2].tolist() == [1, 0, 1, 1]
