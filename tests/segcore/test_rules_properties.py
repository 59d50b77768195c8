"""Rules against mlxtend and against themselves, on random small tables."""

from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from mlxtend.frequent_patterns import apriori, association_rules
from scipy.stats import hypergeom

from segcore.rules import RuleFilter, Rules, RuleSpec, filter_rules, rules_from_incidence
from segcore.rules.longer import kruskal_katona
from segcore.rules.measures import NAMES, Counts
from segcore.rules.significance import upper_tail
from segcore.rules.spec import at_least, count_for
from tests.segcore.known_data import table_of


@st.composite
def tables(draw, max_rows: int = 25, max_items: int = 7) -> np.ndarray:
    rows = draw(st.integers(2, max_rows))
    items = draw(st.integers(2, max_items))
    seed = draw(st.integers(0, 2**32 - 1))
    density = draw(st.sampled_from([0.2, 0.4, 0.6, 0.9]))
    return (np.random.default_rng(seed).random((rows, items)) < density).astype(np.int32)


def mine(values: np.ndarray, labels: list[str] | None = None, **choices) -> Rules:
    return rules_from_incidence(table_of(values, labels), RuleSpec("Product", **choices))


def as_set(rules: Rules) -> set:
    table = rules.table
    return set(
        zip(
            table["antecedents"],
            table["consequents"],
            table["n_antecedent"],
            table["n_consequent"],
            table["n_both"],
            table["redundant"],
            strict=True,
        )
    )


@settings(max_examples=60, deadline=None)
@given(tables(), st.integers(1, 6), st.sampled_from([0.0, 0.31, 0.49, 0.71]))
def test_the_same_rules_and_measures_as_mlxtend(values: np.ndarray, count: int, confidence: float) -> None:
    n = len(values)
    count = min(count, n)
    support = (count - 0.5) / n  # between two counts, so that mlxtend's floats cannot go wrong
    ours = mine(values, min_support=support, min_confidence=confidence)
    frame = pd.DataFrame(values.astype(bool), columns=[f"product {i:04d}" for i in range(values.shape[1])])
    frequent = apriori(frame, min_support=support, use_colnames=True)
    assert sum(ours.itemset_counts) == len(frequent)
    with np.errstate(invalid="ignore"):  # mlxtend divides 0 by 0 for products in every row
        theirs = association_rules(frequent, min_threshold=confidence - 1e-9) if len(frequent) else frequent
    assert len(ours) == len(theirs)
    if not len(theirs):
        return
    keys = ["antecedents", "consequents"]
    both = ours.table.merge(theirs, on=keys, suffixes=("", " theirs"))
    assert len(both) == len(theirs)
    for name in NAMES:
        left, right = both[name].to_numpy(), both[f"{name} theirs"].to_numpy(dtype=float)
        np.testing.assert_allclose(left, right, rtol=0, atol=2e-12 if name != "conviction" else 1e-9)


@settings(max_examples=40, deadline=None)
@given(tables(), st.randoms(use_true_random=False))
def test_row_and_column_order_do_not_matter(values: np.ndarray, random) -> None:
    labels = [f"item {i}" for i in range(values.shape[1])]
    columns = list(range(values.shape[1]))
    rows = list(range(len(values)))
    random.shuffle(columns)
    random.shuffle(rows)
    straight = mine(values, labels, min_support=0.1, min_confidence=0.2)
    mixed = mine(
        values[np.ix_(rows, columns)], [labels[c] for c in columns], min_support=0.1, min_confidence=0.2
    )
    pd.testing.assert_frame_equal(straight.table, mixed.table)


@settings(max_examples=40, deadline=None)
@given(tables())
def test_lift_is_symmetric_and_marks_are_right(values: np.ndarray) -> None:
    rules = mine(values, min_support=0.05, min_confidence=0)
    known = {(row["antecedents"], row["consequents"]): row for row in rules.table.to_dict("records")}
    for (left, right), row in known.items():
        back = known[right, left]
        assert row["lift"] == back["lift"]
        assert row["p_value"] == pytest.approx(back["p_value"], rel=1e-9)
        parts = [frozenset(part) for size in range(1, len(left)) for part in combinations(left, size)]
        general = [known[part, right]["confidence"] for part in parts]
        assert row["redundant"] == any(confidence >= row["confidence"] for confidence in general)


@settings(max_examples=40, deadline=None)
@given(tables(max_items=6), st.integers(1, 5))
def test_the_number_tested_is_what_counting_one_by_one_gives(values: np.ndarray, count: int) -> None:
    rules = mine(values, min_support=min(count, len(values)) / len(values), min_confidence=0)
    n_items = values.shape[1]
    frequent = [
        set(part)
        for size in range(1, n_items + 1)
        for part in combinations(range(n_items), size)
        if values[:, part].all(axis=1).sum() >= rules.floor
    ]
    longest = max((len(part) for part in frequent), default=0)
    possible = [(a, c) for a in frequent for c in frequent if not a & c and len(a) + len(c) <= longest]
    assert rules.tested == len(possible) / 2  # both directions are one test


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 400), st.data())
def test_the_p_value_is_the_hypergeometric_tail(n: int, data) -> None:
    left, right = data.draw(st.integers(1, n)), data.draw(st.integers(1, n))
    both = data.draw(st.integers(max(0, left + right - n), min(left, right)))
    ours = upper_tail(Counts(np.array([left]), np.array([right]), np.array([both]), n))[0]
    assert ours == pytest.approx(hypergeom.sf(both - 1, n, right, left), rel=1e-8, abs=1e-13)


