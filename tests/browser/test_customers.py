"""Drop a file, meet your customers: one sentence and a card for each kind, on one screen, with a list to take away."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from segcore.segments.headline import MOST_WORDS
from tests.browser.helpers import finished, open_page, page_text, settled, shot, upload
from tests.browser.serve import Server
from tests.browser.steps import chosen, no_error, press, question


@pytest.fixture
def home(server: Server, visit: Callable[..., Page], data_dir: Path) -> Page:
    page = visit(server)
    upload(page, data_dir / "wine" / "WineKMC.xlsx")
    finished(page, 120)
    press(page, "Meet your customers", timeout=120)
    expect(page.get_by_role("button", name="List").first).to_be_visible(timeout=120_000)
    finished(page, 120)
    return settled(page)


def cards(page: Page):
    return page.locator('[class*="st-key-kind-"]')


def test_from_a_file_to_its_customers_nothing_has_to_be_chosen(home: Page):
    no_error(home)
    said = question(home)
    k = cards(home).count()
    assert 2 <= k <= 6
    assert len(said.split()) <= MOST_WORDS
    assert "kinds of customers: " in said
    last = cards(home).last.bounding_box()
    assert last is not None and last["y"] + last["height"] <= 900  # all on one screen at 1440 × 900
    assert f"{k} kinds" in page_text(home)
    shot(home, "customers")


def test_what_is_being_checked_is_shown_when_it_is_there(home: Page):
    expect(cards(home).get_by_text("checking …")).to_have_count(0, timeout=60_000)
    for card in cards(home).all():
        assert any(word in card.inner_text() for word in ("sure", "fairly sure", "not sure"))
    assert "Looking for what to offer" not in page_text(home)


def test_a_list_holds_its_header_and_everybody_of_the_kind(home: Page):
    held = 0
    for card in cards(home).all():
        with home.expect_download() as caught:
            card.get_by_role("button", name="List").click()
        rows = list(csv.reader(io.StringIO(Path(caught.value.path()).read_text(encoding="utf-8-sig"))))
        name = card.get_by_role("heading", level=4).inner_text()
        assert all(name in row[rows[0].index("segment")] for row in rows[1:])  # or "between" it and another
        held += len(rows) - 1
    assert held == 100


def test_a_kind_is_renamed_on_its_card_and_everywhere(home: Page):
    cards(home).first.get_by_role("button", name="edit").click()
    box = home.get_by_role("textbox", name="Name")
    box.fill("Our regulars")
    box.press("Enter")
    expect(home.get_by_role("heading", level=1)).to_contain_text("Our regulars", timeout=30_000)
    open_page(home, "Segments")
    finished(home, 60)
    assert "Our regulars" in page_text(home)


def test_a_card_leads_to_its_portrait(home: Page):
    second = cards(home).nth(1)
    name = second.get_by_role("heading", level=4).inner_text()
    second.get_by_role("button", name="Who?").click()
    expect(home.get_by_role("heading", level=1)).to_contain_text("Who are our", timeout=60_000)
    finished(home, 60)
    assert chosen(home, "Segment") == f"2 · {name}"
