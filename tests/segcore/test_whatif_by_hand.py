"""Segments changed by hand: merged, split, locked, pinned; always marked, with what it costs."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from segcore.errors import NotEnoughData, SpecError
from segcore.factorization import NMFSpec, factorize
from segcore.factorization.held import refit
from segcore.matrix import MatrixSpec, build_matrix
from segcore.purchases import make_purchases
from segcore.segments import segment
from segcore.studies import Edit, Scenario
from segcore.whatif.outcome import beside, flows_between
from segcore.whatif.range_words import changes_in_words, cost_sentence, names_of
from segcore.whatif.scenario import outcome_of
from tests.segcore import known
from tests.segcore.test_whatif_range import OWN, K, of_taste, planted_study, products_of

LOSSES = ["squared", "kullback-leibler"]


def hand(purchases, spec, base, *edits: Edit, **changes):
    return outcome_of(purchases, spec, base, Scenario(edits=edits, **changes))


@pytest.mark.parametrize("loss", LOSSES)
def test_a_warm_fit_stays_where_a_fit_came_to_rest_and_finds_what_another_start_finds(loss):
    values, _ = known.planted(K, 50, seed=1)
    matrix = known.matrix_of(values)
    base = segment(matrix, K, loss=loss)
    h = base.product_scores.to_numpy().T
    assert refit(matrix.values, h, base.spec).explained_share == pytest.approx(base.explained_share, abs=2e-4)
    rough = h + 0.02 * np.random.default_rng(0).random(h.shape)
    assert refit(matrix.values, rough, base.spec).explained_share == pytest.approx(
        base.explained_share, abs=2e-3
    )


def test_what_is_held_does_not_change_by_a_bit():
    values, _ = known.planted(K, 50, seed=1)
    matrix = known.matrix_of(values)
    h = segment(matrix, K).product_scores.to_numpy().T
    free = np.ones(h.shape, dtype=bool)
    free[1] = False
    found = refit(matrix.values[20:], h, segment(matrix, K).spec, free)
    np.testing.assert_allclose(found.h[1], h[1], rtol=1e-14)
    assert not np.allclose(found.h[0], h[0], rtol=1e-6)


@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("size", [50, 2_500])  # small enough for double precision in a usual fit, and not
def test_single_scores_that_are_held_keep_their_proportions_to_the_last_digit(loss, size):
    values, _ = known.planted(K, size, products=30, own=0.1, other=0.01, seed=1)
    spec = NMFSpec(K, loss=loss, max_iterations=40)
    matrix = known.matrix_of(values).values
    h = factorize(matrix, spec).h + 1e-3
    free = np.random.default_rng(0).random(h.shape) < 0.5
    held, moved = refit(matrix[size:], h, spec, ~np.ones_like(free)), refit(matrix[size:], h, spec, free)
    for row in range(K):
        kept = moved.h[row, ~free[row]] / h[row, ~free[row]]
        np.testing.assert_allclose(kept, kept[0], rtol=1e-12)
        assert not np.allclose(moved.h[row, free[row]] / h[row, free[row]], kept[0], rtol=1e-3)
    if loss == "squared":
        assert moved.explained_share > held.explained_share


def test_a_hold_that_does_not_fit_is_refused():
    values = known.matrix_of(known.planted(K, 50, seed=1)[0]).values
    with pytest.raises(SpecError, match="held does not fit"):
        factorize(
            values,
            NMFSpec(K, initialisation="custom"),
            start=np.ones((K, values.shape[1])),
            free=np.ones((K, 2), dtype=bool),
        )
    with pytest.raises(SpecError, match="start anew"):
        factorize(values, NMFSpec(K), free=np.ones((K, values.shape[1]), dtype=bool))


def test_merging_two_segments_puts_their_customers_together():
    purchases, spec, base, taste = planted_study()
    a, b = of_taste(base, taste, 0), of_taste(base, taste, 1)
    outcome = hand(purchases, spec, base, Edit("merge", (a, b)))
    lead = min(a, b)
    assert outcome.segmentation.k == K - 1
    assert outcome.merged == {lead: tuple(sorted((a, b)))}
    assert outcome.gone == () and outcome.new == ()
    together = np.isin(taste, (0, 1))
    assert adjusted_rand_score(together, (outcome.assignment == lead).fillna(False)) > 0.9
    assert outcome.explained < outcome.explained_unedited == base.explained_share
    for other in set(base.sizes.index) - {a, b}:
        assert outcome.likeness[other] == pytest.approx(1.0, abs=1e-12)
    names = names_of(outcome, {n: f"kind {n}" for n in base.sizes.index})
    assert names[lead] == f"kind {lead} and kind {max(a, b)}"
    said = cost_sentence(outcome)
    assert "Edited by hand" in said and "costs" in said


def test_splitting_finds_the_two_tastes_inside_a_segment():
    purchases, spec, base, taste = planted_study()
    a, b = of_taste(base, taste, 2), of_taste(base, taste, 3)
    both = hand(purchases, spec, base, Edit("merge", (a, b)), Edit("split", (min(a, b),)))
    assert both.segmentation.k == K
    assert both.merged == {}
    assert adjusted_rand_score(taste, both.assignment.fillna(-1).astype(int)) > 0.95
    assert both.explained == pytest.approx(base.explained_share, abs=0.01)
    assert set(both.identity) == set(base.sizes.index) - {max(a, b)} | {K + 1}


def test_splitting_a_plain_taste_adds_little():
    purchases, spec, base, _ = planted_study()
    outcome = hand(purchases, spec, base, Edit("split", (1,)))
    assert outcome.new == (K + 1,)
    assert 0 < outcome.explained - base.explained_share < 0.1
    assert "adds" in cost_sentence(outcome)


def test_a_locked_segment_keeps_its_profile_while_others_are_found_anew():
    purchases, spec, base, taste = planted_study()
    mine = of_taste(base, taste, 1)
    loose = outcome_of(purchases, spec, base, Scenario(min_products=4))
    held = hand(purchases, spec, base, Edit("lock", (mine,)), min_products=4)
    before = base.product_scores[mine]
    number = int(held.identity.index[held.identity == mine][0])
    np.testing.assert_allclose(held.segmentation.product_scores[number], before, rtol=1e-12)
    free_number = int(loose.identity.index[loose.identity == mine][0])
    assert not np.allclose(loose.segmentation.product_scores[free_number], before, rtol=1e-6)
    assert held.explained <= loose.explained + 1e-9


@pytest.mark.parametrize("k", [3, 6])
def test_a_locked_segment_stays_when_another_number_is_looked_for(k):
    purchases, spec, base, taste = planted_study()
    mine = of_taste(base, taste, 1)
    outcome = hand(purchases, spec, base, Edit("lock", (mine,)), k=k)
    number = int(outcome.identity.index[outcome.identity == mine][0])
    np.testing.assert_allclose(
        outcome.segmentation.product_scores[number], base.product_scores[mine], rtol=1e-12
    )


def test_a_lock_alone_changes_nothing():
    purchases, spec, base, _ = planted_study()
    outcome = hand(purchases, spec, base, Edit("lock", (2,)))
    assert outcome.segmentation is base
    assert cost_sentence(outcome) == ""


def test_pinned_products_define_a_segment_and_belong_to_no_other():
    purchases, spec, base, taste = planted_study(k=K - 1)
    pins = products_of(0)[:3]
    outcome = hand(purchases, spec, base, Edit("pin", products=pins))
    assert outcome.segmentation.k == K
    (mine,) = outcome.new
    number = int(outcome.identity.index[outcome.identity == mine][0])
    profile = outcome.segmentation.product_scores
    assert (profile.loc[list(pins)].drop(columns=number) == 0).all(axis=None)
    assert (profile.loc[list(pins), number] > 0).all()
    own = profile[number].nlargest(OWN).index
    assert set(own) == set(products_of(0))
    assert adjusted_rand_score(taste == 0, (outcome.assignment == mine).fillna(False)) > 0.85


def test_what_is_not_possible_any_more_is_said_and_left_out():
    purchases, spec, base, taste = planted_study()
    lost = of_taste(base, taste, 0)
    other = next(n for n in base.sizes.index if n != lost)
    change = Scenario(
        left_out=products_of(0),
        edits=(Edit("merge", (lost, other)), Edit("split", (lost,)), Edit("pin", products=("p00",))),
    )
    outcome = outcome_of(purchases, spec, base, change)
    assert len(outcome.notes) == 3
    assert outcome.segmentation.k == K - 1
    plain = outcome_of(purchases, spec, base, replace(change, edits=()))
    assert outcome.assignment.equals(plain.assignment)


@pytest.mark.parametrize("k", [None, 3])
@pytest.mark.parametrize("lost", [OWN - 1, OWN])
def test_a_locked_segment_is_who_it_was_however_little_of_it_is_left(k, lost):
    purchases, spec, base, taste = planted_study()
    mine = of_taste(base, taste, 1)
    outcome = hand(purchases, spec, base, Edit("lock", (mine,)), left_out=products_of(1)[:lost], k=k)
    assert outcome.kept_taste[mine] < 0.25
    number = int(outcome.identity.index[outcome.identity == mine][0])
    profile = base.product_scores[mine].reindex(outcome.segmentation.product_scores.index)
    np.testing.assert_allclose(
        outcome.segmentation.product_scores[number], profile / profile.sum(), rtol=1e-12
    )
    assert mine not in outcome.gone and outcome.new == ()


def test_a_range_without_any_segment_says_so():
    purchases, spec, base, _ = planted_study()
    few = tuple(product for product in base.product_scores.index if product not in ("p00", "p09"))
    with pytest.raises(NotEnoughData, match="Of no segment a quarter of its taste is left"):
        outcome_of(purchases, spec, base, Scenario(left_out=few))


def test_an_edit_means_the_segment_it_was_made_on_whatever_else_appears():
    back = products_of(2)
    purchases, spec, base, taste = planted_study(left_out=back, k=K - 1)
    made = Scenario().next_number(base.sizes.index)
    split = Scenario(edits=(Edit("split", (2,), makes=made),))
    both = replace(split, edits=(*split.edits, Edit("merge", (1, made))))
    assert both.next_number(base.sizes.index) == made + 1
    wider = outcome_of(purchases, spec, base, replace(both, brought_back=back))
    (appeared,) = wider.new
    assert appeared not in (*base.sizes.index, made)
    assert wider.merged == {1: (1, made)}
    members = wider.assignment.index[(wider.assignment == appeared).fillna(False)]
    assert taste[[int(one[1:]) for one in members]].tolist().count(2) > 0.9 * len(members)


def test_a_segment_of_the_study_leads_what_is_merged_into_it():
    purchases, spec, base, _ = planted_study()
    small = int(base.sizes.idxmin())
    rest = next(n for n in base.sizes.index if n != small)
    wide = products_of(0) + products_of(1) + products_of(2)
    outcome = hand(
        purchases, spec, base, Edit("pin", products=wide, makes=K + 1), Edit("merge", (small, K + 1))
    )
    assert outcome.merged == {small: (small, K + 1)}
    assert outcome.new == () and rest in set(outcome.identity)


def test_a_merged_part_without_a_name_is_called_after_what_made_it():
    purchases, spec, base, _ = planted_study()
    edits = (Edit("split", (2,), makes=5), Edit("merge", (1, 5)), Edit("pin", products=("p00",), makes=6))
    names = {n: f"kind {n}" for n in base.sizes.index}
    outcome = hand(purchases, spec, base, *edits)
    assert names_of(outcome, names)[1] == "kind 1 and the other half of kind 2"
    assert changes_in_words(outcome.scenario, names)[1] == "Merged “kind 1” and “the other half of kind 2”"
    again = replace(outcome.scenario, edits=(*edits, Edit("split", (6,), makes=7)))
    assert changes_in_words(again, names)[-1] == "Split “the one defined by p00”"


def test_new_segments_of_two_scenarios_are_one_only_where_their_tastes_are_alike():
    purchases, spec, base, _ = planted_study()
    split = hand(purchases, spec, base, Edit("split", (2,), makes=K + 1))
    pinned = hand(purchases, spec, base, Edit("pin", products=("p00",), makes=K + 1))
    again = hand(purchases, spec, base, Edit("split", (2,), makes=K + 3))
    study = {int(n): int(n) for n in base.sizes.index}
    assert beside(pinned, split) == study | {K + 1: K + 2}
    assert beside(again, split) == study | {K + 3: K + 1}
    assert beside(hand(purchases, spec, base), split) == study


def test_who_was_merged_stays_in_either_direction():
    purchases, spec, base, _ = planted_study()
    merged = hand(purchases, spec, base, Edit("merge", (1, 2)))
    there = flows_between(base.assignment, merged.assignment, merged.merged)
    back = flows_between(merged.assignment, base.assignment, None, merged.merged)
    assert there.loc[there["stays"], "customers"].sum() == back.loc[back["stays"], "customers"].sum() > 190


def test_an_added_segment_that_nobody_is_in_is_said():
    values = np.repeat(np.eye(4)[[0, 0, 1, 1]] + np.eye(4)[[1, 2, 2, 3]], 10, axis=0)
    values[:, 3] = 1
    values[0, 0] = 0
    purchases = make_purchases(
        *(
            np.array(labels)[at]
            for labels, at in zip(
                ([f"c{n:02d}" for n in range(40)], ["p0", "p1", "p2", "p3"]), np.nonzero(values), strict=True
            )
        )
    )
    spec = MatrixSpec("Product", "bought")
    base = segment(build_matrix(purchases, spec=spec), 2)
    found = [
        hand(purchases, spec, base, *(Edit("pin", products=(one,)) for one in pins))
        for pins in (("p0",), ("p1",), ("p2",), ("p3",), ("p0", "p1"), ("p2", "p3"), ("p1", "p3"))
    ]
    empty = [
        one for one in found if (one.segmentation.sizes[one.identity.index[one.identity > 2]] == 0).any()
    ]
    assert empty and all("stays empty" in " ".join(one.notes) for one in empty)
    assert all("stays empty" not in " ".join(one.notes) for one in found if one not in empty)


def test_a_product_defines_one_segment_only():
    purchases, spec, base, _ = planted_study()
    once = hand(purchases, spec, base, Edit("pin", products=("p00",)))
    twice = hand(purchases, spec, base, Edit("pin", products=("p00",)), Edit("pin", products=("p00",)))
    assert twice.notes == ("These products define another segment already.",)
    assert twice.assignment.equals(once.assignment)
    more = hand(purchases, spec, base, Edit("pin", products=("p00",)), Edit("pin", products=("p00", "p01")))
    owners = more.segmentation.product_scores.loc[["p00", "p01"]] > 0
    assert (owners.sum(axis=1) == 1).all()


def test_every_change_is_said():
    names = {1: "Wine", 2: "Tea"}
    said = changes_in_words(
        Scenario(
            left_out=("bags",),
            brought_back=("cards",),
            date_from="2025-01-01",
            min_products=3,
            k=4,
            edits=(Edit("merge", (1, 2)), Edit("lock", (2,)), Edit("pin", products=("rum",))),
        ),
        names,
    )
    assert said == [
        "Without bags",
        "With cards again",
        "Purchases from 2025-01-01 to the end",
        "Only customers with 3 products or more",
        "4 segments, looked for anew",
        "Merged “Wine” and “Tea”",
        "Locked “Tea”",
        "A segment defined by rum",
    ]
    few = changes_in_words(Scenario(min_products=3), names, row_word="baskets")
    assert few == ["Only baskets with 3 products or more"]
