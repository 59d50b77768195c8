"""Two numbers of segments side by side, votes on them, presets and R's measures: on the How many page, saved at once."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from segcore import studies
from tests.pages.conftest import OpenPage, until_still


def words(page: AppTest) -> str:
    shown = [*page.markdown, *page.caption, *page.info, *page.error, *page.warning]
    return " ".join(element.value for element in shown).replace("\\", "").replace("\u00a0", " ")


def with_label(widgets, label: str):
    return next(widget for widget in widgets if widget.label == label)


def opened(page: AppTest, drawer: str) -> AppTest:
    page.session_state[drawer] = True
    return until_still(page)


@pytest.fixture
def own_study(study_id: str) -> studies.Study:
    prepared = replace(studies.load(study_id), id=studies.new_study().id, k=2, level="product", votes=())
    return studies.save(prepared)


def test_nothing_is_compared_before_somebody_opens_it(open_page: OpenPage, own_study: studies.Study):
    page = open_page("How many", own_study.id)
    assert not page.exception
    assert "Compare two or three" in [drawer.label for drawer in page.expander]
    assert "Numbers of segments side by side" not in [one.label for one in page.multiselect]


def test_two_numbers_stand_side_by_side_with_what_moves(open_page: OpenPage, own_study: studies.Study):
    page = opened(open_page("How many", own_study.id), "compare")
    assert not page.exception
    assert not page.error
    assert with_label(page.multiselect, "Numbers of segments side by side").value == [2, 3]
    said = words(page)
    for part in ("Two segments", "Three segments", "24 of 40", "where 1 is the same taste", "agreement 0."):
        assert part in said
    assert "splits into" in said or "change segment" in said
    assert len(page.get("plotly_chart")) == 2  # the elbow and what moves
    with_label(page.toggle, "Show which products belong together").set_value(True).run()
    assert not page.exception
    assert len(page.get("plotly_chart")) == 4


def test_a_vote_is_saved_at_once_and_stands_with_the_verdict(open_page: OpenPage, own_study: studies.Study):
    page = opened(open_page("How many", own_study.id), "compare")
    ask = [one for one in page.segmented_control if one.label == "Can we name them?"]
    assert len(ask) == 2
    ask[0].set_value("yes").run()
    assert not page.exception
    saved = studies.load(own_study.id).votes
    assert [(vote.k, vote.nameable, vote.distinct) for vote in saved] == [(2, "yes", "")]
    assert "You said of 2: they have names." in words(page)
    again = open_page("How many", own_study.id)
    assert "You said of 2: they have names." in words(again)


def test_a_preset_is_saved_with_its_weighting(open_page: OpenPage, own_study: studies.Study):
    page = opened(open_page("How many", own_study.id), "advanced")
    assert not page.exception
    radio = with_label(page.radio, "What the segments are for")
    assert radio.value == "standard"
    assert len(radio.options) == 4
    until_still(radio.set_value("cleaner").run())
    assert not page.exception
    saved = studies.load(own_study.id)
    assert (saved.weighting, saved.sweep.sparsity_products) == ("balanced", 0.1)
    until_still(with_label(page.radio, "What the segments are for").set_value("spend").run())
    assert not page.exception
    saved = studies.load(own_study.id)
    assert (saved.weighting, saved.sweep.sparsity_products) == ("log_amount", 0.0)


def test_what_presets_do_is_measured_on_request(open_page: OpenPage, own_study: studies.Study):
    page = opened(open_page("How many", own_study.id), "advanced")
    until_still(with_label(page.button, "What each does with 2 segments here").click().run())
    assert not page.exception
    assert "Rare tastes:" in words(page)
    assert "the largest segment holds" in words(page)


def test_own_choices_are_told_from_presets(open_page: OpenPage, own_study: studies.Study):
    studies.save(own_study.with_(sweep=replace(own_study.sweep, evenness=0.3)))
    page = opened(open_page("How many", own_study.id), "advanced")
    assert not page.exception
    radio = with_label(page.radio, "What the segments are for")
    assert radio.value == "own"
    assert with_label(page.select_slider, "More equal segments").value == 0.3


def test_strengths_that_wipe_segments_out_together_are_not_taken(
    open_page: OpenPage, own_study: studies.Study
):
    page = opened(open_page("How many", own_study.id), "advanced")
    with_label(page.select_slider, "Shorter product lists").set_value(0.2)
    with_label(page.select_slider, "Fewer segments a customer").set_value(0.3)
    until_still(with_label(page.button, "Compare again").click().run())
    assert not page.exception
    saved = studies.load(own_study.id).sweep
    assert (saved.sparsity_products, saved.sparsity_customers) == (0.2, 0.1)


def test_choices_that_leave_nothing_are_said_with_the_way_back(open_page: OpenPage, own_study: studies.Study):
    studies.save(own_study.with_(sweep=replace(own_study.sweep, sparsity_products=5.0, max_k=3)))
    page = open_page("How many", own_study.id)
    assert not page.exception
    assert "No number of segments worked with these choices." in words(page)
    assert len(page.warning) == 1
    assert "Ask for less" in words(page)
    assert "Advanced" in [drawer.label for drawer in page.expander]


def test_only_choices_that_can_work_are_offered(open_page: OpenPage, own_study: studies.Study):
    studies.save(own_study.with_(sweep=replace(own_study.sweep, loss="kullback-leibler", max_k=3)))
    page = opened(open_page("How many", own_study.id), "advanced")
    assert not page.exception
    assert len(page.select_slider) == 0
    assert "squared error only" in words(page)


def test_segments_go_on_from_the_ones_on_screen(open_page: OpenPage, own_study: studies.Study):
    open_page("Segments", own_study.id)
    page = opened(open_page("How many", own_study.id), "advanced")
    start = with_label(page.selectbox, "Start")
    these = next(option for option in start.options if "the 2 segments you have now" in option)
    start.set_value("these")
    until_still(with_label(page.button, "Compare again").click().run())
    assert not page.exception
    saved = studies.load(own_study.id).sweep
    assert (saved.start_k, saved.initialisation, bool(saved.start_key)) == (2, "nndsvda", True)
    again = open_page("Segments", own_study.id)
    assert not again.exception and not again.error
    assert "24 of 40" in words(again)
    page = opened(open_page("How many", own_study.id), "advanced")
    start = with_label(page.selectbox, "Start")
    assert start.value == "kept" and these not in start.options
    start.set_value("random")
    until_still(with_label(page.button, "Compare again").click().run())
    saved = studies.load(own_study.id).sweep
    assert (saved.start_k, saved.start_key, saved.initialisation) == (0, "", "random")


def test_every_line_over_k_has_its_chart(open_page: OpenPage, own_study: studies.Study):
    page = open_page("How many", own_study.id)
    view = with_label(page.segmented_control, "View")
    names = ["Explained", "Stability", "Over chance", "Smallest", "K-means"]
    assert [option.replace("\\", "") for option in view.options] == [f":gray[{name}]" for name in names]
    headings = []
    for name in names:
        until_still(with_label(page.segmented_control, "View").set_value(name).run())
        assert not page.exception
        assert len(page.get("plotly_chart")) == 1
        headings.append(page.markdown[1].value)
    assert len(set(headings)) == len(names)
    assert "adjusted Rand index" in words(page)


def test_r_measures_are_computed_on_request(open_page: OpenPage, own_study: studies.Study):
    page = open_page("How many", own_study.id)
    until_still(with_label(page.button, "R NMF’s measures").click().run())
    assert not page.exception
    table = page.dataframe[-1].value
    assert {"cophenetic", "dispersion", "rss"} <= set(table.columns)
    assert "Consensus over 20 samples" in words(page)
