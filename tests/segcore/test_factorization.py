"""The factorisation against published norms, an independent solver, planted blocks, and matrices that want to break it."""

import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from scipy import sparse
from scipy.optimize import nnls

from segcore.choices.nmf import initialisations_for
from segcore.errors import SegcoreError, SpecError
from segcore.factorization import NMFSpec, assign, factorize, project
from segcore.factorization.hals import Descent, hals
from segcore.factorization.start import leading_directions, nndsvd, random_start
from segcore.matrix import build_matrix
from tests.segcore import known

PUBLISHED = {"Offer #": "offer_binary", "Varietal + Origin": "varietal_x_origin_binary"}


@pytest.mark.parametrize("level", PUBLISHED)
@pytest.mark.parametrize("k", range(2, 11))
def test_wine_norms_are_at_least_as_good_as_published(data_dir, level, k):
    figures = known.expected(data_dir, "wine")["nmf"][PUBLISHED[level]]["by_k"][str(k)]
    fit = factorize(known.wine_matrix(data_dir, level).values, NMFSpec(k=k))
    assert fit.error <= figures["reconstruction_err"] * (1 + 1e-4)
    assert fit.explained_share >= figures["explained_share"] - 1e-4
    assert fit.converged


def test_the_published_segments_of_the_wine_case(data_dir):
    matrix = known.wine_matrix(data_dir, "Offer #")
    published = known.expected(data_dir, "wine")["nmf_hard_assignment_k3_offer_binary"]
    fit = factorize(matrix.values, NMFSpec(k=3))
    customers = (fit.w / fit.w.sum(axis=0)).argmax(axis=1)
    offers = (fit.h * fit.w.sum(axis=0)[:, None]).argmax(axis=0)
    order = np.argsort(np.bincount(customers))
    assert np.bincount(customers)[order].tolist() == [19, 37, 44]
    assert np.bincount(offers)[order].tolist() == [4, 6, 22]
    for j, names, numbers in zip(
        order, published["customers_W_columns_sum_1"], published["offers_by_argmax_H"], strict=True
    ):
        assert matrix.customers[customers == j].tolist() == names
        assert [int(offer) for offer in matrix.products[offers == j]] == numbers


@pytest.mark.parametrize("k", range(2, 7))
def test_wholesale_has_no_empty_segment_on_damped_amounts(data_dir, k):
    fit = factorize(build_matrix(known.wholesale(data_dir), weighting="log_amount").values, NMFSpec(k=k))
    assert np.bincount(assign(fit.w), minlength=k).min() > 0
    assert fit.dead == ()


@pytest.mark.parametrize("k", range(2, 7))
def test_wholesale_raw_spend_reaches_the_best_of_twenty_random_starts(data_dir, k):
    best = known.expected(data_dir, "wholesale")["nmf_raw_random_init_20_seeds"][str(k)]["best"]
    values = build_matrix(known.wholesale(data_dir), weighting="amount").values
    fit = factorize(values, NMFSpec(k=k))
    assert fit.error <= max(best * 1.0001, 2e-5 * np.sqrt(values.data @ values.data))


def test_more_starts_never_do_worse_and_all_are_reported(data_dir):
    values = known.wine_matrix(data_dir, "Offer #").values
    one, many = (factorize(values, NMFSpec(k=7, restarts=n)) for n in (1, 6))
    assert len(many.restart_errors) == 6
    assert many.error == min(many.restart_errors) <= one.error
    assert many.restart_errors[0] == pytest.approx(one.error, rel=1e-4)


