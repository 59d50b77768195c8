"""Going on from a previous run: products found by label, segments keep their numbers, and what cannot work is said."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from segcore.choices.sweep import SweepSpec
from segcore.errors import SpecError
from segcore.factorization import NMFSpec, aligned_start, assign, factorize
from segcore.matrix import build_matrix
from segcore.samples import complete_journey
from segcore.segments import segment
from tests.segcore import known

WARM = {"initialisation": "custom"}


@pytest.fixture(scope="module")
def wine(data_dir):
    matrix = known.wine_matrix(data_dir, "Varietal + Origin", "balanced")
    return matrix, segment(matrix, 3)


def test_the_same_data_stay_where_they_were(wine):
    matrix, before = wine
    again = segment(matrix, 3, start=before.product_scores, **WARM)
    assert again.error <= before.error * (1 + 1e-6)
    assert again.iterations < before.iterations or again.iterations < 20
    assert (again.assignment == before.assignment).mean() > 0.99
    np.testing.assert_allclose(again.product_scores, before.product_scores, atol=0.02)
    assert again.converged


@pytest.mark.parametrize("loss", ["squared", "kullback-leibler"])
def test_products_are_found_by_label_and_segments_keep_their_numbers(loss):
    values, taste = known.planted(4, per_block=40, seed=1)
    sizes = (1, 2, 0, 3)  # the order of the previous run, whatever the sizes now
    matrix = known.matrix_of(values)
    first = segment(matrix, 4, loss=loss)
    before = first.product_scores[[s + 1 for s in sizes]].set_axis(first.product_scores.columns, axis=1)
    generator = np.random.default_rng(2)
    kept = np.sort(generator.permutation(matrix.shape[1])[: matrix.shape[1] - 2])
    rows = np.flatnonzero(generator.random(len(values)) < np.where(taste == taste[0], 0.4, 0.9))
    other = known.matrix_of(values[rows][:, kept])
    names = matrix.products[kept]
    mixed = before.loc[generator.permutation(before.index)]
    fit = factorize(
        other.values, NMFSpec(4, loss=loss, **WARM), start=aligned_start(mixed, names)
    )  # labels, not places, decide
    unit = fit.h / np.linalg.norm(fit.h, axis=1, keepdims=True)
    was = before.loc[names].to_numpy().T
    cosine = unit @ (was / np.linalg.norm(was, axis=1, keepdims=True)).T
    assert cosine.argmax(axis=1).tolist() == [0, 1, 2, 3]
    assert np.diag(cosine).min() > 0.9
    assert fit.explained_share >= factorize(other.values, NMFSpec(4, loss=loss)).explained_share - 0.01


def test_numbers_stay_though_sizes_change():
    values, _ = known.planted(3, per_block=40, seed=4)
    matrix = known.matrix_of(values)
    before = segment(matrix, 3)
    largest = (before.assignment == 1).to_numpy()
    keep = ~largest | (np.cumsum(largest) <= 8)
    smaller = known.matrix_of(values[keep])
    scores = before.product_scores.set_axis(smaller.products, axis=0)
    after = segment(smaller, 3, start=scores, **WARM)
    assert after.sizes.index.tolist() == [1, 2, 3]
    assert after.sizes[1] < after.sizes[2]
    assert (after.assignment.to_numpy() == before.assignment[keep].to_numpy()).mean() > 0.95


def test_a_product_the_previous_run_did_not_know_starts_at_the_mean():
    scores = pd.DataFrame([[0.6, 0.0], [0.4, 1.0]], index=["a", "b"], columns=[1, 2])
    start = aligned_start(scores, pd.Index(["new", "b", "a"]))
    np.testing.assert_allclose(start, [[0.5, 0.4, 0.6], [0.5, 1.0, 0.0]])


@pytest.mark.parametrize("loss", ["squared", "kullback-leibler"])
def test_a_new_product_finds_its_segment(loss):
    values, taste = known.planted(3, per_block=40, seed=3)
    before = segment(known.matrix_of(values), 3, loss=loss).product_scores
    bought = (taste == 1) & (np.random.default_rng(0).random(len(taste)) < 0.6)
    wider = known.matrix_of(np.column_stack([values, bought]))
    after = segment(wider, 3, start=before.set_axis(wider.products[:-1], axis=0), loss=loss, **WARM)
    assert after.product_shares.iloc[-1].max() > 0.8


def test_a_warm_start_repeats_bit_by_bit_and_resamples_start_anew(wine):
    matrix, before = wine
    one, other = (segment(matrix, 3, start=before.product_scores, resamples=3, **WARM) for _ in range(2))
    assert one.customer_scores.to_numpy().tobytes() == other.customer_scores.to_numpy().tobytes()
    fresh = segment(matrix, 3, resamples=3)
    np.testing.assert_allclose(np.sort(one.stability), np.sort(fresh.stability), atol=0.05)


def test_a_start_goes_on_with_penalties_and_on_sparse_data_in_single_precision():
    values = sparse.random(4_000, 300, 0.03, format="csr", random_state=5)
    cold = factorize(values, NMFSpec(4, sparsity_products=0.1))
    warm = factorize(values, NMFSpec(4, sparsity_products=0.1, **WARM), start=cold.h)
    assert warm.iterations <= cold.iterations
    assert warm.explained_share >= cold.explained_share - 1e-4
    assert (assign(warm.w) == assign(cold.w)).mean() > 0.9


def test_what_cannot_be_gone_on_from_is_said_in_words(wine):
    matrix, before = wine
    values, good = matrix.values, before.product_scores.to_numpy().T
    bad = good.copy()
    bad[0, 0] = np.nan
    for spec, start in (
        (NMFSpec(3, **WARM), None), (NMFSpec(3), good), (NMFSpec(4, **WARM), good), (NMFSpec(3, **WARM), good[:, 1:]),
        (NMFSpec(3, **WARM), bad), (NMFSpec(3, **WARM), -good), (NMFSpec(3, **WARM), good * 0),
    ):  # fmt: skip
        with pytest.raises(SpecError) as caught:
            factorize(values, spec, start=start)
        assert caught.value.remedy
    with pytest.raises(SpecError, match="only start"):
        NMFSpec(3, restarts=5, **WARM)
    with pytest.raises(SpecError, match="previous run"):
        SweepSpec(nmf=NMFSpec(1, **WARM))
    scores = before.product_scores
    with pytest.raises(SpecError, match="stand twice"):
        aligned_start(pd.concat([scores, scores]), matrix.products)
    with pytest.raises(SpecError, match="None of these products"):
        aligned_start(scores, pd.Index(["nothing known"]))


def test_an_empty_segment_of_the_previous_run_stays_empty_and_is_said():
    values, _ = known.planted(2, per_block=30)
    matrix = known.matrix_of(values)
    start = np.vstack([factorize(matrix.values, NMFSpec(2)).h, np.zeros(matrix.shape[1])])
    fit = factorize(matrix.values, NMFSpec(3, **WARM), start=start)
    assert fit.dead == (2,)


@pytest.mark.parametrize("k", [6, 7])
def test_segments_people_work_with_are_at_rest(k):
    matrix = build_matrix(complete_journey(), "product_category")
    rested = segment(matrix, k)
    again = factorize(
        matrix.values,
        NMFSpec(k, initialisation="custom", tolerance=0.0, max_iterations=200),
        start=rested.product_scores.to_numpy().T,
    )
    moved = np.mean(assign(again.w) + 1 != rested.assignment.to_numpy())
    assert rested.converged
    assert moved < 0.02  # a survey's fit, gone on from, moves over a fifth
