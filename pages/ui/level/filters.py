"""Weighting and filters on the Product level page, each with what it removes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.level import left_out
from pages.ui.parts import cached, widgets
from pages.ui.parts import level_choices as working_level
from pages.ui.parts.text import escape
from pages.ui.shell import locale as reader
from segcore.choices.offered import WEIGHTINGS
from segcore.errors import SegcoreError
from segcore.language.words import count, percent

if TYPE_CHECKING:
    from segcore.choices.study import Study
    from segcore.matrix import PurchaseMatrix


def show(study: Study) -> None:
    """Controls on the left, what they leave on the right."""
    left, right = st.columns([3, 2], gap="large")
    with left:
        _weighting(study)
        with st.expander("Filters", icon=":material/filter_alt:", expanded=working_level.filters_open()):
            _filters(study)
        left_out.show(study)
    with right:
        _outcome(study)


def _weighting(study: Study) -> None:

    offered = working_level.weightings()
    st.selectbox(
        "What a purchase counts",
        offered,
        index=offered.index(study.weighting) if study.weighting in offered else 0,
        format_func=WEIGHTINGS.__getitem__,
        key="weighting",
        on_change=widgets.hand_over,
        args=("weighting", working_level.change_weighting),
        help=widgets.help_for("weighting"),
    )
    if "bought" not in offered:
        st.caption(
            "Every cell is filled, so “bought or not” would make all customers look the same: "
            "how much they buy is what tells them apart."
        )


def _filters(study: Study) -> None:
    first, second = st.columns(2)
    for column, name, label, help_text in (
        (
            first,
            "min_customers",
            "Leave out products with fewer buyers than",
            "Products almost nobody bought say little.",
        ),
        (
            second,
            "min_products",
            "Leave out customers with fewer products than",
            "One product shows no pattern.",
        ),
    ):
        key = widgets.remembered(f"filter-{name}", getattr(study.filters, name))
        column.number_input(
            label, 1, 10_000, key=key, help=help_text, on_change=widgets.hand_over, args=(key, partial(working_level.change_filter, name))
        )  # fmt: skip
    products = working_level.level_products()
    key = widgets.remembered("filter-left_out", [p for p in study.filters.left_out if p in products])
    st.multiselect(
        "Leave out single products", products, key=key, on_change=widgets.hand_over, args=(key, partial(working_level.change_filter, "left_out")),
        placeholder="Bags, deposits, gift cards …", help="They stay in the file; they only stop shaping the segments.",
    )  # fmt: skip
    span = cached.purchases(study.data_digest).date_span
    if span is None:
        return
    first_day, last_day = (moment.date() for moment in span)
    st.date_input(
        "Only purchases between", working_level.window(first_day, last_day), min_value=first_day, max_value=last_day,
        key="filter-window", format=reader.field_format(), on_change=widgets.hand_over, args=("filter-window", partial(working_level.change_window, first_day, last_day)),
    )  # fmt: skip


def _outcome(study: Study) -> None:
    try:
        matrix = cached.matrix(study.data_digest, working_level.matrix_spec())
    except SegcoreError as error:
        st.error(escape(error.sentence), icon=":material/error:")
        return
    rows, products = matrix.shape
    with st.container(border=True):
        st.markdown("**What is left to work with**")
        widgets.tiles(
            widgets.Tile(matrix.row_word, count(rows)),
            widgets.Tile("products", count(products)),
            widgets.Tile("filled", percent(matrix.density), help=widgets.help_for("density")),
        )
        for sentence in removed_sentences(matrix):
            st.caption(escape(sentence))
    empty = int((matrix.products_per_customer == 0).sum())
    if empty:
        st.caption(f"{count(empty)} {matrix.row_word} have no purchases here; they belong to no segment.")


def removed_sentences(matrix: PurchaseMatrix) -> list[str]:
    """What each filter took away."""
    words = {
        "date window": "Outside the dates: {c} purchases; {p} products and {r} {row_word} have none inside.",
        "left out": "Left out by name: {p} products ({c} purchases).",
        "min_customers": "Too few buyers: {p} products left out ({c} purchases).",
        "min_products": "Too few products: {r} {row_word} left out ({c} purchases).",
        "max_products": "Too many products: {r} {row_word} left out ({c} purchases).",
    }
    said = [
        words[r.filter].format(
            p=count(r.products), r=count(r.customers), c=count(r.cells), row_word=matrix.row_word
        )
        for r in matrix.removed
        if r.products or r.customers
    ]
    return said or ["No filter takes anything away."]
