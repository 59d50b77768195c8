"""The sentence of a study, and how sure a segment is: short enough to say, and no word surer than its evidence."""

import pandas as pd
import pytest

from segcore.segments.headline import FAIRLY_SURE, MOST_WORDS, NOT_SURE, SURE, headline, how_sure

NAMES = {1: "Tea table", 2: "Hearts & Christmas", 3: "Children’s party", 4: "Bags"}


def table(customers, money=None):
    sizes = pd.Series(customers, index=range(1, len(customers) + 1), dtype=float)
    rows = pd.DataFrame({"customers": sizes, "share": sizes / sizes.sum()})
    return rows if money is None else rows.assign(amount_share=pd.Series(money, index=rows.index))


def test_the_kinds_and_who_brings_most():
    said = headline(NAMES, table([340, 290, 290, 80], [0.38, 0.22, 0.32, 0.08]))
    assert said == (
        "Four kinds of customers: Tea table, Hearts & Christmas, Children’s party and Bags. "
        "Tea table brings 38 % of the money."
    )


def test_without_money_the_largest_is_told():
    said = headline(NAMES, table([340, 290, 290, 80]), "baskets")
    assert said.startswith("Four kinds of baskets: ")
    assert said.endswith("Tea table has 34 % of the baskets.")


@pytest.mark.parametrize("k", range(2, 16))
def test_it_stays_short_however_many_and_however_long_the_names(k):
    names = {n: f"Very long name of the kind number {n}" for n in range(1, k + 1)}
    said = headline(names, table([10] * k, [1 / k] * k))
    assert len(said.split()) <= MOST_WORDS
    assert said.startswith(("Two", "Three") if k < 4 else said.split()[0])
    assert said.endswith(".")


def test_a_kind_that_nobody_is_in_is_not_counted():
    assert headline({1: "Tea", 2: "Bags", 3: "None"}, table([5, 5, 0])).startswith(
        "Two kinds of customers: Tea and Bags."
    )


@pytest.mark.parametrize(
    ("stability", "products", "reliable", "word"),
    [
        (0.95, 4, True, SURE),
        (0.85, 4, True, FAIRLY_SURE),
        (None, 4, True, FAIRLY_SURE),
        (0.79, 4, True, NOT_SURE),
        (0.99, 0, True, NOT_SURE),
        (0.99, 9, False, NOT_SURE),
    ],
)
def test_no_word_is_surer_than_its_evidence(stability, products, reliable, word):
    said, reason = how_sure(stability, products, reliable=reliable)
    assert said == word
    assert reason.endswith(".")
