"""The basket on the screen says what the segmentation says of a customer with exactly these purchases."""

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import nnls

from segcore.choices.offered import WEIGHTINGS
from segcore.errors import NotEnoughData, SpecError
from segcore.matrix import MatrixSpec, build_matrix
from segcore.matrix.weighting import NEEDS_AMOUNT
from segcore.purchases import make_purchases
from segcore.segments import segment
from segcore.whatif.basket import basket_of, purchases_of
from segcore.whatif.basket_words import basket_sentence, offer_reason
from segcore.whatif.fixed_model import describe, freeze, frozen_matrix
from tests.segcore import known


def planted_purchases(k: int = 4, per_block: int = 50, seed: int = 3, **more):
    values, taste = known.planted(k, per_block, seed=seed)
    rows, columns = np.nonzero(values)
    generator = np.random.default_rng(seed)
    purchases = make_purchases(
        [f"c{row:03d}" for row in rows],
        [f"p{column:02d}" for column in columns],
        amount=generator.lognormal(2, 0.5, len(rows)),
        quantity=generator.integers(1, 5, len(rows)),
        **more,
    )
    return purchases, taste


def frozen_planted(weighting: str = "balanced", k: int = 4):
    purchases, taste = planted_purchases(k)
    spec = MatrixSpec("Product", weighting)
    matrix = build_matrix(purchases, spec=spec)
    segmentation = segment(matrix, k)
    return purchases, taste, matrix, segmentation, freeze(purchases, segmentation, spec)


@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_a_real_customers_basket_is_answered_as_the_segmentation_answers(weighting):
    purchases, _, _, segmentation, frozen = frozen_planted(weighting)
    for customer in segmentation.shares.index[::23]:
        answer = basket_of(frozen, purchases_of(frozen, purchases, customer))
        expected = segmentation.shares.loc[customer]
        np.testing.assert_allclose(answer.shares, expected, atol=1e-7)
        assert answer.segment == segmentation.assignment[customer]


def test_garcia_of_the_wine_list(data_dir):
    purchases = known.wine(data_dir)
    published = known.expected(data_dir, "wine")["garcia"]
    bought = [str(purchase["offer"]) for purchase in published["purchases"]]
    spec = MatrixSpec("Offer #", "bought")
    matrix = build_matrix(purchases, spec=spec)
    segmentation = segment(matrix, 3)
    frozen = freeze(purchases, segmentation, spec)
    assert set(purchases_of(frozen, purchases, "Garcia")) == set(bought)
    answer = basket_of(frozen, bought)
    # An independent solver for min ‖row − score · H‖ over score ≥ 0.
    row = np.isin(matrix.products, bought).astype(float)
    by_hand, _ = nnls(segmentation.product_scores.to_numpy(), row)
    np.testing.assert_allclose(answer.shares, by_hand / by_hand.sum(), atol=1e-9)
    np.testing.assert_allclose(answer.shares, segmentation.shares.loc["Garcia"], atol=1e-9)
    assert answer.segment == segmentation.assignment["Garcia"]
    # The published cut has Garcia in the group of the other offers, which here is the segment that offer 22 leads.
    groups = known.expected(data_dir, "wine")["nmf_hard_assignment_k3_offer_binary"][
        "customers_W_columns_sum_1"
    ]
    rest = segmentation.product_assignment["22"]
    assert "Garcia" in groups[2] and answer.segment == rest
    assert not set(answer.offers.index) & set(bought)
    expected = pd.Series(by_hand @ segmentation.product_scores.to_numpy().T, matrix.products)
    assert list(answer.offers.index) == list(expected.drop(bought).nlargest(5).index)
    np.testing.assert_allclose(answer.expected, expected, atol=1e-9)


def test_ten_planted_customers_find_their_taste_and_miss_their_own_products():
    _, taste, _matrix, segmentation, frozen = frozen_planted()
    of_taste = {
        int(t): int(segmentation.assignment.to_numpy()[taste == t].astype(float).mean().round())
        for t in range(4)
    }
    for number in range(10):
        planted_taste = number % 4
        own = [f"p{8 * planted_taste + at:02d}" for at in range(8)]
        held = own[number % 3 : number % 3 + 4]
        answer = basket_of(frozen, held)
        assert answer.segment == of_taste[planted_taste]
        assert answer.shares[answer.segment] > 0.8
        assert set(answer.offers.index[:4]) == set(own) - set(held)
        assert (answer.offers["segment"] == answer.segment).head(4).all()
        assert not answer.is_mixed


