"""Rules against chance that knows that some buy more: noise stays silent, what was planted is found, short rows exact."""

from dataclasses import replace
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from segcore.progress import finished
from segcore.purchases import make_purchases
from segcore.rules import WORTHY, RuleFilter, Rules, RuleSpec, filter_rules, mine_rules, rules_from_incidence
from segcore.rules.chance import chance_of
from segcore.rules.layers import layers_of
from segcore.rules.mining import mining_purchases
from segcore.rules.sentences import how_many_beyond
from segcore.rules.substitutes import apart_pairs
from segcore.rules.tables import table_from
from segcore.rules.wording import with_intervals
from segcore.statistics import fit_margins
from tests.segcore import nothing
from tests.segcore.known_data import table_of, wine_purchases

LOW = replace(WORTHY, min_support=0.01, min_confidence=0.05)


def mined(values, per: str = "customer", **choices) -> Rules:
    spec = RuleSpec(
        "Product", **({"min_support": 0.01, "min_confidence": 0.05, "max_length": 3, "per": per} | choices)
    )
    return rules_from_incidence(table_of(values, per=per), spec)


def sets_of(rules: Rules, positions: np.ndarray) -> list[frozenset[int]]:
    sides = np.hstack([rules.antecedent[positions], rules.consequent[positions]])
    return [frozenset(row[row >= 0].tolist()) for row in sides]


def case(data_dir: Path, name: str) -> sparse.csr_matrix:
    lines = pd.read_csv(data_dir.parent / "cases" / "chance" / f"{name}.csv", dtype=str)
    row, column = (pd.factorize(lines.iloc[:, at], sort=True)[0] for at in (0, 1))
    table = sparse.csr_matrix((np.ones(len(lines)), (row, column)))
    table.data[:] = 1.0
    return table


@pytest.mark.parametrize("name", ["noise-activity-lognormal", "noise-rules-gamma4"])
def test_no_rule_in_the_cases_of_noise(data_dir: Path, name: str) -> None:
    rules = mined(case(data_dir, name))
    assert (
        len(filter_rules(rules, replace(LOW, survives_chance=False, min_beyond=0.0))) > 20
    )  # there is much to refuse
    assert len(filter_rules(rules, LOW)) == 0
    assert rules.may_be_chance.all()


@pytest.mark.parametrize("sd", [0.5, 1.0])
def test_uneven_activity_alone_makes_no_rule(sd: float) -> None:
    shown = plain = 0
    for seed in range(4):
        table = nothing.log_normal_customers(np.random.default_rng([seed, 7]), 1_500, 40, sd)
        rules = mined(table)
        shown += len(filter_rules(rules, LOW)) > 0
        plain += int((rules.p_value < 0.05 / max(rules.tested, 1)).sum())
    assert shown <= 1
    assert plain > 100  # what plain independence would have called sure


def test_planted_pairs_are_found_each_once_in_its_stronger_direction() -> None:
    found = others = 0
    for seed in range(3):
        rng = np.random.default_rng([seed, 8])
        table = nothing.log_normal_customers(rng, 2_000, 80, 0.6)
        share = np.asarray(table.mean(axis=0)).ravel()
        pairs = rng.permutation(np.flatnonzero((share > 0.03) & (share < 0.4)))[:10].reshape(-1, 2)
        rules = mined(nothing.planted(rng, table, pairs, 0.4), max_length=2)
        kept = filter_rules(rules, LOW)
        shown = sets_of(rules, kept)
        assert len(shown) == len(set(shown))
        back = rules.reverse[kept]
        known = back >= 0
        assert (rules.confidence[kept[known]] >= rules.confidence[back[known]]).all()
        truth = set(map(frozenset, pairs.tolist()))
        found += len(truth & set(shown))
        others += len(set(shown) - truth)
    assert found >= 14 and others <= 1


