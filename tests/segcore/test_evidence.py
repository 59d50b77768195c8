"""What could be chance: by hand, against scipy, on noise, on planted tastes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from segcore.matrix import build_matrix
from segcore.segments import segment
from segcore.segments.profiles import exact_test, gather_evidence, index_interval, profile_products
from segcore.segments.profiles.attributes import profile_attributes, stands_out
from segcore.segments.profiles.cards import (
    DEFINES,
    MAYBE,
    SURE,
    UNTESTED,
    bought_less,
    bought_more,
    suggested,
    sure_products,
    taste_mix,
)
from segcore.segments.profiles.fit import described_share, poorly_described
from segcore.segments.profiles.potential import headroom
from segcore.segments.profiles.significance import Evidence
from segcore.segments.profiles.summary import segment_summary
from segcore.segments.profiles.wording import action_words, nothing_more, slide_sentence, sureness, two_shares
from segcore.statistics import adjust
from tests.segcore import known
from tests.segcore.nothing import log_normal_customers


def test_index_and_interval_by_hand():
    # 8 of 10 in the segment bought, 4 of 20 of the rest; Katz on (8.5/10.5) / (4.5/20.5).
    low, high = index_interval(np.array([[8]]), np.array([10]), np.array([12]), 30)
    log_ratio = np.log((8.5 / 10.5) / (4.5 / 20.5))
    spread = 1.959963984540054 * np.sqrt(1 / 8.5 - 1 / 10.5 + 1 / 4.5 - 1 / 20.5)
    for bound, value in ((low, log_ratio - spread), (high, log_ratio + spread)):
        ratio = np.exp(value)
        assert bound[0, 0] == pytest.approx(100 * ratio / (ratio / 3 + 2 / 3))
    assert low[0, 0] < 100 * 0.8 / 0.4 < high[0, 0]


def test_intervals_hold_the_truth_about_as_often_as_they_say():
    generator = np.random.default_rng(0)
    sizes, chance = np.array([60, 140]), np.array([0.5, 0.2])
    inside = generator.binomial(sizes[:, None], chance[:, None], (2, 4_000))
    low, high = index_interval(inside, sizes, inside.sum(axis=0), 200)
    truth = 100 * chance / (sizes @ chance / 200)
    held = ((low <= truth[:, None]) & (truth[:, None] <= high)).mean(axis=1)
    assert (held > 0.93).all()


def test_the_exact_test_is_scipys():
    generator = np.random.default_rng(1)
    sizes = np.array([7, 21, 12])
    inside = np.column_stack([generator.integers(0, size + 1, 12) for size in sizes]).T
    buyers = inside.sum(axis=0)
    p, more = exact_test(inside, sizes, buyers, 40)
    for s, size in enumerate(sizes):
        for j, total in enumerate(buyers):
            x = inside[s, j]
            table = [[x, size - x], [total - x, 40 - size - (total - x)]]
            tails = [stats.fisher_exact(table, alternative=side).pvalue for side in ("greater", "less")]
            assert p[s, j] == pytest.approx(min(1.0, 2 * min(tails)), abs=1e-12)
            assert more[s, j] == (x / size > total / 40)


def test_the_correction_by_hand():
    # Six tests: p·6/rank, made monotone from the largest down.
    p = np.array([[0.001, 0.02, 0.03], [0.04, 0.5, 0.9]])
    expected = [[0.006, 0.06, 0.06], [0.06, 0.6, 0.9]]
    np.testing.assert_allclose(adjust(p), expected)


def test_who_buys_much_is_not_taken_for_a_taste():
    """Independent purchases of uneven customers: by lot, every product of the heavy segment would look special."""
    special = segments = 0
    for seed in range(4):
        values = log_normal_customers(np.random.default_rng(seed), 700, 60)
        noise = known.matrix_of(values[values.getnnz(axis=1) > 0])
        found = segment(noise, k=3, resamples=0)
        table = gather_evidence(noise, found).table
        special += table.loc[table["adjusted"] <= 0.05, "segment"].nunique()
        segments += 3
    assert special <= 0.1 * segments


@pytest.mark.parametrize("level", ["Varietal + Origin", "Offer #"])
def test_where_all_taste_is_shuffled_away_hardly_a_list_claims_anything(data_dir, level):
    claims = lists = 0
    matrix = known.wine_matrix(data_dir, level)
    for seed in range(8):
        noise = known.matrix_of(known.shuffled_columns(matrix.values.toarray(), seed))
        found = segment(noise, k=4, restarts=1)
        evidence = gather_evidence(noise, found)
        for number in found.sizes.index:
            lists += 2
            claims += bool(evidence.more(number)) + bool(evidence.less(number))
    assert claims <= 0.05 * lists


def test_a_plain_test_would_have_called_noise_special(data_dir):
    """Why products are tested without themselves: the same noise, tested the usual way."""
    matrix = known.wine_matrix(data_dir, "Offer #")
    noise = known.matrix_of(known.shuffled_columns(matrix.values.toarray(), 0))
    found = segment(noise, k=4, restarts=1)
    rows = profile_products(noise, found)
    inside = rows["buyers"].to_numpy().reshape(4, -1)
    p, _ = exact_test(inside, found.sizes.to_numpy(), inside.sum(axis=0), int(found.sizes.sum()))
    assert (adjust(p) <= 0.05).any(axis=1).sum() >= 3


def test_planted_tastes_are_claimed_and_nothing_else():
    values, _ = known.planted(3, per_block=80, products=8, own=0.4, other=0.05, seed=2)
    matrix = known.matrix_of(values)
    found = segment(matrix, k=3)
    evidence = gather_evidence(matrix, found)
    assert evidence.customers == 240
    for number in found.sizes.index:
        own = set(found.product_assignment.index[found.product_assignment == number])
        more = set(evidence.more(number))
        assert len(more & own) >= 7 and not more - own
        assert not set(evidence.less(number)) & own
        rows = bought_more(profile_products(matrix, found), number, evidence, 8)
        assert (rows["sure"] == SURE).sum() >= 7


def test_segments_that_went_on_from_earlier_ones_are_tested_too():
    values, _ = known.planted(2, per_block=60, products=8, own=0.5, other=0.05, seed=6)
    matrix = known.matrix_of(values)
    first = segment(matrix, 2)
    went_on = replace(first.spec, initialisation="custom")
    then = segment(matrix, spec=went_on, start=first.product_scores)
    found, wanted = gather_evidence(matrix, then), gather_evidence(matrix, first)
    assert found.table["tested"].all()
    assert (found.table["adjusted"] < 0.05).sum() == (wanted.table["adjusted"] < 0.05).sum()


def test_a_segment_of_one_product_is_defined_by_it_and_nothing_is_claimed():
    generator = np.random.default_rng(0)
    values = (generator.random((300, 12)) < 0.04).astype(float)
    values[:120, 0] = 1.0
    values[120:, 1:4] = generator.random((180, 3)) < 0.7
    matrix = known.matrix_of(values[values.sum(axis=1) > 0])
    found = segment(matrix, k=2)
    evidence = gather_evidence(matrix, found)
    alone = int(found.product_scores.loc["product 000"].idxmax())
    assert "product 000" in evidence.defining(alone)
    assert "product 000" not in evidence.more(alone)
    rows = bought_more(profile_products(matrix, found), alone, evidence, 3).set_index("product")
    assert rows.loc["product 000", "sure"] == DEFINES
    assert len(sure_products(rows.reset_index())) >= 1


def test_customers_of_one_product_each_are_not_taken_for_a_full_table():
    values = np.zeros((120, 10))
    values[np.arange(60), np.repeat([0, 1, 2], 20)] = 1.0
    values[60:, 3:] = np.random.default_rng(0).random((60, 7)) < 0.6
    matrix = known.matrix_of(values)
    own = np.repeat([1, 2], 60)
    found = replace(
        segment(matrix, k=2),
        assignment=pd.Series(pd.array(own, dtype="Int64"), matrix.customers),
        sizes=pd.Series([60, 60], [1, 2]),
    )
    alone = 1
    table = pd.DataFrame(
        {
            "segment": alone,
            "product": matrix.products,
            "p": 1.0,
            "adjusted": 1.0,
            "more": True,
            "tested": False,
        }
    )
    rows = bought_more(profile_products(matrix, found), alone, Evidence(table, 120), 8)
    assert rows["share"].sum() == pytest.approx(1.0) and (rows["index"] > 150).all()
    assert set(rows["sure"]) == {UNTESTED}


def test_where_everybody_buys_everything_amounts_are_ranked(data_dir):
    matrix = build_matrix(known.wholesale(data_dir), weighting="log_amount")
    found = segment(matrix, k=3, resamples=0)
    evidence = gather_evidence(matrix, found)
    claimed = [product for number in (1, 2, 3) for product in evidence.more(number)]
    assert {"Grocery", "Detergents_Paper"} <= set(claimed)
    rows = profile_products(matrix, found)
    assert (rows["low"] <= rows["index"]).all() and (rows["index"] <= rows["high"]).all()


def test_attributes_by_hand_and_corrected_over_all(data_dir):
    purchases = known.wholesale(data_dir)
    matrix = build_matrix(purchases, weighting="log_amount")
    found = segment(matrix, k=3, resamples=0)
    table = profile_attributes(purchases.customer_attributes, found)
    assert len(table) == 3 * (2 + 3)
    row = table[(table["segment"] == 1) & (table["attribute"] == "Channel") & (table["value"] == "2")].iloc[0]
    inside = found.assignment == 1
    hotel = purchases.customer_attributes["Channel"] == "2"
    assert (row["customers"], row["known"], row["customers_all"], row["known_all"]) == (
        (inside & hotel).sum(), inside.sum(), hotel.sum(), 440,
    )  # fmt: skip
    table_2x2 = pd.crosstab(inside, hotel).to_numpy()
    tails = [stats.fisher_exact(table_2x2, alternative=side).pvalue for side in ("greater", "less")]
    assert row["p"] == pytest.approx(min(1, 2 * min(tails)), rel=1e-9)
    np.testing.assert_allclose(table["adjusted"], stats.false_discovery_control(table["p"]))
    assert set(stands_out(table, 1)["attribute"]) == {"Channel"}
    empty = profile_attributes(pd.DataFrame(index=matrix.customers), found)
    assert not len(empty) and not len(stands_out(empty, 1))


def test_who_is_described_and_how_well():
    matrix = known.matrix_of(
        np.vstack([np.kron(np.eye(2), np.ones((20, 4))), [[1, 0, 0, 0, 0, 0, 0, 1]], np.zeros((1, 8))])
    )
    found = segment(matrix, k=2)
    described = described_share(matrix, found)
    v, w, h = matrix.values.toarray(), found.customer_scores.to_numpy(), found.product_scores.to_numpy().T
    by_hand = 1 - ((v - w @ h) ** 2).sum(axis=1)[:-1] / (v**2).sum(axis=1)[:-1]
    np.testing.assert_allclose(described.to_numpy()[:-1], by_hand, atol=1e-9)
    assert np.isnan(described.iloc[-1])
    poor = poorly_described(described, found.explained_share)
    assert poor.tolist() == [False] * 40 + [True, False]


def test_headroom_counts_customers_of_the_taste_who_lack_a_group():
    generator = np.random.default_rng(3)
    values, _ = known.planted(2, per_block=60, products=6, own=0.8, other=0.02, seed=3)
    values[:60, :2] = 0.0  # the first kind's first group …
    values[:45, :2] = generator.random((45, 2)) < 0.9  # … is missing for its last fifteen customers
    matrix = known.matrix_of(values)
    found = segment(matrix, k=2)
    groups = pd.Series(["g1"] * 2 + ["g2"] * 4 + ["g3"] * 6, matrix.products)
    table = headroom(matrix, found, groups, pd.Series({"g1": 10.0, "g2": 5.0, "g3": 1.0}))
    first = int(found.assignment.iloc[0])
    row = table[(table["segment"] == first) & (table["group"] == "g1")].iloc[0]
    lacking = {
        name for name in matrix.customers[:60] if not matrix.values[matrix.customers.get_loc(name), :2].sum()
    }
    assert 0 < row["customers"] <= len(lacking)
    assert row["amount"] == pytest.approx(10.0 * row["customers"])
    assert (table["index"] > 100).all() and (table["group"] != "").all()


def test_the_mix_of_tastes_sums_to_one_and_cards_say_their_numbers(data_dir):
    matrix = known.wine_matrix(data_dir, "Varietal + Origin")
    found = segment(matrix, k=3, resamples=6)
    np.testing.assert_allclose(taste_mix(found).sum(axis=1), 1.0)
    evidence = gather_evidence(matrix, found)
    summary, profile = segment_summary(matrix, found), profile_products(matrix, found)
    pinot = int(found.product_scores.loc["Pinot Noir (Italy)"].idxmax())
    more = bought_more(profile, pinot, evidence, 8)
    said = slide_sentence("Pinot", summary.loc[pinot], more, n=100)
    assert said.startswith(
        f"Pinot: {found.sizes[pinot]} of 100 ({found.sizes[pinot]} %) customers. More than average they bought"
    )
    buyers = int(
        profile[(profile["segment"] == pinot) & (profile["product"] == "Pinot Noir (Italy)")]["buyers"].iloc[
            0
        ]
    )
    assert f"Pinot Noir (Italy) ({buyers} of {found.sizes[pinot]}, index" in said
    groups = pd.Series([name.split(" (")[0] for name in matrix.products], matrix.products)
    ready = headroom(matrix, found, groups)
    for number in found.sizes.index:
        action = suggested(
            summary.loc[number], number, found, ready, bought_more(profile, number, evidence, 8)
        )
        what, why = action_words(action, summary.loc[number], 100)
        assert what.endswith(".") and why.endswith(".")
        assert action.kind == "nothing" or any(letter.isdigit() for letter in why)


def test_a_card_without_anything_sure_says_so():
    rows = profile_products(
        known.matrix_of(np.eye(6)[[0, 1, 2, 3, 4, 5] * 4]),
        segment(known.matrix_of(np.eye(6)[[0, 1, 2, 3, 4, 5] * 4]), k=2),
    )
    matrix = known.matrix_of(np.eye(6)[[0, 1, 2, 3, 4, 5] * 4])
    found = segment(matrix, k=2)
    more = bought_more(rows, 1, None, 3).assign(sure=MAYBE)
    row = segment_summary(matrix, found).loc[1]
    assert slide_sentence("x", row, more, n=24).endswith("but that could be chance.")
    assert "nearly what everybody buys" in slide_sentence("x", row, more.iloc[:0], n=24)
    action = suggested(row, 1, found, pd.DataFrame({"segment": [], "customers": []}), more)
    assert action.kind == "nothing"
    assert len(bought_less(rows, 1, None, 2)) <= 2


def some_row(**values) -> pd.Series:
    usual = {"customers": 20, "share": 0.2, "mixed": 0, "products_each": 5.0, "products_all": 5.0}
    return pd.Series({**usual, **values}, dtype=object)


def test_who_buys_little_is_not_called_like_everybody():
    found, none = segment(known.matrix_of(np.eye(6)[[0, 1, 2, 3, 4, 5] * 4]), k=2), pd.DataFrame({"sure": []})
    little = some_row(products_each=2.0)
    assert "2.0 each against 5.0 on average" in nothing_more(little)
    assert "2.0 each against 5.0" in slide_sentence("x", little, none, n=100)
    action = suggested(little, 1, found, none, none)
    assert action.kind == "grow"
    assert "2.0 each against 5.0" in action_words(action, little, 100)[1]
    poor = some_row(products_each=2.0, amount_share=0.05, amount_each=3.0)
    assert action_words(suggested(poor, 1, found, none, none), poor, 100)[1] == (
        "20 of 100 (20 %) customers bring 5.0 % of the money, 3.00 each."
    )
    assert nothing_more(some_row(customers=0)) == "Nobody is in this segment"
    assert slide_sentence("x", some_row(customers=0), none, n=100) == "x: nobody is in this segment."


def test_who_surely_buys_less_of_something_is_spared_it():
    found, none = segment(known.matrix_of(np.eye(6)[[0, 1, 2, 3, 4, 5] * 4]), k=2), pd.DataFrame({"sure": []})
    less = pd.DataFrame(
        {"product": ["Gin"], "buyers": [1], "share": [0.05], "share_all": [0.4], "sure": ["beyond chance"]}
    )
    action = suggested(some_row(), 1, found, none, none, less)
    what, why = action_words(action, some_row(), 100)
    assert what == "Send them less about Gin."
    assert why.startswith("1 of 20 (5 %) bought it against 40 % of all")
    assert "5 % of what they buy" in action_words(action, some_row(), 100, full=True)[1]
    assert suggested(some_row(), 1, found, none, none, less.assign(sure=MAYBE)).kind == "nothing"


def test_an_offer_needs_a_group_the_segment_noticeably_buys_more_of_and_says_so():
    found = segment(known.matrix_of(np.eye(6)[[0, 1, 2, 3, 4, 5] * 4]), k=2)
    more = pd.DataFrame(
        {
            "product": ["a"],
            "buyers": [9],
            "share": [0.5],
            "share_all": [0.1],
            "index": [500.0],
            "sure": ["beyond chance"],
        }
    )
    room = pd.DataFrame(
        {
            "segment": [1, 1],
            "group": ["Fuel", "Tea"],
            "customers": [12, 8],
            "buyers": [5, 7],
            "index": [101.0, 150.0],
        }
    )
    what, why = action_words(suggested(some_row(), 1, found, room, more), some_row(), 100)
    assert what == "Offer Tea to the 8 who have the taste for it and have not bought it."
    assert "7 of 20 (35 %) bought it, index 150" in why
    assert suggested(some_row(), 1, found, room.head(1), more).kind == "lead"


@pytest.mark.parametrize("amounts", [(0.0, 0.0), (-5.0, -1.0), (5.0, -5.0)])
def test_where_there_is_no_money_in_all_nobody_has_a_share_of_it(amounts):
    matrix = known.matrix_of(np.repeat(np.eye(2), 12, axis=0))
    matrix = replace(matrix, customer_amount=np.repeat(amounts, 12))
    found = segment(matrix, k=2)
    row, none = segment_summary(matrix, found).loc[1], pd.DataFrame({"sure": []})
    assert "amount_share" not in row and "amount_each" in row
    assert "money" not in slide_sentence("x", row, none, n=24)
    assert suggested(row, 1, found, none, none).kind == "nothing"


def test_an_offer_nobody_paid_for_is_not_said_to_bring_money():
    found = segment(known.matrix_of(np.eye(6)[[0, 1, 2, 3, 4, 5] * 4]), k=2)
    more = pd.DataFrame({"product": ["a"], "sure": ["beyond chance"]})
    room = pd.DataFrame(
        {
            "segment": [1],
            "group": ["Tea"],
            "customers": [8],
            "buyers": [7],
            "index": [150.0],
            "each": [-2.0],
            "amount": [-16.0],
        }
    )
    what, why = action_words(suggested(some_row(), 1, found, room, more), some_row(), 100)
    assert what.startswith("Offer Tea") and "spent" not in why


def test_how_sure_a_list_is_reads_as_a_sentence():
    def said(*marks: str) -> str:
        return sureness(pd.DataFrame({"sure": list(marks)}))

    sure = "beyond chance"
    assert said(sure, MAYBE) == "1 of these 2 is beyond chance."
    assert said(sure, sure, MAYBE) == "2 of these 3 are beyond chance."
    assert said(sure) == "This is beyond chance."
    assert said(MAYBE, MAYBE) == "None of these is beyond chance."


def test_of_two_values_only_the_one_there_is_more_of_is_said():
    rows = pd.DataFrame(
        {
            "segment": 1, "attribute": ["channel", "channel", "age", "age", "age"], "value": list("ABxyz"),
            "index": [54.0, 197.0, 50.0, 120.0, 140.0], "adjusted": 0.001, "p": 0.0001,
        }
    )  # fmt: skip
    assert sorted(stands_out(rows, 1)["value"]) == ["B", "x", "y", "z"]


def test_two_shares_never_read_alike_where_a_digit_tells_them_apart():
    assert two_shares(0.342, 0.101) == ("34 %", "10 %")
    assert two_shares(0.021, 0.016) == ("2.1 %", "1.6 %")
    assert two_shares(0.0, 0.05) == ("0 %", "5 %")
    assert two_shares(1.0, 1.0) == ("100 %", "100 %")