@pytest.mark.parametrize("loss", ["squared", "kullback-leibler"])
def test_explained_share_error_and_scales_by_dense_arithmetic(loss):
    values, _ = known.planted(3, per_block=30)
    values = values * np.random.default_rng(1).integers(1, 5, values.shape)
    fit = factorize(sparse.csr_matrix(values), NMFSpec(k=3, loss=loss, restarts=2))
    fitted = fit.w @ fit.h
    assert fit.explained_share == pytest.approx(
        1 - np.sum((values - fitted) ** 2) / np.sum(values**2), abs=1e-12
    )
    np.testing.assert_allclose(fit.h.sum(axis=1), 1.0)
    assert (fit.w >= 0).all()
    assert (fit.h >= 0).all()
    if loss == "squared":
        assert fit.error == pytest.approx(np.linalg.norm(values - fitted), rel=1e-9)
    else:
        filled = values > 0
        divergence = (
            np.sum(values[filled] * np.log(values[filled] / fitted[filled])) - values.sum() + fitted.sum()
        )
        assert fit.error == pytest.approx(np.sqrt(2 * divergence), rel=1e-3)
        np.testing.assert_allclose(fit.w.sum(axis=1), values.sum(axis=1), rtol=1e-9)


def test_a_checkerboard_of_blocks_comes_back_exactly():
    sizes, widths = (7, 19, 11, 4), (3, 5, 2, 6)
    blocks = [np.full((n, p), 1.0) for n, p in zip(sizes, widths, strict=True)]
    values = sparse.block_diag(blocks, format="csr")
    fit = factorize(values, NMFSpec(k=4))
    truth = np.repeat(np.arange(4), sizes)
    assert fit.error <= 2e-5 * np.sqrt(values.nnz)
    assert fit.explained_share == pytest.approx(1.0, abs=1e-9)
    have = assign(fit.w)
    assert len(set(zip(have.tolist(), truth.tolist(), strict=True))) == 4
    assert sorted(np.bincount(have).tolist()) == sorted(sizes)


def test_the_descent_never_returns_a_worse_point_than_it_measured():
    values, _ = known.planted(5, per_block=40)
    values = sparse.csr_matrix(values)
    for seed in range(5):
        start = random_start(values.shape, 5, 0.1, np.random.default_rng(seed))
        errors = []
        for rounds in (1, 2, 3, 5, 8, 13, 21, 34, 55):
            end = Descent(*start, np.float64)
            for _ in hals(values, [end], max_iterations=rounds, tolerance=0.0):
                pass
            assert end.squared_error == pytest.approx(
                np.sum((values.toarray() - end.w @ end.h) ** 2), rel=1e-9
            )
            errors.append(end.squared_error)
        assert (np.diff(errors) <= 1e-9).all()


def test_a_stationary_point_satisfies_the_optimality_conditions():
    values, _ = known.planted(4, per_block=50, seed=3)
    values = sparse.csr_matrix(values)
    fit = factorize(values, NMFSpec(k=4, restarts=1, tolerance=1e-12, max_iterations=20_000))
    slope_h = fit.w.T @ (fit.w @ fit.h) - (values.T @ fit.w).T
    slope_w = fit.w @ (fit.h @ fit.h.T) - values @ fit.h.T
    scale = np.abs(values.T @ fit.w).max()
    assert slope_h.min() > -1e-3 * scale
    assert slope_w.min() > -1e-6
    assert np.abs(slope_w * fit.w).max() < 1e-6
    assert np.abs(slope_h * fit.h).max() < 1e-3 * scale


@pytest.mark.parametrize("whale", [1.0, 1e6])
def test_projection_equals_nnls_row_by_row(whale):
    generator = np.random.default_rng(5)
    h = generator.random((6, 40)) * (generator.random((6, 40)) < 0.4)
    h[5] = 0.9 * h[4] + 0.1 * h[5]  # two tastes that hardly differ
    h /= h.sum(axis=1, keepdims=True)
    values = np.floor(generator.random((80, 40)) * 1.3)
    values[3] = 0
    values[7] *= whale
    have = project(sparse.csr_matrix(values), h)
    for row, scores in zip(values, have, strict=True):
        np.testing.assert_allclose(scores, nnls(h.T, row)[0], atol=1e-8 * max(row.max(), 1.0))
    assert not have[3].any()


def test_scores_of_one_customer_do_not_depend_on_who_else_is_there(data_dir):
    matrix = known.wine_matrix(data_dir, "Offer #")
    fit = factorize(matrix.values, NMFSpec(k=4))
    alone = np.vstack([project(matrix.values[i], fit.h) for i in range(20)])
    np.testing.assert_allclose(alone, fit.w[:20], rtol=1e-9, atol=1e-12)


