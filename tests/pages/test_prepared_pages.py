"""Pages with a small study: each answers its question in a sentence, and every act is saved at once."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from segcore import studies
from tests.pages.conftest import OpenPage

ANSWERS = {
    "Help": ("How does this work?", "found together"),
    "Data": ("What is in this file?", "40 customers"),
    "Product level": ("At which level do tastes show?", "% of the matrix is filled"),
    "How many": ("How many kinds of customers do we have?", "%"),
    "Segments": ("Who are our two kinds of customers?", "24 of 40"),
    "Share": ("What can we send?", "saved on this machine"),
    "Rules": ("What is bought together?", "also bought"),
}


def words(page: AppTest) -> str:
    """All sentences on the page, without the marks that keep names from being obeyed."""
    shown = [*page.markdown, *page.caption, *page.info, *page.error, *page.warning]
    return " ".join(element.value for element in shown).replace("\\", "").replace("\u00a0", " ")


@pytest.fixture
def own_study(study_id: str) -> studies.Study:
    """A copy of the study under an id of its own, to change at will, with two segments chosen."""
    prepared = replace(studies.load(study_id), id=studies.new_study().id, k=2, level="product")
    return studies.save(prepared)


def with_label(widgets, label: str):
    """The widget with this label."""
    return next(widget for widget in widgets if widget.label == label)


@pytest.mark.parametrize("title", ANSWERS)
def test_page_answers_its_question(open_page: OpenPage, own_study: studies.Study, title: str):
    page = open_page(title, own_study.id)
    question, answer = ANSWERS[title]
    assert not page.exception
    assert not page.error
    assert page.title[0].value == question
    assert answer in words(page)
    assert "tastes.csv" in words(page)


@pytest.mark.parametrize("title", ["Product level", "How many", "Segments", "Rules"])
def test_filters_that_leave_nothing_are_said_with_a_way_out(
    open_page: OpenPage, own_study: studies.Study, title: str
):
    studies.save(own_study.with_(filters=studies.Filters(min_customers=1000)))
    page = open_page(title, own_study.id)
    assert not page.exception
    if title != "Rules":  # rules do not use this filter
        assert len(page.error) == 1
        assert "." in page.error[0].value
    if title in ("How many", "Segments"):
        assert "Change the level or the filters" in [button.label for button in page.button]


def test_choosing_k_is_saved_at_once(open_page: OpenPage, own_study: studies.Study):
    page = open_page("How many", own_study.id)
    with_label(page.selectbox, "Work with").set_value(4).run()
    assert not page.exception
    assert studies.load(own_study.id).k == 4


def test_choosing_a_level_is_saved_and_drops_what_depended_on_it(
    open_page: OpenPage, own_study: studies.Study
):
    page = open_page("Product level", own_study.id)
    with_label(page.selectbox, "Work at").set_value("kind").run()
    assert not page.exception
    saved = studies.load(own_study.id)
    assert (saved.level, saved.k) == ("kind", None)
    assert "At “kind”" in words(page)


def test_weighting_is_saved_at_once(open_page: OpenPage, own_study: studies.Study):
    page = open_page("Product level", own_study.id)
    with_label(page.selectbox, "What a purchase counts").set_value("rare").run()
    assert not page.exception
    assert studies.load(own_study.id).weighting == "rare"


def test_rule_thresholds_are_saved_and_answer_without_mining_again(
    open_page: OpenPage, own_study: studies.Study
):
    page = open_page("Rules", own_study.id)
    with_label(page.slider, "Confidence, at least").set_value(100).run()
    assert not page.exception
    assert not page.get("progress")
    assert studies.load(own_study.id).rules.min_confidence == 1.0


def test_segments_without_k_are_found_on_the_way(open_page: OpenPage, own_study: studies.Study):
    options = replace(own_study.sweep, max_k=3, seed=12345)  # a sweep nobody has run
    studies.save(own_study.with_(k=None, sweep=options))
    page = open_page("Segments", own_study.id)
    assert not page.exception
    assert "the two together explain" in words(page)
    assert "irst choose" not in words(page)


def test_impossible_k_is_held_to_what_the_data_allow(open_page: OpenPage, own_study: studies.Study):
    studies.save(own_study.with_(k=500))
    page = open_page("Segments", own_study.id)
    assert not page.exception
    assert not page.error
