"""The seconds promised to a person, measured in Chromium on a server just started; fails beyond twice a promise.

python tests/bench/browser.py [names of acts]; the wine workbook is looked for in $SEGCORE_DATA.

What takes many minutes is measured only where its name is given: ``a_million``, ``slowest_step``.
"""

import os
import random
import re
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from common import ROOT

# isort: split
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.helpers import finished, open_page, upload
from tests.browser.path import six_minutes
from tests.browser.segment_clicks import every_click, open_segments, shop_file
from tests.browser.serve import Server, serve
from tests.browser.steps import choose, press
from tests.browser.wine_clicks import garcias_offer, the_rules, to_offers
from tests.journey import LINES, write_journey_csv

VERDICT = re.compile("capture|No reliable segmentation")
LIMIT = 300_000  # milliseconds


@dataclass(frozen=True)
class Bench:
    """What every promise is measured on."""

    server: Server
    browser: Browser
    export: Path

    def visit(self, path: str = "/") -> Page:
        """One more person, who waits until the page is still."""
        page = self.browser.new_page(base_url=self.server.url, viewport={"width": 1440, "height": 900})
        page.set_default_timeout(LIMIT)
        page.goto(path)
        return finished(page, LIMIT / 1000)


@dataclass(frozen=True)
class Promise:
    """What was promised, in how many seconds, and the act that keeps it; it returns the seconds it took."""

    what: str
    seconds: float
    act: Callable[[Bench], float]
    on_request: bool = False


def drop_to_density(bench: Bench) -> float:
    """Drop the file, go to the levels, wait until every level stands there with its density; trials may still run."""
    page = bench.visit()
    start = time.perf_counter()
    upload(page, bench.export)
    finished(page)
    _go(page, "Product level")
    levels = (
        page.get_by_test_id("stPlotlyChart").filter(has_text="filled cells").filter(has_text="department")
    )
    levels.wait_for(state="visible", timeout=60_000)
    return time.perf_counter() - start


def verdict_on_the_sample(bench: Bench) -> float:
    """Take the sample, open How many for the first time, wait for the answer under the title."""
    page = press(bench.visit(), "A wine merchant", LIMIT / 1000)
    return _verdict(page)[0]


def verdict_on_real_households(bench: Bench) -> float:
    """The same at category level of The Complete Journey; the curve must stand there before the verdict does."""
    page = press(bench.visit(), "Real households", LIMIT / 1000)
    finished(open_page(page, "Product level", LIMIT / 1000), LIMIT / 1000)
    choose(page, "Work at", "product_category", LIMIT / 1000)
    taken, seen = _verdict(page)
    print(f"  points on screen before the verdict: {', '.join(seen) or 'none'}")
    return taken if seen else float("inf")


def cancel_frees_the_slot(bench: Bench) -> float:
    """Cancel a sweep while somebody else waits behind it; the seconds until the other's job has begun."""
    os.environ["SEGCORE_WORKERS"] = "1"
    try:
        with serve(bench.server.workspace.parent / "one at a time", app=ROOT / "app.py") as server:
            return _freed(replace(bench, server=server))
    finally:
        del os.environ["SEGCORE_WORKERS"]


def _freed(bench: Bench) -> float:
    other = press(bench.visit(), "A wine merchant", LIMIT / 1000)
    _verdict(other)
    page = bench.visit()
    upload(page, many_customers(bench.server.workspace.parent / "many customers.csv"), LIMIT / 1000)
    finished(page, LIMIT / 1000)
    _go(page, "How many")
    page.get_by_test_id("stProgress").filter(has_text="%").wait_for()
    other.get_by_role("radiogroup").get_by_text("K-means", exact=True).click()
    waiting = other.locator('[class*="st-key-cancel-"]').first
    waiting.wait_for()
    key = re.search(r"st-key-cancel-(\S+)", waiting.get_attribute("class") or "")[1]
    if _has_begun(bench.server, key):
        return float("inf")  # it waited for nobody: nothing was measured
    start = time.perf_counter()
    page.get_by_role("button", name="Cancel").click()
    while not _has_begun(bench.server, key):
        time.sleep(0.01)
    taken = time.perf_counter() - start
    finished(other, LIMIT / 1000)
    return taken


def slowest_click_on_segments(customers: int, name: str = "") -> Callable[[Bench], float]:
    """Click every chart that shows segments; the seconds of the slowest answer."""

    def act(bench: Bench) -> float:
        with tempfile.TemporaryDirectory() as folder:
            page = bench.visit()
            file = shop_file(Path(folder) / f"{customers} customers.csv", customers)
            open_segments(page, file, 4, timeout=3 * LIMIT / 1000)
            taken = {what: seconds for what, seconds, _ in every_click(page)}
        print("  " + ", ".join(f"{what} {seconds:.2f} s" for what, seconds in taken.items()))
        return max(taken.values())

    act.__name__ = name or slowest_click_on_segments.__name__
    return act


