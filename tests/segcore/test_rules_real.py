"""The published rules of the wine case and the figures of Groceries, to the last count."""

import json
from pathlib import Path

import numpy as np
import pytest

from segcore.rules import RuleFilter, Rules, as_text, filter_rules, leading_rule, mine_rules, rule_sentence
from tests.segcore.known_data import groceries_purchases, wine_purchases

LEVEL = "Varietal + Origin"


@pytest.fixture(scope="module")
def wine(data_dir: Path):
    return wine_purchases(data_dir)


@pytest.fixture(scope="module")
def wine_expected(data_dir: Path) -> dict:
    return json.loads((data_dir / "wine" / "expected.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def groceries(data_dir: Path):
    return groceries_purchases(data_dir)


@pytest.fixture(scope="module")
def groceries_expected(data_dir: Path) -> dict:
    return json.loads((data_dir / "groceries" / "expected.json").read_text(encoding="utf-8"))


def by_sides(rules: Rules) -> dict:
    table = rules.table
    return {(row["antecedents"], row["consequents"]): row for _, row in table.iterrows()}


def test_wine_gives_exactly_the_fifteen_published_rules(wine, wine_expected) -> None:
    rules = mine_rules(wine, LEVEL, min_support=0.05, min_confidence=0.5)
    wanted = wine_expected["apriori"]["rules"]
    found = by_sides(rules)
    assert len(rules) == len(wanted) == 15
    for rule in wanted:
        row = found[frozenset(rule["antecedents"]), frozenset(rule["consequents"])]
        for name in ("n_antecedent", "n_consequent", "n_both"):
            assert row[name] == rule[name]
        for name in ("support", "confidence", "lift", "leverage"):
            assert row[name] == pytest.approx(rule[name], abs=2e-12)
        never_fails = np.inf if rule["conviction"] is None else rule["conviction"]
        assert row["conviction"] == pytest.approx(never_fails, abs=2e-12)


def test_every_cell_of_the_wine_grid(wine, wine_expected) -> None:
    grid = wine_expected["rule_count_grid"]
    found = {
        support: {
            confidence: len(
                mine_rules(wine, LEVEL, min_support=float(support), min_confidence=float(confidence))
            )
            for confidence in row
        }
        for support, row in grid["grid"].items()
    }
    assert found == grid["grid"]


def test_every_number_of_frequent_itemsets_on_wine(wine, wine_expected) -> None:
    wanted = wine_expected["rule_count_grid"]["frequent_itemset_counts"]
    found = {
        support: sum(mine_rules(wine, LEVEL, min_support=float(support)).itemset_counts) for support in wanted
    }
    assert found == {support: counts["exact"] for support, counts in wanted.items()}


def test_filtering_a_low_mine_is_mining_high(wine, wine_expected) -> None:
    everything = mine_rules(wine, LEVEL, min_support=0.01, min_confidence=0)
    found = {
        support: {
            confidence: len(
                filter_rules(
                    everything, RuleFilter(min_support=float(support), min_confidence=float(confidence))
                )
            )
            for confidence in row
        }
        for support, row in wine_expected["rule_count_grid"]["grid"].items()
    }
    assert found == wine_expected["rule_count_grid"]["grid"]


def test_the_wine_rules_read_as_the_seed_tells_them(wine) -> None:
    rules = mine_rules(wine, LEVEL)
    text = as_text(rules)
    top = text.iloc[:2]
    assert list(top["who buys"]) == ["Pinot Noir (Germany)", "Pinot Noir (Italy)"]
    assert list(top["n_antecedent"]) == [7, 12]
    cabernet = int(text.index[text["who buys"] == "Cabernet Sauvignon (Italy)"][0])
    assert rule_sentence(rules, cabernet) == (
        "Of 11 customers who bought Cabernet Sauvignon (Italy), 10 (91 %) also bought Champagne (France); "
        "of all 100 customers, 40 did."
    )


def test_the_rule_told_first_has_the_most_customers_beyond_chance(wine) -> None:
    rules = mine_rules(wine, LEVEL)
    everything = np.arange(len(rules))
    first = leading_rule(rules, everything)
    worthy = ~rules.may_be_chance & ~rules.redundant
    assert worthy[first]
    assert rules.extra[first] == pytest.approx(rules.extra[worthy].max())
    assert (
        rules.confidence[first] > rules.confidence[first - 1]
    )  # the surer of a pair that is equal otherwise
    assert leading_rule(rules, np.flatnonzero(~worthy)) == np.flatnonzero(~worthy)[0]


def test_offers_are_named_in_sentences_and_bare_in_tables(wine) -> None:
    rules = mine_rules(wine, "Offer #", min_support=0.05, min_confidence=0.5)
    assert len(rules)
    assert "bought Offer # " in rule_sentence(rules, 0)
    assert as_text(rules)["also buys"].str.fullmatch(r"[\d, ]+").all()


def test_all_wine_rules_stay_on_the_list_though_few_survive_chance(wine) -> None:
    rules = mine_rules(wine, LEVEL)
    assert len(filter_rules(rules, RuleFilter())) == 15
    assert 1 <= np.count_nonzero(~rules.may_be_chance) <= 9
    pairs = mine_rules(wine, LEVEL, max_length=2)
    frequent = pairs.itemset_counts[0]
    assert pairs.tested == frequent * (frequent - 1) / 2


def test_significance_does_not_depend_on_the_confidence_asked_for(wine) -> None:
    strict = by_sides(mine_rules(wine, LEVEL, min_confidence=0.5))
    loose = by_sides(mine_rules(wine, LEVEL, min_confidence=0))
    assert len(loose) > len(strict)
    for sides, row in strict.items():
        assert row["p_adjusted"] == loose[sides]["p_adjusted"]
        assert row["redundant"] == loose[sides]["redundant"]


def test_every_groceries_count(groceries, groceries_expected) -> None:
    for case in groceries_expected["rule_counts"]:
        rules = mine_rules(
            groceries, "item", min_support=case["min_support"], min_confidence=case["min_confidence"]
        )
        single = filter_rules(rules, RuleFilter(single_consequent=True))
        assert rules.itemset_counts == tuple(case["by_size"].values())
        assert sum(rules.itemset_counts) == case["frequent_itemsets"]
        assert len(rules) == case["exact_rules_any_consequent"]
        assert len(single) == case["exact_rules_single_consequent"]
        assert not rules.partial and rules.notes == ()


def test_the_fifteen_groceries_rules(groceries, groceries_expected) -> None:
    rules = mine_rules(groceries, "item", min_support=0.01, min_confidence=0.5)
    found = by_sides(rules)
    wanted = groceries_expected["rules_support01_confidence50"]
    assert len(found) == len(wanted)
    for rule in wanted:
        row = found[frozenset(rule["antecedents"]), frozenset(rule["consequents"])]
        for name in ("n_antecedent", "n_consequent", "n_both"):
            assert row[name] == rule[name]
        for name in ("support", "confidence", "lift"):
            assert row[name] == pytest.approx(rule[name], abs=2e-12)
    assert rule_sentence(rules, 0) == (
        "59 % of the 174 baskets with citrus fruit and root vegetables also had other vegetables (102); "
        "of all 9,835 baskets, 1,903 did (19.3 %)."
    )
