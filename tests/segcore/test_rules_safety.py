"""Hostile and empty tables get an answer and a sentence; noise gets no significant rule."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from segcore.errors import SpecError
from segcore.progress import finished
from segcore.purchases import make_purchases
from segcore.rules import (
    RuleFilter,
    Rules,
    RuleSpec,
    as_text,
    filter_rules,
    mine_rules,
    mining,
    rule_sentence,
    rules_from_incidence,
)
from segcore.rules.floor import count_pairs
from segcore.rules.triples import mine_triples
from segcore.storage.codec import decode, encode
from tests.segcore.known_data import table_of


def mine(values, **choices) -> Rules:
    return rules_from_incidence(table_of(values), RuleSpec("Product", **choices))


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        (np.zeros((0, 0)), "There are no purchases here, so there are no rules."),
        (np.zeros((4, 3)), "There are no purchases here, so there are no rules."),
        (np.ones((10, 1)), "There is only one product here, and a rule needs two."),
        (
            np.identity(60),
            "No two products were bought together by 3 customers or more; ask for a lower support.",
        ),
        (
            np.identity(4),
            "No two products were bought together by 1 customer or more; ask for a lower support.",
        ),
    ],
)
def test_nothing_to_find_is_said_in_a_sentence(values: np.ndarray, sentence: str) -> None:
    rules = mine(values)
    assert len(rules) == 0
    assert rules.notes == (sentence,)
    assert rules.table.empty and as_text(rules).empty
    assert filter_rules(rules, RuleFilter(min_lift=1.2, single_consequent=True)).tolist() == []
    assert "antecedents" in rules.table.columns


def test_sixteen_products_that_everyone_bought() -> None:
    rules = mine(np.ones((100, 16)))
    assert rules.partial
    assert rules.notes == (
        "Rules have at most 6 products: with longer ones there would be too many to list.",
    )
    assert rules.itemset_counts == (16, 120, 560, 1820, 4368, 8008)
    assert len(rules) <= 6 * 200_000
    assert np.all(rules.lift == 1) and rules.may_be_chance.all()


def test_more_products_that_everyone_bought_than_can_be_paired() -> None:
    pairs_only = mine(np.ones((50, 300)))
    assert pairs_only.itemset_counts == (300, 44_850) and pairs_only.partial
    nothing = mine(np.ones((50, 2_000)))
    assert len(nothing) == 0 and nothing.partial
    assert any("Leave some of these products out" in note for note in nothing.notes)


def test_one_basket_of_five_thousand_products() -> None:
    rng = np.random.default_rng(5)
    usual = sparse.random(400, 5_000, density=0.002, random_state=rng, format="csr")
    values = sparse.vstack([usual.astype(bool), sparse.csr_matrix(np.ones((1, 5_000), dtype=bool))]).tocsr()
    rules = mine(values, min_support=0.0, max_itemsets=20_000)
    assert rules.partial and rules.floor >= 2
    assert any("One customer has 5,000 products" in note for note in rules.notes)
    assert any(f"Mined down to {rules.floor} customers" in note for note in rules.notes)
    assert sum(rules.itemset_counts) <= 20_000


def test_a_basket_too_large_even_to_count_its_pairs() -> None:
    values = sparse.vstack([sparse.identity(20_000), sparse.csr_matrix(np.ones((1, 20_000)))]).tocsr()
    rules = mine(values, min_support=0.0)
    assert rules.partial and rules.floor == 3
    assert any("One customer has 20,000 products" in note for note in rules.notes)


def test_the_floors_rise_just_as_far_as_they_must() -> None:
    rng = np.random.default_rng(1)
    values = table_of(rng.random((300, 40)) < np.linspace(0.1, 0.9, 40)).values
    cap = 500
    counted = count_pairs(values, 10, cap)
    pairs, triples = combinations_of(values)
    assert (pairs >= counted.count).sum() <= cap // 2 < (pairs >= counted.count - 1).sum()
    assert len(counted.pairs.data) == (pairs >= counted.count).sum()
    room = 100
    found = finished(mine_triples(counted, room))
    assert counted.count <= found.floor
    assert found.found == (triples >= found.floor).sum() <= room < (triples >= found.floor - 1).sum()
    assert count_pairs(values, 250, cap).count == 250


def combinations_of(values: sparse.csr_matrix) -> tuple[np.ndarray, np.ndarray]:
    """Counts of all pairs and of all triples, by dense arithmetic."""
    dense = values.toarray().astype(np.int64)
    sizes = [(2, "ri,rj->ij"), (3, "ri,rj,rk->ijk")]
    pairs, triples = (np.einsum(path, *[dense] * size, optimize=True) for size, path in sizes)
    n = dense.shape[1]
    i, j, k = np.ogrid[:n, :n, :n]
    return pairs[np.triu_indices(n, 1)], triples[(i < j) & (j < k)]


def test_a_raised_floor_gives_every_rule_above_it() -> None:
    values = np.random.default_rng(2).random((300, 30)) < np.linspace(0.1, 0.9, 30)
    capped = mine(values, min_support=0.01, min_confidence=0, max_itemsets=400, max_length=3)
    assert capped.partial and capped.floor_longer > capped.floor > 3
    full = mine(values, min_support=0.01, min_confidence=0, max_length=3)
    wanted = (full.n_both >= capped.floor) & ((full.length == 2) | (full.n_both >= capped.floor_longer))
    assert len(capped) == wanted.sum() > 500
    assert sorted(capped.n_both) == sorted(full.n_both[wanted])
    assert len(capped.notes) == 2 and f"{capped.floor_longer} customers" in capped.notes[1]


def test_independent_products_leave_almost_no_significant_rule() -> None:
    significant, lifted = 0, 0
    for seed in range(5):
        rng = np.random.default_rng(seed)
        values = rng.random((2_000, 50)) < rng.uniform(0.01, 0.12, 50)
        rules = mine(values, min_support=0.002, min_confidence=0)
        significant += np.count_nonzero(~rules.may_be_chance)
        lifted += len(filter_rules(rules, RuleFilter(min_lift=1.2)))
    assert lifted > 1_000  # what a lift slider alone would show
    assert significant <= 4


def test_a_planted_pair_survives_among_noise() -> None:
    rng = np.random.default_rng(3)
    values = rng.random((2_000, 50)) < 0.05
    values[:, 7] = np.where(values[:, 3], rng.random(2_000) < 0.5, values[:, 7])
    rules = mine(values, min_support=0.002, min_confidence=0)
    kept = filter_rules(rules, RuleFilter(survives_chance=True, max_length=2))
    found = {(row["antecedents"], row["consequents"]) for _, row in rules.table.iloc[kept].iterrows()}
    one, other = frozenset({"product 0003"}), frozenset({"product 0007"})
    assert found == {(one, other), (other, one)}


def test_work_can_be_watched_and_stopped() -> None:
    work = mining(table_of(np.random.default_rng(0).random((80, 12)) < 0.4), RuleSpec("Product"))
    steps = list(work)
    fractions = [step.fraction for step in steps]
    assert len(steps) > 10 and fractions == sorted(fractions)
    assert 0 <= fractions[0] and fractions[-1] < 1
    stopped = mining(table_of(np.ones((5, 4))), RuleSpec("Product"))
    next(stopped)
    stopped.close()
    assert list(stopped) == []


def test_rules_are_stored_and_come_back_the_same() -> None:
    rules = mine(np.random.default_rng(4).random((60, 8)) < 0.5, min_support=0.1)
    again = decode(*encode(rules))
    assert len(rules) > 0 and again.spec == rules.spec and again.notes == rules.notes
    pd.testing.assert_frame_equal(again.table, rules.table)


def test_orders_are_not_customers() -> None:
    purchases = make_purchases(
        ["ann"] * 4 + ["bob"] * 2, list("xyxzxy"), order=["1", "1", "2", "3", "4", "4"], customer_label="Name"
    )
    per_customer = mine_rules(purchases, "Product", min_support=0.1, min_confidence=0)
    per_order = mine_rules(purchases, "Product", min_support=0.1, min_confidence=0, per="order")
    assert (per_customer.n_rows, per_order.n_rows) == (2, 4)
    assert per_order.digest == purchases.digest
    assert rule_sentence(per_order, 0) == (
        "Of 2 orders with y, 2 (100 %) also had x; of all 4 orders, 3 did."
        if per_order.table["antecedents"][0] == frozenset("y")
        else "Of 3 orders with x, 2 (67 %) also had y; of all 4 orders, 2 did."
    )
    without = mine_rules(purchases, "Product", min_support=0.1, min_confidence=0, left_out=("z",))
    assert "z" not in set(without.items)


@pytest.mark.parametrize(
    "choices",
    [{"min_support": 7}, {"min_confidence": -0.1}, {"max_length": 1}, {"per": "week"}, {"max_itemsets": 0}],
)
def test_choices_that_cannot_work_are_refused_in_words(choices: dict) -> None:
    with pytest.raises(SpecError) as refused:
        RuleSpec("Product", **choices)
    assert refused.value.remedy


def test_an_unknown_product_is_refused_in_words() -> None:
    rules = mine(np.ones((5, 3)))
    with pytest.raises(SpecError, match="not a product at this level"):
        filter_rules(rules, RuleFilter(require=("caviar",)))
