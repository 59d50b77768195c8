"""Target lists, bundles, and tests with a hold-out: counts by hand, published intervals, planted effects."""

import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from segcore.choices.packed_ids import pack_ids, unpack_ids
from segcore.errors import NotEnoughData, SpecError, UnclearColumns
from segcore.factorization import NMFSpec
from segcore.matrix import build_matrix
from segcore.offers import BackTestSpec, OfferSpec, back_test, learn, next_offers
from segcore.offers.bundles import audience, bundles_of, judge_bundle, overlap
from segcore.offers.copurchase import propose
from segcore.offers.experiment import sample_size, smallest_effect, split_list
from segcore.offers.targets import cut, suggested_cut, targeting
from segcore.offers.uplift import bought_ids, uplift, verdict, wilson
from segcore.progress import finished
from segcore.purchases import make_purchases
from segcore.report.export import table_csv
from segcore.segments import segment
from tests.bench.nothing_cards import false_bundles
from tests.segcore import nothing
from tests.segcore.known import matrix_of, planted, wine
from tests.segcore.test_offers import LEVEL


@pytest.fixture(scope="module")
def wine_room(data_dir: Path):
    purchases = wine(data_dir)
    matrix = build_matrix(purchases, LEVEL)
    segmentation = segment(matrix, 3)
    test = back_test(purchases, matrix.spec, NMFSpec(k=3), BackTestSpec(resamples=100))
    return purchases, matrix, segmentation, learn(matrix, segmentation), test


def test_target_list_holds_everybody_who_has_not_bought_it(wine_room):
    _, matrix, segmentation, learned, test = wine_room
    found = finished(
        targeting(
            matrix, segmentation, learned, "Champagne (France)", OfferSpec(), chance=test.chances["blend"]
        )
    )
    assert len(found.table) == 60 and found.buyers == 40 and found.customers == 100
    buyers = matrix.customers[matrix.bought[:, matrix.products.get_loc("Champagne (France)")].nonzero()[0]]
    assert not set(found.table.index) & set(buyers)
    assert found.table["chance"].is_monotonic_decreasing
    assert found.table["chance"].between(0, 1).all()
    assert "10 of its 11 buyers (91 %) also bought" in found.table.loc["Garcia", "why"]
    assert found.table.index.get_loc("Garcia") < 10


def test_offers_stand_in_the_order_of_their_chances(wine_room):
    _, matrix, segmentation, learned, test = wine_room
    chance = test.chances["blend"]
    blind = next_offers(matrix, segmentation, "Garcia", learned=learned)
    seen = next_offers(matrix, segmentation, "Garcia", learned=learned, chance=chance)
    assert set(blind["product"]) == set(seen["product"])
    assert seen["chance"].is_monotonic_decreasing and seen["product"].iloc[0] == "Champagne (France)"


def test_a_cut_promises_the_sum_of_chances_and_its_range(wine_room):
    _, matrix, segmentation, learned, test = wine_room
    found = finished(
        targeting(
            matrix, segmentation, learned, "Champagne (France)", OfferSpec(), chance=test.chances["blend"]
        )
    )
    half, whole = cut(found, suggested_cut(found)), cut(found, 10_000)
    assert half.reach >= 0.5 and whole.reach == pytest.approx(1) and whole.customers == 60
    assert whole.expected == pytest.approx(found.table["chance"].sum())
    for one in (half, whole):
        assert one.low <= one.expected <= one.high <= one.customers
    assert cut(found, 0).expected == 0
    blind = finished(targeting(matrix, segmentation, learned, "Champagne (France)", OfferSpec()))
    assert blind.table["chance"].isna().all() and cut(blind, 10).high == 0
    with pytest.raises(SpecError, match="Milk"):
        finished(targeting(matrix, segmentation, learned, "Milk", OfferSpec()))


