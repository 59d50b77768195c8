"""Penalties on W and H: exact steps against brute force, a penalised error that never rises, presets that do what they say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import minimize

from segcore.choices.offered import offered
from segcore.errors import SpecError
from segcore.factorization import NMFSpec, assign, factorize, factorize_together, project
from segcore.factorization.hals import Descent, hals
from segcore.factorization.penalty import PenalisedDescent, Penalty, penalised_rows
from segcore.factorization.presets import (
    PRESETS,
    effect_of,
    effect_sentence,
    measure,
    preset,
    preset_of,
    presets_for,
)
from segcore.factorization.stability import match
from segcore.factorization.start import random_start
from segcore.matrix import build_matrix
from segcore.selection import judge
from segcore.selection.sweep import sweep_k
from tests.segcore import known

STRENGTHS = [(0.2, 0.0, 0.0), (0.0, 0.3, 0.0), (0.0, 0.0, 0.5), (0.1, 0.1, 0.2)]


def twice_the_price(values, w, h, penalty):
    """The penalised error by dense arithmetic, component by component."""
    price = np.sum((values - w @ h) ** 2)
    for j in range(len(h)):
        long_w, long_h = np.linalg.norm(w[:, j]), np.linalg.norm(h[j])
        price += 2 * penalty.products * long_w * np.abs(h[j]).sum()
        price += 2 * penalty.customers * long_h * np.abs(w[:, j]).sum()
        price += penalty.evenness * long_w**2 * long_h**2
    return price


@pytest.mark.parametrize("strength", STRENGTHS)
@pytest.mark.parametrize("seed", range(3))
def test_the_penalised_error_never_rises_and_is_the_one_that_is_written(strength, seed):
    values, _ = known.planted(4, per_block=30, seed=seed)
    spec = NMFSpec(k=4, sparsity_products=strength[0], sparsity_customers=strength[1], evenness=strength[2])
    penalty = Penalty.of(spec, float(np.sum(values**2)), values.shape)
    start = random_start(values.shape, 4, 0.1, np.random.default_rng(seed))
    reached = []
    for rounds in (6, 7, 8, 9, 11, 14, 21, 34, 55):  # penalties come after five iterations
        end = PenalisedDescent(*start, np.float64, penalty)
        for _ in hals(sparse.csr_matrix(values), [end], max_iterations=rounds, tolerance=0.0):
            pass
        assert end.objective == pytest.approx(twice_the_price(values, end.w, end.h, penalty), rel=1e-9)
        assert end.squared_error == pytest.approx(np.sum((values - end.w @ end.h) ** 2), rel=1e-9)
        reached.append(end.objective)
    assert (np.diff(reached) <= 1e-9).all()


def test_penalties_never_stop_a_descent_before_they_are_on():
    values = np.kron(np.eye(3), np.ones((10, 4)))  # fitted exactly at once
    penalty = Penalty.of(NMFSpec(k=3, sparsity_products=0.1), float(values.sum()), values.shape)
    end = PenalisedDescent(*random_start(values.shape, 3, 0.3, np.random.default_rng(0)), np.float64, penalty)
    for _ in hals(sparse.csr_matrix(values), [end], max_iterations=100, tolerance=1e-6):
        pass
    assert end.converged
    assert end.iterations > 6
    assert end.objective == pytest.approx(twice_the_price(values, end.w, end.h, penalty))


@pytest.mark.parametrize("strength", STRENGTHS)
def test_one_row_is_at_its_penalised_optimum(strength):
    """The closed form against a general optimiser, for a single component."""
    generator = np.random.default_rng(4)
    values, w = generator.random((30, 7)), generator.random((30, 1))
    penalty = Penalty(strength[0] * 3, strength[1] * 0.3, strength[2])
    have = penalised_rows(
        np.ones((1, 7)), w.T @ values, w.T @ w, own_l1=penalty.products, other_l1=penalty.customers,
        other_sums=w.sum(axis=0), evenness=penalty.evenness,
    )  # fmt: skip
    found = minimize(
        lambda row: twice_the_price(values, w, row[None], penalty), np.full(7, 0.5), bounds=[(0, None)] * 7,
        method="L-BFGS-B", options={"ftol": 1e-15, "gtol": 1e-10},
    )  # fmt: skip
    assert twice_the_price(values, w, have, penalty) <= found.fun + 1e-7
    np.testing.assert_allclose(have[0], found.x, atol=1e-3)


def test_no_penalty_is_the_plain_descent_bit_by_bit():
    values, _ = known.planted(3, per_block=40)
    values = sparse.csr_matrix(values)
    assert Penalty.of(NMFSpec(k=3), 1.0, values.shape) is None
    plain, asked = factorize(values, NMFSpec(k=3)), factorize(values, NMFSpec(k=3, sparsity_products=0))
    assert plain.h.tobytes() == asked.h.tobytes()
    start = random_start(values.shape, 3, 0.1, np.random.default_rng(0))
    one, other = Descent(*start, np.float64), PenalisedDescent(*start, np.float64, Penalty(0.0, 0.0, 0.0))
    for descent in (one, other):
        for _ in hals(values, [descent], max_iterations=40, tolerance=0.0):
            pass
    assert other.objective == pytest.approx(one.objective, rel=1e-6)


def test_lists_become_shorter_as_asked_and_planted_tastes_stay():
    values, taste = known.planted(4, per_block=100, own=0.5, other=0.05, seed=1)
    values = sparse.csr_matrix(values)
    fits = [factorize(values, NMFSpec(k=4, sparsity_products=s)) for s in (0.0, 0.05, 0.1, 0.2)]
    filled = [int((fit.h > 0).sum()) for fit in fits]
    assert filled == sorted(filled, reverse=True)
    assert filled[0] > filled[2] == 32  # each of four segments keeps its own eight products and nothing else
    for fit in fits:
        assert fit.converged
        assert fit.explained_share > fits[0].explained_share - 0.03
        have = assign(fit.w)
        agree = sum(np.bincount(have[(taste == t) & (have >= 0)], minlength=4).max() for t in range(4))
        assert agree > 0.9 * len(taste)


def test_customers_share_fewer_segments_in_the_descent():
    values, _ = known.planted(4, per_block=60, other=0.15, seed=2)
    start = random_start(values.shape, 4, 0.1, np.random.default_rng(0))
    filled = []
    for strength in (0.0, 0.2, 0.4):
        spec = NMFSpec(k=4, sparsity_customers=strength)
        penalty = Penalty.of(spec, float(np.sum(values**2)), values.shape) or Penalty(0.0, 0.0, 0.0)
        end = PenalisedDescent(*start, np.float64, penalty)
        for _ in hals(sparse.csr_matrix(values), [end], max_iterations=300, tolerance=1e-8):
            pass
        filled.append(int((end.w > 0).sum()))
    assert filled[0] > filled[1] > filled[2]


def test_evenness_holds_the_largest_segment_back(data_dir):
    values = build_matrix(known.groceries(data_dir), "item").values
    plain, even = (effect_of(factorize(values, NMFSpec(k=4, evenness=e))) for e in (0.0, 1.0))
    assert even.largest_share < plain.largest_share - 0.05
    assert even.explained_share > 0.9 * plain.explained_share


@settings(deadline=None, max_examples=15)
@given(st.floats(1e-6, 1e6), st.sampled_from(STRENGTHS))
def test_strength_means_the_same_in_any_unit(scale, strength):
    values, _ = known.planted(3, per_block=20)
    spec = NMFSpec(
        k=3, restarts=2, sparsity_products=strength[0], sparsity_customers=strength[1], evenness=strength[2]
    )
    one, other = (factorize(sparse.csr_matrix(values * unit), spec) for unit in (1.0, scale))
    np.testing.assert_allclose(other.h[match(one.h, other.h)], one.h, atol=0.01)
    assert other.explained_share == pytest.approx(one.explained_share, abs=1e-5)


def test_strength_means_the_same_for_more_of_the_same_customers():
    values, _ = known.planted(3, per_block=40, other=0.1)
    spec = NMFSpec(k=3, sparsity_products=0.15, sparsity_customers=0.1, initialisation="nndsvda", restarts=1)
    few, many = (factorize(sparse.csr_matrix(np.tile(values, (times, 1))), spec) for times in (1, 9))
    again = many.h[match(few.h, many.h)]
    np.testing.assert_allclose(again, few.h, atol=0.02)
    assert ((again > 0) == (few.h > 0)).mean() > 0.95


@pytest.mark.parametrize("field", ["sparsity_products", "sparsity_customers"])
def test_too_much_wipes_segments_out_and_says_which(field):
    values, _ = known.planted(3, per_block=40)
    spec = NMFSpec(k=3, **{field: 5.0})
    fit = next(fit for fits in factorize_together(sparse.csr_matrix(values), [spec]) for fit in fits)
    assert fit.dead == (0, 1, 2)
    assert not fit.h.any()
    assert fit.explained_share == pytest.approx(0.0)
    assert (assign(fit.w) == -1).all()
    with pytest.raises(SpecError, match="no segment at all"):
        factorize(sparse.csr_matrix(values), spec)
    assert "3 segments are wiped out" in effect_sentence(measure(sparse.csr_matrix(values), spec))


def test_a_sweep_marks_where_nothing_is_left_and_the_verdict_stands():
    values, _ = known.planted(3, per_block=40)
    sweep = sweep_k(known.matrix_of(values), [2, 3], resamples=2, sparsity_products=5.0)
    assert all("no segment at all" in failure for failure in sweep.table["failure"])
    verdict = judge(sweep.table, sweep.baseline, "customers", values.shape[1])
    assert verdict.suggested is None
    assert verdict.sentence


def test_scores_are_projected_without_penalty():
    values, _ = known.planted(3, per_block=40)
    values = sparse.csr_matrix(values)
    fit = factorize(values, NMFSpec(k=3, sparsity_products=0.1, sparsity_customers=0.2))
    np.testing.assert_allclose(fit.w, project(values, fit.h), atol=1e-9)


def test_a_sweep_on_a_sample_keeps_the_penalty():
    values = sparse.random(110_000, 30, 0.03, format="csr", random_state=1)
    specs = [NMFSpec(k=k, sparsity_products=0.2, max_iterations=30) for k in (2, 3)]
    fits = [fit for fits in factorize_together(values, specs, sample=True) for fit in fits]
    assert all(fit.sampled for fit in fits)
    assert all((fit.h == 0).mean() > 0.3 for fit in fits)
    for fit in fits:
        left = (
            values.power(2).sum()
            - 2 * np.vdot(values @ fit.h.T, fit.w)
            + np.vdot(fit.w.T @ fit.w, fit.h @ fit.h.T)
        )
        assert fit.explained_share == pytest.approx(1 - left / values.power(2).sum(), abs=1e-4)


def test_repeats_agree_bit_by_bit_with_penalties_too():
    values = sparse.csr_matrix(known.planted(3, per_block=40)[0])
    spec = NMFSpec(k=3, sparsity_products=0.1, evenness=0.1)
    one, other = factorize(values, spec), factorize(values, spec)
    assert one.w.tobytes() == other.w.tobytes()
    assert one.h.tobytes() == other.h.tobytes()


def test_choices_that_cannot_work_are_refused():
    for wrong in (
        {"sparsity_products": -0.1}, {"sparsity_customers": float("nan")}, {"evenness": float("inf")},
        {"evenness": True}, {"sparsity_products": "much"}, {"sparsity_products": None},
        {"sparsity_products": 0.1, "loss": "kullback-leibler"},
    ):  # fmt: skip
        with pytest.raises(SpecError) as caught:
            NMFSpec(k=3, **wrong)
        assert caught.value.remedy
    assert NMFSpec(k=2, sparsity_products=np.float32(0.5)).sparsity_products == 0.5


# Presets.


def test_presets_are_named_explained_and_found_again():
    assert [one.name for one in PRESETS] == ["standard", "cleaner", "spend", "rare"]
    can = offered(has_amount=True, has_quantity=False, is_full=False)
    for one in PRESETS:
        assert one.purpose.count(".") == 1
        assert preset(one.name) is one
        chosen = one.spec(NMFSpec(k=6, seed=4, sparsity_customers=0.3))
        assert (chosen.k, chosen.seed, chosen.sparsity_customers) == (6, 4, 0.0)
        assert preset_of(chosen, one.weighting(can), can) is one
    assert preset_of(NMFSpec(k=3, evenness=0.2), "balanced", can) is None
    with pytest.raises(SpecError):
        preset("sparse")


def test_only_presets_that_can_work_are_offered():
    plain = offered(has_amount=False, has_quantity=False, is_full=False)
    assert [one.name for one in presets_for(plain)] == ["standard", "cleaner", "rare"]
    full = offered(has_amount=True, has_quantity=False, is_full=True)
    assert [one.name for one in presets_for(full)] == ["standard", "cleaner", "spend"]
    assert preset("standard").weighting(full) == "log_amount"
    assert preset("rare").weighting(full) is None


def test_cleaner_lists_are_shorter_for_little_less_explained(data_dir):
    values = build_matrix(known.groceries(data_dir), "item").values
    standard = measure(values, preset("standard").spec(NMFSpec(k=4)))
    cleaner = measure(values, preset("cleaner").spec(NMFSpec(k=4)))
    assert cleaner.list_length < standard.list_length / 2
    assert cleaner.explained_share > 0.9 * standard.explained_share
    assert cleaner.dead == 0
    sentence = effect_sentence(cleaner, standard)
    assert f"instead of {round(standard.list_length)}" in sentence
    assert "explained" in sentence
    assert "explained" not in effect_sentence(cleaner, standard, comparable=False)


def test_an_effect_is_measured_by_hand():
    values = sparse.block_diag([np.ones((6, 4)), np.ones((2, 1)), np.zeros((2, 1))], format="csr")
    effect = measure(values, NMFSpec(k=2))
    assert effect.explained_share == pytest.approx(1.0)
    assert effect.list_length == 2.5  # four equal products need all four for 80 %, a single one itself
    assert (effect.largest_share, effect.smallest_share) == (0.75, 0.25)
    assert (effect.outside, effect.dead) == (0, 0)
