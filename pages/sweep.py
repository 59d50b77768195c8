"""How many: the sweep over k, its elbow, its stability, one verdict in words."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import navigation, router

router.enter(navigation.HOW_MANY)

from pages.ui.how_many import charts as sweep_charts  # noqa: E402
from pages.ui.how_many import options, reasons, votes  # noqa: E402
from pages.ui.parts import cached, no_result, questions, widgets  # noqa: E402
from pages.ui.parts import level_choices as working_level  # noqa: E402
from pages.ui.parts import study_choices as choices  # noqa: E402
from pages.ui.parts.answers import ask  # noqa: E402
from pages.ui.parts.text import escape  # noqa: E402
from pages.ui.shell import header, session  # noqa: E402
from segcore.errors import SegcoreError  # noqa: E402
from segcore.language.words import number_word, numbers_or, restyled  # noqa: E402

header.need_data("How many kinds of customers do we have?")
study = session.study()
QUESTION = f"How many kinds of {cached.purchases(study.data_digest).row_word} do we have?"

try:
    matrix = cached.matrix(study.data_digest, working_level.matrix_spec())
    asked = questions.sweep(study, matrix)
except SegcoreError as error:
    st.title(QUESTION, anchor=False)
    st.error(escape(error.sentence), icon=":material/error:")
    widgets.next_page(navigation.LEVEL, "Change the level or the filters")
    st.stop()

head = st.container()
sweep = ask(asked, parts=lambda parts: sweep_charts.unfinished(parts, asked, study.k))
if sweep is None:
    with head:
        widgets.title(QUESTION, f"Comparing {numbers_or(choices.sweep_spec(matrix.shape).ks)} kinds.")
    options.options(study, matrix, None)
    st.stop()

ks = [int(k) for k in sweep.table.index[sweep.table["failure"] == ""]]
if not ks:
    with head:
        widgets.title(QUESTION, "No number of segments worked with these choices.")
    widgets.warn([restyled(failure) for failure in sweep.table["failure"].unique()])
    options.options(study, matrix, None)
    st.stop()
verdict = sweep.verdict(matrix)
with head:
    widgets.title(QUESTION, verdict.sentence)
chosen = study.k if study.k in sweep.table.index else verdict.suggested

charts, choice = st.columns([13, 7], gap="large")
with charts:
    view = st.segmented_control(
        "View",
        sweep_charts.VIEWS,
        default=sweep_charts.VIEWS[0],
        required=True,
        format_func=widgets.quiet,
        key="sweep-view",
        label_visibility="collapsed",
    )
    sweep_charts.draw(view or sweep_charts.VIEWS[0], sweep, verdict, study, matrix, chosen)
    if chosen in ks:
        reasons.neighbours(study, matrix, sweep, chosen)

with choice:
    st.selectbox(
        "Work with",
        ks,
        index=ks.index(chosen) if chosen in ks else None,
        format_func=lambda k: f"{k} segments",
        placeholder="Choose a number",
        key=f"k-{chosen}",
        on_change=widgets.hand_over,
        args=(f"k-{chosen}", choices.change_k),
        help=widgets.help_for("k", "stability"),
    )
    if chosen in ks:
        sweep_charts.facts(sweep, matrix, chosen)
    if not verdict.reliable:
        no_result.show(study, matrix)
    reasons.why(study, matrix, verdict, ks)

widgets.warn(
    [f"{k} segments: {restyled(failure)}" for k, failure in sweep.table["failure"].items() if failure]
)
votes.compare(study, matrix, sweep, ks, chosen)
options.options(study, matrix, chosen if chosen in ks else None, sweep)
with st.expander("All numbers", icon=":material/table:"):
    sweep_charts.table(sweep)
    sweep_charts.expert_table(study, matrix)
if chosen in ks:
    widgets.next_page(navigation.SEGMENTS, f"Who are these {number_word(chosen)}?")
