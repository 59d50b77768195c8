"""Acts that several browser tests share: choosing from a list, pressing a button, reading a table off the screen."""

import re
from pathlib import Path

from playwright.sync_api import Locator, Page, TimeoutError, expect

from tests.browser.helpers import DRAWN, finished, open_page, page_text, settled, shot, upload

ALERTS = '[data-testid="stAlertContentError"], [data-testid="stException"]'

# Streamlit draws tables on a canvas; inside it stands an accessible table with the rows in view, which is read here.
_CELLS = """
grid => [...grid.querySelectorAll('[role="row"]')].map(row => [
  Number(row.getAttribute('aria-rowindex')),
  [...row.querySelectorAll('[role="gridcell"], [role="columnheader"]')].map(cell => [
    Number(cell.getAttribute('aria-colindex')), cell.innerText ?? cell.textContent,
  ]),
])
"""


def choose(page: Page, label: str, option: str, timeout: float = 180) -> Page:
    """Choose an option in the list with this label and wait until the page has answered."""
    wanted = page.get_by_role("option", name=option, exact=True)
    for _ in range(3):  # a page that is drawn anew in between closes the list
        page.get_by_test_id("stSelectbox").filter(has_text=label).locator("input").first.click()
        try:
            wanted.click(timeout=4_000)
            return finished(page, timeout)
        except TimeoutError:
            settled(page)
    raise AssertionError(f"{label} offers no {option}")


def chosen(page: Page, label: str) -> str:
    """What stands in the list with this label."""
    return page.get_by_test_id("stSelectbox").filter(has_text=label).locator("input").first.input_value()


def press(page: Page, name: str | re.Pattern, timeout: float = 120) -> Page:
    """Press a button by its words and wait until the page has answered."""
    page.get_by_role("button", name=name).first.click()
    return finished(page, timeout)


def view(page: Page, name: str, timeout: float = 120) -> Page:
    """Choose one of the views above a chart."""
    page.get_by_role("radiogroup").get_by_text(name, exact=True).click()
    return finished(page, timeout)


def all_words(page: Page) -> str:
    """All words in the main area with plain spaces, those inside charts and closed drawers too."""
    return page.get_by_test_id("stMain").evaluate("main => main.textContent").replace("\u00a0", " ")


def question(page: Page) -> str:
    """The title of the page."""
    return page.get_by_role("heading", level=1).inner_text()


def answer(page: Page) -> str:
    """The sentence below the title."""
    return page.get_by_role("heading", level=5).first.inner_text()


def chart(page: Page, name: str) -> Locator:
    """A chart whose words contain this one."""
    return page.locator('[class*="st-key-chart-"]').filter(has_text=name).get_by_test_id("stPlotlyChart")


def read_table(frame: Locator, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """All rows of a table on screen, each a dict of these columns; scrolls down like a reader."""
    expect(frame).to_have_count(1)
    frame.scroll_into_view_if_needed()
    grid, scroller = frame.locator('canvas [role="grid"]'), frame.locator(".dvn-scroller")
    n_rows = int(grid.get_attribute("aria-rowcount"))
    read: dict[int, dict[int, str]] = {}
    while True:
        new = _rows_in_view(frame, known=len(read), read=read)
        if len(read) >= n_rows:
            break
        assert new, f"only {len(read)} of {n_rows} rows can be read"
        scroller.evaluate("it => { it.scrollTop += it.clientHeight - 80; }")
    header = {title: at for at, title in read.pop(1).items()}
    assert set(columns) <= set(header), f"columns are {list(header)}"
    return [{name: read[number].get(header[name], "") for name in columns} for number in sorted(read)]


def _rows_in_view(frame: Locator, known: int, read: dict[int, dict[int, str]]) -> bool:
    """Add the rows in view; the accessible table follows the picture a moment later. Whether there were new ones."""
    grid = frame.locator('canvas [role="grid"]')
    for _ in range(100):
        for number, cells in grid.evaluate(_CELLS):
            read.setdefault(number, {}).update(cells)
        if len(read) > known:
            return True
        frame.page.wait_for_timeout(50)
    return False


def no_error(page: Page) -> None:
    """Nothing on the page says that something went wrong."""
    assert page.locator(ALERTS).count() == 0, page.locator(ALERTS).all_inner_texts()


def walk(page: Page, name: str = "", timeout: float = 300) -> dict[str, str]:
    """Go through the four pages after Data; each must ask, answer and draw without an error. Returns the answers.

    Where no rule passes the thresholds, a sentence stands in place of the chart.
    """
    said = {}
    for title in DRAWN:
        finished(open_page(page, title, timeout), timeout)
        no_error(page)
        expect(page.get_by_role("heading", level=1)).to_have_count(1)
        drawn = page.get_by_test_id("stPlotlyChart")
        expect(drawn.or_(page.get_by_test_id("stAlertContentInfo")).first).to_be_visible()
        assert title == "Rules" or drawn.count(), f"{title} shows no chart"
        if name:
            shot(page, f"{name}-{title}", whole=True)
        said[title] = answer(page)
    return said


def load(page: Page, files: Path | list[Path], timeout: float = 120) -> Page:
    """Hand over files and wait until the Data page says what is in them."""
    finished(upload(page, files, timeout), timeout)
    no_error(page)
    expect(page.get_by_role("heading", level=1, name="What is in this file?")).to_be_visible()
    return page


__all__ = [
    "all_words", "answer", "chart", "choose", "chosen", "finished", "load", "no_error", "open_page", "page_text", "press", "question",
    "read_table", "settled", "shot", "upload", "view", "walk",
]  # fmt: skip
