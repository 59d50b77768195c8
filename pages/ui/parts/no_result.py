"""What to try where no number of segments can be relied on: buttons that change the study and compare anew."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import level_choices as working_level
from pages.ui.parts.text import escape
from pages.ui.shell import navigation
from segcore.language.words import count, percent

if TYPE_CHECKING:
    import pandas as pd

    from segcore.choices.study import Study
    from segcore.matrix import PurchaseMatrix

FEWEST_LEFT = 8  # products that must remain once rare ones are left out
MOST_LEVELS = 2


def show(study: Study, matrix: PurchaseMatrix) -> None:
    """One button a way; each does what it says, and the comparison runs again."""
    with st.container(border=True):
        st.markdown("**What to try**")
        found = False
        for number, (level, why) in enumerate(_levels(study)):
            found = True
            st.button(
                f"Work at the level “{escape(level)}”",
                type="primary" if number == 0 else "secondary",
                key=f"way-level-{level}",
                on_click=working_level.change_level,
                args=(level,),
                width="stretch",
            )
            st.caption(escape(why))
        found |= _without_rare(study, matrix, first=not found)
        if not working_level.levels()["tried"].any() and len(working_level.levels()) > 1:
            if st.button("Try every level", key="way-every", width="stretch"):
                navigation.go_to(navigation.LEVEL)
            st.caption("A quick trial says at which level segments hold.")
        if not found or study.filters.min_customers > 1:
            if st.button("See what is bought together", key="way-rules", width="stretch"):
                navigation.go_to(navigation.RULES)
            st.caption("Rules need no segments: what is bought together may hold where kinds do not.")


def _levels(study: Study) -> list[tuple[str, str]]:
    """Levels worth a try, each with its reason: those where a trial held; before any trial the likely ones."""
    table = working_level.levels()
    others = table[(table.index != study.level) & (table["products"] >= FEWEST_LEFT)]
    others = others.sort_values("recommended", ascending=False, kind="stable")
    if table["tried"].any():
        return [(level, str(row["reason"])) for level, row in _held(others).head(MOST_LEVELS).iterrows()]
    likely = others[others["recommended"] | (others["verdict"] == "good")]
    coarser = others[others["products"] < _products_at(table, study.level)]
    found = likely if len(likely) else coarser.head(1)
    return [(level, _counted(row)) for level, row in found.head(MOST_LEVELS).iterrows()]


def _held(levels: pd.DataFrame) -> pd.DataFrame:
    return levels[levels["tried"] & (levels["verdict"] == "good")]


def _products_at(table: pd.DataFrame, level: str) -> float:
    """How many products a level has; endless where the table does not know it."""
    return float(table.loc[level, "products"]) if level in table.index else float("inf")


def _counted(row: pd.Series) -> str:
    start = "Recommended: " if row["recommended"] else ""
    said = f"{count(row['products'])} products, {percent(row['density'])} of the cells filled."
    return f"{start}{said}"


def _without_rare(study: Study, matrix: PurchaseMatrix, *, first: bool) -> bool:
    """Leave out products with few buyers; False where that leaves too little or takes nothing away."""
    from segcore.hierarchy import thin_below

    least = thin_below(matrix.shape[0])
    buyers = matrix.bought.sum(axis=0)
    rare = int((buyers < least).sum())
    if study.filters.min_customers >= least or not rare or matrix.shape[1] - rare < FEWEST_LEFT:
        return False
    st.button(
        f"Leave out {count(rare)} rare products",
        type="primary" if first else "secondary",
        key="way-rare",
        on_click=_leave_out,
        args=(least,),
        width="stretch",
    )
    st.caption(
        f"Those with fewer than {least} buyers say little; {count(matrix.shape[1] - rare)} products would stay."
    )
    return True


def _leave_out(least: int) -> None:
    working_level.change_filter("min_customers", least)
    st.session_state.pop("filter-min_customers", None)
