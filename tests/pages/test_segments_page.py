"""The Segments page: names that stick, one balance, one customer, and every card in words."""

import json
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import sparse
from streamlit.testing.v1 import AppTest

from pages.ui.parts import naming
from pages.ui.segments import find
from segcore import studies
from segcore.segments import segment
from tests.pages.conftest import OpenPage, until_still
from tests.pages.test_prepared_pages import with_label
from tests.pages.test_prepared_pages import words as marked
from tests.segcore import known


@pytest.fixture
def own_study(study_id: str) -> studies.Study:
    """A copy of the study of two tastes, with two segments chosen."""
    prepared = replace(studies.load(study_id), id=studies.new_study().id, k=2, level="product")
    return studies.save(prepared)


def words(page) -> str:
    """All sentences, without bold marks and with plain spaces."""
    return marked(page).replace("**", "").replace("\u00a0", " ")


def called(study: studies.Study) -> dict[str, int]:
    """Name → place on the palette of the segments looked at last."""
    saved = studies.load(study.id)
    entry = saved.names_of(saved.shown[0])
    known = {one.id: one.name for one in saved.identities}
    return {known[i]: entry.colours[n] for n, i in entry.identities.items()}


def test_a_run_is_remembered_and_names_outlive_a_further_segment(
    open_page: OpenPage, own_study: studies.Study
):
    page = open_page("Segments", own_study.id)
    assert not page.exception
    before = called(own_study)
    assert before == {"Wine": 1, "Tea": 2}
    studies.save(studies.load(own_study.id).with_(k=3))
    page = open_page("Segments", own_study.id)
    assert not page.exception
    after = called(own_study)
    assert len(after) == 3
    assert {name: after[name] for name in before if name in after}.items() <= before.items()
    assert "New: " in words(page)


def test_cards_say_size_money_and_what_is_bought(open_page: OpenPage, own_study: studies.Study):
    page = until_still(open_page("Segments", own_study.id))
    said = words(page)
    assert "24 customers, 60 %" in said and "16 customers, 40 %" in said
    assert "% of the money" in said
    sentences = [block.value for block in page.code]
    assert any(text.startswith("Wine: 24 of 40 (60 %) customers;") for text in sentences)
    assert "“Tea”" in said or "Tea" in said


def test_the_balance_is_saved_and_drives_proposed_names(open_page: OpenPage, own_study: studies.Study):
    page = open_page("Segments", own_study.id)
    with_label(page.select_slider, "What product lists put first").set_value(1.0).run()
    assert not page.exception
    saved = studies.load(own_study.id)
    assert saved.balance == 1.0
    assert {one.balance for one in saved.identities if not one.edited} == {1.0}


def test_a_customer_is_found_by_a_few_letters(open_page: OpenPage, own_study: studies.Study):
    page = open_page("Segments", own_study.id)
    with_label(page.text_input, "Find a customer").set_value("c03").run()
    assert not page.exception
    said = words(page)
    assert "Why this segment" in said
    assert "speak for “Wine”" in said
    assert "What to offer next" in said
    assert "Most alike customers" in said
    with_label(page.text_input, "Find a customer").set_value("nobody").run()
    assert "No customer holds “nobody”" in words(page)


def test_the_table_shows_only_those_between_or_poorly_described(
    open_page: OpenPage, own_study: studies.Study
):
    page = open_page("Segments", own_study.id)
    control = next(g for g in page.segmented_control if g.label == "Who")
    control.set_value("Poorly described").run()
    assert not page.exception
    assert "less than half of what they do on average" in words(page)


def typed(page: AppTest, number: int, name: str) -> AppTest:
    """Type a name into the table of names, as a browser reports it."""
    nodes, found = [page._tree], []
    while nodes:
        node = nodes.pop()
        nodes += getattr(node, "children", {}).values()
        found.append(str(getattr(getattr(node, "proto", None), "id", "")))
    states = page._tree.get_widget_states()
    table = states.widgets.add()
    table.id = next(one for one in found if "-names-" in one and "-names-file-" not in one)
    edits = {"edited_rows": {str(number - 1): {"name": name}}, "added_rows": [], "deleted_rows": []}
    table.string_value = json.dumps(edits)
    return page._run(states)


@pytest.mark.parametrize(
    ("number", "name", "shown"),
    [(1, "Mine", "Mine"), (1, "", "Wine"), (1, "  a  b ", "a b"), (1, "Tea", "Tea 2"), (2, "Wine", "Wine 2")],
)
def test_a_typed_name_is_taken_once_whatever_is_made_of_it(
    open_page: OpenPage, own_study: studies.Study, monkeypatch: pytest.MonkeyPatch, number, name, shown
):
    page, asked, rename = open_page("Segments", own_study.id), [], naming.rename
    others = {n: other for other, n in called(studies.load(own_study.id)).items() if n != number}

    def counted(*given: object) -> None:
        asked.append(given)
        assert len(asked) < 4, "it asks again and again"
        rename(*given)

    monkeypatch.setattr(naming, "rename", counted)
    page = typed(page, number, name)
    assert not page.exception and not page.error and len(asked) == 1
    names = {n: one for one, n in called(studies.load(own_study.id)).items()}
    assert names == {**others, number: shown}


def test_what_was_said_of_a_file_of_names_goes_with_the_file(open_page: OpenPage, own_study: studies.Study):
    page = open_page("Segments", own_study.id)
    page.session_state["names-said"] = "2 names taken over."
    page.run()
    assert not page.exception
    assert "taken over" not in words(page)


def test_purchases_that_no_segment_explains_are_not_called_none(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(find, "fit_words", lambda view, label: [])
    values = sparse.block_diag([np.ones((30, 5)), np.ones((25, 4)), np.eye(3)], format="csr").tolil()
    values[0] = 0
    matrix = known.matrix_of(values.tocsr())
    view = SimpleNamespace(segmentation=segment(matrix, k=2), names={1: "A", 2: "B"})
    said = [
        find._where(view, label) for label in (matrix.customers[0], matrix.customers[1], matrix.customers[-1])
    ]
    assert said == ["No purchases at this level.", "A 100 %.", "No segment explains these purchases."]
