"""Segments: who the customers of each kind are, which products belong together, names, and the file to send."""

from __future__ import annotations

import streamlit as st

from pages.ui import router

router.enter(router.SEGMENTS)

from pages.ui import segment_tables, segment_views, strip, widgets  # noqa: E402
from pages.ui.view import need_segments  # noqa: E402
from segcore.words import count, number_word, of, percent  # noqa: E402

strip.need_data("Who are our customers?")
view = need_segments("Who are our customers?")
study, matrix, segmentation, k = view.study, view.matrix, view.segmentation, view.segmentation.k

QUESTION = f"Who are our {number_word(k)} kinds of {matrix.row_word}?"
largest, n = int(segmentation.sizes.index[0]), int(segmentation.sizes.sum())
answer = (
    f"The largest kind, “{view.names[largest]}”, has {of(int(segmentation.sizes[largest]), n)} {matrix.row_word}; "
    f"the {number_word(k)} together explain {percent(segmentation.explained_share)} of the purchase pattern"
)
answer += (
    f", and {count(segmentation.n_mixed)} {matrix.row_word} stand between two."
    if segmentation.n_mixed
    else "."
)
widgets.title(QUESTION, answer)
widgets.warn(segmentation.warnings())


@st.fragment
def explore() -> None:
    """The pictures and one segment beside them; a click or a slider draws these again and nothing else."""
    charts, detail = st.columns([3, 2], gap="large")
    with charts:
        segment_views.heatmaps(view)
    with detail:
        segment_views.one_segment(view)


explore()

st.subheader("Names", anchor=False)
segment_tables.names(view)
st.subheader(f"All {matrix.row_word}", anchor=False)
segment_tables.customers(view)
st.subheader("Products that belong together", anchor=False)
segment_tables.products(view)
segment_tables.downloads(view)
widgets.next_page(router.RULES, "What is bought together?")
