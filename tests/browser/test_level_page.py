"""The Product level page in a real browser: levels fill in as they are tried, a click works at one, groups are kept."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.serve import Server
from tests.browser.steps import all_words, answer, finished, load, no_error, open_page, shot


def test_levels_fill_in_and_groups_become_one(server: Server, visit: Callable[..., Page], data_dir: Path):
    page = load(visit(server, width=1024, height=768), data_dir / "wine" / "WineKMC.xlsx")
    finished(open_page(page, "Product level", 240), 240)
    no_error(page)
    assert "segments come back" in answer(page)
    for column in ("stable segments", "in the largest", "index of top 5"):
        assert column in all_words(page)
    page.get_by_text("Keep big sellers, put the long tail together", exact=True).click()
    page.get_by_role("button", name="Work at this mixed level").click()
    # The new level is tried at once, and the dial moves meanwhile: its end need not be waited for.
    expect(page.get_by_role("heading", level=5).first).to_contain_text("buyers, else", timeout=120_000)
    no_error(page)
    page.get_by_text("Groups of your own", exact=True).click()
    page.get_by_role("radiogroup").get_by_text("From what is bought together", exact=True).click(
        timeout=120_000
    )
    page.get_by_role("button", name="Keep as a level").click(timeout=240_000)
    expect(page.get_by_text("In force: “Bought together”", exact=False)).to_be_visible(timeout=120_000)
    no_error(page)
    shot(page, "level-page", whole=True)
