"""The entry of every visit: the navigation drawn, the guard that makes deep links work, the server's own chores."""

from __future__ import annotations

import base64
import gc
import importlib
import logging
import runpy
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx

from pages.ui.parts.text import escape
from pages.ui.shell import locale as reader
from pages.ui.shell.navigation import DATA, PAGES, ROOT, Entry, go_to
from segcore.errors import SegcoreError
from segcore.language.words import write_numbers_as

# The tab's picture travels in the page: a Material name, or none at all, would ask another machine for one.
ICON = (
    "data:image/svg+xml;base64,"
    + base64.b64encode(Path(__file__).with_name("icon.svg").read_bytes()).decode()
)


WARM_AFTER = 2.0  # seconds
TIDY_EVERY = 1800.0  # seconds; a server runs for weeks

_navigation = threading.local()
_warm = threading.Event()


def run() -> None:
    """Draw the navigation and the page asked for."""
    write_numbers_as(reader.numbers_here)  # for every session and fragment: it asks whose page is being drawn
    # Streamlit loads numpy for a picture in the tab, and without one asks another machine for the page's own icon:
    # the very first paint after a start does without both.
    warm = "numpy" in sys.modules
    st.set_page_config(page_title="Product segments", page_icon=ICON if warm else None, layout="wide")
    pages = [st.Page(e.path, title=e.title, icon=e.icon if warm else None, default=e is DATA) for e in PAGES]
    current = st.navigation(pages, position="hidden" if _presenting() else "top")
    try:
        with _navigated(), _in_words():
            current.run()
    except StopException:
        _forget_what_left()
        raise
    finally:  # a page that stops early, as the first one does, is painted too
        warm_up()


def _forget_what_left() -> None:
    """Forget the parts of a page that looked again by themselves and are no longer on it.

    Streamlit does so where a page runs to its end, not where it stops early. A look already on its way would then be
    drawn into a place that holds something else, and the browser shows an empty page.
    """
    run = get_script_run_ctx()
    if run is not None:
        run.fragment_storage.clear(new_fragment_ids=run.shared.new_fragment_ids.snapshot())


def _presenting() -> bool:
    from pages.ui.shell import session

    return session.presenting() is not None


def warm_up() -> None:
    """Once a first page is painted, start the workers and load the science it did without, aside from everybody."""
    if _warm.is_set():
        return
    _warm.set()
    threading.Thread(target=_load_science, name="warm-up", daemon=True).start()


def _load_science() -> None:
    time.sleep(WARM_AFTER)  # the browser is still painting, and it needs the cores
    _go_on_after(_tidy_up)
    _go_on_after(_warm_workers)
    while True:
        time.sleep(TIDY_EVERY)
        _go_on_after(_tidy_up)


def _go_on_after(chore: Callable[[], None]) -> None:
    """Do a chore; whatever stops it goes to the log, and the next one is done all the same."""
    try:
        chore()
    except Exception:
        logging.getLogger(__name__).exception("A chore of the server stopped")


def _warm_workers() -> None:
    from pages.ui.parts import cached

    cached.runner().warm()
    for module in (
        "segcore.intake",
        "segcore.selection.sweep",
        "segcore.rules",
        "segcore.figures.customer_heatmap",
    ):
        importlib.import_module(module)
    # Streamlit collects garbage after every run, and holds everybody up meanwhile: what is loaded now never becomes any.
    gc.collect()
    gc.freeze()


def _tidy_up() -> None:
    """Keep the workspace tidy and within its limit; whatever happens there, the server goes on."""
    from pages.ui.parts import cached
    from segcore.studies import housekeeping

    try:
        housekeeping.tidy_up(cached.store())
    except Exception:  # the next turn tries again
        logging.getLogger(__name__).exception("The workspace could not be tidied up")


def guard() -> None:
    """Send a page that was opened without its navigation through the entry; every page calls this first.

    A folder named ``pages`` makes Streamlit run a page's file on its own when the first visitor after a start opens
    a deep link. The entry is then run in its place.
    """
    if getattr(_navigation, "done", False):
        return
    runpy.run_path(str(ROOT / "app.py"), run_name="__main__")
    st.stop()


@contextmanager
def _in_words() -> Iterator[None]:
    """Whatever a page did not foresee is a sentence with a way out; the traceback goes to the log."""
    try:
        yield
    except Exception as error:
        known = isinstance(error, SegcoreError)
        if not known:
            logging.getLogger(__name__).exception("A page stopped")
        said = (
            error.sentence
            if known
            else "The page stopped on something nobody foresaw. Your choices are saved."
        )
        st.error(escape(said), icon=":material/error:")
        if st.button("Back to the data", icon=":material/undo:", key="stopped"):
            go_to(DATA)


@contextmanager
def _navigated() -> Iterator[None]:
    _navigation.done = True
    try:
        yield
    finally:
        _navigation.done = False


def enter(entry: Entry) -> None:
    """Open a page: remember it, put the study back in the URL, show what is being looked at."""
    from pages.ui.shell import header, session, tour

    guard()
    session.restore()
    header.show(entry)
    if session.presenting() is None:
        tour.show(entry)
