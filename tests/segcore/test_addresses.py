"""An address chooses the view and the study holds the work: what it carries, and what it can never do."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qs, urlencode

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segcore import studies
from segcore.matrix import MatrixSpec
from segcore.purchases import make_purchases
from segcore.purchases.levels import level_codes
from segcore.studies import Filters, SweepOptions, address

PRODUCTS = ("Assam", "Chianti", "Malbec", "Merlot", "Oolong", "Rioja & co", "Sencha 100%")
BOUGHT = make_purchases(
    [f"c{n % 9}" for n in range(90)],
    [PRODUCTS[n % 7] for n in range(90)],
    date=[f"2024-0{1 + n % 6}-1{n % 9}" for n in range(90)],
    product_attributes=pd.DataFrame({"kind": ["Tea", *["Wine"] * 3, "Tea", "Wine", "Tea"]}, index=PRODUCTS),
)
FINEST = BOUGHT.product_label
DAYS = st.none() | st.dates(*(moment.date() for moment in BOUGHT.date_span)).map(str)


@st.composite
def seen(draw) -> studies.Study:
    """A study with whatever the pages let somebody choose of this file."""
    first, last = draw(DAYS), draw(DAYS)
    if first and last and first > last:
        first, last = last, first
    level = draw(st.sampled_from([FINEST, "kind"]))
    most = draw(st.integers(0, 99))
    filters = Filters(
        draw(st.integers(1, 99)),
        draw(st.integers(1, 99)),
        tuple(sorted(draw(st.sets(st.sampled_from(list(level_codes(BOUGHT, level)[1])), max_size=3)))),
        first,
        last,
        most,
        0 if most else draw(st.integers(0, 99)),
    )
    return studies.new_study(
        level=level,
        weighting=draw(st.sampled_from(["balanced", "bought", "rare"])),
        k=draw(st.none() | st.integers(2, 10)),
        balance=draw(st.sampled_from([0.0, 0.25, 0.5, 0.75, 1.0])),
        filters=filters,
        data_digest=BOUGHT.digest,
    )


def through_the_browser(study: studies.Study, k: int | None = None) -> dict[str, list[str]]:
    return parse_qs(urlencode(address.written(study, k), doseq=True), keep_blank_values=True)


@settings(deadline=None)
@given(seen(), seen())
def test_a_link_shows_the_same_view_whatever_was_chosen_since(then, now):
    shown = replace(now, **address.read(through_the_browser(then), now, BOUGHT))
    assert shown.matrix_spec() == then.matrix_spec()
    assert shown.balance == then.balance
    if then.k is not None:
        assert shown.k == then.k


@settings(deadline=None)
@given(seen())
def test_where_the_study_says_the_same_there_is_nothing_to_lay_over_it(study):
    assert address.read(through_the_browser(study), study, BOUGHT) == {}


@settings(deadline=None, max_examples=200)
@given(
    seen(),
    st.dictionaries(
        st.sampled_from(address.PARAMETERS),
        st.lists(
            st.text(max_size=8)
            | st.sampled_from(["-1", "0", "٣", "nan", "inf", "1e9", "2024-13-01", "kind", "9" * 400]),
            min_size=1,
            max_size=3,
        ),
    ),
)
def test_nonsense_in_an_address_never_makes_a_study_that_cannot_be(study, asked):
    shown = replace(study, **address.read(asked, study, BOUGHT))
    assert isinstance(shown.matrix_spec(), MatrixSpec)
    assert shown.level in (FINEST, "kind") and 0 <= shown.balance <= 1
    assert shown.k is None or 2 <= shown.k <= shown.sweep.max_k
    assert set(shown.filters.left_out) <= {*PRODUCTS, "Tea", "Wine"}
    assert studies.from_bytes(studies.to_bytes(shown)) == shown


@pytest.mark.parametrize(
    "asked",
    [
        {"k": ["0"]},
        {"k": ["11"]},
        {"k": ["4.0"]},
        {"level": ["no such level"]},
        {"count": ["by the moon"]},
        {"balance": ["2"]},
        {"buyers": ["1"], "from": ["2031-01-01"]},
        {"without": ["Champagne"]},
        {"buyers": ["-3"]},
        {"buyers": ["1"], "from": ["2024-05-01"], "to": ["2024-02-01"]},
    ],
)
def test_bad_values_fall_back_to_the_study(asked):
    study = studies.new_study(level=FINEST, k=4, data_digest=BOUGHT.digest)
    assert address.read(asked, study, BOUGHT) == {}


def test_another_level_takes_along_nothing_that_was_chosen_for_its_products():
    study = studies.new_study(
        level=FINEST, k=4, filters=Filters(left_out=("Assam",)), sweep=SweepOptions(start_key="s", start_k=4)
    )
    found = address.read({"level": ["kind"]}, study, BOUGHT)
    assert (found["k"], found["filters"].left_out, found["sweep"].start_key) == (None, (), "")
    assert address.in_words(study, found) == ["the level “kind” instead of “Product”"]


def test_an_address_too_long_for_an_e_mail_leaves_the_filters_to_the_study():
    study = studies.new_study(
        level=FINEST, filters=Filters(left_out=tuple(f"product {n:04d}" for n in range(200)))
    )
    said = address.written(study, 3)
    assert set(said) == {"level", "count", "k", "balance"} and said["k"] == ["3"]


def test_what_differs_is_said_in_words():
    study = studies.new_study(level=FINEST, k=3, filters=Filters(min_customers=5))
    asked = {"k": ["5"], "count": ["rare"], "buyers": ["1"], "balance": ["1"]}
    assert address.in_words(study, address.read(asked, study, BOUGHT)) == [
        "5 segments instead of 3",
        "purchases counted as “Rare tastes”",
        "no filters",
        "product lists on another balance of popular and distinctive",
    ]
