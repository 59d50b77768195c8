"""The first page for the first visitor: the app as it is, and the same app importing its scientific packages first.

From navigation to visible title, in Chromium, on a server just started; no browser cache.
"""

import sys
import tempfile
import time
from pathlib import Path

from common import ROOT, medians, verdict

# isort: split
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.serve import serve

FLOOR = 2.0
ROUNDS = 7
EAGER = """    import duckdb, mlxtend.frequent_patterns, plotly.express, scipy.sparse, scipy.stats, sklearn.cluster
    import sklearn.decomposition
"""
FIRST = "    from pages.ui import router\n"  # what the script does first when somebody asks for a page


def eager_app(folder: Path) -> Path:
    """The same app in a folder of links, with the imports in front of the script; the server is up before them."""
    for name in ("pages", "segcore", ".streamlit"):
        (folder / name).symlink_to(ROOT / name)
    app = folder / "app.py"
    text = (ROOT / "app.py").read_text(encoding="utf-8")
    assert text.count(FIRST) == 1
    app.write_text(text.replace(FIRST, EAGER + FIRST), encoding="utf-8")
    return app


def paint(browser: Browser, app: Path) -> float:
    """Seconds until the title is visible, on a server nobody has asked yet."""
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder), app=app) as server:
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        page = context.new_page()
        start = time.perf_counter()
        page.goto(server.url, wait_until="commit")
        page.get_by_role("heading", level=1).first.wait_for(state="visible", timeout=60_000)
        taken = time.perf_counter() - start
        context.close()
        return taken


def main() -> int:
    """Print all times; fail when eager is not at least twice as slow."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        lazy, eager = ROOT / "app.py", eager_app(Path(folder))
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        for app in (lazy, eager):
            paint(browser, app)  # brings files and bytecode into memory; not counted
        taken = medians(
            {
                "as it is": lambda: paint(browser, lazy),
                "scientific packages imported first": lambda: paint(browser, eager),
            },
            ROUNDS,
        )
        browser.close()
    return verdict("first paint", taken["scientific packages imported first"] / taken["as it is"], FLOOR)


if __name__ == "__main__":
    sys.exit(main())
