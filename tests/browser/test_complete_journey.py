"""The whole Complete Journey as one clean export, through all five pages, as a person clicks through them."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.helpers import DRAWN, finished, open_page, page_text, shot, upload
from tests.browser.serve import Server
from tests.journey import HOUSEHOLDS, LINES


@pytest.mark.long
def test_all_lines_go_through_all_pages(server: Server, visit: Callable[..., Page], journey_csv: Path):
    page = visit(server)
    finished(upload(page, journey_csv, timeout=120), timeout=120)
    words = page_text(page)
    assert f"{LINES:,} purchase lines of {HOUSEHOLDS:,} customers" in words
    for title in DRAWN:
        finished(open_page(page, title, timeout=120), timeout=600)
        shot(page, f"journey-{title}", whole=True)
        assert page.get_by_test_id("stAlertContentError").count() == 0, page_text(page)
        assert page.get_by_role("heading", level=1).count() == 1
        assert page.get_by_test_id("stPlotlyChart").count() >= 1, (
            f"{title} shows no chart: {page_text(page)[:500]}"
        )