def test_two_tastes_in_one_basket_are_said_to_be_mixed():
    _, _, _, _, frozen = frozen_planted("bought")
    answer = basket_of(frozen, ["p00", "p01", "p02", "p03", "p08", "p09", "p10", "p11"])
    assert answer.shares.nlargest(2).sum() > 0.8
    assert answer.shares.max() < 0.7


def test_an_empty_basket_is_in_no_segment_and_strangers_are_left_out():
    _, _, _, _, frozen = frozen_planted()
    empty = basket_of(frozen, [])
    assert (empty.segment, empty.fit, len(empty.offers)) == (None, 0.0, 0)
    assert empty.shares.sum() == 0
    assert basket_of(frozen, ["never sold"]).products == ()


def test_adding_a_product_moves_towards_the_segment_that_buys_it():
    _, _, _, _, frozen = frozen_planted()
    before = basket_of(frozen, ["p00", "p01"])
    other = basket_of(frozen, ["p09"]).segment
    after = basket_of(frozen, ["p00", "p01", "p09"])
    assert after.shares[other] > before.shares[other]


@pytest.mark.parametrize("weighting", WEIGHTINGS)
def test_the_customers_themselves_come_back_as_they_were_assigned(weighting):
    purchases, _, matrix, segmentation, frozen = frozen_planted(weighting)
    again, unknown = frozen_matrix(frozen, purchases)
    assert (unknown.products, unknown.cells) == (0, 0)
    assert abs(again.values - matrix.values).max() < 1e-12
    described = describe(frozen, again)
    assert described.assignment.equals(segmentation.assignment)
    np.testing.assert_allclose(described.shares, segmentation.shares, atol=1e-7)
    assert described.sizes.tolist() == segmentation.sizes.tolist()


def test_unknown_products_are_counted_and_change_nothing():
    _purchases, _, _, _segmentation, frozen = frozen_planted()
    newcomer = make_purchases(
        ["a", "a", "a", "b"], ["p00", "p01", "new", "new"], amount=[1.0, 2.0, 3.0, 4.0], quantity=[1, 1, 1, 1]
    )
    matrix, unknown = frozen_matrix(frozen, newcomer)
    described = describe(frozen, matrix)
    assert (unknown.products, unknown.of_products, unknown.cells, unknown.of_cells) == (1, 3, 2, 4)
    assert unknown.examples == ("new",)
    assert described.assignment["a"] == basket_of(frozen, ["p00", "p01"]).segment
    assert described.assignment.isna()["b"] and np.isnan(described.fit["b"])


def test_nothing_known_and_other_products_are_refused_in_words():
    purchases, _, _matrix, segmentation, frozen = frozen_planted()
    with pytest.raises(NotEnoughData, match="known to the segments"):
        frozen_matrix(frozen, make_purchases(["a"], ["new"], amount=[1.0], quantity=[1]))
    with pytest.raises(SpecError, match="other products"):
        freeze(purchases, segmentation, MatrixSpec("Product", left_out=("p00",)))
    assert set(NEEDS_AMOUNT) <= set(WEIGHTINGS)


def test_what_is_said_of_a_basket_follows_its_size_and_its_fit():
    _, _, _, _, frozen = frozen_planted()
    names = {number: f"kind {number}" for number in range(1, 5)}
    full = basket_of(frozen, [f"p{at:02d}" for at in range(6)])
    assert f"This is a basket of “kind {full.segment}”" in basket_sentence(full, names, "Product", 5)
    assert "what is missing first is p0" in basket_sentence(full, names, "Product", 5)
    one = basket_of(frozen, ["p00"])
    assert "as far as 1 product can tell: half the customers here have 20" in basket_sentence(
        one, names, "Product", 20
    )
    strange = basket_of(frozen, ["p00", "p09", "p18", "p27"])
    if strange.fit < 0.2:
        assert "hardly know" in basket_sentence(strange, names, "Product", 5)
    assert "add what somebody bought" in basket_sentence(basket_of(frozen, []), names, "Product", 5)
    assert offer_reason(0.95, "Tea", 3, 12) == "for “Tea”: 3 of 12 (25 %) bought it"
    assert offer_reason(0.6, "Tea", None, 12) == "mostly for “Tea”"