def slowest_step_of_the_path(bench: Bench) -> float:
    """Walk the six-minute path on a server just started; the seconds of the slowest step."""
    with serve(bench.server.workspace.parent / "path", app=ROOT / "app.py") as server:
        page = replace(bench, server=server).visit()
        taken = {act.name: act.seconds for act in six_minutes(page)}
    for name, seconds in taken.items():
        print(f"  {name}: {seconds:.2f} s")
    return max(taken.values())


def many_customers(path: Path) -> Path:
    """Purchases whose sweep keeps a worker busy for far longer than a click takes."""
    chance = random.Random(7)
    with path.open("w", encoding="utf-8") as out:
        out.write("customer,product\n")
        for customer in range(40_000):
            first = chance.randrange(160)
            near = [(first + chance.randrange(30)) % 200 for _ in range(6)]
            out.writelines(f"c{customer},product {product}\n" for product in near)
    return path


def _has_begun(server: Server, key: str) -> bool:
    """Whether a worker has taken up the job: it then writes its progress into the store."""
    return any(key in str(path) for path in server.workspace.rglob("progress.json"))


def _go(page: Page, title: str) -> None:
    page.get_by_test_id("stTopNav").get_by_role("link", name=title, exact=True).click()


def _verdict(page: Page) -> tuple[float, list[str]]:
    """Open How many; the seconds until its verdict stands there, and how many points the curve had meanwhile."""
    answer = page.get_by_role("heading", level=5).filter(has_text=VERDICT)
    compared = page.get_by_text(re.compile(r"\d+ of \d+ compared"))
    seen: list[str] = []
    start = time.perf_counter()
    _go(page, "How many")
    while not answer.count():
        words = compared.all_inner_texts()
        if words and words[0] not in seen and not words[0].startswith("0"):
            seen.append(words[0])
        page.wait_for_timeout(50)
        assert time.perf_counter() - start < LIMIT / 1000, "no verdict"
    return time.perf_counter() - start, seen


def wine_from_cold_to_garcia(bench: Bench) -> float:
    """The wine workbook on a server that nobody has used: the 15 rules, their three groups, Garcia's offer with its reason."""
    workbook = Path(os.environ["SEGCORE_DATA"]) / "wine" / "WineKMC.xlsx"
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), app=ROOT / "app.py") as server:
        start = time.perf_counter()
        page = replace(bench, server=server).visit()
        garcias_offer(to_offers(the_rules(page, workbook)))
        taken = time.perf_counter() - start
        page.close()
    return taken


PROMISES = (
    Promise("The wine workbook from a cold start to the rules, their groups and Garcia’s offer", 60, wine_from_cold_to_garcia),
    Promise("The sample: verdict on k after opening the page for the first time", 10, verdict_on_the_sample),
    Promise(f"{LINES:,} lines as CSV, from drop to density table", 20, drop_to_density),
    Promise("The Complete Journey by category: verdict on k, with points on the way", 30, verdict_on_real_households),
    Promise("A cancelled sweep: until its place is taken by the next job", 1, cancel_frees_the_slot),
    Promise("The six-minute path from a cold start: slowest step", 5, slowest_step_of_the_path, on_request=True),
    Promise("Segments of 100 customers: slowest click on a chart → detail", 1, slowest_click_on_segments(100)),
    Promise("Segments of 10,000 customers: slowest click on a chart → detail", 1, slowest_click_on_segments(10_000)),
    Promise("Segments of 1,000,000 customers: slowest click on a chart → detail", 1, slowest_click_on_segments(1_000_000, "a_million"), on_request=True),
)  # fmt: skip


def measure(promise: Promise, bench: Bench) -> bool:
    """Print the seconds beside the promise; whether they are within twice of it."""
    taken = promise.act(bench)
    kept = "kept" if taken <= promise.seconds else "MISSED"
    print(f"{promise.what}: {taken:.1f} s, promised {promise.seconds:g} s ({kept})", flush=True)
    return taken <= 2 * promise.seconds


def _is_wanted(promise: Promise, names: list[str]) -> bool:
    return any(word in promise.act.__name__ for word in names) if names else not promise.on_request


def main() -> int:
    """Measure every promise on one server; 1 when one took more than twice what was promised."""
    if hasattr(os, "sched_setaffinity"):  # as on the two cores of a small machine: one job at a time
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    wanted = sys.argv[1:]
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        export = write_journey_csv(folder / "complete_journey.csv")
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        with serve(folder, app=ROOT / "app.py") as server:
            bench = Bench(server, browser, export)
            bench.visit()
            chosen = [p for p in PROMISES if _is_wanted(p, wanted)]
            if "SEGCORE_DATA" not in os.environ:
                chosen = [p for p in chosen if p.act is not wine_from_cold_to_garcia]
            within = [measure(promise, bench) for promise in chosen]
        browser.close()
    return 0 if all(within) else 1


if __name__ == "__main__":
    sys.exit(main())
