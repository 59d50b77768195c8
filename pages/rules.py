"""Rules: who buys this also buys that, explored and not dumped."""

from __future__ import annotations

import streamlit as st

from pages.ui import router

router.enter(router.RULES)

from pages.ui import ask, choices, progress, rule_views, session, strip, widgets  # noqa: E402
from pages.ui.text import escape  # noqa: E402
from segcore.errors import SegcoreError  # noqa: E402
from segcore.rules import filter_rules  # noqa: E402

QUESTION = "What is bought together?"
strip.need_data(QUESTION)


@st.fragment
def explore() -> None:
    """Thresholds, the answer, the picture and the list: a slider draws these again and nothing else."""
    study, head = session.study(), st.container()
    controls, found = st.columns([1, 3], gap="large")
    with controls:
        wanted = rule_views.thresholds(study)
    try:
        request = ask.rules(study, choices.rule_spec(wanted))
    except SegcoreError as error:
        head.title(QUESTION, anchor=False)
        found.error(escape(error.sentence), icon=":material/error:")
        return
    with found:
        rules = progress.result_of(request)
    if rules is None:
        head.title(QUESTION, anchor=False)
        return
    with controls:
        choice = rule_views.narrowed(rules, wanted)
    positions = filter_rules(rules, choice)
    with head:
        widgets.title(QUESTION, rule_views.answer(rules, positions))
    with found:
        rule_views.list_head(rules, positions, study)
        if rule_views.worth_drawing(rules, positions):
            rule_views.one_rule(rules, rule_views.scatter(rules, positions))
    if len(positions):
        rule_views.table(rules, positions, study)


explore()