def test_divergence_scores_are_the_best_for_their_basis():
    values, _ = known.planted(3, per_block=20, seed=2)
    fit = factorize(sparse.csr_matrix(values), NMFSpec(k=3, loss="kullback-leibler"))

    def divergence(w):
        fitted = np.maximum(w @ fit.h, 1e-300)
        return np.where(values > 0, -values * np.log(fitted), 0.0).sum() + (w @ fit.h).sum()

    best, generator = divergence(fit.w), np.random.default_rng(0)
    for _ in range(50):
        nearby = np.maximum(fit.w * generator.uniform(0.9, 1.1, fit.w.shape), 0.0)
        assert divergence(nearby) >= best - 1e-6
    again = project(sparse.csr_matrix(values), fit.h, loss="kullback-leibler")
    np.testing.assert_allclose(again, fit.w, atol=1e-9)


def test_divergence_survives_empty_rows_and_columns():
    values, taste = known.planted(2, per_block=30)
    values[[0, 40]] = 0
    values[:, 3] = 0
    fit = factorize(sparse.csr_matrix(values), NMFSpec(k=2, loss="kullback-leibler"))
    assert np.isfinite(fit.w).all()
    assert np.isfinite(fit.h).all()
    assert not fit.w[[0, 40]].any()
    have = assign(fit.w)
    assert have[[0, 40]].tolist() == [-1, -1]
    same = (have == taste)[have >= 0].mean()
    assert max(same, 1 - same) > 0.95


# Matrices that want to break it: every one must give a sound result or one plain sentence.


def _further(generator):
    """Thin tables, mixed scales, copies, near copies, and stored oddities."""
    some = (generator.random((40, 12)) < 0.3).astype(float)
    signed = some.copy()
    signed[signed == 0] = -0.0
    unit_of_rows, unit_of_columns = (
        10.0 ** generator.integers(-12, 12, 40),
        10.0 ** generator.integers(-12, 12, 12),
    )
    whale_columns = some.copy()
    whale_columns[:, :2] *= 1e8
    cross = some.copy()
    cross[3], cross[:, 3] = 1e5, 1e5
    near = np.repeat(generator.random((30, 5)), 2, axis=1)
    near[:, 1::2] *= 1 + 1e-13 * generator.standard_normal((30, 5))
    near_rows = np.repeat(generator.random((5, 12)), 2, axis=0)
    near_rows[1::2] *= 1 + 1e-13 * generator.standard_normal((5, 12))
    unsorted = sparse.csr_matrix(some)
    for start, end in zip(unsorted.indptr[:-1], unsorted.indptr[1:], strict=True):
        unsorted.indices[start:end] = unsorted.indices[start:end][::-1].copy()
    unsorted.has_sorted_indices = False
    twice = sparse.csr_matrix((np.ones(6), [0, 0, 1, 1, 2, 2], [0, 2, 4, 6]), shape=(3, 4))
    hidden_nan = sparse.csr_matrix(some)
    hidden_nan.data[-1] = np.nan
    last_only = np.zeros((50, 10))
    last_only[-1] = 1
    return {
        "one row of many": (generator.random((1, 400)), 1),
        "one column of many": (generator.random((400, 1)), 1),
        "one row, k 2": (generator.random((1, 400)), 2),
        "one column, k 2": (generator.random((400, 1)), 2),
        "two by two": (np.array([[1.0, 2.0], [3.0, 4.0]]), 2),
        "two columns": (generator.random((300, 2)), 2),
        "negative zeros": (sparse.csr_matrix((np.where(signed == 0, -0.0, signed).ravel(), np.tile(np.arange(12), 40), np.arange(0, 481, 12)), shape=(40, 12)), 3),
        "only negative zeros": (sparse.csr_matrix((np.full(4, -0.0), [0, 1, 0, 1], [0, 2, 4]), shape=(2, 2)), 1),
        "rows of all scales": (some * unit_of_rows[:, None], 4),
        "columns of all scales": (some * unit_of_columns, 4),
        "rows and columns of all scales": (some * unit_of_rows[:, None] * unit_of_columns, 3),
        "two whale columns": (whale_columns, 4),
        "a whale row and a whale column": (cross, 4),
        "one row a thousand times": (np.tile(some[:1] + (some[:1].sum() == 0), (1000, 1)), 3),
        "one row a thousand times and another": (np.vstack([np.tile(some[:1] + 0.5, (1000, 1)), np.ones((1, 12)) * 7]), 3),
        "checkerboard beyond its rank": (np.indices((12, 12)).sum(axis=0) % 2.0, 11),
        "near copies of columns": (near, 8),
        "near copies of rows": (near_rows, 9),
        "identical columns, k all": (np.repeat(generator.random((30, 1)), 6, axis=1), 6),
        "identical rows, k all": (np.repeat(generator.random((1, 30)), 6, axis=0), 6),
        "stored out of order": (unsorted, 3),
        "cells stored twice": (twice, 2),
        "a hidden nan": (hidden_nan, 3),
        "only the last row": (last_only, 2),
        "counts past single precision": ((some * (2**40 + 1)).astype(np.int64), 3),
        "a geometric ladder": (np.diag(2.0 ** -np.arange(60)), 6),
        "an arrow": (np.vstack([np.ones((1, 20)), np.hstack([np.ones((19, 1)), np.eye(19)])]), 5),
        "a hilbert matrix": (1.0 / (np.indices((15, 15)).sum(axis=0) + 1), 10),
        "mostly empty rows": (np.vstack([some[:4], np.zeros((500, 12))]), 4),
    }  # fmt: skip


