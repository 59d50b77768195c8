"""Asking a question of a job: the answer at once where it is known, else where it stands, in one of four ways."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from pages.ui.parts import cached
from pages.ui.parts.sizes import Sizes
from pages.ui.parts.text import escape
from segcore.jobs import Request
from segcore.language.words import duration, restyled

if TYPE_CHECKING:
    from segcore.jobs import Question, Status
    from segcore.jobs.records import Failure

BLINK = 0.3  # seconds
EVERY, EVERY_LONG = 0.6, 1.0  # seconds between two looks at a running job; long ones change slowly

Draw = Callable[[list[Any]], None]
R = TypeVar("R")


@dataclass(frozen=True)
class Show:
    """How a page shows a question that has no answer yet; ``words`` are a button's label, or what is said meanwhile."""

    how: str
    words: str = ""


PANEL = Show("panel")  # progress, time and a button that ends it
ONLY_IF_KNOWN = Show("known")  # nothing is asked, nothing is said
ASIDE = partial(Show, "aside")  # asked beside the main question; a quiet sentence, or none, until it is there
BUTTON = partial(Show, "button")  # asked when somebody presses


def ask(question: Question[R], show: Show = PANEL, *, parts: Draw | None = None) -> R | None:
    """The answer to a question, or None after showing where it stands.

    Parameters
    ----------
    parts : callable, optional
        Draws the points finished so far, while the job runs and after it was cancelled.
    """
    key = key_of(question)
    if cached.store().has(key):
        return cached.result(key)
    if show is ONLY_IF_KNOWN:
        return None
    request = Request.about(question, Sizes())
    if show.how == "button" and cached.runner().status(key).state == "unknown":
        _button(request, show.words, key)
        return None
    if show.how == "aside":
        return _aside(request, show.words)
    return _result_of(request, parts)


def key_of(question: Question[Any]) -> str:
    """Where the answer is, or will be, kept."""
    return question.key(cached.store())


def is_known(question: Question[Any]) -> bool:
    """Whether the answer is there."""
    return cached.store().has(key_of(question))


def known_key(question: Question[Any]) -> str:
    """The key of an answer that is there; "" where it would have to be found."""
    return key_of(question) if is_known(question) else ""


def _result_of(request: Request, draw_parts: Draw | None) -> Any | None:
    status = cached.runner().ask(request)
    if status.active and request.short:
        status = _after_a_blink(status)
    if status.state == "done":
        return cached.result(status.key)
    if status.active:
        _panel(request, status.key, draw_parts)
    else:
        _ended_early(request, status, draw_parts)
    return None


def _button(request: Request, label: str, key: str) -> None:
    if st.button(escape(label), key=f"ask-{key}"):
        cached.runner().ask(request)
        st.rerun()


def _after_a_blink(status: Status) -> Status:
    """Where a short job stands a moment later: its answer then comes without a panel that would only flash.

    A page that runs again at once, as it would for that panel, also loses what it had not sent yet, such as a toast.
    """
    deadline = time.monotonic() + BLINK
    while status.active and time.monotonic() < deadline:
        time.sleep(BLINK / 15)
        status = cached.runner().status(status.key)
    return status


def _aside(request: Request, meanwhile: str) -> Any | None:
    status = cached.runner().ask(request)
    if status.state == "done":
        return cached.result(status.key)
    if status.active and meanwhile:
        st.fragment(_wait_aside, run_every=EVERY)(status.key, meanwhile)
    return None


def _wait_aside(key: str, meanwhile: str) -> None:
    if not cached.runner().status(key).active:
        st.rerun()
    st.caption(escape(meanwhile))


def _panel(request: Request, key: str, draw_parts: Draw | None) -> None:
    """A running job: where it stands, the button that ends it, and what is finished so far.

    Only the bar looks again by itself; what is finished is drawn anew when there is more of it, so that it stands
    still to be read and clicked. A button that is drawn again and again loses clicks, too: Streamlit drops those on a
    part of the page that has just come back from a lost connection.
    """
    left, right = st.columns([5, 1], vertical_alignment="bottom")
    right.button(
        "Cancel",
        icon=":material/close:",
        key=f"cancel-{key}",
        width="stretch",
        on_click=cached.runner().cancel,
        args=(key,),
    )
    drawn = None if draw_parts is None else cached.runner().status(key).parts_count
    every = EVERY_LONG if (request.seconds or 0) > 5 else EVERY
    # It writes in its own place only: what it wrote elsewhere could be gone by then, and the page with it.
    with left:
        st.fragment(_watch, run_every=every)(request, key, drawn)
    if draw_parts is not None:
        draw_parts(cached.store().parts(key))


def _watch(request: Request, key: str, drawn: int | None) -> None:
    """Say how far a job is; when it ends, or has more than is drawn, run the page again."""
    status = cached.runner().status(key)
    if not status.active or drawn not in (None, status.parts_count):
        st.rerun()
    st.progress(min(max(status.fraction, 0.0), 1.0), text=escape(_where_it_stands(request, status)))


def _where_it_stands(request: Request, status: Status) -> str:
    if status.state == "queued":
        return f"{request.title}: waiting, {status.message}"
    left = f", {duration(status.remaining)} left" if status.remaining is not None else ""
    return f"{restyled(status.message) or request.title} — {status.fraction:.0%}{left}"


def _reworded(failure: Failure) -> str:
    """Why a job failed, with the reader's numbers; the place it names is of a file and stays as it is."""
    said = replace(failure, what=restyled(failure.what), remedy=restyled(failure.remedy))
    return said.sentence


def _ended_early(request: Request, status: Status, draw_parts: Draw | None) -> None:
    """Say why there is no result, keep what was finished, offer to try again."""
    if status.state == "failed" and status.error is not None:
        st.error(escape(_reworded(status.error)), icon=":material/error:")
    else:
        st.info(f"{escape(request.title)}: stopped. What was finished is kept.", icon=":material/info:")
    if st.button("Try again" if status.state == "failed" else "Go on", key=f"again-{status.key}"):
        cached.runner().ask(request, again=True)
        st.rerun()
    if draw_parts is not None:
        draw_parts(cached.store().parts(status.key))
