"""Under the cards: who fits no kind well, and the way on."""

from __future__ import annotations

import streamlit as st

from pages.ui.parts.view import View
from pages.ui.segments import selection
from pages.ui.segments.fit import how_many_poor
from pages.ui.segments.tables import BETWEEN, POORLY
from pages.ui.shell import navigation
from segcore.language.words import count, number_word


def show(view: View) -> None:
    """Links to those between two kinds, poorly described and without purchases; why so many; what to offer."""
    s = view.segmentation
    nothing = int((~s.has_purchases).sum())
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if s.n_mixed and st.button(
            f"{count(s.n_mixed)} between two kinds", type="tertiary", key="strip-between"
        ):
            _listed(BETWEEN)
        poor = how_many_poor(view)
        if poor and st.button(f"{count(poor)} fit only in part", type="tertiary", key="strip-poor"):
            _listed(POORLY)
        if nothing:
            st.caption(f"{count(nothing)} bought nothing here", width="content")
        if st.button(f"Why {number_word(s.k)}?", type="tertiary", key="strip-why"):
            navigation.go_to(navigation.HOW_MANY)
        st.space("stretch")
        if st.button("What to offer", type="primary", icon=":material/arrow_forward:", key="strip-offers"):
            navigation.go_to(navigation.OFFERS)


def _listed(who: str) -> None:
    """The list of these on the page of all segments."""
    selection.forget()
    st.session_state["customers-who"] = who
    navigation.go_to(navigation.SEGMENTS)
