"""Next offers: for a segment, a customer, or a list of customers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.ui.offers import context as rooms
from pages.ui.offers import options
from pages.ui.parts import widgets
from pages.ui.parts.text import escape
from segcore.language.file_names import file_name
from segcore.language.words import count, join_and, percent, plural, readable
from segcore.offers import next_offers
from segcore.offers.blocked import blocked_pairs, worth_of
from segcore.offers.reasons import Reasons
from segcore.offers.wording import chance_words, range_words
from segcore.report.export import table_csv

if TYPE_CHECKING:
    import pandas as pd

    from pages.ui.offers.context import Room
    from segcore.offers import Everyone

MOST_LISTED = 5_000  # customers in a list to choose from; beyond, an id is typed
MOST_BARS, MOST_ROWS = 8, 500
FOR = {"segment": "A segment", "customer": "One customer", "list": "A list"}


def draw(room: Room, everyone: Everyone, table: pd.DataFrame) -> None:
    """Who it is for, the offers, and the choices behind them."""
    words = {**FOR, "customer": f"One {room.view.matrix.row_word.removesuffix('s')}"}
    chosen = st.segmented_control(
        "For", list(words), format_func=lambda name: widgets.quiet(words[name]), required=True, default="segment", key="offers-for", label_visibility="collapsed"
    )  # fmt: skip
    {"segment": _segment, "customer": _customer, "list": _list}[chosen](room, everyone, table)
    options.drawer(room)


def _segment(room: Room, everyone: Everyone, table: pd.DataFrame) -> None:
    """A segment's offers: the chart, and the list with its reasons."""
    from segcore.figures.interval_bars import interval_bars

    view, names = room.view, room.view.names
    if not len(table):
        st.info("Nothing is left to offer. Loosen the exclusions below.", icon=":material/info:")
        return
    numbers = list(names)
    first = int(table["segment"].iloc[0])
    if st.session_state.get("offers-segment") not in (None, *numbers):
        del st.session_state["offers-segment"]
    segment = st.selectbox(
        "Segment", numbers, index=numbers.index(first), key="offers-segment",
        format_func=lambda number: f"{names[number]} · {count(view.segmentation.sizes[number])} {view.matrix.row_word}",
    )  # fmt: skip
    rows = table[table["segment"] == segment]
    if not len(rows):
        st.info("Everybody in this segment bought everything that may be offered.", icon=":material/info:")
        return
    top = rows.head(MOST_BARS)
    leader = readable(str(top["product"].iloc[0]), view.study.level)
    bars, subtitle = _bars(room, top)
    widgets.chart(
        interval_bars(
            bars, marked=str(top["product"].iloc[0]), as_share=False,
            title=f"{leader} is the first thing to offer to the segment “{names[segment]}”", subtitle=subtitle,
            theme=widgets.theme(),
        ),
        key=f"offers-segment-{segment}", on_click=lambda product: rooms.go_to("Who gets it", product=str(product), take=0),
    )  # fmt: skip
    st.caption("Click a bar to see who gets it.")
    st.dataframe(
        room.telling.offers(rows.head(MOST_ROWS)), hide_index=True, height=300,
        alt=f"Every product that can be offered to {names[segment]}, with its counts.",
        column_config={
            "a best offer for": st.column_config.NumberColumn(
                format="localized", help=f"For so many it is {room.telling.best_of()}; the likely buyers are among these."
            ),
            "usual price": widgets.decimals(2),
            "likely buyers": st.column_config.TextColumn(help=chance_words(room.test) if room.test else None),
            "why": st.column_config.TextColumn(width="large"),
        },
    )  # fmt: skip
    _download_all(room, everyone, int(segment))


