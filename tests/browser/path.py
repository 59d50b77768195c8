"""The tour over the sample, one act after the other, as somebody shows it to a room: from the file to what can be sent."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from playwright.sync_api import Page, expect

from tests.browser.steps import finished, no_error, press, question

LIMIT = 300.0  # seconds
ON = re.compile("^On to ")
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
    press(page, "End the tour")


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