def pairs_bought_together():
    """In each of two tastes, products 0 and 1 always go together; the rest is independent."""
    values, _ = planted(2, per_block=80, products=6, own=0.4, other=0.02, seed=8)
    for block in (0, 6):
        values[:, block + 1] = values[:, block]
    rows, columns = np.nonzero(values)
    amount = np.where(columns % 6 == 0, 10.0, 2.0)
    purchases = make_purchases([f"c{r:03d}" for r in rows], [f"p{c:02d}" for c in columns], amount=amount)
    matrix = build_matrix(purchases, "Product", weighting="bought")
    segmentation = segment(matrix, 2)
    return purchases, matrix, segmentation, learn(matrix, segmentation)


def test_what_is_always_bought_together_is_the_first_bundle():
    purchases, matrix, segmentation, learned = pairs_bought_together()
    for number in (1, 2):
        first = propose(matrix, segmentation, learned, number)[0]
        assert {"p00", "p01"} <= set(first) or {"p06", "p07"} <= set(first)
    found = bundles_of(purchases, matrix, segmentation, learned, 1)[0]
    assert found.size == segmentation.sizes[1]
    pair = sorted(set(found.products) & {"p00", "p01", "p06", "p07"})
    exact = judge_bundle(purchases, matrix, segmentation, learned, 1, pair)
    own = (segmentation.assignment == 1).to_numpy(dtype=bool)
    both = matrix.bought[:, matrix.products.get_indexer(pair)].toarray().sum(axis=1) == 2
    assert exact.all_bought == (both & own).sum() and exact.elsewhere == (both & ~own).sum()
    assert exact.some_bought == 0 and exact.typical_spend == 12.0
    assert exact.by_chance < exact.all_bought
    assert exact.high == 0 and exact.money_high is None


def test_three_pairs_that_nobody_bought_together_make_no_bundle_of_three():
    baskets = [pair for pair in ("ab", "bc", "ac") for _ in range(20)] + ["y"] * 60
    lines = [(f"c{at:03d}", product) for at, basket in enumerate(baskets) for product in basket + "z"]
    lines += [(f"d{at:03d}", product) for at in range(40) for product in "qr"]
    purchases = make_purchases(*zip(*lines, strict=True))
    matrix = build_matrix(purchases, "Product")
    segmentation = segment(matrix, 2)
    found = bundles_of(purchases, matrix, segmentation, learn(matrix, segmentation), 1)
    assert found and all(bundle.all_bought > bundle.by_chance for bundle in found)
    assert all(len(bundle.products) == 2 for bundle in found)


def test_independent_purchases_make_no_bundle():
    generator = np.random.default_rng(1)
    values = (generator.random((300, 12)) < 0.3).astype(float)
    values[:, 0] = 1.0
    rows, columns = np.nonzero(values)
    purchases = make_purchases(list(map(str, rows)), list(map(str, columns)))
    matrix = build_matrix(purchases, "Product", weighting="bought")
    segmentation = segment(matrix, 1)
    learned = learn(matrix, segmentation)
    assert propose(matrix, segmentation, learned, 1) == ()
    # Something to start from is still named, and marked.
    assert not any(b.sure for b in bundles_of(purchases, matrix, segmentation, learned, 1))


def test_heavy_buyers_and_segments_found_in_noise_make_no_bundle():
    """Independent purchases of uneven customers, in segments found on those same purchases."""
    assert sum(false_bundles(noise(seed), k=4) for seed in range(4)) <= 1


def test_a_planted_pair_is_a_bundle_though_customers_are_uneven():
    pair = np.array([[5, 20]])
    found = 0
    for seed in range(3):
        matrix = matrix_of(nothing.planted(np.random.default_rng(seed), noise(seed), pair, 0.5))
        segmentation = segment(matrix, 2, resamples=0)
        learned = learn(matrix, segmentation)
        sets = [s for n in segmentation.sizes.index for s in propose(matrix, segmentation, learned, int(n))]
        found += any({"product 005", "product 020"} <= set(names) for names in sets)
    assert found == 3


