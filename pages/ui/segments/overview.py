"""Every segment on one page: colour, size, what sets it apart, the sentence to take away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from pages.ui.parts.text import escape, unbroken
from pages.ui.parts.view import View
from pages.ui.segments import selection
from pages.ui.segments.card import colour_bar, more_of, slide
from segcore.language.words import count, join_and, money, percent, readable

if TYPE_CHECKING:
    import pandas as pd

    from segcore.segments.profiles.portraits import Portraits

A_ROW = 3
LISTED = 4
FEW = 30


def every_segment(view: View, made: Portraits | None) -> None:
    """A card each, three in a row, largest first."""
    numbers = [int(number) for number in view.segmentation.sizes.index]
    for first in range(0, len(numbers), A_ROW):
        for column, number in zip(
            st.columns(A_ROW, gap="medium"), numbers[first : first + A_ROW], strict=False
        ):
            with column, st.container(border=True, gap="small", height="stretch"):
                _one(view, number, made)
    with st.expander("Every segment in one sentence, to copy"):
        said = [
            slide(view, number, view.summary().loc[number], more_of(view, number, made)) for number in numbers
        ]
        st.code("\n".join(said), language=None, wrap_lines=True)


def _one(view: View, number: int, made: Portraits | None) -> None:
    from segcore.segments.profiles.cards import bought_less, sure_products
    from segcore.segments.profiles.wording import nothing_more

    row, n = view.summary().loc[number], int(view.segmentation.sizes.sum())
    colour_bar(view.colours[number])
    new = "  :gray-badge[new]" if number in view.new else ""
    st.markdown(f"##### {escape(view.names[number])}{new}")
    size = f"**{count(row['customers'])}** {view.matrix.row_word}, {percent(row['share'], n)}"
    if "amount_share" in row:
        size += f" · **{percent(row['amount_share'])}** of the money, {money(row['amount_each'])} each"
    st.markdown(unbroken(size))
    listed = more_of(view, number, made)
    more = sure_products(listed).head(LISTED)
    less = sure_products(
        bought_less(view.profile(), number, None if made is None else made.evidence, 3)
    ).head(2)
    if len(more):
        st.markdown(escape(f"More: {_listed(view, more)}"))
    elif len(listed):
        st.caption(escape(f"More, but it could be chance: {_listed(view, listed.head(2))}"))
    else:
        st.caption(escape(f"{nothing_more(row)}."))
    if len(less):
        st.caption(escape(f"Less: {_listed(view, less)}"))
    if row["mixed"]:
        share = percent(row["mixed"] / max(row["customers"], 1), int(row["customers"]))
        verb = "stands" if row["mixed"] == 1 else "stand"
        st.caption(escape(f"{count(row['mixed'])} ({share}) {verb} between this and another segment."))
    st.button("Look closer", key=f"closer-{number}", on_click=_closer, args=(number,), width="stretch")


def _closer(number: int) -> None:
    selection.take(number, what="segment")


def _listed(view: View, rows: pd.DataFrame) -> str:
    """Products with the share (of few, the count) of this segment's customers against the share of all; parts of the spend where all buy all."""
    from segcore.segments.profiles import FULL
    from segcore.segments.profiles.wording import two_shares

    def against(row: Any) -> str:
        here, everybody = two_shares(row.share, row.share_all)
        size = int(view.segmentation.sizes[row.segment])
        if size < FEW and view.matrix.density <= FULL:  # of few customers the count says it
            here = f"{count(row.buyers)} of {count(size)}"
        return f"{here} against {everybody}"

    return join_and(
        [f"{readable(str(r.product), view.study.level)} ({against(r)})" for r in rows.itertuples(index=False)]
    )