def _degenerate():
    generator = np.random.default_rng(0)
    dense, ones = generator.random((30, 12)), np.ones((20, 8))
    rank_one = np.outer(generator.random(25), generator.random(9))
    whale = (generator.random((40, 10)) < 0.2).astype(float)
    whale[5] = 1e6
    duplicated = np.repeat((generator.random((30, 4)) < 0.4).astype(float), 3, axis=1)
    one_full = (generator.random((30, 8)) < 0.2).astype(float)
    one_full[:, 2] = 1
    gaps = dense.copy()
    gaps[::3], gaps[:, ::4] = 0, 0
    lone = np.zeros((15, 15))
    lone[4, 9] = 1.0
    with_nan, with_inf, negative = dense.copy(), dense.copy(), dense.copy()
    with_nan[3, 3], with_inf[2, 2], negative[1, 1] = np.nan, np.inf, -1e-3
    overflow = dense.copy()
    overflow[0, 0] = 1e200
    wide_range = 10.0 ** generator.uniform(-140, 140, (20, 8))
    explicit = sparse.csr_matrix(dense)
    explicit.data[::2] = 0.0
    return {
        **_further(generator),
        "k above the columns": (dense[:, :3], 4),
        "k above the rows": (dense[:3], 4),
        "k equal to the columns": (dense, 12),
        "k equal to the rows": (dense[:5], 5),
        "k one below the columns": (dense, 11),
        "nan": (with_nan, 3),
        "infinite": (with_inf, 3),
        "negative": (negative, 3),
        "too large": (overflow, 3),
        "tiny values": (dense * 1e-200, 3),
        "large values": (dense * 1e140, 3),
        "all sizes at once": (wide_range, 3),
        "subnormal": (np.full((6, 4), 5e-324), 2),
        "constant": (ones, 3),
        "constant tenth": (ones * 0.1, 3),
        "all zero": (ones * 0, 2),
        "no rows": (np.zeros((0, 5)), 2),
        "no columns": (np.zeros((5, 0)), 2),
        "a single cell": (np.ones((1, 1)), 1),
        "one row": (dense[:1], 1),
        "one column": (dense[:, :1], 1),
        "one filled cell": (lone, 3),
        "rank one": (rank_one, 4),
        "rank two": (rank_one + np.outer(np.arange(25.0), np.arange(9.0)[::-1]), 5),
        "one whale": (whale, 3),
        "all rows equal": (np.tile(dense[0], (30, 1)), 3),
        "two kinds of rows": (np.tile(dense[:2], (15, 1)), 4),
        "duplicated columns": (duplicated, 5),
        "one column of ones": (one_full, 3),
        "empty rows and columns": (gaps, 4),
        "identity": (np.eye(12), 5),
        "identity, all of it": (np.eye(12), 12),
        "stored zeros": (explicit, 4),
        "whole numbers": (sparse.csr_matrix((dense * 9).astype(np.int32)), 3),
        "single precision": (sparse.csr_matrix(dense.astype(np.float32)), 3),
        "yes and no": (sparse.csr_matrix(dense > 0.7), 3),
        "one product each": (np.eye(4)[generator.integers(0, 4, 60)], 3),
        "checkerboard": (np.indices((20, 10)).sum(axis=0) % 2.0, 4),
        "a triangle": (np.tril(np.ones((25, 25))), 6),
        "more columns than rows": (generator.random((5, 300)), 4),
        "ring": (np.eye(80) + np.roll(np.eye(80), 1, axis=1), 6),
        "equal large blocks": (np.kron(np.eye(10), np.ones((10, 10))), 4),
    }


