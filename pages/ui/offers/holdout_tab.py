"""Test & learn: plan a hold-out, keep who is in it, read the outcome later."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.offers import list_tab, questions, saved_tests
from pages.ui.parts.answers import ask
from pages.ui.parts.text import escape
from pages.ui.shell import session
from segcore.choices.offer_records import OfferTest, TestedSegment
from segcore.choices.packed_ids import pack_ids
from segcore.errors import SegcoreError
from segcore.language.words import count, decimal, percent, plural
from segcore.offers.experiment import sample_size, smallest_effect, split_list

if TYPE_CHECKING:
    import pandas as pd

    from pages.ui.offers.context import Room
    from segcore.offers.targets import TargetList

MOST = 200_000  # ids of a test kept in a study
FORMULA = (
    "Two shares compared, two-sided at 5 %, seen 8 times in 10: the normal approximation for two proportions "
    "(Fleiss, Levin and Paik, Statistical Methods for Rates and Proportions)."
)


def draw(room: Room, best: str) -> None:
    """Plan a test of the offer on the list, and everything that was planned before."""
    st.markdown(
        "Whoever buys after an offer may have bought anyway. Leave some of the list in peace, and the difference tells "
        "what the offer brought.",
        width=760,
    )
    left, right = st.columns(2, gap="large")
    with left:
        product = list_tab.choose_product(room, best)
    target = ask(questions.target_list(room, product))
    if target is not None and len(target.table):
        with right:
            n, _ = list_tab.take(room, target)
        _plan(room, target, n)
    elif target is not None:
        st.info("There is nobody to test this with: everybody bought it already.", icon=":material/info:")
    saved_tests.draw(room)


def _plan(room: Room, target: TargetList, n: int) -> None:
    """What is hoped for, how many that needs, and the button that draws lots."""
    first = target.table.head(n)
    usual = float(first["chance"].mean()) if target.chance is not None else 0.05
    left, middle, right = st.columns(3)
    base = left.number_input(
        "Buy without the offer, %", 0.1, 95.0, round(min(max(100 * usual, 0.1), 95.0), 1), 0.5, format="%.1f",
        key=f"offers-base-{target.product}-{n}", help="The mean chance on this list, from the back-test; change it if you know better.",
    ) / 100  # fmt: skip
    effect = middle.number_input(
        "Rise hoped for, points", 0.1, 50.0, 5.0, 0.5, format="%.1f", key="offers-effect",
    ) / 100  # fmt: skip
    held = right.slider("Held out", 5, 50, 20, 5, format="%d %%", key="offers-held") / 100
    try:
        needed = sample_size(base, effect, ratio=held / (1 - held))
    except SegcoreError as error:
        st.info(escape(error.sentence), icon=":material/info:")
        return
    st.markdown(escape(_size_words(room, n, base, effect, held, needed)), help=FORMULA)
    if n > MOST:
        st.info(f"A test keeps at most {count(MOST)} ids; take a shorter list.", icon=":material/info:")
        return
    try:
        arms = split_list(_segments(room, first), held, seed=0)
    except SegcoreError as error:
        st.info(escape(error.sentence), icon=":material/info:")
        return
    st.button(
        "Draw lots and keep the test", type="primary", icon=":material/casino:", key="offers-draw",
        on_click=_keep, args=(target.product, arms, base, effect, held),
    )  # fmt: skip


def _size_words(room: Room, n: int, base: float, effect: float, held: float, needed: tuple[int, int]) -> str:
    """Whether this list is long enough, and what it can see if not."""
    word = room.view.matrix.row_word
    n_held = round(held * n)
    total = sum(needed)
    rise = f"a rise from {percent(base, 1_000)} to {percent(base + effect, 1_000)}"
    need = f"To see {rise}, {count(needed[0])} with the offer and {count(needed[1])} held out are needed"
    if n - n_held >= needed[0] and n_held >= needed[1]:
        return f"{need}; this list has {count(n - n_held)} and {count(n_held)}. Enough."
    visible = smallest_effect(base, n - n_held, n_held)
    seen = (
        "no rise could be seen at all"
        if visible is None
        else f"only a rise of {decimal(100 * visible)} points or more can be seen"
    )
    return (
        f"{need}, {plural(total, word.removesuffix('s'), word)} in all; with this list of {count(n)} {seen}."
    )


def _segments(room: Room, first: pd.DataFrame) -> pd.Series:
    """The segment of everybody on the list, by name."""
    return first["segment"].map(lambda number: room.view.names.get(int(number), "in no segment"))


def _keep(product: str, arms: pd.DataFrame, base: float, effect: float, held: float) -> None:
    """Save the test in the study, ids and all: the data may be another when the outcome comes."""
    groups = []
    for name, rows in arms.groupby("segment", sort=True):
        treated = rows.index[(rows["arm"] == "treated").to_numpy()]
        out = rows.index[(rows["arm"] != "treated").to_numpy()]
        groups.append(TestedSegment(str(name), pack_ids(treated), pack_ids(out), len(treated), len(out)))
    made = OfferTest(
        id=secrets.token_hex(4), created=datetime.now(UTC).isoformat(timespec="seconds"), product=product,
        base=base, effect=effect, held_share=held, groups=tuple(groups),
    )  # fmt: skip
    session.update(lambda now: now.with_(offer_tests=(*now.offer_tests, made)))
