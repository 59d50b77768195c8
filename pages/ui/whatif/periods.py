"""Time: the same segments on two periods, who moved, and how much of it is chance."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.ui.parts import cached, widgets
from pages.ui.parts.answers import ask
from pages.ui.parts.text import escape
from pages.ui.shell import locale as reader
from pages.ui.whatif import changes, outcome
from segcore.errors import SegcoreError
from segcore.figures.before_after import before_after
from segcore.language.words import count, decimal
from segcore.whatif.outcome import NONE
from segcore.whatif.periods import Movement, halves, movement_sentence
from segcore.whatif.range_words import largest_move

if TYPE_CHECKING:
    from pages.ui.parts.view import View


def show(view: View) -> None:
    """Two periods to choose, then who went where."""
    bought = cached.purchases(view.study.data_digest)
    try:
        usual = halves(bought, (view.study.filters.date_from, view.study.filters.date_to))
    except SegcoreError as error:
        outcome.answer("Two periods can be compared where the file has dates.")
        st.info(escape(error.sentence), icon=":material/event_busy:")
        return
    days = _held(changes.tried().days, bought.date_span) or (*usual[0], *usual[1])
    head = st.container()
    _choose(view, days)
    found = ask(changes.periods_of(view, days))
    if found is None:
        with head:
            outcome.answer("Describing both periods by the same segments.")
        return
    with head:
        outcome.answer(movement_sentence(found, view.names))
    _picture(view, found)
    _sizes(view, found)
    _table(view, found)


def _held(days: tuple[str, ...], span: tuple[pd.Timestamp, pd.Timestamp]) -> tuple[str, ...]:
    """Days saved before that these purchases have; none where they were read otherwise since, or are no two periods."""
    first, last = (moment.strftime("%Y-%m-%d") for moment in span)
    inside = len(days) == 4 and all(first <= day <= last for day in days)
    return days if inside and days[0] <= days[1] and days[2] <= days[3] else ()


def _choose(view: View, days: tuple[str, ...]) -> None:
    first, last = (moment.date() for moment in cached.purchases(view.study.data_digest).date_span)
    chosen = [dt.date.fromisoformat(day) for day in days]

    def save(_: object) -> None:
        both = [*st.session_state["periods-first"], *st.session_state["periods-second"]]
        if len(both) == 4:
            changes.change_days(tuple(day.isoformat() for day in both))

    for column, key, label, own in zip(
        st.columns(2), ("periods-first", "periods-second"), ("First period", "Second period"),
        (chosen[:2], chosen[2:]), strict=True,
    ):  # fmt: skip
        column.date_input(
            label, min_value=first, max_value=last, key=widgets.remembered(key, tuple(own)),
            on_change=widgets.hand_over, args=(key, save), format=reader.field_format(),
        )  # fmt: skip


def _picture(view: View, found: Movement) -> None:
    inside = found.flows[(found.flows["from"] != NONE) & (found.flows["to"] != NONE)]
    outcome.moves(
        view, found.flows, (view.names, view.names), view.colours, key="periods-moves",
        title=largest_move(inside, view.names),
        subtitle=f"{view.matrix.row_word.capitalize()} from {_days(found.first)} (left) to {_days(found.second)} (right); "
        "by chance: everybody’s shopping days dealt out by lot over the two",
        nowhere="Bought nothing, or in no segment",
    )  # fmt: skip


def _days(window: tuple[str | None, str | None]) -> str:
    return " to ".join(reader.day(pd.Timestamp(day)) for day in window)


def _sizes(view: View, found: Movement) -> None:
    table, word = found.table[["before", "after"]], view.matrix.row_word
    grows = [*found.growing, *found.shrinking]
    title = "No segment clearly grows or shrinks"
    if grows:
        way = "grows" if grows[0] in found.growing else "shrinks"
        title = f"“{view.names[grows[0]]}” {way} beyond chance"
    figure = before_after(
        table, view.names, view.colours, said=("earlier", "later"), title=title,
        subtitle=f"{word.capitalize()} of each segment in the first period (ring) and the second (dot)",
        theme=widgets.theme(), wrap=80,
    )  # fmt: skip
    widgets.chart(figure, key="periods-sizes")


def _chance(p: float) -> str:
    return f"under {decimal(0.001, 3)}" if p < 0.001 else decimal(p, 3)


def _table(view: View, found: Movement) -> None:
    table = found.table
    shown = pd.DataFrame(
        {
            "segment": [view.names[int(n)] for n in table.index],
            "first period": table["before"].to_numpy(),
            "second period": table["after"].to_numpy(),
            "came over": table["entered"].to_numpy(),
            "left": table["left"].to_numpy(),
            "chance of such a difference": [_chance(p) for p in table["p"]],
        }
    )
    if "amount_after" in table:
        shown["money, first"], shown["money, second"] = (
            table["amount_before"].to_numpy(),
            table["amount_after"].to_numpy(),
        )
    whole = [name for name in shown.columns[1:] if name != "chance of such a difference"]
    st.dataframe(
        shown, hide_index=True,
        column_config={name: st.column_config.NumberColumn(format="localized", step=1) for name in whole},
        alt="Every segment with its size in both periods, who came over from another segment and who left.",
    )  # fmt: skip
    both = int(found.assignments.notna().all(axis=1).sum())
    st.caption(
        f"Came over and left count the {count(both)} {view.matrix.row_word} in a segment in both periods. The chance is "
        "that of a sign test, corrected for asking about every segment."
    )
