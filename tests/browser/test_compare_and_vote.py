"""Two numbers of segments side by side, and a vote that a reload does not lose."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.serve import Server
from tests.browser.steps import all_words, finished, no_error, open_page, page_text, press, shot


def test_a_vote_outlives_a_reload(server: Server, visit: Callable[..., Page]):
    page = visit(server)
    press(page, "A wine merchant")
    finished(open_page(page, "How many"))
    drawer = page.get_by_test_id("stExpander").filter(has_text="Compare two or three")
    drawer.locator("summary").click()
    finished(page)
    no_error(page)
    said = page_text(page)
    for words in (
        "Numbers of segments side by side",
        "Can we name them?",
        "change segment",
        "where 1 is the same taste",
    ):
        assert words in said
    shot(page, "compare-two", whole=True)
    drawer.get_by_text("yes", exact=True).first.click()
    finished(page)
    assert "they have names" in all_words(page)
    page.reload()
    finished(page)
    expect(page.get_by_text("they have names")).to_be_visible()


def test_a_preset_starts_a_new_comparison_that_is_kept(server: Server, visit: Callable[..., Page]):
    page = visit(server)
    press(page, "A wine merchant")
    finished(open_page(page, "How many"))
    drawer = page.get_by_test_id("stExpander").filter(has_text="Advanced")
    drawer.locator("summary").click()
    finished(page)
    drawer.get_by_text("Cleaner product lists", exact=True).click()
    finished(page)
    no_error(page)
    expect(drawer.get_by_role("radio", name="Cleaner product lists")).to_be_checked()
    expect(
        drawer.get_by_text("a little", exact=True).or_(drawer.get_by_text("clearly", exact=True)).first
    ).to_be_visible()
    page.reload()
    finished(page)
    drawer.locator("summary").click()
    finished(page)
    expect(drawer.get_by_role("radio", name="Cleaner product lists")).to_be_checked()
