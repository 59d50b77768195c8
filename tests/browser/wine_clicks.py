"""The way through the wine workbook that was promised in a minute: the 15 rules, their three groups, Garcia's offer."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.steps import chart, choose, finished, load, open_page, page_text, view

LEVEL = "Varietal + Origin"
REASON = "Bought Cabernet Sauvignon (Italy): 10 of its 11 buyers (91 %) also bought Champagne (France)"


def the_rules(page: Page, workbook: Path) -> Page:
    """Hand over the workbook, choose the level, and let the doubtful rules in: the 15, then their three groups."""
    load(page, workbook)
    finished(open_page(page, "Product level", timeout=300), timeout=300)
    choose(page, "Work at", LEVEL, timeout=300)
    finished(open_page(page, "Rules", timeout=300), timeout=300)
    page.get_by_test_id("stCheckbox").filter(has_text="Doubtful ones too").locator("label").click()
    expect(page.get_by_text(re.compile(r"^15 of \d+ rules shown")).first).to_be_visible(timeout=60_000)
    view(page, "Groups")
    expect(chart(page, "15 rules fall into three groups")).to_be_visible()
    return page


def to_offers(page: Page) -> Page:
    """Three segments, then the Offers page."""
    finished(open_page(page, "How many", timeout=300), timeout=300)
    choose(page, "Work with", "3 segments", timeout=300)
    return finished(open_page(page, "Offers", timeout=300), timeout=300)


def garcias_offer(page: Page) -> Page:
    """On the Offers page, the first offer for Garcia, with its reason."""
    page.get_by_role("radiogroup").get_by_text("One customer", exact=True).click()
    finished(page)
    box = page.get_by_test_id("stSelectbox").filter(has_text="Customer").locator("input").first
    box.click()
    box.fill("Garcia")
    page.get_by_role("option", name="Garcia", exact=True).click()
    finished(page)
    expect(page.get_by_text("1. Champagne (France)")).to_be_visible(timeout=30_000)
    assert REASON in page_text(page)
    return page
