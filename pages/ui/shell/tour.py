"""The one-minute tour: one sentence a page on the shipped sample, and the way to the next stop."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import navigation

_KEY = "tour"
STOPS = (
    (navigation.DATA, "A file comes in, is read, and whatever was repaired is said. Nothing here has to be set."),
    (navigation.LEVEL, "Products can be told apart finely or coarsely. The chart says where tastes show; the best is chosen."),
    (navigation.HOW_MANY, "How many kinds of customers are there? One sentence, and the charts that back it."),
    (navigation.SEGMENTS, "Who they are: click any cell of the picture, rename what you recognise, drag popular to distinctive."),
    (navigation.RULES, "What is bought together more than chance would have it; every rule as a sentence with its counts."),
    (navigation.OFFERS, "What to offer to whom, why, and how that did against plain best-sellers on purchases that were hidden."),
    (navigation.SHARE, "Present it on the wall, leave a page behind, or send slides, a workbook or the study itself."),
)  # fmt: skip


def start() -> None:
    """Begin the tour on the sample."""
    st.session_state[_KEY] = True
    st.session_state["sample"] = "wine_merchant"


def end() -> None:
    """Leave the tour; the sample stays open."""
    st.session_state.pop(_KEY, None)


def show(entry: navigation.Entry) -> None:
    """The stop of this page, while a tour is on."""
    at = next((place for place, (stop, _) in enumerate(STOPS) if stop is entry), None)
    if not st.session_state.get(_KEY) or at is None:
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center", key="tour-stop"):
        st.markdown(f":material/tour: **Stop {at + 1} of {len(STOPS)}.** {STOPS[at][1]}")
        if at + 1 < len(STOPS):
            following = STOPS[at + 1][0]
            if st.button(f"On to {following.title}", icon=":material/arrow_forward:", key="tour-next"):
                navigation.go_to(following)
        st.button("End the tour", type="tertiary", key="tour-end", on_click=end)