def test_the_p_value_holds_far_out_in_the_tail() -> None:
    counts = Counts(np.array([3_000, 900]), np.array([5_000, 40_000]), np.array([400, 500]), 155_000)
    wanted = [hypergeom.logsf(399, 155_000, 5_000, 3_000), hypergeom.logsf(499, 155_000, 40_000, 900)]
    np.testing.assert_allclose(np.log(upper_tail(counts)), wanted, rtol=1e-9)


@given(st.integers(0, 1_000), st.integers(1, 1_000), st.integers(0, 1_000), st.integers(1, 1_000))
def test_thresholds_compare_as_fractions(top: int, bottom: int, limit_top: int, limit_bottom: int) -> None:
    limit = limit_top / limit_bottom
    answer = at_least(np.array([top]), np.array([bottom]), limit)[0]
    assert answer == (Fraction(top, bottom) >= Fraction(limit_top, limit_bottom))
    assert count_for(limit, 1_000) == max(1, -(-limit_top * 1_000 // limit_bottom))


def test_thresholds_mean_the_number_that_was_typed() -> None:
    assert 0.07 * 100 > 7  # the trap
    assert count_for(0.07, 100) == 7
    assert count_for(0.1 + 0.2, 10) == 3
    assert count_for(1 / 3, 300) == 100
    assert count_for(0, 50) == 1
    huge = np.array([2**53 + 1, 2**53 - 1])
    assert at_least(huge, np.array([2**54, 2**54]), 0.5).tolist() == [True, False]


@settings(max_examples=30, deadline=None)
@given(tables(), st.data())
def test_the_filter_keeps_what_looking_at_each_rule_keeps(values: np.ndarray, data) -> None:
    rules = mine(values, min_support=0.05, min_confidence=0)
    labels = list(rules.items)
    some = st.lists(st.sampled_from(labels), max_size=1).map(tuple)
    choice = RuleFilter(
        min_support=data.draw(st.sampled_from([0.0, 0.2, 0.5])),
        min_confidence=data.draw(st.sampled_from([0.0, 0.5, 1.0])),
        min_lift=data.draw(st.sampled_from([0.0, 1.0, 1.2])),
        max_length=data.draw(st.sampled_from([None, 2, 3])),
        require=data.draw(some),
        exclude=data.draw(some),
        require_left=data.draw(some),
        require_right=data.draw(some),
        exclude_left=data.draw(some),
        exclude_right=data.draw(some),
        single_consequent=data.draw(st.booleans()),
        hide_redundant=data.draw(st.booleans()),
    )
    wanted = [i for i, row in rules.table.iterrows() if passes(row, choice)]
    assert filter_rules(rules, choice).tolist() == wanted


def passes(row: pd.Series, choice: RuleFilter) -> bool:
    left, right = row["antecedents"], row["consequents"]
    lift = Fraction(int(row["n_both"] * row["n_rows"]), int(row["n_antecedent"] * row["n_consequent"]))
    return all(
        [
            Fraction(int(row["n_both"]), int(row["n_rows"])) >= Fraction(str(choice.min_support)),
            Fraction(int(row["n_both"]), int(row["n_antecedent"])) >= Fraction(str(choice.min_confidence)),
            lift >= Fraction(str(choice.min_lift)),
            choice.max_length is None or len(left | right) <= choice.max_length,
            set(choice.require) <= left | right,
            not set(choice.exclude) & (left | right),
            set(choice.require_left) <= left,
            set(choice.require_right) <= right,
            not set(choice.exclude_left) & left,
            not set(choice.exclude_right) & right,
            not choice.single_consequent or len(right) == 1,
            not choice.hide_redundant or not row["redundant"],
        ]
    )


@pytest.mark.parametrize(
    ("size", "length", "most"),
    [
        (0, 2, 0),
        (1, 2, 0),
        (3, 2, 1),
        (6, 2, 4),
        (7, 2, 4),
        (10, 2, 10),
        (4, 3, 1),
        (10, 3, 5),
        (100, 1, 4950),
    ],
)
def test_the_bound_on_longer_sets_is_the_known_one(size: int, length: int, most: int) -> None:
    assert kruskal_katona(size, length) == most


def test_some_rows_are_rows_of_the_whole_table():
    values = (np.random.default_rng(5).random((40, 8)) < 0.4).astype(np.int32)
    rules = mine(values, min_support=0.1, min_confidence=0.2)
    chosen = np.array([7, 0, 3])
    pd.testing.assert_frame_equal(rules.rows(chosen), rules.table.iloc[chosen])
