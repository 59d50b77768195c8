"""Bundles for a segment: proposed, edited, kept; whom they reach and what they may bring."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.offers import questions
from pages.ui.parts import widgets
from pages.ui.parts.answers import ask
from pages.ui.parts.text import escape
from pages.ui.shell import session
from segcore.choices.offer_records import SavedBundle
from segcore.errors import SegcoreError
from segcore.language.words import count, of, readable
from segcore.offers.bundles import audience, overlap
from segcore.offers.presentation import about
from segcore.offers.wording import counted, range_words

if TYPE_CHECKING:
    from pages.ui.offers.context import Room
    from segcore.offers.bundles import Bundle

LARGEST = 6


def draw(room: Room) -> None:
    """The segment, its bundles, the builder, how they overlap."""
    names = room.view.names
    segment = int(
        st.selectbox(
            "Segment", list(names), key="offers-bundle-segment",
            format_func=lambda n: f"{names[n]} · {count(room.view.segmentation.sizes[n])} {room.view.matrix.row_word}",
        )
    )  # fmt: skip
    proposed = ask(questions.bundles(room, segment))
    if proposed is None:
        return
    kept = kept_of(room, segment)
    own = ask(questions.bundles(room, segment, kept)) if kept else ()
    bundles = [*(own or ()), *(b for b in proposed if b.products not in kept)]
    st.markdown(escape(room.telling.bundle(segment, proposed)))
    if bundles:
        st.dataframe(
            room.telling.bundles(bundles, len(own or ()), spend=room.purchases.has("amount")), hide_index=True, height="content", column_config=_columns(room),
            alt="Every bundle with its counts.",
        )  # fmt: skip
    _overlaps(room, segment, bundles)
    _builder(room, segment, proposed)


def kept_of(room: Room, segment: int) -> tuple[tuple[str, ...], ...]:
    """The bundles somebody put together for this segment, of products that can be offered here."""
    known = set(room.learned.products)
    mine = (b for b in room.options.bundles if b.key == room.view.cut and b.segment == segment)
    return tuple(bundle.products for bundle in mine if set(bundle.products) <= known)


def _columns(room: Room) -> dict:
    when = ""
    if room.test is not None:
        when = (
            f"within {count(room.test.days)} days, even unasked"
            if room.test.days
            else "if each takes one new product"
        )
    return {
        "bundle": st.column_config.TextColumn(width=300),
        "could complete it": st.column_config.NumberColumn(
            format="localized", help="Bought some of it but not all."
        ),
        "elsewhere": st.column_config.NumberColumn(
            format="localized", help="Bought all of it, outside this segment."
        ),
        "typical spend on it": widgets.decimals(
            2, help="The median of what those who bought all of it spent on its products."
        ),
        "likely purchases": st.column_config.TextColumn(
            help=f"Of a missing product, by those who could complete it, {when}; the range comes from the back-test. "
            "What a bundle price adds only a test can tell."
        ),
        "worth": st.column_config.TextColumn(help="Those purchases at usual prices."),
    }


def _overlaps(room: Room, segment: int, bundles: list[Bundle]) -> None:
    """Who could complete two bundles at once, where there are two."""
    if len(bundles) < 2:
        return
    rows = [audience(room.view.matrix, room.view.segmentation, segment, b.products) for b in bundles]
    table = overlap(rows)
    pairs = [(int(table[i, j]), i, j) for i in range(len(rows)) for j in range(i)]
    most, i, j = max(pairs)
    if not most:
        st.caption("No one could complete two of them: the lists do not overlap.")
        return
    level = room.view.study.level
    sides = [", ".join(readable(p, level) for p in bundles[at].products) for at in (j, i)]
    smaller = int(min(table[i, i], table[j, j]))
    st.caption(
        escape(
            f"The largest overlap: {of(most, smaller)} of those who could complete one of “{sides[0]}” and “{sides[1]}” "
            "could complete both. Send them one offer, not two."
        )
    )


def _builder(room: Room, segment: int, proposed: tuple[Bundle, ...]) -> None:
    """Put a bundle together, see its figures, keep it."""
    st.subheader("Build your own", anchor=False)
    key = f"offers-bundle-{room.view.key}-{segment}"
    start = list(proposed[0].products) if proposed else []
    chosen = st.multiselect(
        "Products", list(room.learned.products), key=widgets.remembered(key, start), max_selections=LARGEST,
        format_func=partial(readable, level=room.view.study.level), placeholder="Choose two or more",
    )  # fmt: skip
    if len(chosen) < 2:
        st.caption("Choose two or more.")
        return
    try:
        found = ask(questions.bundles(room, segment, (tuple(chosen),)))
    except SegcoreError as error:
        st.error(escape(error.sentence), icon=":material/error:")
        return
    if found is None:
        return
    bundle, word = found[0], room.view.matrix.row_word
    said = (
        f"{counted(bundle.all_bought, bundle.size, word)} of “{room.view.names[segment]}” bought all of it "
        f"({about(bundle.by_chance)} by chance), {count(bundle.some_bought)} could complete it, and "
        f"{count(bundle.elsewhere)} outside bought all of it."
    )
    if room.chance is not None:
        said += f" Likely purchases of what is missing: {range_words(bundle.low, bundle.high)}."
    st.markdown(escape(said))
    kept = SavedBundle(room.view.cut, segment, tuple(chosen))
    if kept in room.options.bundles:
        st.button(
            "Forget it", icon=":material/delete:", on_click=_forget, args=(kept,), key="offers-bundle-forget"
        )
    else:
        st.button(
            "Keep this bundle",
            icon=":material/bookmark_add:",
            on_click=_keep,
            args=(kept,),
            key="offers-bundle-keep",
        )


def _keep(bundle: SavedBundle) -> None:
    session.update(lambda now: now.with_(offers=replace(now.offers, bundles=(*now.offers.bundles, bundle))))


def _forget(bundle: SavedBundle) -> None:
    session.update(
        lambda now: now.with_(
            offers=replace(now.offers, bundles=tuple(b for b in now.offers.bundles if b != bundle))
        )
    )
