"""The Share page: what was looked at elsewhere is in the files, and what was not is said."""

import io

import openpyxl
import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.share import files
from segcore import studies
from segcore.studies import Scenario, WhatIf
from tests.pages.conftest import OpenPage, until_still


@pytest.fixture
def own_study(study_id: str) -> studies.Study:
    """A copy of the study with two segments and a scenario kept."""
    kept = (Scenario("Without Merlot", "somewhere else", left_out=("Merlot",)),)
    changes = {"id": studies.new_study().id, "k": 2, "level": "product", "what_if": WhatIf(kept=kept)}
    return studies.save(studies.load(study_id).with_(**changes))


def said(page: AppTest) -> str:
    return " ".join(element.value for element in (*page.caption, *page.markdown))


def test_offers_that_were_looked_at_are_in_the_workbook(
    open_page: OpenPage, own_study: studies.Study, monkeypatch: pytest.MonkeyPatch
):
    before = open_page("Share", own_study.id)
    assert not before.exception and not before.error
    assert "Not in these files yet" in said(before) and "a target list" in said(before)

    offers = open_page("Offers", own_study.id)
    assert not offers.exception and not offers.error

    made: dict[str, bytes] = {}
    wrapped = files.ask

    def remember(question, *rest):
        content = wrapped(question, *rest)
        if content is not None:
            made[question.form] = content
        return content

    monkeypatch.setattr(files, "ask", remember)
    page = open_page("Share", own_study.id)
    assert "the back-test of offers" not in said(page)
    for _ in range(3):
        press = [button for button in page.button if button.label in ("Make it", "Make them")]
        if press:
            page = until_still(press[0].click().run())
            assert not page.exception and [error.value for error in page.error] == []
    assert set(made) == {"html", "pptx", "xlsx"}
    sheets = openpyxl.load_workbook(io.BytesIO(made["xlsx"]))
    assert {"Offers", "Back-test", "Customer scores"} <= set(sheets.sheetnames)
    assert "What if" not in sheets.sheetnames  # it was kept with other segments
