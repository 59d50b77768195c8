"""Segments: who the customers of each kind are, which products belong together, names, and the file to send."""

from __future__ import annotations

import streamlit as st

from pages.ui import router

router.enter(router.SEGMENTS)

from pages.ui import (  # noqa: E402
    ask,
    cached,
    choices,
    progress,
    segment_tables,
    segment_views,
    session,
    strip,
    widgets,
    working_level,
)
from pages.ui.text import escape  # noqa: E402
from pages.ui.view import View  # noqa: E402
from segcore.errors import SegcoreError  # noqa: E402
from segcore.words import count, number_word, of, percent  # noqa: E402

strip.need_data("Who are our customers?")
study = session.study()

try:
    matrix = cached.matrix(study.data_digest, working_level.matrix_spec())
    k = choices.chosen_k(matrix)
    if k is None:
        st.title("Who are our customers?", anchor=False)
        st.info("First choose how many kinds to look for.", icon=":material/info:")
        widgets.next_page(router.HOW_MANY, "How many kinds are there?")
        st.stop()
    request = ask.segments(study, matrix, k)
except SegcoreError as error:
    st.title("Who are our customers?", anchor=False)
    st.error(escape(error.sentence), icon=":material/error:")
    widgets.next_page(router.LEVEL, "Change the level or the filters")
    st.stop()

QUESTION = f"Who are our {number_word(k)} kinds of {matrix.row_word}?"
head = st.container()
segmentation = progress.result_of(request)
if segmentation is None:
    head.title(QUESTION, anchor=False)
    st.stop()
view = View.of(study, matrix, segmentation, request)

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
with head:
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
