"""From a cold start to Garcia's French Champagne with its reason, by clicking; the list and the ids to take away."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serve import Server
from tests.browser.steps import (
    answer,
    choose,
    finished,
    load,
    no_error,
    open_page,
    page_text,
    press,
    question,
    settled,
    shot,
)
from tests.browser.wine_clicks import LEVEL, REASON, garcias_offer, to_offers

OFFER = "Champagne (France)"


def tab(page: Page, name: str) -> Page:
    """Open one of the page's tabs."""
    page.get_by_role("tab", name=name).click()
    return finished(page, timeout=300)


@pytest.fixture
def offers(cold_server: Server, visit: Callable[..., Page], data_dir: Path) -> Page:
    """The wine workbook at the level of its rules, three segments, the Offers page."""
    page = load(visit(cold_server), data_dir / "wine" / "WineKMC.xlsx")
    finished(open_page(page, "Product level"), timeout=300)
    choose(page, "Work at", LEVEL, timeout=300)
    return to_offers(page)


def test_garcia_is_offered_french_champagne(offers: Page):
    assert question(offers) == "What should we offer to whom?"
    assert answer(offers).startswith("Offer ") and "hidden" in answer(offers)
    garcias_offer(offers)
    shot(offers, "offers-garcia", whole=True)

    press(offers, "Who else?")
    assert "40 of 100 customers (40 %) bought Champagne (France) already" in page_text(offers)
    with offers.expect_download() as waiting:
        offers.get_by_role("button", name="Ids only, for the e-mail tool").click()
    ids = Path(waiting.value.path()).read_bytes()
    assert ids.startswith(b"\xef\xbb\xbf") and not ids.startswith(b"\xef\xbb\xbf" * 2)
    assert "Garcia" in ids.decode("utf-8-sig").split("\r\n")
    with offers.expect_download() as waiting:
        offers.get_by_role("button", name="List with reasons as CSV").click()
    assert REASON in Path(waiting.value.path()).read_text(encoding="utf-8-sig")
    assert "Champagne" in waiting.value.suggested_filename
    no_error(offers)


def test_every_tab_is_drawn_and_a_test_survives_a_reload(offers: Page, tmp_path: Path):
    tab(offers, "Does it work?")
    expect(offers.get_by_test_id("stPlotlyChart")).to_be_visible()
    assert "best-sellers" in page_text(offers)
    tab(offers, "Bundles")
    assert "Build your own" in page_text(offers)
    tab(offers, "Test & learn")
    press(offers, "Draw lots and keep the test")
    assert "held out" in page_text(offers)
    no_error(offers)
    offers.reload()
    finished(settled(offers))
    tab(offers, "Test & learn")
    outcome = tmp_path / "outcome.csv"
    outcome.write_text("customer,bought\nGarcia,yes\n", encoding="utf-8")
    with offers.expect_download() as waiting:
        offers.get_by_role("button", name="Send to these").first.click()
    treated = Path(waiting.value.path()).read_text(encoding="utf-8-sig").split()
    outcome.write_text("customer,bought\n" + "\n".join(f"{one},yes" for one in treated), encoding="utf-8")
    offers.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(outcome)
    expect(offers.get_by_text("read from outcome.csv")).to_be_visible(timeout=60_000)
    shot(offers, "offers-test", whole=True)
    no_error(offers)
