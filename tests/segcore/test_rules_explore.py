"""What the explorer adds: groups, segments, substitutes, levels together, shuffling, the net, who is behind a rule."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from segcore.progress import finished
from segcore.purchases import make_purchases
from segcore.rules import (
    WORTHY,
    RuleFilter,
    Rules,
    RuleSpec,
    filter_rules,
    mine_rules,
    rank_rules,
    rules_from_incidence,
)
from segcore.rules.filters import RANKS, says_something
from segcore.rules.groups import rule_groups
from segcore.rules.inside import contrast, rows_behind
from segcore.rules.mining import mining_purchases
from segcore.rules.net import rule_net
from segcore.rules.substitutes import find_substitutes
from segcore.rules.tables import rule_table, table_from
from tests.segcore.known_data import groceries_purchases, table_of, wine_purchases

LEVEL = "Varietal + Origin"


@pytest.fixture(scope="module")
def wine_rules(data_dir: Path) -> Rules:
    return mine_rules(wine_purchases(data_dir), LEVEL, max_length=3)


def mine(values: np.ndarray, **choices) -> Rules:
    return rules_from_incidence(table_of(values), RuleSpec("Product", **choices))


def test_the_fifteen_wine_rules_fall_into_the_seeds_three_groups(wine_rules: Rules) -> None:
    found = rule_groups(wine_rules, np.arange(len(wine_rules)))
    assert len(found) == 3
    names = [set(wine_rules.items[products]) for products in found.products]
    champagne = next(group for group in names if "Champagne (France)" in group)
    pinot = next(group for group in names if "Pinot Noir (Italy)" in group)
    assert {"Cabernet Sauvignon (Italy)", "Prosecco (Chile)"} < champagne
    assert all(name.startswith("Pinot Noir") for name in pinot)
    assert sorted(found.group.tolist()) == [1] * 5 + [2] * 5 + [3] * 5
    assert sorted(np.concatenate([found.of(g) for g in (1, 2, 3)])) == list(range(15))


def test_a_large_net_is_cut_into_what_was_planted() -> None:
    rng = np.random.default_rng(4)
    taste = rng.integers(0, 3, 3_000)
    liked = np.repeat(np.arange(3), 8)
    values = rng.random((3_000, 24)) < np.where(taste[:, None] == liked, 0.4, 0.12)
    rules = mine(values, min_support=0.02, min_confidence=0.1, max_length=2)
    kept = filter_rules(rules, RuleFilter(min_lift=1.1, survives_chance=True))
    found = rule_groups(rules, kept)
    assert len(found) == 3
    for products in found.products:
        assert len(set(liked[products])) == 1
    again = rule_groups(rules, kept)
    np.testing.assert_array_equal(found.group, again.group)


def test_ranks_put_the_highest_first_and_cut_where_asked(wine_rules: Rules) -> None:
    every = np.arange(len(wine_rules))
    for by in RANKS:
        ranked = rank_rules(wine_rules, every, by)
        values = getattr(wine_rules, by)[ranked]
        assert sorted(ranked) == list(every) and np.all(np.diff(values) <= 1e-9)
        np.testing.assert_array_equal(rank_rules(wine_rules, every, by, most=4), ranked[:4])


def test_the_default_view_is_what_says_something(wine_rules: Rules) -> None:
    kept = filter_rules(wine_rules, WORTHY)
    assert 1 <= len(kept) < 15
    assert says_something(wine_rules, kept).all()
    assert (wine_rules.lift[kept] >= 1.2).all()


def test_counts_inside_segments_are_those_of_the_segments_alone() -> None:
    rng = np.random.default_rng(2)
    values = (rng.random((400, 12)) < 0.35).astype(np.int32)
    group = rng.integers(0, 4, 400)
    rules = mine(values, min_support=0.02, min_confidence=0.1, max_length=3)
    chosen = np.arange(0, len(rules), 7)
    found = contrast(table_of(values).values, rules, chosen, group, 3)
    assert found.n.tolist() == [(group == s).sum() for s in (1, 2, 3)]
    for row, position in enumerate(chosen):
        left, right = (side[position][side[position] >= 0] for side in (rules.antecedent, rules.consequent))
        for segment in (1, 2, 3):
            part = values[group == segment].astype(bool)
            has_left, has_right = part[:, left].all(axis=1), part[:, right].all(axis=1)
            wanted = (has_left.sum(), has_right.sum(), (has_left & has_right).sum())
            at = row, segment - 1
            assert (found.left[at], found.right[at], found.both[at]) == wanted
    low, high = found.interval
    known = ~np.isnan(found.lift)
    assert (low[known] <= high[known]).all()


def test_rules_of_one_segment_are_those_of_its_customers(data_dir: Path) -> None:
    wine = wine_purchases(data_dir)
    members = np.arange(100) < 60
    spec = RuleSpec(LEVEL, min_support=0.05, min_confidence=0.3, max_length=3, segment=1)
    inside = finished(mining_purchases(wine, spec, members))
    lines = wine.lines[members[wine.lines["customer"]]]
    alone = make_purchases(
        wine.customers[lines["customer"]], wine.products.index[lines["product"]],
        product_label="Offer #", product_attributes=wine.products,
    )  # fmt: skip
    assert inside.n_rows == 60
    wanted = mine_rules(alone, LEVEL, min_support=0.05, min_confidence=0.3, max_length=3)
    # Customers without purchases do not exist in the second table, so only counts are compared.
    assert sorted(inside.n_both) == sorted(wanted.n_both)


def test_bottled_or_canned_beer(data_dir: Path) -> None:
    groceries = groceries_purchases(data_dir)
    found = find_substitutes(groceries, RuleSpec("item"), "level2")
    first = found.table.iloc[0]
    assert (first["one"], first["other"], first["group"]) == ("bottled beer", "canned beer", "beer")
    assert (first["n_both"], first["n_one"], first["n_other"]) == (26, 792, 764)
    assert found.n_rows == 9_835 and first["high"] < 1
    assert len(found.table) <= found.tested
    assert find_substitutes(groceries, RuleSpec("level1"), "level1").table.empty


def test_a_product_is_never_joined_with_its_own_group() -> None:
    rng = np.random.default_rng(6)
    lines = [
        (f"c{row}", f"{kind}{i}")
        for row in range(200)
        for kind in "ab"
        for i in range(4)
        if rng.random() < 0.5
    ]
    customer, product = zip(*lines, strict=True)
    kinds = {f"{kind}{i}": kind for kind in "ab" for i in range(4)} | {"a3": "alone"}
    attributes = pd.DataFrame({"kind": kinds})
    purchases = make_purchases(customer, product, product_attributes=attributes)
    rules = mine_rules(purchases, "Product", min_support=0.05, min_confidence=0, max_length=3)
    spec = RuleSpec("Product", min_support=0.05, min_confidence=0.0, max_length=3, also_level="kind")
    both = finished(mining_purchases(purchases, spec))
    assert rule_table(purchases, spec, "customers").values.shape[1] == 10
    assert set(both.items) == {*rules.items, "any a", "any b"}  # a group of one product is that product
    assert len(both) > len(rules)
    for row in both.table.to_dict("records"):
        members = row["antecedents"] | row["consequents"]
        for group in ("a", "b"):
            if f"any {group}" in members:
                assert not any(kinds.get(name) == group for name in members)


def test_a_product_called_like_a_group_beside_it_is_told_apart() -> None:
    attributes = pd.DataFrame({"kind": {"any Red": "Red", "b": "Red", "c": "Red", "d": "White"}})
    products = ["any Red", "b", "b", "c", "d", "c", "any Red", "c"]
    purchases = make_purchases(list("aabbccdd"), products, product_attributes=attributes)
    found = finished(mining_purchases(purchases, RuleSpec("Product", 0.1, 0.1, also_level="kind")))
    assert {"any Red", "any Red (group)"} <= set(found.items)
    for row in found.table.to_dict("records"):
        members = row["antecedents"] | row["consequents"]
        assert "any Red (group)" not in members or members <= {"any Red (group)", "d"}


@pytest.mark.parametrize("method", ["own", "hmine", "fpmax"])
def test_longer_rules_keep_products_and_groups_apart_too(data_dir: Path, method: str) -> None:
    wine = wine_purchases(data_dir)
    spec = RuleSpec(LEVEL, min_support=0.04, min_confidence=0.3, also_level="Varietal", method=method)
    rules = finished(mining_purchases(wine, spec))
    assert rules.itemset_counts == finished(mining_purchases(wine, spec)).itemset_counts
    assert len(rules.itemset_counts) >= 3
    for row in rules.table.to_dict("records"):
        members = row["antecedents"] | row["consequents"]
        groups = {name.removeprefix("any ") for name in members if name.startswith("any ")}
        assert not any(name.split(" (")[0] in groups for name in members if not name.startswith("any "))
    assert rules.n_both.min() >= 4


def test_shuffled_every_margin_stays_and_no_rule_does() -> None:
    rng = np.random.default_rng(1)
    values = rng.random((600, 20)) < 0.15
    values[:, 1] = values[:, 0]
    real = mine(values, min_support=0.02, min_confidence=0.1, max_length=3)
    dealt = mine(values, min_support=0.02, min_confidence=0.1, max_length=3, shuffled=1)
    assert len(filter_rules(real, WORTHY)) >= 1
    assert len(filter_rules(dealt, WORTHY)) == 0
    first, second = pairs_of(real), pairs_of(dealt)
    shared = first.index.intersection(second.index)
    assert len(shared) > 5 and first[shared].equals(second[shared])
    again = mine(values, min_support=0.02, min_confidence=0.1, max_length=3, shuffled=1)
    np.testing.assert_array_equal(dealt.n_both, again.n_both)
    spec = RuleSpec("Product", shuffled=1)
    table = table_from(table_of(values), spec, "customers").values
    np.testing.assert_array_equal(np.diff(table.indptr), values.sum(axis=1))
    np.testing.assert_array_equal(np.bincount(table.indices, minlength=20), values.sum(axis=0))


def pairs_of(rules: Rules) -> pd.Series:
    return rules.table[rules.length == 2].set_index("antecedents")["n_antecedent"].groupby(level=0).first()


def test_giant_baskets_are_left_out_by_choice() -> None:
    values = (np.random.default_rng(3).random((100, 30)) < 0.1).astype(np.int32)
    values[7] = 1
    rules = mine(values, min_support=0.02, min_confidence=0, max_length=2, most_in_basket=20)
    assert rules.n_rows == 99
    assert rules.notes == ("1 customer with more than 20 products left out.",)


def test_who_is_behind_a_rule(wine_rules: Rules, data_dir: Path) -> None:
    table = rule_table(wine_purchases(data_dir), wine_rules.spec, "customers")
    for position in range(len(wine_rules)):
        whole, left_only = rows_behind(table.values, wine_rules, position)
        assert len(whole) == wine_rules.n_both[position]
        assert len(whole) + len(left_only) == wine_rules.n_antecedent[position]


def test_the_net_is_always_the_same_and_keeps_products_apart(wine_rules: Rules) -> None:
    every = np.arange(len(wine_rules))
    net, again = rule_net(wine_rules, every), rule_net(wine_rules, every)
    np.testing.assert_array_equal(net.item_xy, again.item_xy)
    assert len(net.items) == 14 and len(net.rule_xy) == 15
    assert len(net.edges) == (wine_rules.antecedent >= 0).sum() + (wine_rules.consequent >= 0).sum()
    apart = np.abs(net.item_xy[:, None] - net.item_xy[None])
    lying = (apart[..., 0] < 1.2) & (apart[..., 1] < 0.2)
    assert lying.sum() == len(net.items)  # each only on itself
