"""The next offer: every scorer against a plain reference, what is never offered, and why."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from segcore.choices.offered import SCORERS
from segcore.errors import SpecError
from segcore.matrix import build_matrix
from segcore.offers import OfferSpec, blocked_pairs, learn, next_offers, usual_prices, worth_of
from segcore.offers.recommend import offering
from segcore.offers.score import best, score
from segcore.progress import finished
from segcore.purchases import make_purchases
from segcore.segments import segment
from tests.segcore.known import matrix_of, planted, wine_matrix

LEVEL = "Varietal + Origin"


@pytest.fixture(scope="module")
def wine(data_dir: Path):
    matrix = wine_matrix(data_dir, LEVEL, "balanced")
    return matrix, segment(matrix, 3)


@pytest.fixture(scope="module")
def small():
    values, _ = planted(2, per_block=15, products=4, own=0.6, other=0.1, seed=5)
    matrix = matrix_of(values)
    return matrix, segment(matrix, 2)


def plain_scores(matrix, segmentation, scorer: str) -> np.ndarray:
    """Every scorer once more, written as one would explain it, customer by customer."""
    bought = matrix.bought.toarray()
    n, p = bought.shape
    weight = np.array([matrix.values.toarray()[bought[:, j] > 0, j].mean() for j in range(p)])
    taste = segmentation.customer_scores.to_numpy() @ segmentation.product_scores.to_numpy().T / weight
    together = np.array([[(bought[:, i] * bought[:, j]).sum() for j in range(p)] for i in range(p)])
    buyers = together.diagonal()
    cosine = np.array(
        [
            [together[i, j] / np.sqrt(buyers[i] * buyers[j]) if i != j else 0 for j in range(p)]
            for i in range(p)
        ]
    )
    scores = np.zeros((n, p))
    ridge = together + buyers.mean() * np.eye(p)
    for c in range(n):
        own = np.flatnonzero(bought[c])
        similar = cosine[own].sum(axis=0)
        for j in range(p):
            sure = [together[i, j] / buyers[i] for i in own if i != j and together[i, j] >= max(3, 0.005 * n)]
            home = segmentation.assignment.iloc[c]
            mates = bought[(segmentation.assignment == home).to_numpy(dtype=bool)]
            # EASE: the ridge regression of this column on all others, solved column by column.
            others = [i for i in range(p) if i != j]
            b = np.linalg.solve(ridge[np.ix_(others, others)], together[others, j])
            scores[c, j] = {
                "taste": taste[c, j],
                "similar": similar[j],
                "blend": (taste[c, j] - taste[c].mean()) / taste[c].std() + (similar[j] - similar.mean()) / similar.std(),
                "all_pairs": bought[c, others] @ b,
                "rules": max(sure, default=0.0),
                "popular": buyers[j],
                "segment_popular": mates[:, j].mean(),
            }[scorer]  # fmt: skip
    return scores


@pytest.mark.parametrize("scorer", SCORERS)
def test_every_scorer_equals_its_plain_reference(small, scorer: str):
    matrix, segmentation = small
    learned = learn(matrix, segmentation)
    got = score(learned, scorer, matrix.bought, segmentation.customer_scores.to_numpy())
    assert np.allclose(got, plain_scores(matrix, segmentation, scorer), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("scorer", SCORERS)
def test_garcia_is_offered_french_champagne_and_told_why(wine, scorer: str):
    matrix, segmentation = wine
    offers = next_offers(matrix, segmentation, "Garcia", spec=OfferSpec(scorer=scorer, n=3))
    assert offers["product"].iloc[0] == "Champagne (France)"
    if scorer in ("blend", "similar", "all_pairs", "rules"):
        assert (
            "Cabernet Sauvignon (Italy): 10 of its 11 buyers (91 %) also bought Champagne (France)"
            in offers["why"].iloc[0]
        )


def test_the_segment_that_speaks_for_an_offer_is_named(wine):
    matrix, segmentation = wine
    offers = next_offers(matrix, segmentation, "Garcia", names={1: "Sparkling", 2: "B", 3: "C"})
    assert offers["why"].iloc[0].endswith("so did 37 of 45 (82 %) of the segment “Sparkling”.")


@pytest.mark.parametrize("seed", range(1, 5))
def test_no_reason_names_a_product_that_nobody_bought_together_with_the_offer(seed):
    values = (np.random.default_rng(seed).random((20, 8)) < 0.2).astype(float)
    matrix = matrix_of(values[:, values.sum(axis=0) > 0])
    segmentation = segment(matrix, 2)
    for customer in matrix.customers:
        offers = next_offers(matrix, segmentation, customer, spec=OfferSpec(scorer="all_pairs", n=8))
        for why in offers["why"]:
            assert not re.search(r"(?<!\d)0 of (its|the) ", why)


@pytest.mark.parametrize("scorer", ["taste", "blend", "segment_popular"])
def test_no_reason_names_a_segment_in_which_nobody_bought_the_offer(small, scorer):
    matrix, segmentation = small
    learned = learn(matrix, segmentation)
    empty = replace(
        learned, segment_buyers=learned.segment_buyers * 0, segment_sizes=learned.segment_sizes * 0
    )
    for customer in matrix.customers[:10]:
        offers = next_offers(matrix, segmentation, customer, spec=OfferSpec(scorer=scorer), learned=empty)
        assert len(offers) and not offers["why"].str.contains("segment").any()


def test_lift_is_no_way_to_rank():
    assert not any("lift" in name for name in SCORERS)
    with pytest.raises(SpecError, match="no way to rank"):
        OfferSpec(scorer="lift")


def test_a_basket_gets_the_offers_of_a_customer_who_bought_it(wine):
    matrix, segmentation = wine
    at = matrix.customers.get_loc("Garcia")
    basket = list(matrix.products[matrix.values[at].indices])
    known = next_offers(matrix, segmentation, "Garcia", spec=OfferSpec(n=24))
    asked = next_offers(matrix, segmentation, basket=basket, spec=OfferSpec(n=24))
    assert list(known["product"]) == list(asked["product"])
    assert np.allclose(known["score"], asked["score"], atol=1e-6)


def test_an_empty_basket_gets_best_sellers(wine):
    matrix, segmentation = wine
    first = next_offers(matrix, segmentation, basket=[], spec=OfferSpec(scorer="popular", n=1))
    assert first["product"].iloc[0] == matrix.products[matrix.buyers.argmax()]
    nobody = next_offers(matrix, segmentation, basket=[])
    assert list(nobody["product"]) == list(matrix.products[np.argsort(-matrix.buyers, kind="stable")[:5]])
    assert nobody["why"].str.contains("of 100").all()


def test_unknown_customers_and_products_are_said(wine):
    matrix, segmentation = wine
    with pytest.raises(SpecError, match="Nobody"):
        next_offers(matrix, segmentation)
    with pytest.raises(SpecError, match="Gracia"):
        next_offers(matrix, segmentation, "Gracia")
    with pytest.raises(SpecError, match="Milk"):
        next_offers(matrix, segmentation, basket=["Milk"])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.sampled_from(list(SCORERS)), st.integers(1, 9))
def test_nothing_bought_or_left_out_is_offered_and_rows_do_not_depend_on_each_other(seed, scorer, n):
    generator = np.random.default_rng(seed)
    matrix = matrix_of((generator.random((12, 7)) < 0.4).astype(float) + np.eye(12, 7))
    segmentation = segment(matrix, 2)
    learned = learn(matrix, segmentation)
    spec = OfferSpec(scorer=scorer, n=n, left_out=("product 003",))
    everyone = finished(offering(matrix, segmentation, learned, spec))
    for row, label in enumerate(matrix.customers):
        own = matrix.products[matrix.values[row].indices]
        places = everyone.offers[row][everyone.offers[row] >= 0]
        labels = list(learned.products[places])
        assert len(set(labels)) == len(labels) == min(n, 7 - len(set(own) | {"product 003"}))
        assert not set(labels) & (set(own) | {"product 003"})
        assert labels == list(next_offers(matrix, segmentation, label, spec=spec, learned=learned)["product"])


def test_what_a_segment_could_still_buy_is_counted(small):
    matrix, segmentation = small
    everyone = finished(offering(matrix, segmentation, learn(matrix, segmentation), OfferSpec(n=1)))
    table = everyone.by_segment.set_index(["segment", "product"])
    bought = matrix.bought.toarray()
    home = segmentation.assignment.fillna(0).to_numpy(dtype=int)
    for number in (1, 2):
        for at, product in enumerate(matrix.products):
            mates = bought[home == number, at]
            row = table.loc[(number, product)]
            assert (row["buyers"], row["open"], row["size"]) == (mates.sum(), (mates == 0).sum(), len(mates))
    assert table["first"].sum() == (everyone.offers[home > 0, 0] >= 0).sum()


DATED = pd.DataFrame(
    [("a", "x", "2025-01-01", 1, 5.0), ("a", "y", "2025-03-01", 2, 6.0), ("b", "x", "2025-03-02", 1, 7.0),
     ("b", "z", "2025-01-05", 4, 4.0), ("c", "z", "2025-02-01", 1, -1.0), ("c", "y", "2025-02-01", 1, 3.0)],
    columns=["customer", "product", "date", "quantity", "amount"],
)  # fmt: skip


def dated():
    return make_purchases(
        DATED["customer"],
        DATED["product"],
        date=DATED["date"],
        quantity=DATED["quantity"],
        amount=DATED["amount"],
    )


def test_bought_lately_is_not_offered_again():
    purchases = dated()
    matrix = build_matrix(purchases, "Product", weighting="bought")

    def blocked(spec):
        table = blocked_pairs(matrix, spec, purchases).tocoo()
        return {(matrix.customers[r], matrix.products[c]) for r, c in zip(table.row, table.col, strict=True)}

    assert blocked(OfferSpec(offer_bought=True)) == set()
    assert blocked(OfferSpec(offer_bought=True, recent_days=2)) == {("a", "y"), ("b", "x")}
    assert ("a", "x") in blocked(OfferSpec())


def test_prices_are_money_over_pieces_and_margins_need_a_word():
    purchases = dated()
    matrix = build_matrix(purchases, "Product", weighting="bought")
    prices = usual_prices(purchases, matrix)
    assert prices.round(6).to_dict() == {"x": 6.0, "y": 3.0, "z": 1.0}
    assert worth_of(matrix.products, OfferSpec()) is None
    assert list(worth_of(matrix.products, OfferSpec(rank_by="price"), prices)) == [6.0, 3.0, 1.0]
    margins = OfferSpec(rank_by="margin", margins=(("y", 2.5),))
    assert list(worth_of(matrix.products, margins)) == [0.0, 2.5, 0.0]
    with pytest.raises(SpecError, match="no amounts"):
        worth_of(matrix.products, OfferSpec(rank_by="price"))
    with pytest.raises(SpecError, match="margin"):
        worth_of(matrix.products, OfferSpec(rank_by="margin"))


def test_a_file_in_which_nothing_was_sold_for_money_has_no_prices():
    purchases = make_purchases(["a", "a", "b"], ["x", "y", "x"], amount=[0.0, 0.0, 0.0])
    assert usual_prices(purchases, build_matrix(purchases, "Product", weighting="bought")) is None


def test_only_the_most_bought_of_very_many_products_can_be_offered(monkeypatch):
    from segcore.offers import learned as learning

    values, _ = planted(2, products=6)
    matrix = matrix_of(values)
    monkeypatch.setattr(
        learning, "most_bought", lambda buyers: np.sort(np.argsort(-buyers, kind="stable")[:5])
    )
    segmentation = segment(matrix, 2)
    learned = learn(matrix, segmentation)
    assert len(learned.products) == 5
    assert set(next_offers(matrix, segmentation, matrix.customers[0], learned=learned)["product"]) <= set(
        learned.products
    )
    assert sparse.issparse(learned.columns(matrix.bought)) and learned.columns(matrix.bought).shape[1] == 5


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12))
def test_the_first_offers_are_the_highest_scores_and_ties_go_to_the_most_bought(seed, n):
    generator = np.random.default_rng(seed)
    scores = generator.integers(0, 4, (6, 12)).astype(float) / 3
    scores[generator.random(scores.shape) < 0.3] = -np.inf
    buyers = generator.integers(1, 5, 12)

    class Known:
        by_popularity = np.argsort(-buyers, kind="stable")

    top = best(scores, Known, n)
    for row, places in zip(scores, top, strict=True):
        able = sorted((j for j in range(12) if np.isfinite(row[j])), key=lambda j: (-row[j], -buyers[j], j))[
            :n
        ]
        assert list(places) == able + [-1] * (n - len(able))