def noise(seed: int) -> sparse.csr_matrix:
    values = nothing.log_normal_customers(np.random.default_rng(seed), 700, 50)
    return values[values.getnnz(axis=1) > 0]


def test_bundles_of_wine_have_a_range_and_an_audience(wine_room):
    purchases, matrix, segmentation, learned, test = wine_room
    found = [
        b
        for n in (1, 2, 3)
        for b in bundles_of(purchases, matrix, segmentation, learned, n, test.chances["blend"])
    ]
    assert found
    for bundle in found:
        rows = audience(matrix, segmentation, bundle.segment, bundle.products)
        assert len(rows) == bundle.some_bought
        assert bundle.low <= bundle.expected <= bundle.high
        assert bundle.typical_spend is None and bundle.money_low is None
    table = overlap([audience(matrix, segmentation, b.segment, b.products) for b in found])
    assert (table.diagonal() == [b.some_bought for b in found]).all() and (table == table.T).all()
    with pytest.raises(SpecError, match="two"):
        judge_bundle(purchases, matrix, segmentation, learned, 1, ["Champagne (France)"])


def test_sample_size_equals_the_textbook():
    # Fleiss, Levin and Paik's formula by hand: (1.95996·√(2·.125·.875) + .84162·√(.15·.85 + .10·.90))² / .05² = 685.6
    assert sample_size(0.10, 0.05) == (686, 686)
    assert sample_size(0.50, 0.10) == (388, 388)
    assert sample_size(0.01, 0.01, power=0.9) == (3103, 3103)
    treated, held = sample_size(0.10, 0.05, ratio=0.25)
    assert held == pytest.approx(treated / 4, abs=1) and treated > 686
    for base, effect in ((0.1, 0.0), (0.95, 0.1), (1.2, 0.1)):
        with pytest.raises(SpecError):
            sample_size(base, effect)


@settings(max_examples=50, deadline=None)
@given(st.floats(0.01, 0.6), st.integers(20, 5_000), st.floats(0.1, 1.0))
def test_the_smallest_effect_is_just_visible(base, treated, ratio):
    effect = smallest_effect(base, treated, max(2, round(ratio * treated)))
    if effect is not None:
        used = max(2, round(ratio * treated)) / treated
        assert sample_size(base, effect, ratio=used)[0] <= treated
        assert effect < 1e-3 or sample_size(base, effect - 2e-4, ratio=used)[0] > treated


def test_hold_out_is_drawn_alike_from_every_segment_and_again_the_same():
    segments = pd.Series(["A"] * 60 + ["B"] * 31 + ["C"] * 9, index=[f"c{i}" for i in range(100)])
    drawn = split_list(segments, 0.2, seed=3)
    held = drawn[drawn["arm"] == "held out"]["segment"].value_counts()
    assert held.sum() == 20 and held["A"] == 12 and held["B"] == 6 and held["C"] == 2
    assert drawn.equals(split_list(segments, 0.2, seed=3))
    assert not drawn.equals(split_list(segments, 0.2, seed=4))
    with pytest.raises(NotEnoughData):
        split_list(segments.head(5), 0.1)
    with pytest.raises(SpecError):
        split_list(segments, 0.0)


@given(
    st.lists(st.text(st.characters(exclude_characters="\x1e", categories=["L", "N", "P", "Zs"]), min_size=1))
)
def test_ids_are_packed_and_unpacked(ids):
    assert unpack_ids(pack_ids(ids)) == tuple(ids)


@pytest.mark.parametrize(
    ("one", "other", "low", "high"),
    [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090), ((10, 10), (0, 10), 0.6075, 1.0),
     ((5, 56), (0, 29), -0.0381, 0.1926)],
)  # fmt: skip
def test_intervals_equal_those_newcombe_published(one, other, low, high):
    """Newcombe (1998), Statistics in Medicine 17:873–890, table II, method 10."""
    result = uplift(*one, *other)
    assert (round(result.low, 4), round(result.high, 4)) == (low, high)


