"""Our miner against mlxtend's, both of its ways of counting, and what every product in a rule is asked for."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mlxtend.frequent_patterns import fpgrowth
from scipy import sparse
from scipy.stats import hypergeom

from segcore.progress import finished
from segcore.rules import Rules, RuleSpec, rules_from_incidence
from segcore.rules.counting import Projections, by_rarity, packed, pair_counts
from segcore.rules.itemsets import Itemsets, frequent_itemsets
from segcore.rules.measures import Counts, lift_interval
from segcore.rules.significance import log_lower_tail, log_upper_tail
from segcore.statistics import wilson
from tests.segcore.known_data import table_of
from tests.segcore.test_rules_properties import tables


def counts_of(found: Itemsets) -> dict[frozenset[int], int]:
    return {
        frozenset(items): n
        for sets, counts in zip(found.sets, found.counts, strict=True)
        for items, n in zip(sets.tolist(), counts.tolist(), strict=True)
    }


def mine(values: np.ndarray, **choices) -> Rules:
    return rules_from_incidence(table_of(values), RuleSpec("Product", **choices))


@settings(max_examples=500, deadline=None)
@given(tables(max_rows=70), st.integers(1, 8), st.booleans())
def test_the_same_itemsets_as_mlxtend_whichever_way_is_taken(
    values: np.ndarray, count: int, projected: bool
) -> None:
    count = min(count, len(values))
    with pytest.MonkeyPatch.context() as patch:
        if projected:  # as with more than 200 frequent products
            patch.setattr("segcore.rules.counting.FEW_ITEMS", 0)
        ours = counts_of(finished(frequent_itemsets(sparse.csr_matrix(values), count, 10_000, 3)))
    frame = pd.DataFrame(values.astype(bool))
    theirs = fpgrowth(frame, min_support=(count - 0.5) / len(values), max_len=3)
    wanted = {
        itemset: round(support * len(values))
        for itemset, support in zip(theirs["itemsets"], theirs["support"], strict=True)
    }
    assert ours == wanted


@settings(max_examples=25, deadline=None)
@given(tables(max_items=6), st.integers(1, 6), st.sampled_from(["hmine", "fpgrowth", "fpmax"]))
def test_asking_for_a_miner_by_name_changes_nothing(values: np.ndarray, count: int, method: str) -> None:
    support = min(count, len(values)) / len(values)
    ours = mine(values, min_support=support, min_confidence=0.3)
    theirs = mine(values, min_support=support, min_confidence=0.3, method=method)
    assert ours.itemset_counts == theirs.itemset_counts
    pd.testing.assert_frame_equal(ours.table, theirs.table)


def test_bits_over_many_baskets_in_blocks() -> None:
    rng = np.random.default_rng(8)
    values = sparse.csr_matrix((rng.random((70_000, 6)) < 0.1).astype(np.int32))
    table = by_rarity(values, 1)
    bits = packed(table.values)
    gram = (table.values.T @ table.values).toarray()
    np.testing.assert_array_equal(pair_counts(table, 1, bits).toarray(), np.triu(gram, 1))
    np.testing.assert_array_equal(pair_counts(table, 1).toarray(), np.triu(gram, 1))
    dense = table.values.toarray()
    wanted = int((dense[:, 0] * dense[:, 2] * dense[:, 5]).sum())
    for way in (bits, None):
        asked = Projections(table, way).counts(0, np.array([2, 5]), np.array([0]), np.array([1]))
        assert asked.tolist() == [wanted]


@settings(max_examples=40, deadline=None)
@given(tables(max_rows=40, max_items=5))
def test_gain_and_improvement_are_over_every_shorter_rule(values: np.ndarray) -> None:
    rules = mine(values, min_support=0.05, min_confidence=0, max_length=3)

    def n(items: set[int]) -> int:
        return int(values[:, sorted(items)].all(axis=1).sum()) if items else len(values)

    for i in range(len(rules)):
        left, right = ({int(x) for x in side[i] if x >= 0} for side in (rules.antecedent, rules.consequent))
        p_value = hypergeom.sf(n(left | right) - 1, len(values), n(right), n(left))
        assert rules.p_value[i] == pytest.approx(p_value, rel=1e-7, abs=1e-12)
        shorter = [
            n(a | c) * len(values) / (n(a) * n(c))
            for x in left | right
            if (a := left - {x}) and (c := right - {x})
        ]
        lift = n(left | right) * len(values) / (n(left) * n(right))
        assert rules.gain[i] == pytest.approx(lift / max([1.0, *shorter]))
        parts = [set(p) for size in range(1, len(left)) for p in combinations(left, size)]
        best = max([n(part | right) / n(part) for part in parts] + [n(right) / len(values)])
        assert rules.improvement[i] == pytest.approx(n(left | right) / n(left) - best)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 300), st.data())
def test_both_tails_are_the_hypergeometric_ones(n: int, data) -> None:
    left, right = data.draw(st.integers(1, n)), data.draw(st.integers(1, n))
    both = data.draw(st.integers(max(0, left + right - n), min(left, right)))
    one = (np.array([part]) for part in (left, right, both))
    a, c, x = one
    assert np.exp(log_lower_tail(n, a, c, x))[0] == pytest.approx(
        hypergeom.cdf(both, n, right, left), rel=1e-7, abs=1e-12
    )


def test_a_tail_too_small_for_a_number_keeps_its_logarithm() -> None:
    a, c, x = np.array([20_000]), np.array([20_000]), np.array([19_000])
    log_p = log_upper_tail(100_000, a, c, x)[0]
    assert log_p < -20_000 and np.isfinite(log_p)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(12)
    cells = np.array([0.06, 0.14, 0.09, 0.71])  # both, left only, right only, neither
    drawn = rng.multinomial(400, cells, size=4_000)
    counts = Counts(drawn[:, 0] + drawn[:, 1], drawn[:, 0] + drawn[:, 2], drawn[:, 0], 400)
    for (low, high), truth in (
        (lift_interval(counts), 0.06 / (0.20 * 0.15)),
        (wilson(counts.both, counts.left), 0.06 / 0.20),
    ):
        held = np.mean((low <= truth) & (truth <= high))
        assert 0.935 <= held <= 0.97
