"""What the server does aside from everybody: workers are warmed on the first page, and housekeeping goes on."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.ui.shell import router

ROOT = Path(__file__).resolve().parents[2]


def test_the_first_page_warms_the_workers(workspace: Path, monkeypatch: pytest.MonkeyPatch):
    """The first page stops early where there is no file yet; the thread that warms sleeps through this test."""
    monkeypatch.setattr(router, "_warm", threading.Event())
    monkeypatch.setattr(router, "WARM_AFTER", 3_600.0)
    before = {thread.ident for thread in threading.enumerate()}
    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    assert app.title[0].value == "Who buys what?" and not app.exception
    begun = [thread.name for thread in threading.enumerate() if thread.ident not in before]
    assert "warm-up" in begun and router._warm.is_set()


class _Enough(BaseException):
    """Ends the thread that otherwise never ends."""


@pytest.mark.parametrize(
    "error", [ValueError("a bad record"), OSError(28, "No space left"), KeyError("levels")]
)
def test_housekeeping_goes_on_whatever_happened(
    error: Exception, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    done = []

    def tidy() -> None:
        done.append("tidied")
        if done.count("tidied") == 4:
            raise _Enough
        raise error

    def warm() -> None:
        done.append("warmed")
        raise error

    monkeypatch.setattr(router, "WARM_AFTER", 0.0)
    monkeypatch.setattr(router, "TIDY_EVERY", 0.0)
    monkeypatch.setattr(router, "_tidy_up", tidy)
    monkeypatch.setattr(router, "_warm_workers", warm, raising=False)
    with caplog.at_level(logging.ERROR), pytest.raises(_Enough):
        router._load_science()
    assert done == ["tidied", "warmed", "tidied", "tidied", "tidied"]
    assert caplog.text.count(str(error)) >= 4
