"""The Offers page: an answer with its base, every tab, choices saved at once, a test from plan to outcome."""

import io
from types import SimpleNamespace

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.offers import answer
from segcore import studies
from segcore.choices.packed_ids import unpack_ids
from tests.pages.conftest import OpenPage, until_still
from tests.pages.test_prepared_pages import own_study, with_label, words
from tests.segcore.known import matrix_of

__all__ = ["own_study"]
TABS = {
    "Next offers": "Everybody’s offers as CSV",
    "Does it work?": "All figures",
    "Bundles": "Build your own",
    "Who gets it": "Only a test with a hold-out tells what the offer adds",
    "Test & learn": "Leave some of the list in peace",
}


def everything(page: AppTest) -> str:
    """All words, those on buttons and drawers too."""
    labels = [
        str(getattr(element, "label", ""))
        for kind in ("download_button", "expander")
        for element in page.get(kind)
    ]
    heads = [element.value for element in page.subheader]
    return " ".join([words(page), *labels, *heads])


def show(page: AppTest, tab: str) -> AppTest:
    """Open a tab: its state lives under its key, as a click would set it."""
    page.session_state["offers-tab"] = tab
    return until_still(page)


def test_the_answer_names_an_offer_its_base_and_best_sellers(open_page: OpenPage, own_study: studies.Study):
    page = open_page("Offers", own_study.id)
    assert not page.exception and not page.error
    assert page.title[0].value == "What should we offer to whom?"
    said = words(page)
    assert "Offer " in said and "best offer" in said
    assert "best-sellers" in said and "hidden" in said


@pytest.mark.parametrize("tab", TABS)
def test_every_tab_says_something(open_page: OpenPage, own_study: studies.Study, tab: str):
    page = show(open_page("Offers", own_study.id), tab)
    assert not page.exception and not page.error
    assert TABS[tab] in everything(page)


def test_one_customer_is_told_what_and_why(open_page: OpenPage, own_study: studies.Study):
    page = open_page("Offers", own_study.id)
    page.session_state["offers-for"] = "customer"
    until_still(page)
    with_label(page.selectbox, "Customer").set_value("c00")
    until_still(page)
    assert not page.exception
    assert "c00 bought " in words(page)
    assert "buyers" in words(page) and "**1. " in words(page)


def test_a_list_is_answered_and_strangers_are_named(open_page: OpenPage, own_study: studies.Study):
    page = open_page("Offers", own_study.id)
    page.session_state["offers-for"] = "list"
    until_still(page)
    page.text_area[0].set_value("c00\nc01, nobody")
    until_still(page)
    assert not page.exception
    assert "1 id not in the data: nobody" in words(page)
    assert set(page.dataframe[0].value["customer"]) == {"c00", "c01"}


def test_exclusions_are_saved_and_kept_out(open_page: OpenPage, own_study: studies.Study):
    page = open_page("Offers", own_study.id)
    with_label(page.multiselect, "Never offer").set_value(["Merlot", "Assam"])
    until_still(page)
    assert studies.load(own_study.id).offers.left_out == ("Merlot", "Assam")
    assert not set(page.dataframe[0].value["offer"]) & {"Merlot", "Assam"}


def test_rank_by_price_is_saved_and_no_error(open_page: OpenPage, own_study: studies.Study):
    page = open_page("Offers", own_study.id)
    with_label(page.selectbox, "Put first").set_value("price")
    until_still(page)
    assert not page.exception and not page.error
    assert studies.load(own_study.id).offers.rank_by == "price"


def test_choices_of_another_level_are_no_error(open_page: OpenPage, own_study: studies.Study):
    gone = studies.OfferOptions(
        left_out=("Not here",), product="Not here", take=500, margins={"Not here": 1.0}, rank_by="margin",
        bundles=(studies.SavedBundle("other", 1, ("x", "y")),), recent_days=30, offer_bought=True,
    )  # fmt: skip
    studies.save(own_study.with_(offers=gone))
    page = open_page("Offers", own_study.id)
    for tab in TABS:
        show(page, tab)
        assert not page.exception and not page.error, tab


def test_choices_for_products_of_another_level_are_not_forgotten(
    open_page: OpenPage, own_study: studies.Study
):
    studies.save(
        own_study.with_(offers=studies.OfferOptions(left_out=("Not here",), margins={"Not here": 1.0}))
    )
    page = open_page("Offers", own_study.id)
    with_label(page.multiselect, "Never offer").set_value(["Merlot"])
    until_still(page)
    with_label(page.selectbox, "Put first").set_value("margin")
    until_still(page)
    saved = studies.load(own_study.id).offers
    assert set(saved.left_out) == {"Merlot", "Not here"} and saved.margins == {"Not here": 1.0}


def test_a_test_is_drawn_kept_and_read(open_page: OpenPage, own_study: studies.Study):
    page = show(open_page("Offers", own_study.id), "Test & learn")
    with_label(page.slider, "Customers on the list").set_value(16)
    until_still(page)
    with_label(page.slider, "Held out").set_value(25)
    until_still(page)
    assert "with this list of 16 " in words(page)
    with_label(page.button, "Draw lots and keep the test").click()
    until_still(page)
    saved = studies.load(own_study.id).offer_tests[0]
    assert (saved.n_treated, saved.n_held_out) == (12, 4)
    ids = [one for group in saved.groups for one in (*unpack_ids(group.treated), *unpack_ids(group.held_out))]
    assert len(ids) == len(set(ids)) == 16
    treated = [one for group in saved.groups for one in unpack_ids(group.treated)]
    uploader = page.get("file_uploader")[0]
    uploader.set_value(
        ("who bought.csv", io.BytesIO(("id\n" + "\n".join(treated[:7])).encode()).getvalue(), "text/csv")
    )
    until_still(page)
    assert not page.exception
    read = studies.load(own_study.id).offer_tests[0]
    assert sum(group.bought_treated for group in read.groups) == 7
    assert "Not enough data" in words(page) and read.outcome == "who bought.csv"


def test_a_bundle_is_kept_in_the_study(open_page: OpenPage, own_study: studies.Study):
    page = show(open_page("Offers", own_study.id), "Bundles")
    with_label(page.multiselect, "Products").set_value(["Merlot", "Malbec"])
    until_still(page)
    with_label(page.button, "Keep this bundle").click()
    until_still(page)
    assert not page.exception and not page.error
    kept = studies.load(own_study.id).offers.bundles
    assert [bundle.products for bundle in kept] == [("Merlot", "Malbec")]
    assert "yours" in set(page.dataframe[0].value["note"])


def test_where_everybody_buys_everything_there_is_nothing_new():
    full, some = (SimpleNamespace(matrix=matrix_of(values)) for values in (np.ones((3, 2)), np.eye(3, 2)))
    assert answer.nothing_new(full)
    assert not answer.nothing_new(some)
