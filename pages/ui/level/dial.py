"""The sparsity dial: every level side by side, filled in as each one is tried on a sample of the customers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui.parts import cached, widgets
from pages.ui.parts import level_choices as working_level
from pages.ui.parts.answers import ask
from segcore.language.words import count, percent, plural
from segcore.questions.levels import SAMPLE

if TYPE_CHECKING:
    import pandas as pd

    from segcore.choices.study import Study

Levels = tuple[str, ...]


def show(study: Study) -> pd.DataFrame:
    """Draw the dial; return the levels with what is known of them so far."""
    counted, row_word = working_level.counted(), cached.purchases(study.data_digest).row_word
    trials: tuple[Any, ...] = ()
    for levels in working_level.groups(counted):
        asked = working_level.trials_of(study.data_digest, levels)
        done = ask(asked, parts=partial(_live, study, counted, trials, row_word))
        if done is None:
            return working_level.with_trials(counted, trials, row_word)
        trials += done
    table = working_level.with_trials(counted, trials, row_word)
    _draw(study, table)
    return table


def _live(
    study: Study, counted: pd.DataFrame, trials: tuple[Any, ...], row_word: str, parts: list[Any]
) -> None:
    """The dial as far as it has come."""
    _draw(study, working_level.with_trials(counted, (*trials, *parts), row_word))


def _draw(study: Study, table: pd.DataFrame) -> None:
    from segcore.figures.levels import level_chart

    sample = min(SAMPLE, int(table["customers"].max()))
    figure = level_chart(
        table,
        study.level,
        title=finding(table),
        subtitle=f"A level a row, finest first; click one to work at it. The last three columns are a quick trial of two "
        f"to eight segments on {count(sample)} {cached.purchases(study.data_digest).row_word}",
        theme=widgets.theme(),
    )
    widgets.chart(figure, key="levels", on_click=working_level.change_level)


def finding(table: pd.DataFrame) -> str:
    """The chart's title: what the levels say together."""
    good, tried = list(table.index[table["verdict"] == "good"]), table["tried"]
    if not tried.all():
        return f"{int(tried.sum())} of {plural(len(table), 'level')} tried; the others are counted so far"
    if not good:
        return "No level gives segments to rely on"
    if len(good) == len(table):
        return "Every level gives segments that hold"
    which = "levels gives" if len(good) == 1 else "levels give"
    return f"{'Only ' if len(good) == 1 else ''}{len(good)} of {len(table)} {which} segments that hold and stand apart"


def answer(table: pd.DataFrame, level: str) -> str:
    """What this level gives, and which one would be better."""
    row = table.loc[level]
    sentence = (
        f"At “{level}” {percent(row['density'])} of the matrix is filled, over {count(row['products'])} products: "
        f"{row['verdict']}. {row['reason']}"
    )
    best = table.index[table["recommended"]]
    if len(best) and best[0] != level:
        sentence += f" Recommended: “{best[0]}”."
    return sentence


COLUMNS = {
    "products": "products",
    "customers": "customers",
    "density": "filled",
    "median_products": "typical products each",
    "one_product_share": "one-product customers",
    "rare_share": "under 20 buyers",
    "common_share": "bought by over half",
    "stable_k": "stable segments",
    "largest": "in the largest",
    "smallest": "in the smallest",
    "index": "index of top 5",
    "verdict": "verdict",
    "reason": "why",
}
SHARES = (
    "filled",
    "one-product customers",
    "under 20 buyers",
    "bought by over half",
    "in the largest",
    "in the smallest",
)


def numbers(table: pd.DataFrame) -> None:
    """Every figure of every level."""
    shown = table[list(COLUMNS)].rename(columns=COLUMNS).rename_axis("level")
    st.dataframe(
        widgets.in_percent(shown, SHARES, digits=1),
        column_config=widgets.percent_columns(SHARES, digits=1)
        | {"index of top 5": widgets.decimals(0), "typical products each": widgets.decimals(1)},
        alt="Every level with its density, its rare products, what a quick trial found, and the verdict.",
    )
    st.caption(
        "Stable segments: the most, from two to eight, that all come back when a fifth is left out, on six samples. "
        "The largest and the smallest are shares of those tried; the index (100 = everybody) is of each segment’s five "
        "leading products. Density alone does not decide."
    )
