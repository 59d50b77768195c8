"""How numbers and short sentences are written."""

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segcore.language import words


@pytest.mark.parametrize(
    ("share", "n", "text"),
    [
        (0.38, 100, "38 %"),
        (10 / 11, 11, "91 %"),
        (0.0, None, "0 %"),
        (1.0, 5_000, "100 %"),
        (0.0005, 100, "under 1 %"),
        (0.999, 500, "over 99 %"),
        (0.9999, 5_000, "over 99.9 %"),
        (0.12345, 5_000, "12.3 %"),
        (0.0051, None, "0.5 %"),
        (0.283, None, "28 %"),
        (math.nan, None, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_percent(share, n, text):
    assert words.percent(share, n) == text


@given(st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))))
def test_percent_never_hides_a_case_that_exists_or_is_missing(pair):
    part, whole = pair
    text = words.percent(part / whole, whole)
    assert text not in {"0 %", "0.0 %"}
    assert (text in {"100 %", "100.0 %"}) == (part == whole)


@given(st.integers(1, 100), st.integers(0, 100))
def test_a_hundred_cases_carry_no_decimals(n, part):
    assert "." not in words.percent(min(part, n) / n, n)


def test_a_share_carries_its_base():
    assert words.of(10, 11) == "10 of 11 (91 %)"
    assert words.of(1_200, 2_400) == "1,200 of 2,400 (50.0 %)"
    assert words.of(0, 0) == "0 of 0"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "about a second"),
        (7.2, "about 7 s"),
        (21, "about 20 s"),
        (59, "about 1 min"),
        (200, "about 3 min"),
        (5_400, "about 1.5 h"),
        (None, "unknown"),
        (math.inf, "unknown"),
    ],
)
def test_duration(seconds, text):
    assert words.duration(seconds) == text


@pytest.mark.parametrize(
    ("n", "text"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (113, "113th"),
        (22, "22nd"),
    ],
)
def test_ordinal(n, text):
    assert words.ordinal(n) == text


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (3.5, "3.50"),
        (99.999, "100"),
        (12_345.4, "12,345"),
        (1_234_567, "1.2 million"),
        (-2.1e9, "-2.1 billion"),
    ],
)
def test_money(amount, text):
    assert words.money(amount) == text
    assert words.money(amount, "€") == f"{text} €"
    assert words.money_short(amount) == text.replace(" million", " M").replace(" billion", " bn")


def test_lists_read_as_sentences():
    assert words.join_and([]) == ""
    assert words.join_and(["a"]) == "a"
    assert words.join_and(["a", "b", "c"]) == "a, b and c"
    assert words.join_and(list("abcde"), most=2) == "a, b and 3 more"


def test_a_bare_number_takes_its_columns_name():
    assert words.readable("17", "Offer #") == "Offer # 17"
    assert words.readable("2.5", "Size") == "Size 2.5"
    assert words.readable("Pinot Noir", "Varietal") == "Pinot Noir"
    assert words.readable("17", "") == "17"


@pytest.mark.parametrize(
    ("numbers", "text"), [([3], "3"), ([2, 4], "2 or 4"), ([3, 4], "3 or 4"), ([2, 3, 4], "2 to 4"), ([2, 3, 5], "2, 3 or 5")]
)  # fmt: skip
def test_numbers_as_a_choice_name_every_one(numbers, text):
    assert words.numbers_or(numbers) == text


def test_what_is_called_an_offer_is_sent():
    assert words.offering("Merlot") == "Offer Merlot"
    assert words.offering(words.readable("30", "Offer #")) == "Send Offer # 30"


def test_counts_nouns_and_ratios():
    assert words.plural(1, "customer") == "1 customer"
    assert words.plural(1_200, "customer") == "1,200 customers"
    assert words.plural(2, "category", "categories") == "2 categories"
    assert words.times(1.76) == "1.8 times"
    assert words.times(23.4) == "23 times"
    assert words.times(math.inf) == "always"
    assert [words.number_word(n) for n in (0, 5, 1_000)] == ["no", "five", "1,000"]


def test_every_glossary_entry_is_one_plain_sentence():
    for term, sentence in words.GLOSSARY.items():
        assert term == term.lower()
        assert sentence.endswith(".") and sentence[0].isupper(), term
        assert sentence.count(". ") == 0, term
        assert len(sentence) <= 160, term
    assert words.explain("Lift") == words.GLOSSARY["lift"]
    with pytest.raises(KeyError):
        words.explain("a word nobody defined")


def test_words_load_nothing_heavy():
    code = "import sys, segcore.language.words; print(sorted({'pandas','numpy','sklearn','plotly','scipy'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
