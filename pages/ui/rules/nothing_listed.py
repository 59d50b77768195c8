"""An empty list: why no rule is shown, and the thresholds at which some would be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import study_choices as choices
from pages.ui.parts.answers import ask
from pages.ui.rules import asking, controls
from segcore.language.words import count, percent
from segcore.questions.rules import MineRules
from segcore.rules import within_reach
from segcore.rules.sentences import beyond_chance

if TYPE_CHECKING:
    from segcore.choices.rules import RuleFilter
    from segcore.choices.study import Study
    from segcore.rules import Reach, Rules

CONFIDENCES = tuple(n / 100 for n in (0, *range(5, 100, 5)))


def empty(rules: Rules, study: Study, choice: RuleFilter) -> None:
    """What to do about an empty list; shuffled, it is what one hopes for."""
    if rules.spec.shuffled:
        st.info(
            "The list is empty, as it should be where there is nothing to find.", icon=":material/shuffle:"
        )
        return
    supports = controls.supports(study)
    found = within_reach(rules, choice, supports, CONFIDENCES)
    if found is None:
        deeper = ask(MineRules(study.data_digest, asking.deepest(study, rules.spec)))
        if deeper is None:
            return
        found = within_reach(deeper, choice, supports, CONFIDENCES)
    if found is not None:
        _lower(found, choice)
    elif beyond_chance(rules, choice)[1]:
        st.info(
            "Every rule at these thresholds could be luck: purchases dealt out anew show rules like these.",
            icon=":material/info:",
        )
    elif len(rules):
        st.info(
            "The rules found do not pass these choices. Lower the lift, clear the products asked for, or look at the "
            "doubtful ones too.",
            icon=":material/info:",
        )
    else:
        st.info(
            "However low support and confidence are set, no two products are bought together more often than chance would "
            "have it. Choose a coarser product level.",
            icon=":material/info:",
        )
    if len(rules):
        st.button(
            "Show every rule found", icon=":material/expand_content:", on_click=_show_all, args=(rules,)
        )


def _lower(found: Reach, choice: RuleFilter) -> None:
    """One click to the thresholds that the data can meet."""
    with st.container(border=True):
        few = "Each combination is bought by few here. " if found.min_support < choice.min_support else ""
        what = "rule passes" if found.rules == 1 else "rules pass"
        st.markdown(
            f"{few}{count(found.rules)} {what} with a support from {controls.share_words(found.min_support)} and a "
            f"confidence from {percent(found.min_confidence)}."
        )
        st.button(
            "Show it" if found.rules == 1 else "Show them", type="primary", icon=":material/south:",
            on_click=controls.lower_to, args=(found,),
        )  # fmt: skip


def _show_all(rules: Rules) -> None:
    """Move every threshold down to what was mined, ask for no product, and mark what may be chance."""
    controls.forget()
    spec = rules.spec
    choices.change_rules(
        {
            "min_support": spec.min_support, "min_confidence": spec.min_confidence, "min_lift": 0.0,
            "max_length": spec.max_length, "everything": True, "one_to_one": False, "products": {},
        }
    )  # fmt: skip