DEGENERATE = _degenerate()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("loss", ["squared", "kullback-leibler"])
@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_input_gives_a_result_or_a_sentence(name, loss):
    values, k = DEGENERATE[name]
    values = sparse.csr_matrix(values)
    try:
        fit = factorize(values, NMFSpec(k=k, loss=loss, restarts=2, max_iterations=300))
    except SegcoreError as error:
        assert error.sentence.count(".") >= 1
        assert error.remedy
        assert name in {
            "k above the columns", "k above the rows", "nan", "infinite", "negative", "too large", "all zero",
            "no rows", "no columns", "one row, k 2", "one column, k 2", "only negative zeros", "a hidden nan",
        }  # fmt: skip
        return
    assert fit.w.shape == (values.shape[0], k)
    assert fit.h.shape == (k, values.shape[1])
    assert np.isfinite(fit.w).all()
    assert np.isfinite(fit.h).all()
    assert fit.w.min() >= 0
    assert fit.h.min() >= 0
    assert np.isfinite(fit.error)
    assert fit.explained_share <= 1.0
    if loss == "squared":
        assert fit.explained_share > 0
    live = [j for j in range(k) if j not in fit.dead]
    assert live
    np.testing.assert_allclose(fit.h[live].sum(axis=1), 1.0, rtol=1e-9)


def test_there_are_enough_matrices_that_want_to_break_it():
    assert len(DEGENERATE) >= 60


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("wish", [{"sparsity_products": 0.1}, {"sparsity_customers": 0.2, "evenness": 0.5}])
@pytest.mark.parametrize("name", DEGENERATE)
def test_degenerate_input_with_penalties_gives_a_result_or_a_sentence(name, wish):
    values, k = DEGENERATE[name]
    try:
        fit = factorize(sparse.csr_matrix(values), NMFSpec(k=k, restarts=2, max_iterations=300, **wish))
    except SegcoreError as error:
        assert error.remedy
        if (
            "no segment at all" not in error.sentence
        ):  # else only what cannot be factorised without penalties either
            with pytest.raises(SegcoreError):
                factorize(sparse.csr_matrix(values), NMFSpec(k=k, restarts=1, max_iterations=5))
        return
    assert np.isfinite(fit.w).all()
    assert np.isfinite(fit.h).all()
    assert fit.w.min() >= 0
    assert fit.h.min() >= 0
    assert np.isfinite(fit.error)
    assert -1e-9 <= fit.explained_share <= 1.0
    live = [j for j in range(k) if j not in fit.dead]
    np.testing.assert_allclose(fit.h[live].sum(axis=1), 1.0, rtol=1e-9)


