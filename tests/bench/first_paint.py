"""The first page for the first visitor: the app as it is, between two others in the same run.

One is Streamlit with a title and nothing else, which nobody built on it can be quicker than; the other is this app with
its scientific packages imported first. The bar is the share of the wait between the two that a visitor is spared, because
Streamlit's own part is no merit or fault of this app, and is large or small by machine.
From navigation to visible title, in Chromium, on a server just started; no browser cache.
"""

import sys
import tempfile
import time
from functools import partial
from pathlib import Path

from common import ROOT, medians, verdict

# isort: split
from playwright.sync_api import Browser, sync_playwright

from tests.browser.chromium import ARGUMENTS, find_chromium
from tests.browser.serve import serve

FLOOR = 0.6  # of what imports would cost is spared; importing pandas alone would leave 0.4
ROUNDS = 7
EAGER = """    import duckdb, mlxtend.frequent_patterns, plotly.express, scipy.sparse, scipy.stats, sklearn.cluster
    import sklearn.decomposition
"""
EMPTY = 'import streamlit as st\n\nst.title("Product segments")\n'
FIRST = "    from pages.ui.shell import router\n"  # what the script does first when somebody asks for a page


def eager_app(folder: Path) -> Path:
    """The same app in a folder of links, with the imports in front of the script; the server is up before them."""
    for name in ("pages", "segcore", ".streamlit"):
        (folder / name).symlink_to(ROOT / name)
    app = folder / "app.py"
    text = (ROOT / "app.py").read_text(encoding="utf-8")
    assert text.count(FIRST) == 1
    app.write_text(text.replace(FIRST, EAGER + FIRST), encoding="utf-8")
    return app


def empty_app(folder: Path) -> Path:
    """A title with the same settings."""
    (folder / ".streamlit").symlink_to(ROOT / ".streamlit")
    app = folder / "app.py"
    app.write_text(EMPTY, encoding="utf-8")
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
    """Print all times; fail when less than the floor of the avoidable wait is spared."""
    with (
        tempfile.TemporaryDirectory() as folder,
        tempfile.TemporaryDirectory() as bare,
        sync_playwright() as playwright,
    ):
        apps = {
            "a title alone": empty_app(Path(bare)),
            "as it is": ROOT / "app.py",
            "scientific packages imported first": eager_app(Path(folder)),
        }
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        for app in apps.values():
            paint(browser, app)  # brings files and bytecode into memory; not counted
        taken = medians({name: partial(paint, browser, app) for name, app in apps.items()}, ROUNDS)
        browser.close()
    title, own, eager = taken.values()
    print(f"imported first: {eager / own:.1f}× the wait")
    return verdict("share of the avoidable wait that is spared", (eager - own) / (eager - title), FLOOR)


if __name__ == "__main__":
    sys.exit(main())
