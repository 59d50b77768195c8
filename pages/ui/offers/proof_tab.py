"""Does it work? Every way to rank on hidden purchases, with best-sellers among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from pages.ui.offers import context as rooms
from pages.ui.offers import questions
from pages.ui.parts import widgets
from pages.ui.parts.answers import BUTTON, ask
from pages.ui.parts.text import escape
from segcore.choices.offered import SCORERS
from segcore.choices.offers import BASELINE
from segcore.language.words import count, decimal, of, percent, plural, signed
from segcore.offers.wording import compared, finding, hidden_words

if TYPE_CHECKING:
    import pandas as pd

    from pages.ui.offers.context import Room
    from segcore.offers import BackTest

AUTO = -1  # a list takes None for nothing chosen
WEEKS = {
    AUTO: "As long as the data allow",
    0: "One product of everybody",
    4: "4 weeks",
    8: "8 weeks",
    13: "13 weeks",
    26: "26 weeks",
}


def draw(room: Room) -> None:
    """The chart, the sentence, the figures, and what may be changed."""
    test = room.test
    if test is None:
        st.caption("The figures appear here as soon as the back-test is through.")
        _choices(room)
        return
    _chart(room, test)
    st.markdown(escape(_how(test, chosen=room.options.scorer)))
    _choices(room)
    with st.expander("All figures", icon=":material/table:"):
        _table(test)
    with st.expander(
        "Hit rate by number of segments", icon=":material/show_chart:", key="offers-by-k", on_change="rerun"
    ) as drawer:
        if drawer.open:
            _by_k(room)


def _chart(room: Room, test: BackTest) -> None:
    from segcore.figures.interval_bars import interval_bars

    rates, n = test.shown.rates, test.shown.customers
    bars = rates[["hits", "hit", "hit_low", "hit_high"]].rename(
        columns={"hit": "value", "hit_low": "low", "hit_high": "high"}
    )
    bars["name"] = [SCORERS[name] for name in bars.index]
    bars["words"] = [of(int(hits), n) for hits in bars["hits"]]
    widgets.chart(
        interval_bars(
            bars, marked=room.scorer, guide=(float(rates.loc[BASELINE, "hit"]), "best-sellers"), title=finding(test, room.scorer),
            subtitle=f"Of {count(n)} {room.view.matrix.row_word}, how many had a hidden purchase among their "
            f"{plural(test.spec.n, 'offer')}; 95 % intervals", theme=widgets.theme(),
        ),
        key="offers-proof",
    )  # fmt: skip


def _how(test: BackTest, chosen: str = "") -> str:
    """What was done, in plain words; ``chosen`` is the way to rank that a person chose in place of the test."""
    what = (
        f"Purchases from {test.first} to {test.last} were hidden and everything was learned from what came before; what "
        "counts is a product new to the buyer."
        if test.weeks
        else "One product of everybody who bought at least two was hidden, drawn at random, and everything was learned "
        "from the rest."
    )
    part = "the same length of time before that" if test.weeks else "a second hidden product"
    sampled = f" A random {count(test.shown.customers)} were tested." if test.sampled else ""
    decided = (
        f"{SCORERS[chosen]}: this way to rank was chosen by hand"
        if chosen and chosen != test.default
        else f"Which way to rank is used was decided on {part}, so the figures above are not its own applause"
    )
    return f"{compared(test, chosen or None)} {what} {decided}.{sampled}"


def _choices(room: Room) -> None:
    left, right, _ = st.columns([1, 1, 1])
    wanted = room.options
    dated = room.purchases.date_span is not None
    if dated:
        key = widgets.remembered("offers-weeks", wanted.weeks if wanted.weeks in WEEKS else AUTO)
        left.selectbox(
            "Hide", list(WEEKS), format_func=WEEKS.get, key=key,
            on_change=widgets.hand_over, args=(key, lambda value: rooms.change(weeks=None if value == AUTO else value)),
        )  # fmt: skip
    key = widgets.remembered("offers-tested", wanted.tested)
    (right if dated else left).number_input(
        "Offers each in the test", 1, 50, key=key,
        on_change=widgets.hand_over, args=(key, lambda value: rooms.change(tested=int(value))),
    )  # fmt: skip


def _table(test: BackTest) -> None:
    import pandas as pd

    rates = test.shown.rates
    table = pd.DataFrame(
        {
            "way to rank": [SCORERS[name] for name in rates.index],
            "reached": rates["hits"].to_numpy(),
            "share": [_span(row, "hit") for _, row in rates.iterrows()],
            "ahead of best-sellers": [_points(row) for _, row in rates.iterrows()],
            "hidden purchases found": [percent(v, test.shown.purchases) for v in rates["found"]],
            "products offered": [percent(v, test.shown.products) for v in rates["coverage"]],
            "when choosing": [percent(v, test.validation.customers) for v in test.validation.rates["hit"]],
        }
    )
    table = table.iloc[(-rates["hit"]).argsort(kind="stable").to_numpy()]
    st.dataframe(
        table, hide_index=True, height="content", alt="Every way to rank with its figures.",
        column_config={
            "reached": st.column_config.NumberColumn(format="localized", help="With at least one hidden purchase among the offers."),
            "products offered": st.column_config.TextColumn(help="Of all products, how many were offered to anybody."),
            "when choosing": st.column_config.TextColumn(help="The share reached in the part that decided which way is used."),
        },
    )  # fmt: skip
    st.caption(
        f"{count(test.shown.purchases)} hidden purchases of {count(test.shown.customers)}; {hidden_words(test)} hidden."
    )


def _span(row: pd.Series, name: str) -> str:
    return f"{decimal(100 * row[name])} % ({decimal(100 * row[f'{name}_low'])} to {decimal(100 * row[f'{name}_high'])})"


def _points(row: pd.Series) -> str:
    if row.name == BASELINE:
        return ""
    ahead, low, high = (signed(100 * row[name]) for name in ("ahead", "ahead_low", "ahead_high"))
    return f"{ahead} ({low} to {high})"


def _by_k(room: Room) -> None:
    from segcore.figures.hits_by_k import hits_by_k_curve

    rates = ask(questions.by_k(room.view), BUTTON("Try other numbers of segments"))
    if rates is None:
        st.caption("Offers at every number of segments, on the part of the test that is not shown above.")
        return
    best = int(rates["taste"].idxmax())
    sure = rates.loc[best, "ahead_low"] > 0
    title = (
        f"By the mix of segments alone, offers are best with {best} segments"
        if sure
        else "At no number of segments does the mix alone surely beat best-sellers"
    )
    widgets.chart(
        hits_by_k_curve(
            rates, room.view.segmentation.k, title=title, theme=widgets.theme(),
            subtitle=f"Share of {count(int(rates['customers'].iloc[0]))} reached, on the part of the test that is not shown above",
        ),
        key="offers-by-k-curve",
    )  # fmt: skip
