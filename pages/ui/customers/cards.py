"""A card for each kind of customers: how many and how much, three products, one action, how sure, and its list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from pages.ui.parts import naming
from pages.ui.parts.text import escape
from pages.ui.parts.view import View
from pages.ui.segments import selection
from pages.ui.segments import tables as segment_tables
from pages.ui.segments.card import colour_bar, more_of
from pages.ui.shell import navigation
from segcore.language.file_names import file_name
from segcore.language.words import count, percent, readable
from segcore.report.export import table_csv
from segcore.segments.headline import FAIRLY_SURE, SURE, headline, how_sure
from segcore.segments.names import readable_label
from segcore.segments.profiles import FULL
from segcore.segments.profiles.cards import DEFINES, bought_less, suggested, sure_products
from segcore.segments.profiles.cards import SURE as BEYOND
from segcore.segments.profiles.wording import action_words, nothing_more

if TYPE_CHECKING:
    import pandas as pd

    from segcore.segments.profiles.portraits import Portraits


MOST_A_ROW, FEW_ROWS = 4, 3
PRODUCTS, LOOKED_AT = 3, 12
LEAST_SHARE = 0.1  # of the kind's customers: what fewer bought says nothing about the kind
BAR, THICK = 100, 6
TRACK = "#8a8fa3"
SIGNS = {SURE: ":green[:material/check_circle:]", FAIRLY_SURE: ":orange[:material/contrast:]"}
UNSURE = ":red[:material/help:]"


def sentence(view: View, *, reliable: bool) -> str:
    """The study in one sentence; where no number of kinds holds, that first."""
    said = headline(view.names, view.summary(), view.matrix.row_word)
    return said if reliable else f"No kinds that hold. {said}"


def show(view: View, made: Portraits | None, *, reliable: bool) -> None:
    """All cards, the largest kind first: four in a row, five and six in rows of three."""
    numbers = [int(number) for number in view.segmentation.sizes.index]
    a_row = len(numbers) if len(numbers) <= MOST_A_ROW else FEW_ROWS if len(numbers) <= 6 else MOST_A_ROW
    for first in range(0, len(numbers), a_row):
        columns = st.columns(a_row, gap="medium")
        for column, number in zip(columns, numbers[first : first + a_row], strict=False):
            with column, st.container(border=True, gap="xsmall", height="stretch", key=f"kind-{number}"):
                _card(view, number, made, reliable=reliable)


def _card(view: View, number: int, made: Portraits | None, *, reliable: bool) -> None:
    row, more = view.summary().loc[number], more_of(view, number, made, LOOKED_AT)
    more = more[more["share"] >= LEAST_SHARE].head(PRODUCTS)
    colour_bar(view.colours[number])
    _name(view, number)
    _size(view, number, row)
    st.markdown(_products(view, number, more))
    st.space("stretch")
    _action(view, number, row, made)
    _foot(view, number, more, tested=made is not None, reliable=reliable)


def _name(view: View, number: int) -> None:
    left, right = st.columns([5, 1], vertical_alignment="center", gap="xsmall")
    left.markdown(f"#### {escape(view.names[number])}")
    with right.popover(":material/edit:", type="tertiary", help="Rename", key=f"rename-{number}"):
        key = f"name-{number}-{view.names[number]}"
        st.text_input(
            "Name", view.names[number], max_chars=80, key=key, on_change=_rename, args=(view, number, key)
        )
        st.caption("The name stays with this kind everywhere; empty it to go back to the proposed one.")


def _rename(view: View, number: int, key: str) -> None:
    wanted = {**view.names, number: str(st.session_state[key])}
    naming.rename(view.key, wanted, dict(view.descriptions), view.proposed)


def _size(view: View, number: int, row: pd.Series) -> None:
    """Share of customers, and of the money where the file has any, each as a bar in the segment's colour."""
    n = int(view.segmentation.sizes.sum())
    _bar(view.matrix.row_word, float(row["share"]), n, view.colours[number])
    if "amount_share" in row:
        _bar("money", float(row["amount_share"]), 100, view.colours[number])


def _bar(word: str, share: float, n: int, colour: str) -> None:
    long = round(BAR * min(max(share, 0.0), 1.0), 1)
    said = percent(share, min(n, 999))
    label, bar, number = st.columns([12, 8, 6], vertical_alignment="center", gap="xxsmall")
    label.caption(escape(word))
    bar.image(
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{BAR}" height="{THICK}" viewBox="0 0 {BAR} {THICK}" '
        f'preserveAspectRatio="none"><rect width="{BAR}" height="{THICK}" rx="3" fill="{TRACK}" opacity="0.25"/>'
        f'<rect width="{long}" height="{THICK}" rx="3" fill="{colour}"/></svg>',
        width="stretch",
        alt=f"{word}: {said}",
    )
    number.markdown(f"**{escape(said)}**", text_alignment="right")


def _products(view: View, number: int, more: pd.DataFrame) -> str:
    """Three products and the share of this kind's customers who bought each."""
    said = sure_products(more)
    rows = said if len(said) else more
    if not len(rows):
        return f":gray[{escape(nothing_more(view.summary().loc[number]))}]"
    size = int(view.segmentation.sizes[int(rows["segment"].iloc[0])])
    return "  \n".join(
        f"{escape(readable_label(readable(str(r.product), view.study.level)))} :gray[{escape(percent(r.share, min(size, 999)))}]"
        for r in rows.itertuples(index=False)
    )


def _action(view: View, number: int, row: pd.Series, made: Portraits | None) -> None:
    """One action for one audience; the numbers it follows from on hover."""
    if made is None:
        st.caption("Looking for what to offer …")
        return
    more = more_of(view, number, made)
    less = bought_less(view.profile(), number, made.evidence, PRODUCTS)
    action = suggested(row, number, view.segmentation, made.headroom, more, less)
    level = made.grouped_by if action.kind == "offer" else view.study.level
    what, why = action_words(
        action,
        row,
        int(view.segmentation.sizes.sum()),
        row_word=view.matrix.row_word,
        level=level,
        full=view.matrix.density > FULL,
    )
    st.markdown(f":blue-background[{escape(what)}]", help=escape(why))


def _foot(view: View, number: int, more: pd.DataFrame, *, tested: bool, reliable: bool) -> None:
    """How sure in one of three words, the list of its customers, and the way to its portrait."""
    stability = view.segmentation.stability
    steady = None if stability is None else float(stability[number])
    beyond = int(more["sure"].isin((BEYOND, DEFINES)).sum())
    word, reason = how_sure(steady, beyond, reliable=reliable)
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        if tested:
            st.markdown(f"{SIGNS.get(word, UNSURE)} {escape(word)}", help=escape(reason), width="stretch")
        else:
            st.caption("checking …", width="stretch")
        _list(view, number)
        if st.button("Who?", key=f"who-{number}", help="Everything known of this kind"):
            selection.take(number, what="segment")
            navigation.go_to(navigation.SEGMENTS)


def _list(view: View, number: int) -> None:
    own = (view.segmentation.assignment == number).fillna(False).to_numpy(dtype=bool)
    at = np.flatnonzero(own)
    name, day = view.names[number], view.study.updated[:10]
    st.download_button(
        "List",
        lambda: table_csv(segment_tables.customer_table(view, at)),
        file_name=file_name(view.study.name, name, day, "csv"),
        mime="text/csv",
        key=f"list-{number}",
        on_click="ignore",
        disabled=not len(at),
        help=f"The {count(len(at))} {view.matrix.row_word} of this kind as CSV",
    )
