"""The pieces of the Data page: reading what came in, what is in it, what each column means, earlier work on it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.data import new_data, source_views, upload_zone
from pages.ui.data.roles_editor import edited_roles
from pages.ui.parts import cached, widgets
from pages.ui.parts.answers import ONLY_IF_KNOWN, ask, is_known, key_of
from pages.ui.parts.sizes import Sizes
from pages.ui.parts.text import escape
from pages.ui.shell import header, session
from pages.ui.shell import locale as reader
from segcore.language.words import count, duration, of, plural, readable, size
from segcore.questions.data import ExtendRoles, InspectFiles, ReadFiles

if TYPE_CHECKING:
    from segcore.choices.study import Study
    from segcore.intake import Roles
    from segcore.intake.loaded import Loaded
    from segcore.jobs.question import Files

TYPES = upload_zone.TYPES


def read_again_if_gone(study: Study | None) -> Study | None:
    """Where the workspace lost what was read of the study's files, read the kept uploads again."""
    if study is None or study.pending or not study.files or session.loaded() is not None:
        return study
    return session.change(pending=study.files, pending_roles=dict(study.roles))


def read_pending(study: Study) -> None:
    """Look at new files, read them, and make them the study's data; on the way back to the old data on an error."""
    files = session.files_of(study.pending)
    holder = st.container()
    with holder:
        roles = None if source_views.waiting(study) else _roles(study, files)
        if roles is not None:
            _read(study, files, roles)
        earlier = session.loaded() is not None
        if earlier:
            st.caption("Your earlier data and choices are still here.")
        label = "Back to the earlier data" if earlier else "Choose another file"
        if st.button(label, icon=":material/undo:"):
            session.change(
                pending=(), pending_roles={}, **({} if earlier else {"files": (), "loaded_key": ""})
            )
            st.rerun()
        if roles is not None and study.pending:
            _mend(study, files)
    st.stop()


def _read(study: Study, files: Files, roles: Roles) -> None:
    """Read the files in a job; say beforehand how long it takes."""
    reading = ReadFiles(files, roles)
    if not is_known(reading):
        whole = cached.store().uploads_size(stored for _, stored in files)
        st.caption(f"{size(whole)} to read: {duration(reading.seconds(Sizes()))}.")
    result = ask(reading)
    if result is not None:
        new_data.open_data(key_of(reading), result, study.pending, roles)
        st.rerun()


def _roles(study: Study, files: Files) -> Roles | None:
    """What the columns mean: as somebody said, with room for files that came later, or guessed."""
    if not study.pending_roles:
        draft = ask(InspectFiles(files))
        return None if draft is None else draft.roles
    roles = session.roles_of(study.pending_roles)
    if study.other_data.is_waiting:
        return _other_roles(files, roles)
    came_later = study.files and len(study.pending) > len(study.files)
    return ask(ExtendRoles(files, roles)) if came_later else roles


def _other_roles(files: Files, roles: Roles) -> Roles | None:
    """The roles of the study's own files where another file has the same columns; guessed anew where it has not."""
    from segcore.intake.rows.draft import has_columns

    draft = ask(InspectFiles(files))
    if draft is None or has_columns(draft, roles):
        return None if draft is None else roles
    session.change(pending_roles={})
    return draft.roles


def _mend(study: Study, files: Files) -> None:
    """Let somebody who knows the file say what its columns mean."""
    draft = ask(InspectFiles(files), ONLY_IF_KNOWN)
    if draft is None:
        return
    current = session.roles_of(study.pending_roles) if study.pending_roles else draft.roles
    with st.expander("What each column means", icon=":material/table_chart:"):
        roles = edited_roles(draft, current, key="pending")
        if roles is not None:
            session.change(pending_roles=asdict(roles))
            st.rerun()


def answer(loaded: Loaded) -> str:
    """What the file holds, in one sentence."""
    return loaded.report.summary


def other_data(study: Study, loaded: Loaded) -> None:
    """Say that the choices were made on other data, how these differ, and what was not carried over."""
    from segcore.studies.other_data import in_words

    if study.other_data.digest != loaded.digest:
        return
    st.info(escape(in_words(study.other_data, sizes(loaded))), icon=":material/swap_horiz:", width=900)


def sizes(loaded: Loaded) -> dict[str, int]:
    """How much the file holds, by what it is called."""
    report = loaded.report
    return {
        report.row_word: report.customers,
        "products": report.products,
        "purchase lines": report.lines_kept,
    }


