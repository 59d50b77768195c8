"""Scenarios kept by name, and any two of them side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts.answers import ask
from pages.ui.parts.text import escape
from pages.ui.whatif import changes, outcome
from segcore.choices.scenarios import Scenario
from segcore.language.words import count, decimal, of, plural
from segcore.whatif.outcome import agreement_in_words, agreement_of, beside, flows_between
from segcore.whatif.range_words import changes_in_words, names_of

if TYPE_CHECKING:
    from pages.ui.parts.view import View

STUDY, TRIED = "The study as it is", "What is on the screen"


def show(view: View, scenario: Scenario, *, waiting: bool) -> None:
    """Keep what is on the screen; open, forget and compare what was kept, once the screen has its answer."""
    own = [one for one in changes.tried().kept if one.base == changes.base_of(view)]
    other = len(changes.tried().kept) - len(own)
    st.subheader("Scenarios", anchor=False)
    _keep(view, scenario)
    for at, one in enumerate(own):
        _row(view, one, at)
    if other:
        st.caption(
            f"{plural(other, 'scenario')} kept with other segments: they are back when those segments are."
        )
    if own and not waiting:
        _compare(view, scenario, own)


def _keep(view: View, scenario: Scenario) -> None:
    if scenario.is_empty:
        st.caption("Change something above, then keep it here under a name.")
        return
    with st.form("keep-scenario", clear_on_submit=True, border=False):
        left, right = st.columns([3, 1], vertical_alignment="bottom")
        name = left.text_input(
            "Keep what is on the screen as", placeholder="Without gift cards", max_chars=60
        )
        if right.form_submit_button("Keep", icon=":material/bookmark_add:", width="stretch") and name.strip():
            changes.keep(changes.base_of(view), name)
            st.rerun()


def _row(view: View, one: Scenario, at: int) -> None:
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        said = "; ".join(changes_in_words(one, view.names, view.study.level, view.matrix.row_word))
        st.markdown(f"**{escape(one.name)}**: {escape(said)}", width="stretch")
        st.button(
            "Open", icon=":material/open_in_full:", key=f"kept-open-{at}", on_click=changes.open_kept, args=(changes.base_of(view), one)
        )  # fmt: skip
        st.button(
            "Forget", icon=":material/delete:", key=f"kept-forget-{at}", on_click=changes.forget, args=(changes.base_of(view), one.name)
        )  # fmt: skip


def _compare(view: View, scenario: Scenario, own: list[Scenario]) -> None:
    """Two of the study, the screen and the kept ones: how alike their groups are, and who changes."""
    always = {STUDY: Scenario(base=changes.base_of(view))} | ({} if scenario.is_empty else {TRIED: scenario})
    # A kept one that somebody called like one of these two stands under its name in quotation marks.
    mine = {f"“{one.name}”" if one.name in (STUDY, TRIED) else one.name: one for one in own}
    offered = {STUDY: always[STUDY], **mine, **always}
    titles = list(offered)
    left, right = st.columns(2)
    first = left.selectbox("Hold", titles, key="compare-first")
    second = right.selectbox("against", [t for t in titles if t != first], key="compare-second")
    found = []
    for title in (first, second):
        result = ask(changes.scenario_of(view, offered[title]))
        if result is None:
            return
        found.append(result)
    one, other = found
    numbers = beside(other, one)
    names = {numbers.get(n, n): name for n, name in names_of(other, view.names).items()}
    merged, parted = (
        {
            numbers.get(whole, whole): [part for part in parts if part in view.names]
            for whole, parts in both.items()
        }
        for both, numbers in ((other.merged, numbers), (one.merged, {}))
    )
    after = other.assignment.map(numbers).astype("Int64")
    flows = flows_between(one.assignment, after, merged, parted)
    agreement, compared = agreement_of(one.assignment, after)
    inside = flows[(flows["from"] > 0) & (flows["to"] > 0)]
    moved = int(inside.loc[~inside["stays"], "customers"].sum())
    only_one = int(flows["customers"].sum()) - compared
    out = f", {count(only_one)} are in a segment of only one" if only_one else ""
    word = view.matrix.row_word
    title = f"“{first}” and “{second}” are {agreement_in_words(agreement)}: {of(moved, compared)} {word} change segment{out}"
    subtitle = f"Agreement {decimal(agreement, 2)}, where 1 is the same groups and 0 is chance, over {count(compared)} {word} in a segment of both"
    if not compared:
        title, subtitle = (
            f"“{first}” and “{second}” have no {word} in common",
            "Nobody is in a segment of both",
        )
    outcome.moves(
        view, flows, (names_of(one, view.names), names),
        outcome.colours_of(view, {*one.new, *(numbers[n] for n in other.new)}),
        key="kept-compare", title=title, subtitle=subtitle,
    )  # fmt: skip
