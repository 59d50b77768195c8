"""Waiting for a job: the result at once where it is known, else a panel with progress, time and cancel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui.parts import cached
from pages.ui.parts.text import escape
from segcore.jobs import Request
from segcore.language.words import duration, restyled

if TYPE_CHECKING:
    from segcore.jobs import Status
    from segcore.jobs.records import Failure

EVERY, EVERY_LONG = 0.6, 1.0  # seconds between two looks at a running job; long ones change slowly

Draw = Callable[[list[Any]], None]


def result_of(request: Request, *, draw_parts: Draw | None = None) -> Any | None:
    """The job's result, or None after showing where it stands.

    Parameters
    ----------
    draw_parts : callable, optional
        Draws the points finished so far, while the job runs and after it was cancelled.
    """
    status = cached.runner().ask(request)
    if status.state == "done":
        return cached.result(status.key)
    if status.active:
        _panel(request, status.key, draw_parts)
    else:
        _ended_early(request, status, draw_parts)
    return None


def on_demand(request: Request, label: str) -> Any | None:
    """The job's result where somebody has asked for it; until then a button that asks, and None."""
    key = request.key(cached.store())
    if cached.store().has(key) or cached.runner().status(key).state != "unknown":
        return result_of(request)
    if st.button(label, key=f"ask-{key}"):
        cached.runner().ask(request)
        st.rerun()
    return None


def aside(request: Request, meanwhile: str) -> Any | None:
    """The result of a small question beside the main one; None, and a quiet sentence, until it is there."""
    status = cached.runner().ask(request)
    if status.state == "done":
        return cached.result(status.key)
    if status.active:
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
