"""Offers: what to offer to whom and why, how that does against best-sellers, who gets it, and what it brought."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import navigation, router

router.enter(navigation.OFFERS)

from pages.ui.offers import answer, bundle_tab, holdout_tab, list_tab, next_tab, proof_tab, questions  # noqa: E402
from pages.ui.offers.context import TAB_KEY, TABS, Room  # noqa: E402
from pages.ui.parts import widgets  # noqa: E402
from pages.ui.parts.answers import ask  # noqa: E402
from pages.ui.parts.view import need_segments  # noqa: E402
from pages.ui.shell import header  # noqa: E402
from segcore.language.words import count  # noqa: E402

QUESTION = "What should we offer to whom?"
header.need_data(QUESTION)
view = need_segments(QUESTION)
if answer.nothing_new(view):
    widgets.title(
        QUESTION, answer.NOTHING_NEW.format(n=count(view.matrix.shape[0]), rows=view.matrix.row_word)
    )
    st.info("A finer product level may have something new for each of them.", icon=":material/info:")
    widgets.next_page(navigation.LEVEL, "Look at the product levels")
    st.stop()
head, under = st.container(), st.container()
with under:
    learned = ask(questions.learned(view))
    tested = None if learned is None else ask(questions.back_test(view))
    room = None if learned is None else Room(view, learned, tested)
    everyone = None if room is None else ask(questions.everyone(room))
if everyone is None:
    head.title(QUESTION, anchor=False)
    st.stop()

table = room.telling.opportunities(everyone)
best = str(table["product"].iloc[0]) if len(table) else str(learned.products[learned.by_popularity[0]])
with head:
    widgets.title(QUESTION, answer.answer(room, table))
tabs = dict(zip(TABS, st.tabs(TABS, key=TAB_KEY, on_change="rerun"), strict=True))
draw = {
    "Next offers": lambda: next_tab.draw(room, everyone, table),
    "Does it work?": lambda: proof_tab.draw(room),
    "Bundles": lambda: bundle_tab.draw(room),
    "Who gets it": lambda: list_tab.draw(room, best),
    "Test & learn": lambda: holdout_tab.draw(room, best),
}
for name, tab in tabs.items():
    if tab.open:
        with tab:
            draw[name]()
widgets.next_page(navigation.SHARE, "Send it to somebody")
