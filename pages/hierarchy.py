"""Product level: how empty the matrix is at each level, whether segments hold there, and which one to work at."""

from __future__ import annotations

import streamlit as st

from pages.ui.shell import navigation, router

router.enter(navigation.LEVEL)

from pages.ui.level import dial, filters, groups, label_problems, mixed  # noqa: E402
from pages.ui.parts import cached, widgets  # noqa: E402
from pages.ui.parts import level_choices as working_level  # noqa: E402
from pages.ui.shell import header, session  # noqa: E402

QUESTION = "At which level do tastes show?"
header.need_data(QUESTION)
study = session.study()

head = st.container()
levels = dial.show(study)
with head:
    widgets.title(QUESTION, dial.answer(levels, study.level))

controls, custom = st.columns(2)
with controls:
    options = list(levels.index)
    st.selectbox(
        "Work at",
        options,
        index=options.index(study.level),
        key=f"level-{study.level}",
        on_change=widgets.hand_over,
        args=(f"level-{study.level}", working_level.change_level),
        help=widgets.help_for("level"),
    )
attributes = cached.purchases(study.data_digest).attributes
if len(attributes) > 1:
    with custom:
        st.multiselect(
            "Or combine product attributes",
            attributes,
            key=widgets.remembered("combination", working_level.combined()),
            max_selections=3,
            placeholder="Choose two or three",
            on_change=widgets.hand_over,
            args=("combination", working_level.change_combination),
            help="A product is then one combination, such as a grape and a country.",
        )

filters.show(study)

mixed.show(study, levels)
label_problems.show(study)
groups.show(study, levels)
with st.expander("All levels in numbers", icon=":material/table:"):
    dial.numbers(levels)

widgets.next_page(navigation.HOW_MANY, "How many kinds of customers are there?")
