"""What to leave out: products and customers that say nothing about taste, proposed with the reason, one click each."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts import cached, widgets
from pages.ui.parts import level_choices as working_level
from pages.ui.parts.text import escape
from segcore.errors import SegcoreError
from segcore.language.words import count, join_and, of, percent, plural

if TYPE_CHECKING:
    import pandas as pd

    from segcore.choices.study import Study
    from segcore.hierarchy.left_out import GiantRows
    from segcore.matrix import PurchaseMatrix

NAMED = 3


def show(study: Study) -> None:
    """The proposals; nothing where there are none and nothing was decided."""
    from segcore.hierarchy.left_out import giant_rows

    spec = working_level.matrix_spec()
    try:
        matrix = cached.matrix(study.data_digest, spec)
        found = cached.stop_products(study.data_digest, spec)
    except SegcoreError:
        return  # the page has said it beside the filters
    giants = giant_rows(matrix)
    filters = study.filters
    if not (len(found) or giants or filters.left_out or filters.max_products or filters.cap_products):
        return
    with st.container(border=True):
        st.markdown("**Better left out?**")
        if len(found) or filters.left_out:
            _products(study, matrix, found)
        if giants or filters.max_products or filters.cap_products:
            _customers(study, matrix, giants)


def _products(study: Study, matrix: PurchaseMatrix, found: pd.DataFrame) -> None:
    sure = found[found["sure"]]
    if len(sure):
        named = [
            f"{escape(row.product)} ({escape(row.reason)})"
            for row in sure.head(NAMED).itertuples(index=False)
        ]
        more = f" and {count(len(sure) - NAMED)} more" if len(sure) > NAMED else ""
        st.markdown(f"{plural(len(sure), 'product')} say little about taste: {'; '.join(named)}{more}.")
        st.button(
            f"Leave {'it' if len(sure) == 1 else f'these {len(sure)}'} out", icon=":material/block:", key="leave-out-sure",
            on_click=working_level.leave_out, args=(tuple(sure["product"]),),
        )  # fmt: skip
    elif len(found):
        st.caption(_optional(found, matrix))
    if len(found):
        _choose(found)
    if study.filters.left_out:
        left, right = st.columns([3, 1], vertical_alignment="center")
        left.caption(f"Left out now: {escape(join_and(study.filters.left_out, most=4))}.")
        right.button("Take back", key="take-back-products", on_click=working_level.take_back_products)


def _optional(found: pd.DataFrame, matrix: PurchaseMatrix) -> str:
    top = found.iloc[0]
    return (
        f"{plural(len(found), 'product')} could be left out, most of all {escape(top['product'])}: {escape(top['reason'])}. "
        f"Products that more than half of all {matrix.row_word} buy tell them apart least."
    )


def _choose(found: pd.DataFrame) -> None:
    drawer = st.expander(
        f"Choose among {plural(len(found), 'product')}", key="left-out-choice", on_change="rerun"
    )
    with drawer:
        if not drawer.open:
            return
        shown = found.assign(share=100 * found["share"], leave_out=found["sure"])
        edited = st.data_editor(
            shown[["leave_out", "product", "share", "reason"]],
            column_config={
                "leave_out": st.column_config.CheckboxColumn("leave out"),
                "share": st.column_config.NumberColumn("bought by", format="%.0f %%"),
                "reason": "why",
            },
            disabled=["product", "share", "reason"],
            hide_index=True,
            key=widgets.table_key("left-out-table", found[["product"]]),
        )  # fmt: skip
        ticked = tuple(edited.loc[edited["leave_out"].astype(bool), "product"])
        st.button(
            f"Leave out {plural(len(ticked), 'ticked product')}", disabled=not ticked, key="leave-out-ticked",
            on_click=working_level.leave_out, args=(ticked,),
        )  # fmt: skip


def _customers(study: Study, matrix: PurchaseMatrix, giants: GiantRows | None) -> None:
    """Giant customers: how many, what they weigh, and what can be done."""
    cap, most = study.filters.cap_products, study.filters.max_products
    if cap or most:
        said = (
            f"{matrix.row_word.capitalize()} with more than {count(cap)} products weigh as much as one with {count(cap)}."
            if cap
            else f"{matrix.row_word.capitalize()} with more than {count(most)} products are left out."
        )
        left, right = st.columns([3, 1], vertical_alignment="center")
        left.caption(said)
        right.button("Take back", key="take-back-giants", on_click=working_level.change_giants)
        return
    n = int((matrix.products_per_customer > 0).sum())
    st.markdown(
        f"{of(giants.rows, n)} {matrix.row_word} have more than {count(giants.most)} products, where {count(giants.usual)} "
        f"are usual; they hold {percent(giants.share)} of all purchases. Often a till, a reseller or a shared account."
    )
    one, other = st.columns(2)
    one.button(
        f"Let each weigh like {count(giants.most)} products", key="cap-giants", width="stretch",
        on_click=partial(working_level.change_giants, count_as=giants.most),
    )  # fmt: skip
    other.button(
        f"Leave {'it' if giants.rows == 1 else 'them'} out", key="drop-giants", width="stretch",
        on_click=partial(working_level.change_giants, leave_out_above=giants.most),
    )  # fmt: skip