def _bars(room: Room, top: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """What the chart draws, and what that is."""
    level = room.view.study.level
    bars = top.set_index("product")[["expected", "low", "high", "among", "open"]].copy()
    bars["name"] = [readable(str(product), level) for product in bars.index]
    who = room.view.matrix.row_word
    if room.chance is None:
        bars["value"] = bars["low"] = bars["high"] = bars["open"].astype(float)
        bars["words"] = [f"{count(n)} {who}" for n in bars["open"]]
        open_to = "it can be offered to" if room.spec.offer_bought else "who have not bought it"
        return bars, f"{who.capitalize()} of the segment {open_to}; the back-test is still to come"
    bars["value"] = bars["expected"]
    bars["words"] = [
        f"{range_words(int(low), int(high))} of {count(n)}"
        for low, high, n in zip(bars["low"], bars["high"], bars["among"], strict=True)
    ]
    when = f"within {count(room.test.days)} days" if room.test.days else "as their next new product"
    money = {"price": ", ordered by money at usual prices", "margin": ", ordered by margin"}.get(
        room.spec.rank_by, ""
    )
    return (
        bars,
        f"Likely buyers {when} among those for whom it is {room.telling.best_of()}, with 95 % ranges{money}",
    )


def _customer(room: Room, everyone: Everyone, table: pd.DataFrame) -> None:
    """One customer: what was bought, the next offers and why."""
    customer = _choose_customer(room)
    if customer is None:
        return
    view, chance = room.view, room.chance
    at = view.matrix.customers.get_loc(customer)
    own = view.matrix.products[view.matrix.values[at].indices]

    bought = join_and([readable(p, view.study.level) for p in own], most=12)
    st.caption(
        escape(f"{customer} bought {bought}." if len(own) else f"{customer} bought nothing at this level.")
    )
    offers = next_offers(
        view.matrix, view.segmentation, customer, spec=room.spec, learned=room.learned, chance=chance,
        worth=worth_of(room.learned.products, room.spec, room.prices),
        blocked=blocked_pairs(view.matrix, room.spec, room.purchases), names=view.names,
    )  # fmt: skip
    if not len(offers):
        st.info("There is nothing left to offer here: loosen the exclusions below.", icon=":material/info:")
        return
    for rank, offer in offers.iterrows():
        with st.container(border=True):
            words, button = st.columns([5, 1], vertical_alignment="center")
            said = f"**{rank:d}. {escape(readable(offer['product'], view.study.level))}**"
            if np.isfinite(offer["chance"]):
                said += f" · {escape(percent(float(offer['chance']), 100))} chance"
            words.markdown(said, help=chance_words(room.test) if room.test else None)
            words.markdown(escape(offer["why"]))
            button.button(
                "Who else?", key=f"offers-else-{rank}", on_click=rooms.go_to, args=("Who gets it",),
                kwargs={"product": str(offer["product"]), "take": 0}, help="Everybody this can be offered to", width="stretch",
            )  # fmt: skip


def _choose_customer(room: Room) -> str | None:
    """A customer from the list, or by typing where there are very many."""
    customers = room.view.matrix.customers
    word = room.view.matrix.row_word.removesuffix("s")
    if len(customers) <= MOST_LISTED:
        return st.selectbox(
            word.capitalize(),
            list(customers),
            index=None,
            key="offers-customer",
            placeholder="Type a name or an id",
        )
    typed = st.text_input(word.capitalize(), key="offers-customer-typed", placeholder="Type an id").strip()
    if typed and typed not in customers:
        st.info(
            escape(f"“{typed}” is not among the {count(len(customers))} {word}s."), icon=":material/info:"
        )
        return None
    return typed or None


def _list(room: Room, everyone: Everyone, table: pd.DataFrame) -> None:
    """Ids pasted in; each with the first offers."""
    word = room.view.matrix.row_word
    pasted = st.text_area(
        f"{word.capitalize()}, one a line or with commas between", key="offers-pasted", height=120
    )
    asked = list(dict.fromkeys(part.strip() for part in re.split(r"[\n,;\t]+", pasted) if part.strip()))
    if not asked:
        st.caption("Paste a column from a spreadsheet.")
        return
    rows = room.view.matrix.customers.get_indexer(asked)
    known, strangers = rows[rows >= 0], [a for a, row in zip(asked, rows, strict=True) if row < 0]
    if strangers:
        named = ", ".join(strangers[:5]) + (" …" if len(strangers) > 5 else "")
        st.warning(
            escape(f"{plural(len(strangers), 'id')} not in the data: {named}"), icon=":material/warning:"
        )
    if not len(known):
        return
    shown = offer_table(room, everyone, known)
    shares = [name for name in ("share", "chance") if name in shown]
    st.dataframe(
        widgets.in_percent(shown.head(MOST_ROWS), shares), hide_index=True, alt="The offers of everybody on the list.",
        column_config=widgets.percent_columns(shares) | {"reason": st.column_config.TextColumn(width="large")},
    )  # fmt: skip
    _download(room, lambda: offer_table(room, everyone, known), "offers for a list")


def offer_table(room: Room, everyone: Everyone, rows: np.ndarray) -> pd.DataFrame:
    """One row a customer × offer, with segment, share, chance and reason."""
    import pandas as pd

    from segcore.segments import describe_assignment

    view, learned = room.view, room.learned
    why = Reasons(learned, room.scorer, view.names, view.study.level, view.matrix.row_word)
    bought, w = learned.columns(view.matrix.bought), view.segmentation.customer_scores.to_numpy()
    homes = describe_assignment(view.segmentation, view.names).to_numpy()
    shares = view.segmentation.shares.max(axis=1).to_numpy()
    found = [
        (view.matrix.customers[row], homes[row], shares[row], place + 1, learned.products[offer],
         float(everyone.chances[row, place]), why.why(bought[row].indices, w[row], int(offer)))
        for row in rows
        for place, offer in enumerate(everyone.offers[row])
        if offer >= 0
    ]  # fmt: skip
    columns = [
        view.matrix.row_word.removesuffix("s"),
        "segment",
        "share",
        "rank",
        "offer",
        "chance",
        "reason",
    ]
    table = pd.DataFrame(found, columns=columns)
    return table if room.chance is not None else table.drop(columns="chance")


def _download_all(room: Room, everyone: Everyone, segment: int) -> None:
    home = room.view.segmentation.assignment
    rows = np.flatnonzero((home == segment).fillna(False).to_numpy(dtype=bool))
    _download(room, lambda: offer_table(room, everyone, rows), f"offers {room.view.names[segment]}")


def _download(room: Room, make, what: str) -> None:
    st.download_button(
        "Everybody’s offers as CSV", lambda: table_csv(make()), icon=":material/download:", on_click="ignore",
        file_name=file_name(room.view.study.name, what, room.view.study.updated[:10], "csv"), mime="text/csv",
        key=f"offers-download-{what}",
    )  # fmt: skip
