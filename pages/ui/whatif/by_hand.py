"""Segments changed by hand: merge, split, lock, define; always marked, with what it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import widgets
from pages.ui.parts.answers import ONLY_IF_KNOWN, ask
from pages.ui.whatif import changes, kept
from pages.ui.whatif.another_range import answered
from pages.ui.whatif.steps import way_back
from segcore.choices.scenarios import Edit, Scenario
from segcore.language.words import readable

if TYPE_CHECKING:
    from pages.ui.parts.view import View


def show(view: View) -> None:
    """Acts on the left, what comes of them on the right, scenarios below."""
    scenario = changes.now(view)
    names = _names(view, scenario)
    head = st.container()
    left, right = st.columns([2, 5], gap="large")
    with left:
        with st.container(border=True):
            _merge(view, names)
            _split(view, names, scenario.next_number({*view.names, *names}))
            _lock(view, scenario)
            _define(view, scenario.next_number({*view.names, *names}))
        way_back(view, scenario)
    with right:
        known = answered(view, scenario, head, "hand", "Merge two segments, split one, lock one, or say which products define one.")  # fmt: skip
    kept.show(view, scenario, waiting=not known)


def _names(view: View, scenario: Scenario) -> dict[int, str]:
    """The segments as they are on the screen: those of the scenario once it is known, else the study's."""
    from segcore.whatif.range_words import names_of

    found = None if scenario.is_empty else ask(changes.scenario_of(view, scenario), ONLY_IF_KNOWN)
    if found is None:
        return view.names
    known = names_of(found, view.names)
    # A new segment that nobody is in has no name, and nothing to be changed.
    return {int(number): known[int(number)] for number in sorted(found.identity) if int(number) in known}


def _merge(view: View, names: dict[int, str]) -> None:
    chosen = st.multiselect(
        "Merge",
        list(names),
        key="hand-merge",
        format_func=names.__getitem__,
        placeholder="Two or more segments",
    )
    st.button(
        "Merge them", icon=":material/merge:", key="merge", disabled=len(chosen) < 2, width="stretch",
        on_click=changes.edit, args=(changes.base_of(view), Edit("merge", tuple(sorted(chosen)))),
    )  # fmt: skip


def _split(view: View, names: dict[int, str], makes: int) -> None:
    chosen = st.selectbox(
        "Split",
        list(names),
        key="hand-split",
        format_func=names.__getitem__,
        index=None,
        placeholder="A segment",
    )
    st.button(
        "Split it in two", icon=":material/call_split:", key="split", disabled=chosen is None, width="stretch",
        on_click=changes.edit, args=(changes.base_of(view), Edit("split", (chosen or 0,), makes=makes)),
    )  # fmt: skip


def _lock(view: View, scenario: Scenario) -> None:
    locked = [number for edit in scenario.edits if edit.kind == "lock" for number in edit.segments]
    key = widgets.remembered("hand-lock", [number for number in locked if number in view.names])
    st.multiselect(
        "Lock", list(view.names), key=key, format_func=view.names.__getitem__, placeholder="Segments that must stay",
        on_change=widgets.hand_over, args=(key, lambda chosen: changes.lock(changes.base_of(view), chosen)),
        help="What a locked segment buys stays as it is while the others are found anew, here or in another range.",
    )  # fmt: skip


def _define(view: View, makes: int) -> None:
    order = (-view.matrix.buyers).argsort(kind="stable")
    chosen = st.multiselect(
        "Products that must define a segment", [str(p) for p in view.matrix.products[order]], key="hand-pin",
        placeholder="Search a product", format_func=lambda product: readable(product, view.study.level),
        help="A further segment begins with these products, and they belong to no other.",
    )  # fmt: skip
    st.button(
        "Make a segment of them", icon=":material/push_pin:", key="pin", disabled=not chosen, width="stretch",
        on_click=changes.edit, args=(changes.base_of(view), Edit("pin", products=tuple(chosen), makes=makes)),
    )  # fmt: skip
