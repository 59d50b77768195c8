"""One customer or product at a glance: its shares, how well it fits, and what was bought."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.parts.text import escape
from segcore.language.words import count, join_and, money, percent, readable

if TYPE_CHECKING:
    from pages.ui.parts.view import View

MOST_LISTED = 40
LEAST_SHARE = 0.05


def row_card(view: View, label: str, *, is_product: bool = False, segment: int = 0) -> None:
    """Shares of one row, largest first; a customer's purchases and fit below them.

    ``segment`` is the one somebody pointed at: its share is said first.
    """
    from pages.ui.segments.people import called

    table = view.segmentation.product_shares if is_product else view.segmentation.shares
    shares = table.loc[label].sort_values(ascending=False, kind="stable")
    parts = [
        f"{view.names[s]} {percent(round(share, 2), 100)}"
        for s, share in shares.items()
        if share >= LEAST_SHARE
    ]
    with st.container(border=not segment):
        st.markdown(f"**{escape(readable(label, view.study.level) if is_product else called(view, label))}**")
        if segment:
            said = f"{percent(round(float(shares[segment]), 2), 100)} of what they buy belongs to “{view.names[segment]}”."
            st.markdown(escape(said))
        st.markdown(escape(join_and(parts) or "no purchases"))
        if not is_product:
            _customer(view, label)


def _customer(view: View, label: str) -> None:
    """How a customer fits, what was spent, what was bought."""
    from pages.ui.segments.fit import fit_words

    position = view.matrix.customers.get_loc(label)
    bought = view.matrix.products[view.matrix.values[position].indices]
    named = [readable(product, view.study.level) for product in bought]
    st.caption(escape(" ".join(fit_words(view, label))))
    spent = view.matrix.customer_amount
    paid = f" for {money(spent[position])}" if spent is not None and len(bought) else ""
    listed = join_and(named, most=MOST_LISTED)
    st.caption(escape(f"Bought {listed}{paid}." if named else "Bought nothing at this level."))
    if len(named) > MOST_LISTED:
        st.caption(escape(f"{count(len(named))} products in all."))
