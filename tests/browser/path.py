"""The six-minute path over the sample, one act after the other, as somebody shows it to a room."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from playwright.sync_api import Page, expect

from tests.browser.steps import finished, no_error, open_page, question, view

LIMIT = 300.0  # seconds
ON = re.compile("^On to ")
BASKET = re.compile("This (is a )?basket ")
STOPS = ("Product level", "How many", "Segments", "Rules", "Offers", "Share")


@dataclass(frozen=True)
class Act:
    """One act of the path: what it is called, and the seconds until its answer stood on the screen."""

    name: str
    seconds: float


def six_minutes(page: Page) -> Iterator[Act]:
    """Walk the path from the first page of a server just started; between acts what was begun ends.

    The answer is what a person waits for; nobody waits for the trials of the levels that run beside it.
    """
    yield _act(page, "take the tour", lambda: page.get_by_role("button", name="Take the one-minute tour").click(), lambda: _answered(page, ""))  # fmt: skip
    for title in STOPS:
        before = question(page)
        go_on = page.get_by_role("button", name=ON)
        wait = partial(_answered, page, before)
        yield _act(page, f"on to {title}", go_on.click, wait, at_rest=title != "Product level")
        if title == "How many":
            yield _vote(page)
        elif title == "Offers":
            for tab in ("Bundles", "Who gets it"):
                yield _act(page, f"offers: {tab}", page.get_by_role("tab", name=tab, exact=True).click, lambda: finished(page, LIMIT))  # fmt: skip
    page.get_by_role("button", name="End the tour").first.press("Enter")  # by key: a notice may lie over it
    finished(page, LIMIT)
    yield _basket(page)
    open_page(page, "Share")
    made = page.locator(".st-key-download-html").get_by_role("button")
    yield _act(page, "make the page to leave behind", page.get_by_role("button", name="Make it").first.click, made.wait_for)  # fmt: skip
    yield from _wall(page)


def _act(
    page: Page, name: str, act: Callable[[], object], wait: Callable[[], object], *, at_rest: bool = True
) -> Act:
    start = time.perf_counter()
    act()
    wait()
    taken = time.perf_counter() - start
    if at_rest:
        finished(page, LIMIT)
    no_error(page)
    return Act(name, taken)


def _answered(page: Page, before: str) -> None:
    """Another question stands there, with its answer."""
    if before:
        expect(page.get_by_role("heading", level=1)).not_to_have_text(before, timeout=LIMIT * 1000)
    page.get_by_role("heading", level=5).first.wait_for(timeout=LIMIT * 1000)


def _vote(page: Page) -> Act:
    drawer = page.get_by_test_id("stExpander").filter(has_text="Compare two or three")
    drawer.locator("summary").click()
    finished(page, LIMIT)
    yes = drawer.get_by_text("yes", exact=True).first
    return _act(page, "vote on the number", yes.click, lambda: page.get_by_text("they have names").wait_for())


def _basket(page: Page) -> Act:
    """Ask somebody in the room what they bought."""
    open_page(page, "What if")
    view(page, "A basket")
    box = page.get_by_test_id("stMultiSelect").filter(has_text="In the basket").locator("input").first
    box.click()
    option = page.get_by_role("option").filter(has_not_text="Select all").first
    option.wait_for()
    answer = page.get_by_role("heading", level=5).filter(has_text=BASKET)

    def take() -> None:
        option.click()
        page.keyboard.press("Escape")  # while a list is open, nothing else on the page is there for a reader

    return _act(page, "fill a basket", take, answer.wait_for)


def _wall(page: Page) -> Iterator[Act]:
    """Present it, step by step with the keyboard."""
    heading = page.get_by_role("heading", level=1)
    before = question(page)
    start = page.get_by_role("button", name="Present it on the wall")
    yield _act(page, "present it", start.click, lambda: expect(heading).not_to_have_text(before, timeout=LIMIT * 1000))  # fmt: skip
    while page.get_by_role("button", name="Next").is_enabled():
        before = question(page)
        yield _act(
            page, f"on the wall: after “{before}”", lambda: page.keyboard.press("ArrowRight"),
            lambda before=before: expect(heading).not_to_have_text(before),
        )  # fmt: skip
