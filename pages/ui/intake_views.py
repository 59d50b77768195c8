"""The pieces of the Data page: drop zone, samples, what was read and repaired, what each column means."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui import ask, cached, progress, session
from pages.ui.roles_editor import edited_roles
from pages.ui.text import escape
from segcore.errors import SegcoreError
from segcore.studies import StudyFile
from segcore.words import NEEDED, count, plural

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segcore.intake import Finding, Roles
    from segcore.studies import Study
    from segcore.tasks import Loaded
    from segcore.uploads import StoredUpload

TYPES = ["csv", "tsv", "txt", "xlsx", "xls", "xlsm", "xlsb", "ods", "parquet"]
FEW_FINDINGS = 6


def drop_zone() -> None:
    """Where files land; they go to disk at once and their bytes leave the session."""
    turn = st.session_state.setdefault("upload-turn", 0)
    files = st.file_uploader(
        "Purchases as CSV or Excel: one file, or lines and a product list together",
        type=TYPES,
        accept_multiple_files=True,
        key=f"upload-{turn}",
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
    left, right, _ = st.columns([1, 1, 2])
    if left.button("A wine merchant", icon=":material/wine_bar:", width="stretch", help="600 invented customers with tastes planted in them."):  # fmt: skip
        _open_sample("wine_merchant")
    if right.button("Real households", icon=":material/shopping_cart:", width="stretch", help="The Complete Journey: 2,469 households, 1.5 million purchase lines."):  # fmt: skip
        _open_sample("complete_journey")


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
        if study.data_digest:
            st.caption("Your earlier data and choices are still here.")
        label = "Back to the earlier data" if study.data_digest else "Choose another file"
        if st.button(label, icon=":material/undo:"):
            session.change(pending=(), pending_roles={})
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
    values = [
        (report.row_word, count(report.customers)),
        ("products", count(report.products)),
        ("purchase lines", count(report.lines_kept)),
        ("lines left out", count(report.lines_read - report.lines_kept)),
    ]
    for column, (label, value) in zip(st.columns(4), values, strict=True):
        column.metric(label, value, border=True)


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
    for finding in findings:
        st.markdown(f"- {escape(finding.sentence)}")


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
