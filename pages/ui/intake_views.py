"""The pieces of the Data page: drop zone, samples, what was read and repaired, what each column means."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui import ask, cached, progress, session, tour, widgets
from pages.ui.roles_editor import edited_roles
from pages.ui.text import escape
from segcore.errors import SegcoreError
from segcore.studies import StudyFile
from segcore.words import NEEDED, count, of, plural, readable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segcore.intake import Finding, Roles
    from segcore.studies import Study
    from segcore.tasks.data import Loaded
    from segcore.uploads import StoredUpload

TYPES = ["csv", "tsv", "txt", "xlsx", "xls", "xlsm", "xlsb", "ods", "parquet"]
FEW_FINDINGS = 6
SAMPLES = (
    ("wine_merchant", "A wine merchant", ":material/wine_bar:", "600 invented customers with tastes planted in them; a few seconds."),
    ("complete_journey", "Real households", ":material/shopping_cart:", "The Complete Journey: 2,469 households, 1.5 million purchase lines; about half a minute."),
)  # fmt: skip


def drop_zone() -> None:
    """Where files land; they go to disk at once and their bytes leave the session."""
    turn = st.session_state.setdefault("upload-turn", 0)
    with st.container(border=True):
        st.markdown(
            "**Drop your purchases here**: who, what, and if you have them when, how many and for how much."
        )
        files = st.file_uploader(
            "Purchases as CSV or Excel: one file, or lines and a product list together",
            type=TYPES,
            accept_multiple_files=True,
            key=f"upload-{turn}",
            help="Long purchase lines, a table with one column a product, or one basket a line: each is understood.",
        )
        st.caption(f"{NEEDED} Files stay on this machine.")
    if not files:
        return
    try:
        kept = [cached.store().keep_upload(file.name, file) for file in files]
    except SegcoreError as error:
        st.error(escape(error.sentence), icon=":material/error:")
        return
    st.session_state["upload-turn"] = turn + 1
    session.change(pending=_study_files(kept), pending_roles={}, sample="")
    st.rerun()


def samples() -> None:
    """Two samples, each a file that goes the way of any upload."""
    st.markdown("Or look around with a sample")
    for column, (name, label, icon, about) in zip(st.columns(2), SAMPLES, strict=True):
        if column.button(label, icon=icon, width="stretch"):
            _open_sample(name)
        column.caption(about)
    st.button("Take the one-minute tour", icon=":material/tour:", type="tertiary", on_click=tour.start)


def _open_sample(name: str) -> None:
    st.session_state["sample"] = name
    st.rerun()


def open_sample() -> None:
    """Fetch the sample that was clicked, then read it like any upload."""
    name = st.session_state.get("sample")
    if name is None:
        return
    kept = progress.result_of(ask.sample(name))
    if kept is None:
        st.stop()
    del st.session_state["sample"]
    session.change(pending=_study_files(kept), pending_roles={}, sample=name)
    st.rerun()


def _study_files(kept: Sequence[StoredUpload]) -> tuple[StudyFile, ...]:
    return tuple(StudyFile(upload.stored_name, upload.name, upload.digest) for upload in kept)


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
        roles = session.roles_of(study.pending_roles) if study.pending_roles else _guess(files)
        if roles is not None:
            request = ask.read(files, roles)
            result = progress.result_of(request)
            if result is not None:
                session.open_data(request.key(cached.store()), result, study.pending, roles)
                st.rerun()
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


def _guess(files: ask.Files) -> Roles | None:
    draft = progress.result_of(ask.inspect(files))
    return None if draft is None else draft.roles


def _mend(study: Study, files: ask.Files) -> None:
    """Let somebody who knows the file say what its columns mean."""
    request = ask.inspect(files)
    if not cached.store().has(request.key(cached.store())):
        return
    draft = cached.result(request.key(cached.store()))
    current = session.roles_of(study.pending_roles) if study.pending_roles else draft.roles
    with st.expander("What each column means", icon=":material/table_chart:"):
        roles = edited_roles(draft, current, key="pending")
        if roles is not None:
            session.change(pending_roles=asdict(roles))
            st.rerun()


def answer(loaded: Loaded) -> str:
    """What the file holds, in one sentence."""
    return loaded.report.summary


def figures(loaded: Loaded) -> None:
    """Customers, products, lines, span."""
    report = loaded.report
    left_out = report.lines_read - report.lines_kept
    values = [
        (report.row_word, count(report.customers), "Whoever the file tells apart; each is one row of the analysis."),
        ("products", count(report.products), "At the finest level of the file."),
        ("purchase lines", count(report.lines_kept), f"{count(left_out)} of {count(report.lines_read)} lines were left out."),
    ]  # fmt: skip
    if report.first_date is not None and report.last_date is not None:
        from segcore.overview import span_words

        days = f"{report.first_date:%d %b %Y} to {report.last_date:%d %b %Y}"
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
    from segcore.overview import preview

    with st.expander("The first purchases as they were understood", icon=":material/preview:"):
        st.dataframe(
            preview(cached.purchases(study.data_digest)), hide_index=True,
            column_config={"date": st.column_config.DatetimeColumn(format="D MMM YYYY")},
            alt="The first purchase lines with their customer, product, date and money.",
        )  # fmt: skip


def repairs(loaded: Loaded) -> None:
    """Everything that was left out, repaired or noticed, each with its count."""
    report = loaded.report
    groups = (
        ("Left out", ":material/block:", report.left_out),
        ("Repaired", ":material/build:", report.repairs),
        ("Good to know", ":material/info:", report.notes),
    )
    shown = [group for group in groups if group[2]]
    if not shown:
        st.caption("Nothing had to be repaired and nothing was left out.")
        return
    for title, icon, findings in shown:
        with st.expander(
            f"{title}: {plural(len(findings), 'thing')}", icon=icon, expanded=len(findings) <= FEW_FINDINGS
        ):
            _list(findings)


def _list(findings: Sequence[Finding]) -> None:
    st.markdown("\n".join(f"- {escape(finding.sentence)}" for finding in findings))


def columns(study: Study, loaded: Loaded) -> None:
    """Column roles to look at and correct."""
    files = session.files_of(study.files)
    st.subheader("What each column means", anchor=False)
    draft = progress.result_of(ask.inspect(files))
    if draft is None:
        return
    for reason in draft.reasons:
        st.caption(escape(reason))
    roles = edited_roles(draft, loaded.roles, key="current")
    if roles is not None and roles != loaded.roles:
        session.change(pending=study.files, pending_roles=asdict(roles))
        st.rerun()
