"""Names: proposed, edited with a description, read from a file; and the balance that drives every list."""

from __future__ import annotations

import streamlit as st

from pages.ui.parts import naming, widgets
from pages.ui.parts.text import escape
from pages.ui.parts.view import View
from segcore.errors import SegcoreError
from segcore.language.words import join_and, plural

BALANCES = {
    0.0: "most distinctive",
    0.25: "distinctive",
    0.5: "both",
    0.75: "popular",
    1.0: "most popular",
}
EDITED = ("name", "description")


def balance(view: View) -> None:
    """One slider between popular and distinctive, for lists, proposed names, cards and files."""
    now = min(BALANCES, key=lambda v: abs(v - view.study.balance))
    key = f"balance-{now}"  # a fresh slider for each value: one that is only told its value can miss that
    st.select_slider(
        "What product lists put first", list(BALANCES), value=now, format_func=BALANCES.get, key=key,
        on_change=widgets.hand_over, args=(key, naming.change_balance),
        help=widgets.help_for("popular", "distinctive")
        + " It also decides what segments are called that nobody named, what cards say and what files list.",
    )  # fmt: skip


def what_changed(view: View) -> None:
    """Which segments are new and which are gone against the run looked at before."""
    said = []
    if view.new:
        named = [f"“{view.names[n]}”" for n in view.new]
        said.append(f"New: {join_and(named)}.")
    if view.gone:
        said.append(f"Gone: {join_and([f'“{name}”' for name in view.gone])}.")
    if said:
        kept = len(view.names) - len(view.new)
        said.append(f"{plural(kept, 'segment')} kept name and colour." if kept else "")
        st.caption(f":material/compare_arrows: {escape(' '.join(said).strip())}")


def names(view: View) -> None:
    """Names and descriptions to edit; saved at once, unique, used everywhere and in every later run."""
    import pandas as pd

    numbers, turn = list(view.proposed), st.session_state.setdefault("names-turn", 0)
    table = pd.DataFrame(
        {
            "name": [view.names[n] for n in numbers],
            "description": [view.descriptions.get(n, "") for n in numbers],
            "proposed from its products": [view.proposed[n] for n in numbers],
            view.matrix.row_word: view.segmentation.sizes.to_numpy(),
        },
        index=pd.Index(numbers, name="segment"),
    )
    edited = st.data_editor(
        table, disabled=["segment", "proposed from its products", view.matrix.row_word],
        key=f"names-{view.key}-{view.study.balance}-{turn}", width="stretch",
        column_config={
            "name": st.column_config.TextColumn(max_chars=80, help="Click to rename. The name stays with the segment: other numbers of segments, levels and filters find it again. Empty it to go back to the proposed one."),
            "description": st.column_config.TextColumn(max_chars=300, width="large", help="What everybody should know of this segment."),
            view.matrix.row_word: st.column_config.NumberColumn(format="localized"),
        },
        alt="The name and description of every segment, to edit.",
    )  # fmt: skip
    wanted, described = ({int(n): _text(value) for n, value in edited[name].items()} for name in EDITED)
    if wanted != view.names or described != {n: view.descriptions.get(n, "") for n in numbers}:
        naming.rename(view.key, wanted, described, view.proposed)
        # A fresh table shows what was made of it: the one typed in keeps "", or a name somebody has, and asks for it again.
        st.session_state["names-turn"] = turn + 1
        st.rerun()
    _from_file(view)


def _text(value: object) -> str:
    return "" if value is None or value != value else str(value)


def _from_file(view: View) -> None:
    """A file of two columns: the segment's number or name now, and its new name; a third column describes."""
    with st.expander("Read names from a file"):
        st.caption(
            "Two columns, as CSV or Excel: the segment’s number or its name now, and the new name. A third column is "
            "taken as the description."
        )
        given = st.file_uploader(
            "File of names", type=["csv", "txt", "tsv", "xlsx"], key=f"names-file-{view.key}"
        )
        if given is None:  # what was said of an earlier file is over, and so it is of another run's
            st.session_state.pop("names-said", None)
            return
        if st.session_state.get("names-read") == given.file_id:
            _said()
            return
        st.session_state["names-read"] = given.file_id
        try:
            read = naming.read_file(given.name, given.getvalue(), view.names)
        except SegcoreError as error:
            st.error(escape(error.sentence), icon=":material/error:")
            return
        if read.names:
            naming.rename(
                view.key,
                {**view.names, **read.names},
                {**view.descriptions, **read.descriptions},
                view.proposed,
            )
        unknown = (
            f" Not found: {join_and([f'“{name}”' for name in read.unknown], most=5)}." if read.unknown else ""
        )
        st.session_state["names-said"] = f"{plural(len(read.names), 'name')} taken over.{unknown}"
        st.rerun()


def _said() -> None:
    if said := st.session_state.get("names-said"):
        st.caption(escape(said))
