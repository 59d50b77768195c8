"""What was changed so far, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts.text import escape
from pages.ui.whatif import changes
from segcore.whatif.range_words import changes_in_words

if TYPE_CHECKING:
    from pages.ui.parts.view import View
    from segcore.choices.scenarios import Scenario


def way_back(view: View, scenario: Scenario) -> None:
    """Every change in words; undo, redo, reset."""
    tried = changes.tried()
    said = changes_in_words(scenario, view.names, view.study.level, view.matrix.row_word)
    if said:
        st.markdown("\n".join(f"- {escape(sentence)}" for sentence in said))
    buttons = (
        ("undo", "Undo", ":material/undo:", tried.can_undo(changes.base_of(view))),
        ("redo", "Redo", ":material/redo:", tried.can_redo(changes.base_of(view))),
        ("reset", "Reset", ":material/restart_alt:", not scenario.is_empty),
    )
    with st.container(horizontal=True, gap="small"):
        for way, label, icon, possible in buttons:
            st.button(
                label,
                icon=icon,
                key=f"step-{way}",
                disabled=not possible,
                on_click=changes.go,
                args=(way, changes.base_of(view)),
            )
