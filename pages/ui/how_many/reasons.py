"""Why this number of segments: the lines of evidence, what the neighbours would join or split, what people voted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.how_many import votes
from pages.ui.parts import questions
from pages.ui.parts import study_choices as choices
from pages.ui.parts.answers import ASIDE, ask, key_of
from pages.ui.parts.text import escape
from segcore.questions.numbers import AdjacentK

if TYPE_CHECKING:
    from segcore.choices.study import Study
    from segcore.matrix import PurchaseMatrix
    from segcore.selection import Verdict
    from segcore.selection.sweep import Sweep


def why(study: Study, matrix: PurchaseMatrix, verdict: Verdict, ks: Sequence[int]) -> None:
    """The range and the four lines, with what people voted."""
    lines = verdict.reasons[: len(verdict.reasons) - len(verdict.neighbours)]
    with st.container(border=True):
        st.markdown("**Why**")
        _bullets([*lines, *votes.votes_in_words(study, matrix, ks)])


def neighbours(study: Study, matrix: PurchaseMatrix, sweep: Sweep, k: int) -> None:
    """What one segment fewer and one more would capture, join and split."""
    from segcore.selection import beside

    captured = beside(sweep.table, sweep.baseline, k, matrix.row_word, matrix.shape[1])
    if not captured:
        return
    with st.container(border=True):
        st.markdown("**One fewer, one more**")
        _bullets([*captured, *_what_changes(study, matrix, k)])


def _bullets(sentences: Sequence[str]) -> None:
    st.markdown("\n".join(f"- {escape(sentence)}" for sentence in sentences))


def _what_changes(study: Study, matrix: PurchaseMatrix, k: int) -> tuple[str, ...]:
    """What one segment fewer joins and one more splits, under the names people gave."""
    from segcore.segments.adjacent_k import neighbour_sentences

    asked = AdjacentK(questions.sweep(study, matrix), k)
    found = ask(asked, ASIDE(f"Following who goes where with {k - 1} and {k + 1} …"))
    if found is None:
        return ()
    names = {
        number: choices.names_for(key_of(questions.segments(study, matrix, number)), dict(proposed))
        for number, proposed in found.names.items()
    }
    return neighbour_sentences(found, names, matrix.row_word)