@pytest.mark.parametrize("scale", [1e-150, 1e-9, 3.7, 1e9, 1e120])
def test_the_unit_of_the_values_changes_nothing_but_the_scale(scale):
    values, _ = known.planted(3, per_block=30)
    one = factorize(sparse.csr_matrix(values), NMFSpec(k=3, restarts=2))
    other = factorize(sparse.csr_matrix(values * scale), NMFSpec(k=3, restarts=2))
    assert other.explained_share == pytest.approx(one.explained_share, rel=1e-6)
    assert other.error == pytest.approx(one.error * scale, rel=1e-6)
    np.testing.assert_allclose(other.w / scale, one.w, rtol=1e-3, atol=1e-3)


# Starts.


def test_a_long_narrow_table_has_its_directions_too():
    tall = sparse.random(90_000, 50, 0.02, format="csr", random_state=1)
    u, s, vt = leading_directions(tall, 5)
    exact = np.linalg.eigvalsh((tall.T @ tall).toarray())[::-1][:5]
    np.testing.assert_allclose(s**2, exact, rtol=1e-9)
    np.testing.assert_allclose(u.T @ u, np.eye(5), atol=1e-8)
    np.testing.assert_allclose(vt @ vt.T, np.eye(5), atol=1e-8)
    wide = leading_directions(tall.T.tocsr(), 5)
    np.testing.assert_allclose(wide[1], s, rtol=1e-9)
    assert wide[2].shape == (5, 90_000)


def test_all_directions_of_a_large_table():
    table = sparse.random(30_000, 150, 0.02, format="csr", random_state=2)
    u, s, vt = leading_directions(table, 150)
    assert len(s) == 150
    np.testing.assert_allclose(((u * s) @ vt)[:500], table[:500].toarray(), atol=1e-8)


@pytest.mark.parametrize("shape", [(30, 20), (400, 100), (100, 400)])
def test_directions_repeat_bit_by_bit_and_have_fixed_signs(shape):
    table = sparse.random(*shape, 0.1, format="csr", random_state=3)
    one, other = leading_directions(table, 6), leading_directions(table, 6)
    for a, b in zip(one, other, strict=True):
        assert a.tobytes() == b.tobytes()
    vt = one[2]
    assert (np.take_along_axis(vt, np.abs(vt).argmax(axis=1)[:, None], axis=1) > 0).all()
    assert (np.diff(one[1]) <= 1e-12).all()
    np.testing.assert_allclose(one[1], np.linalg.svd(table.toarray(), compute_uv=False)[:6], rtol=1e-9)


def test_a_table_of_low_rank_starts_without_noise():
    generator = np.random.default_rng(4)
    table = sparse.csr_matrix(generator.random((200, 2)) @ generator.random((2, 90)))
    directions = leading_directions(table, 8)
    w, h = nndsvd(directions, 8, 0.0)
    assert np.isfinite(w).all()
    assert not w[:, 2:].any()
    assert not h[2:].any()
    filled, _ = nndsvd(directions, 8, 0.5)
    assert (filled > 0).all()


def test_components_shared_by_a_sweep_are_those_of_each_k(data_dir):
    values = known.wine_matrix(data_dir, "Offer #").values
    shared = leading_directions(values, 10)
    for k in (2, 5):
        one = factorize(values, NMFSpec(k=k, restarts=1))
        other = factorize(values, NMFSpec(k=k, restarts=1), shared)
        np.testing.assert_allclose(other.w, one.w, atol=1e-9)


# Choices.


def test_choices_that_cannot_work_are_refused_in_words():
    for wrong in (
        {"k": 0}, {"k": -2}, {"k": 2.5}, {"k": True}, {"k": None}, {"loss": "cosine"}, {"initialisation": "svd"},
        {"loss": "kullback-leibler", "initialisation": "nndsvd"}, {"restarts": 0}, {"restarts": 1.5}, {"seed": -1},
        {"seed": 0.5}, {"max_iterations": 0}, {"tolerance": -1.0}, {"tolerance": float("nan")},
    ):  # fmt: skip
        with pytest.raises(SpecError) as caught:
            NMFSpec(**{"k": 3, **wrong})
        assert caught.value.remedy
    assert NMFSpec(k=np.int64(3)) == NMFSpec(k=3)
    assert initialisations_for("kullback-leibler") == ("nndsvda", "random")
    assert "nndsvd" in initialisations_for("squared")


