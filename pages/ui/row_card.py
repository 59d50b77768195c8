"""One customer or product at a glance: its shares, and what was bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.text import escape
from segcore.words import join_and, percent, readable

if TYPE_CHECKING:
    from pages.ui.view import View

MOST_LISTED = 40
LEAST_SHARE = 0.05


def row_card(view: View, label: str, *, is_product: bool = False) -> None:
    """Shares of one row, largest first; a customer's purchases below them."""
    table = view.segmentation.product_shares if is_product else view.segmentation.shares
    shares = table.loc[label].sort_values(ascending=False, kind="stable")
    parts = [f"{view.names[s]} {percent(share, 100)}" for s, share in shares.items() if share >= LEAST_SHARE]
    with st.container(border=True):
        st.markdown(f"**{escape(readable(label, view.study.level) if is_product else label)}**")
        st.markdown(escape(", ".join(parts) or "no purchases"))
        if not is_product:
            position = view.matrix.customers.get_loc(label)
            bought = view.matrix.products[view.matrix.values[position].indices]
            named = [readable(product, view.study.level) for product in bought]
            st.caption(
                escape(
                    f"Bought {join_and(named, most=MOST_LISTED)}."
                    if named
                    else "Bought nothing at this level."
                )
            )