def figures(loaded: Loaded) -> None:
    """Customers, products, lines, span."""
    report = loaded.report
    left_out = report.lines_read - report.lines_kept
    values = [
        (escape(report.row_word), count(report.customers), "Whoever the file tells apart; each is one row of the analysis."),
        ("products", count(report.products), "At the finest level of the file."),
        ("purchase lines", count(report.lines_kept), f"{count(left_out)} of {count(report.lines_read)} lines were left out."),
    ]  # fmt: skip
    if report.first_date is not None and report.last_date is not None:
        from segcore.purchases.overview import span_words

        days = f"{reader.day(report.first_date)} to {reader.day(report.last_date)}"
        values.append(("time span", span_words(report.first_date, report.last_date), days))
    else:
        values.append(("lines left out", count(left_out), "Each reason is listed below."))
    for column, (label, value, explained) in zip(st.columns(4), values, strict=True):
        column.metric(label, value, border=True, help=explained)


def proof(study: Study, loaded: Loaded) -> None:
    """What sells best, and when it was bought where the file tells."""
    from segcore.figures.best_sellers import best_seller_bars
    from segcore.figures.months import month_bars

    report = loaded.report
    sold, months = (
        cached.best_sellers(study.data_digest, study.level),
        cached.lines_by_month(study.data_digest),
    )
    dated = len(months) > 1
    left, right = st.columns([3, 2], gap="large") if dated else (st.container(), None)
    first = readable(str(sold.index[0]), study.level)
    with left:
        figure = best_seller_bars(
            sold, report.customers, level=study.level, row_word=report.row_word,
            title=f"“{first}” reaches most {report.row_word}: {of(int(sold.iloc[0]), report.customers)}",
            subtitle=f"{report.row_word.capitalize()} who bought each product at the level “{study.level}”",
            theme=widgets.theme(), wrap=60 if dated else 90,
        )  # fmt: skip
        widgets.chart(figure, key="best-sellers")
    if dated:
        with right:
            busiest = months.idxmax()
            figure = month_bars(
                months, title=f"{busiest:%B %Y} was the busiest month: {plural(int(months.max()), 'line')}",
                subtitle="Purchase lines by month", theme=widgets.theme(), wrap=42,
            )  # fmt: skip
            widgets.chart(figure, key="months")


def understood(study: Study) -> None:
    """The first purchases as they were understood."""
    from segcore.purchases.overview import preview

    with st.expander("The first purchases as they were understood", icon=":material/preview:"):
        st.dataframe(
            preview(cached.purchases(study.data_digest)), hide_index=True,
            column_config={"date": st.column_config.DatetimeColumn(format="D MMM YYYY")},
            alt="The first purchase lines with their customer, product, date and money.",
        )  # fmt: skip


def columns(study: Study, loaded: Loaded) -> None:
    """Column roles to look at and correct."""
    files = session.files_of(study.files)
    st.subheader("What each column means", anchor=False)
    draft = ask(InspectFiles(files))
    if draft is None:
        return
    for reason in draft.reasons:
        st.caption(escape(reason))
    roles = edited_roles(draft, loaded.roles, key="current")
    if roles is not None and roles != loaded.roles:
        session.change(pending=study.files, pending_roles=asdict(roles))
        st.rerun()


def opened_before(study: Study) -> None:
    """The same file was worked on before: the way there, where this server answers its own machine alone."""
    from segcore.studies import shelf

    if not session.is_local() or study.k is not None or study.names or study.sample:
        return
    same = shelf.of_files(frozenset(file.digest for file in study.files))
    earlier = [one for one in same if one.id != study.id and (one.k is not None or one.names)]
    if not earlier:
        return
    last = earlier[0]
    work = f", {plural(last.k, 'segment')}" if last.k else ""
    named = f" as “{last.name}”" if last.name else ""
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(
            f"You opened this file before{escape(named)}, last on {header.clock(last.updated)}{escape(work)}. "
            "Go on there, or start anew below."
        )
        st.button(
            "Go on there",
            icon=":material/history:",
            key="go-on-there",
            on_click=_go_on,
            args=(study.id, last.id),
        )


def _go_on(fresh: str, earlier: str) -> None:
    """Open the earlier study; the one just begun, in which nothing was chosen yet, leaves the list."""
    from segcore.studies import shelf

    looking_on = session.is_read_only()
    session.open_study(earlier)
    if not looking_on:  # what a link shows is somebody else's
        shelf.put_away(fresh)
