"""The seconds promised to a person, measured in Chromium on a server just started; fails beyond twice a promise."""

import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from common import ROOT

# isort: split
from playwright.sync_api import Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.helpers import finished, open_page, upload
from tests.browser.serve import serve
from tests.journey import LINES, write_journey_csv


@dataclass(frozen=True)
class Promise:
    """What was promised, in how many seconds, and the act that keeps it."""

    what: str
    seconds: float
    act: Callable[[Page, Path], None]


def drop_to_density(page: Page, export: Path) -> None:
    """Drop the file, go to the levels, wait until every level stands there with its density."""
    upload(page, export)
    finished(page)
    open_page(page, "Product level")
    finished(page)
    levels = (
        page.get_by_test_id("stPlotlyChart").filter(has_text="filled cells").filter(has_text="department")
    )
    levels.wait_for(state="visible", timeout=60_000)


PROMISES = (Promise(f"{LINES:,} lines as CSV, from drop to density table", 20, drop_to_density),)


def measure(promise: Promise, page: Page, export: Path) -> bool:
    """Print the seconds beside the promise; whether they are within twice of it."""
    start = time.perf_counter()
    promise.act(page, export)
    taken = time.perf_counter() - start
    kept = "kept" if taken <= promise.seconds else "MISSED"
    print(f"{promise.what}: {taken:.1f} s, promised {promise.seconds:g} s ({kept})")
    return taken <= 2 * promise.seconds


def main() -> int:
    """Measure every promise on one server; 1 when one took more than twice what was promised."""
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        export = write_journey_csv(folder / "complete_journey.csv")
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        with serve(folder, app=ROOT / "app.py") as server:
            page = browser.new_page(base_url=server.url, viewport={"width": 1440, "height": 900})
            page.goto("/")
            finished(page)
            within = [measure(promise, page, export) for promise in PROMISES]
        browser.close()
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main())
