"""The number of kinds where nobody chose one: compared on the way, taken from the evidence, or said that none holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import no_result, questions, widgets
from pages.ui.parts import study_choices as choices
from pages.ui.parts.answers import ONLY_IF_KNOWN, ask
from pages.ui.shell import navigation
from segcore.language.words import numbers_or

if TYPE_CHECKING:
    from typing import Any, NoReturn

    from segcore.choices.study import Study
    from segcore.matrix import PurchaseMatrix


def number_of_kinds(question: str, study: Study, matrix: PurchaseMatrix) -> int:
    """The study's number, or the one that a comparison suggests; the page stops while that runs, or where none holds.

    Raises
    ------
    SegcoreError
        The choices leave nothing to compare.
    """
    chosen = questions.chosen_k(matrix)
    if chosen is not None:
        return chosen
    head = st.container()
    sweep = ask(questions.sweep(study, matrix))
    if sweep is None:
        with head:
            widgets.title(question, f"Comparing {numbers_or(choices.sweep_spec(matrix.shape).ks)} kinds.")
        st.stop()
    verdict = sweep.verdict(matrix)
    if verdict.suggested is None:
        _nothing_holds(head, study, matrix, verdict.sentence)
    return verdict.suggested


def _nothing_holds(head: Any, study: Study, matrix: PurchaseMatrix, why: str) -> NoReturn:
    """What was tried, why it does not hold, and what would help."""
    with head:
        widgets.title(f"These {matrix.row_word} fall into no kinds that hold", why)
    no_result.show(study, matrix)
    widgets.next_page(navigation.HOW_MANY, "How do the numbers compare?")
    st.stop()


def is_reliable(study: Study, matrix: PurchaseMatrix) -> bool:
    """Whether some number of segments holds here; what nobody has compared is not called doubtful."""
    sweep = ask(questions.sweep(study, matrix), ONLY_IF_KNOWN)
    return True if sweep is None else bool(sweep.verdict(matrix).reliable)