def test_a_trio_bought_as_a_set_is_more_than_its_pairs() -> None:
    rng = np.random.default_rng(9)
    table = nothing.log_normal_customers(rng, 3_000, 40, 0.6).toarray()
    table[np.ix_(rng.random(3_000) < 0.05, [20, 25, 30])] = 1.0
    rules = mined(table)
    assert frozenset({20, 25, 30}) in sets_of(rules, filter_rules(rules, LOW))
    # Two pairs that share a product make no trio: each alone explains who has all three.
    pairs = nothing.planted(
        rng, nothing.log_normal_customers(rng, 3_000, 40, 0.6), np.array([[20, 25], [20, 30]]), 0.4
    )
    rules = mined(pairs)
    shown = sets_of(rules, filter_rules(rules, LOW))
    assert frozenset({20, 25}) in shown and frozenset({20, 30}) in shown
    assert frozenset({20, 25, 30}) not in shown


@pytest.mark.parametrize("sizes", ["geometric", "two", "one to three"])
def test_orders_without_association_show_no_rule_and_nothing_bought_instead(sizes: str) -> None:
    shown = apart = 0
    spec = RuleSpec("Product", per="order")
    for seed in range(4):
        rng = np.random.default_rng([seed, 10])
        drawn = {
            "geometric": nothing.sizes_geometric(rng, 4_000), "two": np.full(4_000, 2),
            "one to three": rng.integers(1, 4, 4_000),
        }[sizes]  # fmt: skip
        table = nothing.orders(rng, drawn, 40)
        shown += len(filter_rules(mined(table, per="order"), LOW))
        ruled = table_from(table_of(table), spec, "orders")
        apart += len(apart_pairs(ruled, np.arange(40), np.zeros(40, dtype=int)))
    assert shown <= 1 and apart <= 1


def test_what_is_bought_instead_is_found_and_its_interval_lies_below() -> None:
    rng = np.random.default_rng(11)
    bought = nothing.log_normal_customers(rng, 6_000, 30, 0.8).toarray() > 0
    both = bought[:, 4] & bought[:, 6] & (rng.random(6_000) < 0.6)
    bought[both, 6] = False
    table = table_from(table_of(bought), RuleSpec("Product"), "customers")
    found = apart_pairs(table, np.arange(30), np.zeros(30, int))
    assert (found["one"][0], found["other"][0]) == ("product 0004", "product 0006")
    # Buyers of the one who gave up the other are heavy buyers: the other keeps apart from everything they buy.
    assert ((found["one"] == "product 0006") | (found["other"] == "product 0006")).mean() > 0.9
    assert (found["high"] < 1).all() and (found["n_both"] < found["expected"]).all()
    assert found.attrs["tested"] > 100


def test_customers_in_the_file_three_times_are_not_three_witnesses() -> None:
    once = nothing.log_normal_customers(np.random.default_rng(12), 700, 40, 0.8)
    thrice = sparse.vstack([once] * 3).tocsr()
    assert len(filter_rules(mined(thrice), LOW)) == 0
    note = "copies count as one"
    assert any(note in said for said in mined(thrice).notes)
    assert not any(note in said for said in mined(once).notes)


