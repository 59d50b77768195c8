"""The samples open with one click."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.serve import Server
from tests.browser.steps import answer, finished, no_error, open_page, page_text, press, shot, view, walk
from tests.journey import HOUSEHOLDS


def open_sample(page: Page, name: str, timeout: float) -> Page:
    """Press the sample's button and wait until the file is read."""
    press(page, name, timeout)
    no_error(page)
    expect(page.get_by_role("heading", level=1, name="What is in this file?")).to_be_visible()
    return page


def test_wine_merchant_opens_with_one_click(server: Server, visit: Callable[..., Page]):
    page = open_sample(visit(server), "A wine merchant", 120)
    assert "wine merchant.csv" in page_text(page)
    assert "600" in answer(page)
    shot(page, "sample-merchant", whole=True)
    said = walk(page, "merchant")
    assert "good" in said["Product level"]
    finished(open_page(page, "Segments"))
    for name in ("Products", "Sizes"):
        view(page, name)
        no_error(page)


@pytest.mark.long
def test_complete_journey_opens_with_one_click(server: Server, visit: Callable[..., Page]):
    page = open_sample(visit(server), "Real households", 300)
    assert f"{HOUSEHOLDS:,}" in answer(page)
    said = walk(page, "journey-sample", timeout=600)
    assert all(said.values())
