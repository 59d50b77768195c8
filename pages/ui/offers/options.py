"""The choices behind the offers: who ranks, how many, what is never offered, money."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.offers import context as rooms
from pages.ui.parts import widgets
from segcore.choices.offered import RANKS, SCORERS
from segcore.language.words import readable

if TYPE_CHECKING:
    from pages.ui.offers.context import Room

FOLLOW = ""


def drawer(room: Room) -> None:
    """All choices in one closed drawer; each is saved at once."""
    with st.expander("What may be offered, and how it is ranked", icon=":material/tune:"):
        left, right = st.columns(2, gap="large")
        with left:
            _never(room)
        with right:
            _ranking(room)


def _save(name: str) -> dict[str, object]:
    """Settings of a widget that saves one choice."""
    key = f"offers-{name}"
    return {"on_change": widgets.hand_over, "args": (key, lambda value: rooms.change(**{name: value}))}


def _never(room: Room) -> None:
    wanted, known = room.options, list(room.learned.products)
    key = widgets.remembered("offers-left_out", [p for p in wanted.left_out if p in set(known)])
    elsewhere = tuple(p for p in wanted.left_out if p not in set(known))  # of other levels, and not forgotten
    st.multiselect(
        "Never offer", known, key=key, placeholder="Out of stock, gifts …",
        format_func=partial(readable, level=room.view.study.level),
        on_change=widgets.hand_over, args=(key, lambda value: rooms.change(left_out=(*value, *elsewhere))),
    )  # fmt: skip
    st.checkbox(
        "Offer again what a customer already bought",
        key=widgets.remembered("offers-offer_bought", wanted.offer_bought), **_save("offer_bought"),
    )  # fmt: skip
    if wanted.offer_bought and room.purchases.date_span is not None:
        st.number_input(
            "But not what was bought in the last … days", 0, 3_650, step=7,
            key=widgets.remembered("offers-recent_days", wanted.recent_days), **_save("recent_days"),
        )  # fmt: skip
    st.number_input(
        f"Offers for each of the {room.view.matrix.row_word}", 1, 20,
        key=widgets.remembered("offers-n", wanted.n), **_save("n"),
    )  # fmt: skip


def _ranking(room: Room) -> None:
    wanted = room.options
    follow = (
        f"As the back-test says: {SCORERS[room.test.default].lower()}"
        if room.test
        else "As the back-test says"
    )
    st.selectbox(
        "Rank by", [FOLLOW, *SCORERS], format_func=lambda name: SCORERS.get(name, follow),
        key=widgets.remembered("offers-scorer", wanted.scorer), **_save("scorer"),
    )  # fmt: skip
    orders = list(room.can_rank_by)
    if st.session_state.get("offers-rank_by") not in (None, *orders):
        del st.session_state["offers-rank_by"]
    current = wanted.rank_by if wanted.rank_by in orders else "chance"
    st.selectbox(
        "Put first",
        orders,
        format_func=RANKS.get,
        key=widgets.remembered("offers-rank_by", current),
        **_save("rank_by"),
    )
    if current == "margin":
        _margins(room)


def _margins(room: Room) -> None:
    """A table to type margins in; products without one count nothing."""
    import pandas as pd

    saved, known = room.options.margins, set(room.learned.products)
    table = pd.DataFrame(
        {"margin": [saved.get(p) for p in room.learned.products]}, index=room.learned.products, dtype=float
    )
    edited = st.data_editor(
        table, key=f"offers-margins-{room.view.key}", height=260, alt="The margin of every product, to edit.",
        column_config={"margin": st.column_config.NumberColumn("Margin of one sale", min_value=0.0, format="localized")},
    )  # fmt: skip
    given = {str(p): float(m) for p, m in edited["margin"].dropna().items() if m > 0}
    if given != {p: m for p, m in saved.items() if p in known}:
        rooms.change(margins={p: m for p, m in saved.items() if p not in known} | given)
        st.rerun()
    if not given:
        st.caption("No margin yet: offers are ranked by chance until one is given.")
