"""Product level: how empty the matrix is at each level, and which one to work at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui import router

router.enter(router.LEVEL)

from pages.ui import cached, filters, session, strip, widgets, working_level  # noqa: E402
from pages.ui.text import escape  # noqa: E402
from segcore.figures.levels import level_chart  # noqa: E402
from segcore.words import count, percent  # noqa: E402

if TYPE_CHECKING:
    import pandas as pd

QUESTION = "At which level do tastes show?"
strip.need_data(QUESTION)
study, levels = session.study(), working_level.levels()


def answer(levels: pd.DataFrame, level: str) -> str:
    """What this level gives, and which one would be better."""
    row = levels.loc[level]
    sentence = (
        f"At “{level}” {percent(row['density'])} of the matrix is filled, over {count(row['products'])} products: "
        f"{row['verdict']}. {row['reason']}"
    )
    best = levels.index[levels["recommended"]]
    if len(best) and best[0] != level:
        sentence += f" Recommended: “{best[0]}”."
    return sentence


def finding(levels: pd.DataFrame) -> str:
    """The chart's title: what the levels say together."""
    good = list(levels.index[levels["verdict"] == "good"])
    if not good:
        return "No level is clearly good: the least thin one is recommended"
    if len(good) == len(levels):
        return "Every level has enough buyers per product"
    return f"{'Only ' if len(good) == 1 else ''}{len(good)} of {len(levels)} levels {'is' if len(good) == 1 else 'are'} good"


widgets.title(QUESTION, answer(levels, study.level))
widgets.chart(
    level_chart(
        levels,
        study.level,
        title=finding(levels),
        subtitle="Each row is a level, finest first; click one to work at it",
        theme=widgets.theme(),
    ),
    key="levels",
    on_click=working_level.change_level,
)

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

with st.expander("All levels in numbers", icon=":material/table:"):
    shown = levels.drop(columns=["thin_share", "recommended"]).rename(columns=filters.LEVEL_COLUMNS)
    shares = ["filled", "one-product customers", "under 20 buyers", "bought by over half"]
    st.dataframe(
        widgets.in_percent(shown.rename_axis("level"), shares),
        column_config=widgets.percent_columns(shares, digits=1),
        alt="Every level with its density, its rare products and the verdict.",
    )
    st.caption(escape("A level is a depth of the product hierarchy; density alone does not decide."))

widgets.next_page(router.HOW_MANY, "How many kinds of customers are there?")
