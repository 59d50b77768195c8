"""Customers: the kinds of customers in one sentence and a card each; the home of a study."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import navigation, router

router.enter(navigation.CUSTOMERS)

from pages.ui.customers import cards, choices_line, strip  # noqa: E402
from pages.ui.parts import finding  # noqa: E402
from pages.ui.parts.text import escape  # noqa: E402
from pages.ui.parts.view import need_segments  # noqa: E402
from pages.ui.segments import asked, names  # noqa: E402
from pages.ui.shell import header  # noqa: E402

QUESTION = "What kinds of customers do we have?"
header.need_data(QUESTION)
view = need_segments(QUESTION)
reliable = finding.is_reliable(view.study, view.matrix)

st.title(escape(cards.sentence(view, reliable=reliable)), anchor=False)
choices_line.show(view)
names.what_changed(view)
made = asked.portraits(view)
cards.show(view, made, reliable=reliable)
strip.show(view)
if made is None:
    asked.portraits(view, "Checking what could be chance …")
