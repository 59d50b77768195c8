"""The line at the top of every page: what is being looked at, and what is missing before a page can answer."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st

from pages.ui.parts import cached
from pages.ui.parts import level_choices as working_level
from pages.ui.parts.text import escape
from pages.ui.shell import links as link_views
from pages.ui.shell import locale as reader
from pages.ui.shell import session
from pages.ui.shell.navigation import DATA, HELP, Entry, go_to
from segcore.errors import SegcoreError
from segcore.language.words import count, join_and


def show(entry: Entry) -> None:
    """File, customers × products, level, k and how fresh; nothing before the first file."""
    if moment := session.changed_elsewhere():
        st.toast(
            f"Changed in another tab or by somebody else at {clock(moment)}; you see it as it is now.",
            icon=":material/sync:",
        )
    if session.presenting() is not None:
        return
    loaded = session.loaded()
    if loaded is None:
        if problem := session.problem():
            st.warning(escape(problem), icon=":material/link_off:")
        return
    study, report = session.study(), loaded.report
    parts = [
        join_and([file.name for file in study.files], most=1),
        f"{count(report.customers)} {report.row_word}",
    ]
    if entry is not DATA:
        parts.append(f"level: {study.level}")
        try:
            parts.append(
                f"{count(cached.matrix(study.data_digest, working_level.matrix_spec()).shape[1])} products"
            )
        except SegcoreError:
            parts.append("nothing left by the filters")  # the page itself says what and what to do
    if study.k:
        parts.append(f"{study.k} segments")
    parts.append(
        "read only: try anything, nothing is saved"
        if session.is_read_only()
        else f"saved {clock(study.updated)}"
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(escape("  ·  ".join(parts)), width="stretch")
        if entry not in (DATA, HELP):
            link_views.link(study)
    link_views.another_view()


def clock(moment: str) -> str:
    """A saved time as the reader's clock shows it, with the day where it is not today; UTC where the clock is unknown."""
    try:
        zone: dt.tzinfo = ZoneInfo(st.context.timezone or "")
        name = ""
    except (ValueError, ZoneInfoNotFoundError):
        zone, name = dt.UTC, " UTC"
    then = dt.datetime.fromisoformat(moment).astimezone(zone)
    day = "" if then.date() == dt.datetime.now(zone).date() else f"{reader.day(then)} "
    return f"{day}{reader.time(then)}{name}"


def need_data(question: str) -> None:
    """Stop a page that has no data yet, with the way to get some."""
    if session.loaded() is not None:
        return
    st.title(question, anchor=False)
    study = session.study()
    if study is not None and study.files:
        said = "What was read of your file is not in the workspace any more. The Data page reads it again."
    else:
        said = "There is no purchase file yet. Drop one on the Data page, or open a sample there."
    st.info(said, icon=":material/info:")
    if st.button("Go to Data", type="primary", icon=":material/database:"):
        go_to(DATA)
    st.stop()
