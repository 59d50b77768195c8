"""Segments: who the customers of each kind are, which products belong together, names, and the file to send."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import navigation, router

router.enter(navigation.SEGMENTS)

from pages.ui.parts import widgets  # noqa: E402
from pages.ui.parts.view import need_segments  # noqa: E402
from pages.ui.segments import asked, card, charts, find, names, overview  # noqa: E402
from pages.ui.segments import detail as behind  # noqa: E402
from pages.ui.segments import tables as segment_tables  # noqa: E402
from pages.ui.segments.fit import how_many_poor  # noqa: E402
from pages.ui.shell import header  # noqa: E402
from segcore.language.words import count, number_word, of, percent, plural  # noqa: E402

header.need_data("Who are our customers?")
view = need_segments("Who are our customers?")
matrix, segmentation, k = view.matrix, view.segmentation, view.segmentation.k

QUESTION = f"Who are our {number_word(k)} kinds of {matrix.row_word}?"
largest, n = int(segmentation.sizes.index[0]), int(segmentation.sizes.sum())
answer = (
    f"The largest kind, “{view.names[largest]}”, has {of(int(segmentation.sizes[largest]), n)} {matrix.row_word}; "
    f"the {number_word(k)} together explain {percent(segmentation.explained_share)} of the purchase pattern"
)
apart = []
if segmentation.n_mixed:
    stand = "stands" if segmentation.n_mixed == 1 else "stand"
    apart.append(f"{plural(segmentation.n_mixed, matrix.row_word[:-1])} {stand} between two")
if poor := how_many_poor(view):
    apart.append(f"{count(poor)} {'is' if poor == 1 else 'are'} described poorly")
answer += f"; {' and '.join(apart)}." if apart else "."
widgets.title(QUESTION, answer)
names.what_changed(view)
widgets.warn(segmentation.warnings())
asked.portraits(view, "Checking what could be chance …")


@st.fragment
def explore() -> None:
    """The pictures and, beside them, what was clicked and one segment's card; a click draws these and nothing else."""
    made = asked.portraits(view)
    drawn, detail = st.columns([3, 2], gap="large")
    with drawn:
        charts.charts(view)
    with detail:
        behind.behind(view, made)
        card.card(view, card.choose(view), made)


with st.columns([2, 3])[0]:
    names.balance(view)
explore()

st.subheader("Every segment at a glance", anchor=False)
overview.every_segment(view, asked.portraits(view))
st.subheader(f"One {matrix.row_word[:-1]}", anchor=False)
find.find_customer(view)
st.subheader("Names", anchor=False)
names.names(view)
st.subheader(f"All {matrix.row_word}", anchor=False)
segment_tables.customers(view)
st.subheader("Products that belong together", anchor=False)
segment_tables.products(view)
segment_tables.downloads(view)
widgets.next_page(navigation.RULES, "What is bought together?")
