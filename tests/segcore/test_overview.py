"""The first look at purchases, checked by counting."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from segcore.purchases import make_purchases
from segcore.purchases.overview import best_sellers, lines_by_month, preview, span_words

DAYS = ["2024-01-31", "2024-01-31", "2024-04-01", "2024-02-29"]


def bought():
    attributes = pd.DataFrame({"Kind": ["red", "red", "white"]}, index=["a", "b", "c"])
    return make_purchases(
        ["Ann", "Ann", "Ben", "Cem"], ["a", "b", "b", "c"], product_attributes=attributes, date=DAYS, amount=[1, 2, 3, 4]
    )  # fmt: skip


def test_best_sellers_count_every_customer_once():
    assert best_sellers(bought(), "Product").to_dict() == {"b": 2, "a": 1, "c": 1}
    assert best_sellers(bought(), "Kind").to_dict() == {"red": 2, "white": 1}
    assert list(best_sellers(bought(), "Product", 1).index) == ["b"]


@given(st.lists(st.tuples(st.integers(0, 8), st.integers(0, 6)), min_size=1, max_size=60))
def test_best_sellers_are_what_counting_gives(pairs):
    made = make_purchases([f"c{c}" for c, _ in pairs], [f"p{p}" for _, p in pairs])
    found = best_sellers(made, "Product", 99).to_dict()
    assert found == {p: len({c for c, q in pairs if f"p{q}" == p}) for p in made.products.index}


def test_months_without_purchases_are_shown_too():
    months = lines_by_month(bought())
    assert {f"{day:%Y-%m}": n for day, n in months.items()} == {
        "2024-01": 2, "2024-02": 1, "2024-03": 0, "2024-04": 1,
    }  # fmt: skip
    assert len(lines_by_month(make_purchases(["Ann"], ["a"]))) == 0


def test_a_line_without_a_date_is_in_no_month():
    made = make_purchases(["Ann", "Ben"], ["a", "b"], date=["2024-01-31", None])
    assert lines_by_month(made).sum() == 1


@pytest.mark.parametrize(
    ("last", "words"), [("2024-01-01", "1 day"), ("2024-01-31", "31 days"), ("2024-12-31", "12 months")]
)
def test_a_span_in_words(last, words):
    assert span_words(pd.Timestamp("2024-01-01 18:00"), pd.Timestamp(last)) == words


def test_the_preview_says_what_was_understood():
    shown = preview(bought(), 2)
    assert shown.drop(columns="date").to_dict("list") == {
        "Customer": ["Ann", "Ann"], "Product": ["a", "b"], "Kind": ["red", "red"], "amount": [1.0, 2.0],
    }  # fmt: skip
    assert shown["date"].dt.strftime("%Y-%m-%d").tolist() == DAYS[:2]
