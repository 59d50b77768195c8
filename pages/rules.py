"""Rules: who buys this also buys that, explored and not dumped."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import navigation, router

router.enter(navigation.RULES)

from dataclasses import replace  # noqa: E402
from typing import TYPE_CHECKING  # noqa: E402

from pages.ui.parts import widgets  # noqa: E402
from pages.ui.parts.answers import key_of  # noqa: E402
from pages.ui.parts.text import escape  # noqa: E402
from pages.ui.rules import asking, compare, controls, listing, nothing_listed, one, pictures  # noqa: E402
from pages.ui.shell import header, session  # noqa: E402
from segcore.errors import SegcoreError  # noqa: E402
from segcore.questions.rules import MineRules  # noqa: E402
from segcore.rules import filter_rules, rank_rules  # noqa: E402

if TYPE_CHECKING:
    import numpy as np

    from segcore.choices.rules import RuleFilter
    from segcore.choices.study import Study
    from segcore.rules import Rules

QUESTION = "What is bought together?"
VIEWS = ("Points", "Groups", "Matrix", "Network", "By segment", "Bought instead")
header.need_data(QUESTION)


@st.fragment
def explore() -> None:
    """Thresholds, the answer, the picture and the list: a slider draws these again and nothing else."""
    head = st.container()
    controls_side, found = st.columns([1, 3], gap="large")
    with controls_side:
        wanted = controls.thresholds(session.study())
        shuffled = controls.shuffle()
    study = session.study()
    try:
        spec = asking.spec(study, wanted)
        seeds = asking.SHUFFLE_SEEDS if shuffled else (0,)
        asked = [MineRules(study.data_digest, replace(spec, shuffled=seed)) for seed in seeds]
    except SegcoreError as error:
        head.title(QUESTION, anchor=False)
        found.error(escape(error.sentence), icon=":material/error:")
        return
    with found:
        draws = asking.until_missing(asked)
    if len(draws) < len(asked):
        head.title(QUESTION, anchor=False)
        return
    rules = draws[0]
    # Shuffled, only what would pass as real is of interest.
    choice = controls.narrowed(rules, replace(wanted, everything=wanted.everything and not shuffled))
    passing = filter_rules(rules, choice)
    # The answer is sent before the other controls: the browser then shows it before it draws them.
    with head:
        said = listing.answer_shuffled(draws, choice) if shuffled else listing.answer(rules, passing, choice)
        widgets.title(QUESTION, said)
    with found:
        listing.head(rules, passing, study, choice)
    with controls_side:
        controls.products(rules)
        controls.experts(study, rules.notes)
        by = listing.ranking(study)
    ranked = rank_rules(rules, passing, by)
    with found:
        ranked = draw(rules, ranked, study, choice, key_of(asked[0]))
    if len(ranked):
        st.space("small")
        listing.table(rules, ranked, study)


def draw(rules: Rules, ranked: np.ndarray, study: Study, choice: RuleFilter, key: str) -> np.ndarray:
    """The chosen view, and one rule below it; returns the rules the list shows, none beside views with their own."""
    shown = st.segmented_control(
        "View",
        VIEWS,
        default=VIEWS[0],
        key="rules-view",
        label_visibility="collapsed",
        format_func=widgets.quiet,
    )
    if shown == VIEWS[5]:
        compare.instead(study, rules)
        return ranked[:0]
    if not listing.worth_drawing(rules, ranked):
        if not len(ranked):
            nothing_listed.empty(rules, study, choice)
        return ranked
    view = asking.known_view(study)
    if shown == VIEWS[4]:
        compare.by_segment(rules, ranked, study, view, choice)
        return ranked[:0]
    if shown == VIEWS[1]:
        ranked = pictures.groups(rules, ranked, key)
    chosen = pictures.chosen_rule(rules, ranked, key)
    drawing = {VIEWS[2]: pictures.matrix, VIEWS[3]: pictures.network}
    if shown != VIEWS[1]:
        drawing.get(shown, pictures.scatter)(rules, ranked, chosen, key)
    one.card(rules, chosen, study, view, key)
    return ranked


explore()