def brute_force(odds: np.ndarray, size: int, wanted: set[int]) -> float:
    """Chance that a row of so many products, drawn with these odds, holds all that are wanted."""
    weight = {row: float(np.prod(odds[list(row)])) for row in combinations(range(len(odds)), size)}
    return sum(w for row, w in weight.items() if wanted <= set(row)) / sum(weight.values())


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_sets_in_short_rows_are_exact(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = (rng.random((30, 8)) < rng.uniform(0.2, 0.7, 8)).astype(float)
    null = fit_margins(sparse.csr_matrix(table))
    if not null.free.all():
        return
    members = sparse.csr_matrix(np.isin(np.arange(8), [5, 6, 7])[:, None])
    both = sparse.csr_matrix(np.column_stack([table, table[:, 5:].max(axis=1)]))
    layers = layers_of(null, both, members)
    odds = null.table.odds[null.column_class]
    for size in range(1, min(layers.exact, 7)):
        for items in ([0, 1], [0, 1, 2], [3, 4, 1, 0]):
            rarest_first = sorted(items, key=lambda item: odds[item])
            found = layers.of(np.array([rarest_first]))[size, 0]
            assert found == pytest.approx(brute_force(odds, size, set(items)), abs=1e-7)
        none = sum(np.prod(odds[list(row)]) for row in combinations(range(5), size)) / sum(
            np.prod(odds[list(row)]) for row in combinations(range(8), size)
        )
        assert layers.chance[size, 8] == pytest.approx(1 - none, abs=1e-7)


def groups(rng: np.random.Generator, joined: bool):
    """2,000 customers, 30 products in five groups; joined, who buys any of the fourth often buys product 29."""
    table = nothing.log_normal_customers(rng, 2_000, 30, 0.8, mean=5.0).toarray() > 0
    if joined:
        table[:, 29] |= table[:, 18:24].any(axis=1) & (rng.random(2_000) < 0.2)
    row, column = np.nonzero(table)
    names = np.array([f"p{i:02d}" for i in range(30)])
    kind = pd.DataFrame({"kind": [f"g{i // 6}" for i in range(30)]}, index=names)
    return make_purchases(row.astype(str), names[column], product_attributes=kind)


@pytest.mark.parametrize("joined", [False, True])
def test_groups_beside_products_have_their_own_chance(joined: bool) -> None:
    spec = RuleSpec("Product", 0.02, 0.05, max_length=2, also_level="kind")
    rules = finished(mining_purchases(groups(np.random.default_rng(13), joined), spec))
    shown = [
        rules.items[[*s]].tolist()
        for s in sets_of(rules, filter_rules(rules, replace(LOW, min_lift=1.0, min_beyond=1.0)))
    ]
    with_group = [names for names in shown if any(name.startswith("any ") for name in names)]
    assert any({"any g3", "p29"} == set(names) for names in shown) == joined
    true = ({"any g3", "p29"}, {"any g3", "any g4"})  # product 29 is one of the fifth group
    assert all(set(names) in true for names in with_group)


def test_expected_counts_are_those_of_swapped_tables() -> None:
    table = nothing.log_normal_customers(np.random.default_rng(14), 800, 25, 0.9)
    ruled = table_from(table_of(table), RuleSpec("Product"), "customers")
    left, right = np.triu_indices(25, 1)
    draws = []
    for seed in range(1, 31):
        dealt = table_from(table_of(table), RuleSpec("Product", shuffled=seed), "customers").values
        draws.append((dealt.T @ dealt).toarray()[left, right])
    expected, _ = chance_of(ruled, 8).more(left, right, np.zeros(len(left), dtype=np.int64))
    mean = np.mean(draws, axis=0)
    common = mean > 20
    assert common.sum() > 50
    assert np.abs(expected[common] / mean[common] - 1).max() < 0.12


def test_the_wine_page_says_how_many_are_beyond_chance_and_keeps_all_fifteen(data_dir: Path) -> None:
    rules = mine_rules(wine_purchases(data_dir), "Varietal + Origin", max_length=3)
    sure = int((~rules.may_be_chance).sum())
    assert 0 < sure < 15
    assert how_many_beyond(rules, replace(WORTHY, min_support=0.05, min_confidence=0.5)) == (
        f"Of the 15 rules at these thresholds {sure} are beyond chance; 100 customers cannot tell the others from luck."
    )
    file = with_intervals(rules, filter_rules(rules, RuleFilter()))
    assert len(file) == 15
    for name in ("confidence", "lift"):
        assert ((file[f"{name} from"] <= file[name]) & (file[name] <= file[f"{name} to"])).all()
    italian = file[file["who buys"] == "Cabernet Sauvignon (Italy)"].iloc[0]
    assert (italian["confidence from"], italian["confidence to"]) == pytest.approx((0.6226, 0.9838), abs=1e-4)
