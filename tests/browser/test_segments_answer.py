"""Every chart of the Segments page answers a click with what is behind it; a customer is found by a few letters."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.segment_clicks import every_click, open_segments, shop_file
from tests.browser.serve import Server
from tests.browser.steps import finished, no_error, page_text


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hundred and twenty customers of four tastes."""
    return shop_file(tmp_path_factory.mktemp("shop") / "four tastes.csv", 120)


def test_every_chart_answers_and_a_customer_is_found(server: Server, visit: Callable[..., Page], shop: Path):
    page = open_segments(visit(server), shop, 4)
    said = {what: words.replace("\u00a0", " ") for what, _, words in every_click(page)}
    assert "of what they buy belongs to" in said["customer cell"]
    assert "customers" in said["a column’s name"]
    assert "index" in said["product cell"] and "95 % sure" in said["product cell"]
    assert "customers" in said["a block’s name"] and said["a block’s name"] != said["a column’s name"]
    assert "Bought" in said["a whole row"]
    assert "buyers" in said["a product’s name"] or "Who bought it" in said["a product’s name"]
    assert "in this segment" not in said["a product’s name"]  # the whole row, not one of its cells
    assert "customers" in said["size"]
    assert "Bought" in said["point of the map"]
    assert "index" in said["index bar"]
    no_error(page)
    box = page.get_by_label("Find a customer")
    box.fill("c00007")
    box.press("Enter")
    finished(page)
    expect(page.get_by_text("Why this segment")).to_be_visible()
    assert "Most alike customers" in page_text(page) and "What to offer next" in page_text(page)
