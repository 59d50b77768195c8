"""The Rules page: what survives chance first, one switch for the rest, every view without an error, choices kept."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse
from streamlit.testing.v1 import AppTest

from pages.ui.rules import listing
from segcore import studies
from segcore.matrix import Incidence
from segcore.rules import RuleSpec, rules_from_incidence
from tests.pages.conftest import OpenPage, until_still

VIEWS = ("Points", "Groups", "Matrix", "Network", "By segment", "Bought instead")


@pytest.fixture
def own_study(study_id: str) -> studies.Study:
    prepared = replace(studies.load(study_id), id=studies.new_study().id, k=2, level="product")
    return studies.save(prepared)


def words(page: AppTest) -> str:
    shown = [*page.markdown, *page.caption, *page.info, *page.error]
    return " ".join(element.value for element in shown).replace("\\", "").replace("\u00a0", " ")


def labelled(widgets, label: str):
    return next(widget for widget in widgets if widget.label == label)


def shown_of(page: AppTest) -> tuple[int, int]:
    """How many rules of how many are shown."""
    said = next(text.value for text in page.markdown if "shown" in text.value and text.value.startswith("**"))
    numbers = said.replace("**", "").replace(",", "").split()
    return int(numbers[0]), int(numbers[2])


def with_view(page: AppTest, name: str) -> AppTest:
    page.session_state["rules-view"] = name
    return until_still(page)


def test_rules_no_better_than_chance_are_not_laid_to_customers_who_buy_everything() -> None:
    everybody = rules_from_incidence(incidence_of(np.ones((4, 2))), RuleSpec("Product", 0.0, 0.0))
    assert "all customers buy all of these products" in listing.answer(everybody, np.arange(2))
    some = np.array([[1, 1], [1, 0], [0, 1], [0, 0]])
    apart = rules_from_incidence(incidence_of(some), RuleSpec("Product", 0.0, 0.0))
    said = listing.answer(apart, np.arange(2))
    assert "as often as chance" in said and "all customers" not in said


def incidence_of(values: np.ndarray) -> Incidence:
    rows, products = (
        pd.Index([f"{kind}{i}" for i in range(n)]) for kind, n in zip("cp", values.shape, strict=True)
    )
    return Incidence(sparse.csr_matrix(values.astype(np.int32)), rows, products, "customer")


@pytest.mark.parametrize("view", VIEWS)
def test_every_view_draws(open_page: OpenPage, own_study: studies.Study, view: str) -> None:
    open_page("Segments", own_study.id)
    page = with_view(open_page("Rules", own_study.id), view)
    assert not page.exception and not page.error
    assert page.title[0].value == "What is bought together?"
    expected = {
        "Points": "beyond chance",
        "Groups": "rules fall into",
        "Matrix": "lead to",
        "Network": "tie",
        "By segment": "made from the same purchases",
        "Bought instead": "kind",
    }
    assert expected[view] in words(page)


def test_one_switch_adds_the_rest_and_is_kept(open_page: OpenPage, own_study: studies.Study) -> None:
    page = open_page("Rules", own_study.id)
    few, every = shown_of(page)
    labelled(page.slider, "Lift, at least").set_value(0.0).run()
    labelled(page.toggle, "Doubtful ones too").set_value(True).run()
    more, _ = shown_of(page)
    assert 0 < few < more <= every
    assert studies.load(own_study.id).rules.everything is True
    assert studies.load(own_study.id).rules.min_lift == 0.0


def test_one_click_shows_the_rules_that_chance_could_have_made(
    open_page: OpenPage, own_study: studies.Study
) -> None:
    page = open_page("Rules", own_study.id)
    said = re.search(r"Of the (\d+) rules at these thresholds (\d+) are beyond chance", words(page))
    every, sure = map(int, said.groups())
    assert 0 < shown_of(page)[0] <= sure < every
    labelled(page.button, f"Show all {every}").click()
    page = until_still(page)
    assert shown_of(page)[0] == len(page.dataframe[0].value) == every
    notes = page.dataframe[0].value["note"]
    assert (notes != "").any() and studies.load(own_study.id).rules.everything


def test_one_to_one_leaves_pairs_only(open_page: OpenPage, own_study: studies.Study) -> None:
    page = open_page("Rules", own_study.id)
    labelled(page.toggle, "One to one only").set_value(True).run()
    assert not page.exception
    table = page.dataframe[0].value
    assert len(table) and not table["who buys"].str.contains(",").any()
    assert studies.load(own_study.id).rules.one_to_one is True


def test_shuffled_the_list_is_empty(open_page: OpenPage, own_study: studies.Study) -> None:
    page = open_page("Rules", own_study.id)
    labelled(page.toggle, "Shuffle the data").set_value(True)
    page = until_still(page)
    assert not page.exception
    assert "In shuffled data no rule is left in any of 5 draws" in words(page)
    assert shown_of(page)[0] == 0 and not page.dataframe
    labelled(page.toggle, "Shuffle the data").set_value(False)
    assert shown_of(until_still(page))[0] > 0


def test_where_nothing_passes_one_click_goes_as_low_as_the_data(
    open_page: OpenPage, own_study: studies.Study
) -> None:
    high = replace(own_study.rules, min_support=0.5, min_confidence=0.95)
    studies.save(own_study.with_(rules=high))
    page = open_page("Rules", own_study.id)
    assert "Nothing here is bought together more than chance, at these thresholds" in words(page)
    said = re.search(
        r"(\d+) rules pass with a support from (\d+)\.0 % and a confidence from (\d+)", words(page)
    )
    labelled(page.button, "Show them").click()
    assert shown_of(until_still(page))[0] == int(said[1]) > 0
    lower = studies.load(own_study.id).rules
    assert (lower.min_support, lower.min_confidence) == (int(said[2]) / 100, int(said[3]) / 100)


def test_where_nothing_is_more_than_chance_no_threshold_is_blamed(
    open_page: OpenPage, own_study: studies.Study
) -> None:
    studies.save(own_study.with_(rules=replace(own_study.rules, min_lift=5.0)))
    page = open_page("Rules", own_study.id)
    assert "Lower the lift" in " ".join(element.value for element in page.info)
    assert "Show them" not in [button.label for button in page.button]


def test_products_asked_for_are_kept(open_page: OpenPage, own_study: studies.Study) -> None:
    page = open_page("Rules", own_study.id)
    labelled(page.multiselect, "Who buys … must contain").set_value(["Assam"]).run()
    assert not page.exception
    assert page.dataframe[0].value["who buys"].str.contains("Assam").all()
    assert studies.load(own_study.id).rules.products == {"require_left": ("Assam",)}
    again = open_page("Rules", own_study.id)
    assert labelled(again.multiselect, "Who buys … must contain").value == ["Assam"]


def test_longer_rules_and_groups_beside_products(open_page: OpenPage, own_study: studies.Study) -> None:
    page = open_page("Rules", own_study.id)
    labelled(page.select_slider, "Products in a rule, at most").set_value(4)
    page = until_still(page)
    assert not page.exception
    labelled(page.selectbox, "Groups beside the products").set_value("kind")
    page = until_still(page)
    assert not page.exception and not page.error
    saved = studies.load(own_study.id).rules
    assert (saved.max_length, saved.also_level) == (4, "kind")
    labelled(page.selectbox, "Who counts").set_value("fpgrowth")
    page = until_still(page)
    assert not page.exception and not page.error


@pytest.mark.parametrize("look", ["Picture", "Which customers", "In each segment"])
def test_one_rule_from_three_sides(open_page: OpenPage, own_study: studies.Study, look: str) -> None:
    open_page("Segments", own_study.id)
    page = open_page("Rules", own_study.id)
    page.session_state["rule-look"] = look
    page.run()
    assert not page.exception and not page.error
    assert "With 95 % certainty the confidence is between" in words(page)
    if look == "In each segment":
        assert "made from the same purchases" in words(page)
    if look == "Which customers":
        whole = page.dataframe[0].value
        assert list(whole.columns) == ["customer", "products"] and len(whole)


def test_rules_inside_one_segment_on_request(open_page: OpenPage, own_study: studies.Study) -> None:
    open_page("Segments", own_study.id)
    page = with_view(open_page("Rules", own_study.id), "By segment")
    find = next(button for button in page.button if button.label.startswith("Find rules inside"))
    find.click()
    page = until_still(page)
    assert not page.exception and not page.error
    assert not any(button.label.startswith("Find rules inside") for button in page.button)
