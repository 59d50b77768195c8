"""Votes, bundles, names and scenarios are still there when a later version computes everything anew."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from segcore import studies
from segcore.storage import store
from segcore.studies import opening
from tests.pages.conftest import OpenPage, until_still

EVERYTHING = Path(__file__).parents[1] / "segcore" / "schema-2-everything.study"


@pytest.fixture(scope="module")
def opened(shared_workspace: Path) -> str:
    """A study that an earlier version saved, opened here."""
    return opening.unpack(EVERYTHING.read_bytes(), store.default_store()).study.id


def said(page: AppTest) -> str:
    shown = [*page.markdown, *page.caption, *page.info, *page.title]
    return " ".join(element.value for element in shown).replace("\\", "").replace("\u00a0", " ")


@pytest.mark.parametrize("version", [store.ALGORITHM_VERSION, 10_000])
def test_every_act_is_found_again(
    open_page: OpenPage, opened: str, monkeypatch: pytest.MonkeyPatch, version: int
):
    monkeypatch.setattr(store, "ALGORITHM_VERSION", version)
    segments = open_page("Segments", opened)
    assert not segments.exception and not segments.error
    for name in ("Taste 1", "Taste 2", "Taste 3"):
        assert name in said(segments)
    now = studies.load(opened)
    filed = {
        *(vote.key for vote in now.votes),
        *(b.key for b in now.offers.bundles),
        *(s.base for s in now.what_if.kept),
    }
    assert len(filed) == 1 and len(filed.pop()) == 32

    how_many = open_page("How many", opened)
    how_many.session_state["reasons"] = True
    assert "You said of 3: they have names and are not distinct; unsure" in said(until_still(how_many))

    what_if = open_page("What if", opened)
    what_if.segmented_control[0].set_value("Another range")
    until_still(what_if)
    assert not what_if.exception
    assert [button.key for button in what_if.button if str(button.key).startswith("kept-open-")]
