"""The six-minute path: from a cold start on the sample to a presentation, by clicks alone."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.steps import answer, finished, no_error, open_page, page_text, press, question, shot


@pytest.mark.long
def test_the_path_on_the_sample_from_a_cold_start(visit, cold_server):
    page = finished(visit(cold_server))
    press(page, "Take the one-minute tour")
    expect(page.get_by_role("heading", level=1)).to_have_text("What is in this file?", timeout=60_000)
    seen = [question(page)]
    while page.get_by_role("button", name=re.compile("^On to ")).count():
        finished(page, 240)
        no_error(page)
        shot(page, f"path-{len(seen)}")
        press(page, re.compile("^On to "))
        seen.append(question(finished(page, 240)))
    assert len(seen) == len(set(seen)) == 7
    assert "End the tour" in page_text(page)
    press(page, "End the tour")
    assert "Stop 7" not in page_text(page)

    finished(open_page(page, "How many"), 240)
    assert re.search(r"Five kinds of customers", answer(page))  # as many as were planted
    finished(open_page(page, "What if"), 240)
    no_error(page)
    finished(open_page(page, "Share"), 240)
    press(page, "Present it on the wall")
    steps = 1
    while page.get_by_role("button", name="Next").is_enabled():
        before = question(page)
        page.keyboard.press("ArrowRight")
        expect(page.get_by_role("heading", level=1)).not_to_have_text(before)
        finished(page)
        shot(page, f"path-wall-{steps}")
        steps += 1
    assert steps >= 9  # overview, how many, five segments, what it does, how it was done
