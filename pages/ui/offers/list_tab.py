"""Who gets it: everybody one offer can be made to, the cut with what it promises, the files to send."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.offers import context as rooms
from pages.ui.offers import questions
from pages.ui.parts import widgets
from pages.ui.parts.answers import ask
from pages.ui.parts.text import escape
from segcore.language.file_names import file_name
from segcore.language.words import count, percent, readable, restyled, with_numbers
from segcore.offers.targets import cut, suggested_cut
from segcore.offers.wording import chance_words
from segcore.report.export import id_list, table_csv

if TYPE_CHECKING:
    from pages.ui.offers.context import Room
    from segcore.offers.targets import Cut, TargetList

MOST_ROWS, POINTS = 500, 60
BOM = b"\xef\xbb\xbf"


def draw(room: Room, best: str) -> None:
    """One offer: choose it, see the promise, take the list away."""
    left, right = st.columns(2, gap="large")
    with left:
        product = choose_product(room, best)
    target = ask(questions.target_list(room, product))
    if target is None:
        return
    word = room.view.matrix.row_word
    if not len(target.table):
        st.info(
            escape(f"Every one of the {count(target.customers)} {word} bought it already."),
            icon=":material/info:",
        )
        return
    with right:
        n, promise = take(room, target)
    st.markdown(escape(room.telling.target(target, promise)))
    if target.chance is not None:
        _curve(room, target, n)
    _table(room, target, n)
    _downloads(room, target, n)
    st.button(
        "Test it with a hold-out",
        icon=":material/science:",
        on_click=rooms.go_to,
        args=("Test & learn",),
        key="offers-to-test",
    )


def choose_product(room: Room, best: str) -> str:
    """The offer, remembered in the study; the best one until somebody chooses."""
    products = list(room.learned.products)
    wanted = room.options.product if room.options.product in set(products) else best
    key = "offers-product"
    if st.session_state.get(key) != wanted:
        st.session_state[key] = wanted
    return st.selectbox(
        "Offer", products, key=key, format_func=lambda p: readable(p, room.view.study.level),
        on_change=widgets.hand_over, args=(key, lambda value: rooms.change(product=value, take=0)),
    )  # fmt: skip


def take(room: Room, target: TargetList) -> tuple[int, Cut]:
    """How many are taken, and what they promise."""
    possible = len(target.table)
    n = min(room.options.take or suggested_cut(target), possible)
    if possible > 1:
        key = f"offers-take-{target.product}-{possible}"
        n = st.slider(
            f"{room.view.matrix.row_word.capitalize()} on the list", 1, possible, key=widgets.remembered(key, n),
            on_change=widgets.hand_over, args=(key, lambda value: rooms.change(take=int(value))),
        )  # fmt: skip
    return n, cut(target, n)


def _curve(room: Room, target: TargetList, n: int) -> None:
    import numpy as np
    import pandas as pd

    from segcore.figures.target_curve import target_curve

    possible = len(target.table)
    places = sorted(
        {n, possible, *np.linspace(1, possible, min(POINTS, possible)).round().astype(int).tolist()}
    )
    cuts = [cut(target, place) for place in places]
    curve = pd.DataFrame(
        {
            "expected": [c.expected for c in cuts],
            "low": [c.low for c in cuts],
            "high": [c.high for c in cuts],
        },
        index=places,
    )
    chosen = curve.loc[n]
    part = percent(cut(target, n).reach, possible)
    widgets.chart(
        target_curve(
            curve, n, row_word=room.view.matrix.row_word, theme=widgets.theme(),
            title=f"{percent(n / possible, possible)} of the {room.view.matrix.row_word} hold {part} of the likely buyers",
            subtitle="Likely buyers as the list grows, best first, with the range seen in the back-test",
            alt=f"With {count(n)} on the list, {count(chosen['low'])} to {count(chosen['high'])} likely buyers.",
        ),
        key="offers-curve",
    )  # fmt: skip


def _table(room: Room, target: TargetList, n: int) -> None:
    shown = room.telling.list_table(target, min(n, MOST_ROWS)).drop(columns="offer")
    named = with_numbers([*room.learned.products, *room.view.names.values()])
    shown["reason"] = [restyled(reason, named) for reason in shown["reason"]]
    digits = int(target.customers >= 1_000)
    shown = widgets.in_percent(shown, ["share"])
    if "chance" in shown:
        shown = widgets.in_percent(shown, ["chance"], digits)
    st.dataframe(
        shown, height=320, alt="The customers on the list, likeliest buyers first.",
        column_config={
            "share": widgets.share_column(help=widgets.help_for("share")),
            "chance": widgets.share_column(digits, help=chance_words(room.test) if room.test else None),
            "reason": st.column_config.TextColumn(width="large"),
        },
    )  # fmt: skip
    if n > MOST_ROWS:
        st.caption(f"The first {count(MOST_ROWS)} of {count(n)}; the download has them all.")


def ids_file(ids: Iterable[object]) -> bytes:
    """One column of ids that both an e-mail tool and a spreadsheet read as UTF-8."""
    return BOM + id_list(ids).removeprefix(BOM)


def _downloads(room: Room, target: TargetList, n: int) -> None:
    name, day = room.view.study.name, room.view.study.updated[:10]
    left, right, _ = st.columns([1, 1, 1])
    left.download_button(
        "List with reasons as CSV", lambda: table_csv(room.telling.list_table(target, n)), icon=":material/download:",
        file_name=file_name(name, f"offer {target.product}", day, "csv"), mime="text/csv", on_click="ignore",
        width="stretch", key="offers-list-csv",
    )  # fmt: skip
    right.download_button(
        "Ids only, for the e-mail tool", lambda: ids_file(target.table.index[:n]), icon=":material/mail:",
        file_name=file_name(name, f"ids {target.product}", day, "csv"), mime="text/csv", on_click="ignore",
        width="stretch", key="offers-list-ids",
    )  # fmt: skip
