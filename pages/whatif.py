"""What if: a basket, the range, the segments by hand, new customers, another time."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import navigation, router

router.enter(navigation.WHAT_IF)

from pages.ui.parts import widgets  # noqa: E402
from pages.ui.parts.view import need_segments  # noqa: E402
from pages.ui.shell import header  # noqa: E402
from pages.ui.whatif import another_range, basket, by_hand, newcomers, periods  # noqa: E402

QUESTION = "What if we changed something?"
ROOMS = {
    "A basket": basket.show,
    "Another range": another_range.show,
    "By hand": by_hand.show,
    "New customers": newcomers.show,
    "Two periods": periods.show,
}
header.need_data(QUESTION)
view = need_segments(QUESTION)
st.title(QUESTION, anchor=False)
room = st.segmented_control(
    "What to try",
    list(ROOMS),
    default="A basket",
    key="whatif-room",
    format_func=widgets.quiet,
    label_visibility="collapsed",
    required=True,
)
ROOMS[room or "A basket"](view)
widgets.next_page(navigation.RULES, "What is bought together?")
