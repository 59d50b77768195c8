"""New customers: drop a file, see who joins which segment, and whether the segments still fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.ui.data.intake_views import TYPES
from pages.ui.parts import cached, widgets
from pages.ui.parts.answers import ask
from pages.ui.parts.text import escape
from pages.ui.whatif import changes, outcome
from segcore.choices.study import StudyFile
from segcore.errors import SegcoreError
from segcore.figures.before_after import before_after
from segcore.language.file_names import file_name
from segcore.language.words import count, of, percent
from segcore.report.export.tables import table_csv
from segcore.whatif.newcomers import (
    Newcomers,
    drift_sentence,
    mix_sentence,
    newcomers_sentence,
    unknown_sentence,
)

if TYPE_CHECKING:
    from pages.ui.parts.view import View


def show(view: View) -> None:
    """The drop zone until there is a file; then who they are."""
    files = view.study.newcomers
    if not files:
        outcome.answer("Drop a file of new customers and see which segment each of them joins.")
        _drop(view)
        return
    head = st.container()
    found = ask(changes.newcomers_of(view, files))
    if found is None:
        with head:
            outcome.answer("Reading the new customers.")
    else:
        with head:
            outcome.answer(newcomers_sentence(found, view.names))
        _verdict(found)
        _picture(view, found)
        _list(view, found)
    st.caption(escape(f"From {', '.join(file.name for file in files)}."))
    st.button(
        "Another file",
        icon=":material/upload_file:",
        key="newcomers-again",
        on_click=changes.take_newcomers,
        args=((),),
    )


def _drop(view: View) -> None:
    turn = st.session_state.setdefault("newcomers-turn", 0)
    with st.container(border=True):
        files = st.file_uploader(
            "Purchases of new customers as CSV or Excel, written like the first file",
            type=TYPES, accept_multiple_files=True, key=f"newcomers-{turn}",
            help="The segments are not found anew: each customer is described by the ones there are.",
        )  # fmt: skip
        st.caption("Files stay on this machine.")
    if not files:
        return
    try:
        stored = [cached.store().keep_upload(file.name, file) for file in files]
    except SegcoreError as error:
        st.error(escape(error.sentence), icon=":material/error:")
        return
    st.session_state["newcomers-turn"] = turn + 1
    changes.take_newcomers(tuple(StudyFile(one.stored_name, one.name, one.digest) for one in stored))
    st.rerun()


def _verdict(found: Newcomers) -> None:
    """Drift, strangers among the products, people known already."""
    drift = escape(drift_sentence(found))
    if found.drift.verdict or not found.comparable:
        st.warning(drift, icon=":material/trending_down:")
    elif found.drift.is_open:
        st.info(drift, icon=":material/info:")
    else:
        st.success(drift, icon=":material/check:")
    said = [unknown_sentence(found)]
    if found.already:
        verb = "is" if found.already == 1 else "are"
        said.append(
            f"{of(found.already, found.customers)} {found.row_word} of this file {verb} in the study already."
        )
    said.append(mix_sentence(found))
    st.markdown(escape(" ".join(filter(None, said))), width=900)


def _picture(view: View, found: Newcomers) -> None:
    table, n = found.table[["share_before", "share"]], found.in_segments
    if not n:
        return
    shift = (table["share"] - table["share_before"]).sort_values()
    number = int(shift.index[-1])
    title = f"“{view.names[number]}” is {percent(table.loc[number, 'share'], n)} of them, {percent(table.loc[number, 'share_before'], n)} before"  # fmt: skip
    figure = before_after(
        table, view.names, view.colours, said=("before", "new"), shown=lambda share: percent(share, n), title=title,
        subtitle=f"Share of the {found.row_word} in segments: before (ring) and among the {count(n)} new ones (dot)",
        theme=widgets.theme(), wrap=80,
    )  # fmt: skip
    widgets.chart(figure, key="newcomers-mix")


def _list(view: View, found: Newcomers) -> None:
    """Everybody with segment and fit, to search and to take along."""
    d = found.described
    named = d.assignment.map(view.names).astype("object").where(d.assignment.notna(), "in no segment")
    second = d.mixed_with.map(view.names).astype("object").where(d.mixed_with.notna(), "")
    table = pd.DataFrame(
        {d.assignment.index.name or "customer": d.assignment.index, "segment": named.to_numpy(),
         "also close to": second.to_numpy(), "explained": (100 * d.fit).round(0).to_numpy()}
    )  # fmt: skip
    st.dataframe(
        table, hide_index=True, column_config=widgets.percent_columns(["explained"]),
        alt="Every new customer with the segment joined and how much of the purchases is explained.",
    )  # fmt: skip
    st.download_button(
        "Who joins which segment", table_csv(table), mime="text/csv",
        file_name=file_name(view.study.name, f"new {found.row_word}", pd.Timestamp.now(), "csv"), icon=":material/download:",
        key="newcomers-download",
    )  # fmt: skip
