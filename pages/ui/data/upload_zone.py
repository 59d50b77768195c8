"""Where data come in: files dropped, cells pasted, samples, a further file about the same customers."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui.data import source_views
from pages.ui.parts import cached
from pages.ui.parts.answers import ask
from pages.ui.parts.text import escape
from pages.ui.shell import session, tour
from segcore.choices.study import StudyFile
from segcore.errors import SegcoreError
from segcore.language.words import NEEDED, restyled
from segcore.questions.data import Sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from segcore.choices.study import Study
    from segcore.storage.uploads import StoredUpload

TYPES = ["csv", "tsv", "txt", "xlsx", "xls", "xlsm", "xlsb", "ods", "parquet", "zip", "gz"]
PASTED = "pasted cells"
SAMPLES = (
    ("wine_merchant", "A wine merchant", ":material/wine_bar:", "600 invented customers with tastes planted in them; a few seconds."),
    ("complete_journey", "Real households", ":material/shopping_cart:", "The Complete Journey: 2,469 households, 1.5 million purchase lines; about half a minute."),
)  # fmt: skip


def drop_zone() -> None:
    """Where files land and cells are pasted; they go to disk at once and their bytes leave the session."""
    with st.container(border=True):
        st.markdown(
            "**Drop your purchases here**: who, what, and if you have them when, how many and for how much."
        )
        kept = _dropped(
            "Purchases as CSV or Excel: one file, or lines and a product list together",
            "upload",
            "Long purchase lines, a table with one column a product, or one basket a line: each is understood.",
        )
        st.caption(f"{NEEDED} Files stay on this machine.")
        kept = kept or _pasted()
        asked = source_views.choose()
    if kept or asked:
        session.change(pending=study_files(kept) or asked, pending_roles={}, sample="")
        st.rerun()


def _dropped(label: str, name: str, about: str) -> list[StoredUpload]:
    """Files dropped on a zone, already kept on disk; the zone is empty again on the next run."""
    turn = st.session_state.setdefault(f"{name}-turn", 0)
    given = st.file_uploader(label, type=TYPES, accept_multiple_files=True, key=f"{name}-{turn}", help=about)
    files = [
        file for file in given or () if isinstance(file, io.IOBase)
    ]  # others were taken before and let go
    kept = keep([(file.name, file) for file in files])
    if files:
        release(f"{name}-{turn}", files)
    if kept:
        st.session_state[f"{name}-turn"] = turn + 1
    return kept


def _pasted() -> list[StoredUpload]:
    """Cells pasted from a spreadsheet, kept like any file."""
    with st.expander("Or paste cells from Excel", icon=":material/content_paste:"):
        turn = st.session_state.setdefault("paste-turn", 0)
        with st.form(f"paste-form-{turn}", border=False):
            text = st.text_area(
                "Copied cells with their header", key=f"paste-{turn}", height=160,
                placeholder="Customer\tProduct\tDate\tAmount\n00123\tTea\t2024-05-01\t3.50",
            )  # fmt: skip
            pressed = st.form_submit_button("Read these cells", icon=":material/content_paste_go:")
        if not pressed:
            return []
        if not text.strip():
            st.info("Nothing is pasted yet.", icon=":material/info:")
            return []
    st.session_state["paste-turn"] = turn + 1
    return keep([(PASTED, text.encode("utf-8", "replace"))])


def keep(files: Sequence[tuple[str, Any]]) -> list[StoredUpload]:
    """Keep files in the workspace; none, and a sentence, where the disk refuses."""
    try:
        return [cached.store().keep_upload(name, content) for name, content in files]
    except SegcoreError as error:
        st.error(escape(error.sentence), icon=":material/error:")
        return []


def release(key: str, files: Sequence[Any]) -> None:
    """Let the bytes of uploaded files go: Streamlit would hold them until the browser closes, even under a new key.

    They lie in three places: the manager of uploads, the value of the widget, and the copies this run was handed.
    """
    from streamlit.runtime.scriptrunner import get_script_run_ctx

    context = get_script_run_ctx(suppress_warning=True)
    held = st.session_state.get(key) or ()
    for file in (*files, *(held if isinstance(held, list | tuple) else (held,))):
        if context is not None:
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
        if isinstance(file, io.IOBase):
            file.close()
    del st.session_state[key]


def samples() -> None:
    """Two samples, each a file that goes the way of any upload."""
    st.markdown("Or look around with a sample")
    for column, (name, label, icon, about) in zip(st.columns(2), SAMPLES, strict=True):
        if column.button(label, icon=icon, width="stretch"):
            st.session_state["sample"] = name
            st.rerun()
        column.caption(restyled(about))
    st.button("Take the one-minute tour", icon=":material/tour:", type="tertiary", on_click=tour.start)


def open_sample() -> None:
    """Fetch the sample that was clicked, then read it like any upload."""
    name = st.session_state.get("sample")
    if name is None:
        return
    kept = ask(Sample(name))
    if kept is None:
        st.stop()
    del st.session_state["sample"]
    session.change(pending=study_files(kept), pending_roles={}, sample=name)
    st.rerun()


def study_files(kept: Sequence[StoredUpload]) -> tuple[StudyFile, ...]:
    """Uploads as a study remembers them."""
    return tuple(StudyFile(upload.stored_name, upload.name, upload.digest) for upload in kept)


def further_file(study: Study) -> None:
    """A second file about the same customers or products: age bands, regions, names, categories."""
    with st.expander("Add what you know of these customers or products", icon=":material/person_add:"):
        st.caption(
            "A table with one row a customer (region, age band, channel, name) or a product (category, name). It "
            "describes the segments and never makes them; what you chose stays."
        )
        kept = _dropped(
            "One column must hold the ids as they stand in the purchases",
            "further",
            "The report says how many customers or products were found in it.",
        )
    known = {file.digest for file in study.files}
    new = tuple(file for file in study_files(kept) if file.digest not in known)
    if new:
        session.change(pending=(*study.files, *new), pending_roles=dict(study.roles))
        st.rerun()


def other_file(study: Study, sizes: dict[str, int]) -> None:
    """The same choices on another file, such as next month's: a study of its own, so that this one stays."""
    from segcore import studies
    from segcore.studies.other_data import taken_to

    with st.expander("Open this study with another file", icon=":material/swap_horiz:"):
        st.caption(
            "A copy of this study with other purchases: the same columns, level, filters and number of segments, and "
            "your names for segments that buy the same. It says how the data differ and what could not be carried over."
        )
        kept = _dropped(
            "Other purchases, laid out like these",
            "other",
            "Where the columns are called otherwise, they are understood anew.",
        )
    if kept:
        session.open_study(studies.save(taken_to(study, study_files(kept), sizes)).id)
        st.rerun()