def test_a_share_has_wilsons_interval():
    """Newcombe (1998), Statistics in Medicine 17:857–872, table I, method 3."""
    assert np.round(wilson(81, 263), 4).tolist() == [0.2553, 0.3662]
    assert np.round(wilson(0, 20), 4).tolist() == [0.0, 0.1611]
    assert wilson(0, 0) == (0.0, 1.0)


def test_what_is_said_follows_the_numbers():
    assert verdict(uplift(3, 10, 1, 10)).startswith("Not enough data: 3 of 10")
    assert "which includes no change" in verdict(uplift(50, 500, 45, 500))
    better = verdict(uplift(150, 1000, 100, 1000))
    assert (
        better.startswith("The offer brought 21 to 79 purchases")
        and "150 of 1,000 (15.0 %) with the offer" in better
    )
    assert verdict(uplift(50, 1000, 120, 1000)).startswith("The offer cost")


def test_a_planted_uplift_is_found_and_none_is_not():
    generator = np.random.default_rng(0)
    inside = []
    for _ in range(300):
        treated, held = generator.binomial(1_000, 0.15), generator.binomial(1_000, 0.10)
        result = uplift(int(treated), 1_000, int(held), 1_000)
        inside.append(result.low <= 0.05 <= result.high)
    assert 0.92 <= np.mean(inside) <= 0.98


IDS = pd.Index(["007", "c1", "c2", "c3"])


@pytest.mark.parametrize(
    ("table", "bought", "strangers"),
    [
        (pd.DataFrame({"id": ["c1", "c3 ", "zz"]}), {"c1", "c3"}, 1),
        (pd.DataFrame({"n": ["1", "2", "3"], "id": ["c1", "c2", "007"], "bought": ["yes", "no", "1"]}), {"c1", "007"}, 0),
        (pd.DataFrame({"c2": ["c1", "007"]}), {"c1", "c2", "007"}, 0),
        (pd.DataFrame({"id": ["c1", None, ""], "Gekauft": ["ja", "", "nein"]}), {"c1"}, 0),
        (pd.DataFrame({"id": ["c1", "c2", "zz"], "arm": ["a", "b", "a"], "bought": ["0", "no", ""]}), set(), 1),
        (pd.DataFrame({"id": ["c1", "c2", "c1"], "returned": ["no", "no", "no"]}), {"c1", "c2"}, 0),
        (pd.DataFrame({"id": ["c1", "c2"], "remark": ["", "-"]}), {"c1", "c2"}, 0),
        (pd.DataFrame({"id": ["c1", "c2"], "returned": ["0", "0"], "bought": ["1", "0"]}), {"c1"}, 0),
    ],
)  # fmt: skip
def test_outcomes_are_read_from_any_list(table, bought, strangers):
    assert bought_ids(table, IDS) == (frozenset(bought), strangers)


def test_the_list_that_was_downloaded_can_be_handed_back_with_a_column_more():
    ids = pd.Index(["+49170", "-7", "=c", "'quoted", "plain"], name="customer")
    sent = table_csv(pd.DataFrame({"arm": ["treated"] * 3 + ["held out"] * 2}, index=ids))
    back = pd.read_csv(io.BytesIO(sent), dtype=str).assign(bought=["yes", "yes", "yes", "yes", "no"])
    assert bought_ids(back, ids) == (frozenset(ids[:4]), 0)


@pytest.mark.parametrize("said", [None, "", "3"], ids=["as it was sent", "left blank", "numbers"])
def test_a_list_of_everybody_says_nothing_about_who_bought(said):
    table = pd.DataFrame({"id": IDS})
    with pytest.raises(UnclearColumns, match="Everybody of the test"):
        bought_ids(table if said is None else table.assign(bought=said), IDS)


def test_a_file_of_other_people_is_refused():
    with pytest.raises(UnclearColumns, match="No column"):
        bought_ids(pd.DataFrame({"id": ["x", "y"]}), IDS)
