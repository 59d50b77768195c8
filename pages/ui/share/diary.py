"""The decision log on screen, and notes from any page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts.text import escape
from pages.ui.shell import header, session
from segcore.studies.diary import with_note

if TYPE_CHECKING:
    from segcore.choices.study import Study


def log(study: Study) -> None:
    """Every choice and note, the latest first; who wrote it where somebody said."""
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        note("Share")
    right.text_input(
        "Your name, for the log", value=study.author, key="log-author", max_chars=40, on_change=_author,
        placeholder="optional",
    )  # fmt: skip
    if not study.log:
        st.caption(
            "Choices of level, number, filters, names and votes are written down here as they are made."
        )
        return
    lines = [
        f"- {escape(header.clock(entry.when))}{escape(' ' + entry.who) if entry.who else ''}: {_said(entry)}"
        for entry in reversed(study.log)
    ]
    with st.expander(
        f"Decisions and notes: {len(lines)}", icon=":material/history_edu:", expanded=len(lines) <= 6
    ):
        st.markdown("\n".join(lines))


def note(page: str) -> None:
    """A line to write a note on."""
    st.text_input(
        "Note", key=f"note-{page}", placeholder="Write a note for the log and press Enter", max_chars=500,
        on_change=_note, args=(page,),
    )  # fmt: skip


def _said(entry: object) -> str:
    text = escape(entry.what)
    return f"{text} (note on {escape(entry.page)})" if entry.about == "note" else text


def _note(page: str) -> None:
    text = st.session_state[f"note-{page}"].strip()
    if text:
        session.update(lambda now: with_note(now, text, page))
    st.session_state[f"note-{page}"] = ""


def _author() -> None:
    session.change(author=st.session_state["log-author"].strip())
