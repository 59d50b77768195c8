"""The mixed level: big sellers on their own, the long tail under its parent, with a slider and what it gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import cached
from pages.ui.parts import level_choices as working_level
from pages.ui.parts.text import escape
from segcore.language.words import count, percent, restyled

if TYPE_CHECKING:
    import pandas as pd

    from segcore.choices.study import Study

STEPS = (0, 5, 10, 20, 30, 50, 75, 100, 150, 200, 300, 500, 750, 1_000, 2_000, 5_000, 10_000, 50_000)
USUAL = 50


def show(study: Study, levels: pd.DataFrame) -> None:
    """The drawer; nothing is computed before it is opened."""
    drawer = st.expander(
        "Keep big sellers, put the long tail together",
        icon=":material/merge:",
        key="mixed",
        on_change="rerun",
    )
    with drawer:
        if drawer.open:
            _body(study, levels)


@st.fragment
def _body(study: Study, levels: pd.DataFrame) -> None:
    from segcore.purchases.levels import MixedLevel, mixed_parts

    plain = levels[[mixed_parts(str(level)) is None for level in levels.index]]
    if len(plain) < 2:
        st.info(
            "This needs a level above the products. Make one from a file, from names or from what is bought together, below.",
            icon=":material/info:",
        )
        return
    now = mixed_parts(study.level, cached.purchases(study.data_digest).attributes)
    fine_column, coarse_column = st.columns(2)
    fine_options = list(plain.index[:-1])
    fine = fine_column.selectbox(
        "Keep on their own, where enough buy them", fine_options,
        index=fine_options.index(now.fine) if now and now.fine in fine_options else 0, key="mixed-fine",
    )  # fmt: skip
    coarser = [level for level in plain.index if plain.loc[level, "products"] < plain.loc[fine, "products"]]
    coarse = coarse_column.selectbox(
        "Put the others under",
        coarser,
        index=coarser.index(_usual_parent(study, now, coarser)),
        key="mixed-coarse",
    )
    steps = [step for step in STEPS if step <= max(plain["customers"].max(), 10)]
    start = now.buyers if now and now.buyers in steps else min(USUAL, steps[len(steps) // 2])
    buyers = st.select_slider(
        "Buyers from which a product stays on its own",
        steps,
        value=start,
        format_func=count,
        key="mixed-buyers",
    )
    mixed = MixedLevel(str(fine), int(buyers), str(coarse)).text
    _preview(study, plain, str(fine), str(coarse), mixed)
    if st.button(
        "Work at this mixed level",
        type="primary",
        disabled=mixed == study.level,
        icon=":material/check:",
        key="mixed-use",
    ):
        working_level.change_level(mixed)
        st.rerun()


def _usual_parent(study: Study, now: object, coarser: list[str]) -> str:
    """The parent in use, else the finest single attribute above."""
    from segcore.purchases.levels import COMBINE

    if now is not None and now.coarse in coarser:
        return now.coarse
    return next((level for level in coarser if COMBINE not in level), coarser[0])


def _preview(study: Study, plain: pd.DataFrame, fine: str, coarse: str, mixed: str) -> None:
    """What the slider gives, between its two ends."""
    row = cached.level_facts(study.data_digest, mixed).iloc[0]
    columns = st.columns(4)
    for column, label, value, note in (
        (columns[0], "products", count(row["products"]), f"{count(plain.loc[fine, 'products'])} at “{fine}”, {count(plain.loc[coarse, 'products'])} at “{coarse}”"),
        (columns[1], "filled", percent(row["density"]), f"{percent(plain.loc[fine, 'density'])} and {percent(plain.loc[coarse, 'density'])}"),
        (columns[2], "under 20 buyers", percent(row["rare_share"], 100), f"{percent(plain.loc[fine, 'rare_share'], 100)} and {percent(plain.loc[coarse, 'rare_share'], 100)}"),
        (columns[3], "typical products each", count(row["median_products"]), f"{count(plain.loc[fine, 'median_products'])} and {count(plain.loc[coarse, 'median_products'])}"),
    ):  # fmt: skip
        column.metric(label, value)
        column.caption(escape(note))
    st.caption(
        f"{escape(row['verdict'].capitalize())}. {escape(restyled(row['reason']))} Buyers are counted over all dates. A label that the "
        "file puts under several parents goes to the one most purchase lines name."
    )