def test_ties_go_to_the_larger_component_whatever_the_rounding():
    scores = np.array([[1.0, 1.0 + 1e-15, 0.0], [0.0, 0.0, 0.0], [5.0, 1.0, 1.0], [0.3, 0.3, 0.3 - 1e-16]])
    assert assign(scores).tolist() == [0, -1, 0, 0]
    assert assign(scores[:, ::-1]).tolist() == [2, -1, 2, 2]
    assert assign(np.zeros((3, 0))).tolist() == [-1, -1, -1]


# Determinism.

PRINT_DIGEST = """
import hashlib, sys
import numpy as np
from scipy import sparse
from segcore.factorization import NMFSpec, factorize
values = sparse.random(3000, 400, 0.02, format="csr", random_state=7)
state = hashlib.sha256()
for k in (2, 5, 9):
    fit = factorize(values, NMFSpec(k=k, max_iterations=60, restarts=2))
    state.update(fit.w.tobytes() + fit.h.tobytes() + np.float64(fit.error).tobytes())
print(state.hexdigest())
"""


def test_the_same_bytes_in_every_process_and_with_any_number_of_threads(root):
    digests = set()
    for threads in ("1", "2", "1"):
        variables = {name: threads for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
        done = subprocess.run(
            [sys.executable, "-c", PRINT_DIGEST], capture_output=True, text=True, cwd=root, check=True,
            env={**os.environ, **variables, "PYTHONPATH": str(root)},
        )  # fmt: skip
        digests.add(done.stdout.strip())
    assert len(digests) == 1
    assert len(digests.pop()) == len(hashlib.sha256().hexdigest())


@pytest.mark.parametrize("loss", ["squared", "kullback-leibler"])
def test_repeats_agree_bit_by_bit(data_dir, loss):
    values = known.wine_matrix(data_dir, "Offer #").values
    one, other = (factorize(values, NMFSpec(k=4, loss=loss, restarts=3)) for _ in range(2))
    assert one.w.tobytes() == other.w.tobytes()
    assert one.h.tobytes() == other.h.tobytes()
    assert one.restart_errors == other.restart_errors


# What a fit says of itself.


@pytest.mark.parametrize("loss", ["squared", "kullback-leibler"])
def test_every_fit_says_how_it_was_reached(loss):
    values, _ = known.planted(3, per_block=30)
    values = np.vstack([values, np.zeros((10, values.shape[1]))])
    done = factorize(sparse.csr_matrix(values), NMFSpec(3, loss=loss))
    assert done.converged
    assert done.iterations > 0
    assert done.without_purchases == pytest.approx(10 / len(values))
    assert done.dead == ()
    said = done.account()
    assert said[0].startswith(f"The search took {done.iterations} rounds and came to rest")
    assert said[1:] == ("No segment is empty.", "10 % of the customers have no purchases.")
    assert np.isfinite(done.last_gain) == (loss == "squared")  # the other solver does not say


def test_a_fit_cut_short_or_with_empty_segments_says_so():
    values, _ = known.planted(4, per_block=30)
    short = factorize(sparse.csr_matrix(values), NMFSpec(4, restarts=1, max_iterations=2))
    assert not short.converged
    assert short.last_gain > 1e-4
    assert (
        "The search took 2 rounds and stopped before it came to rest; the last one gained "
        in short.account()[0]
    )
    flat = factorize(sparse.csr_matrix(np.ones((20, 8))), NMFSpec(3, restarts=1))
    assert 0 < len(flat.dead) < 3  # one segment says it all; which ones say nothing hangs on the last digit
    assert flat.account("baskets")[0] == "The search took 1 round and came to rest."
    one, two = (replace(flat, dead=dead).account("baskets")[1] for dead in ((0,), (0, 2)))
    assert one == "Of 3 segments, number 1 is empty: it explains nothing."
    assert two == "Of 3 segments, number 1 and 3 are empty: they explain nothing."
    assert flat.account("baskets")[2] == "None of the baskets is without purchases."
