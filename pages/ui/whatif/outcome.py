"""What comes of a scenario, as the page shows it: who moves, sizes and money, what it costs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from pages.ui.parts import widgets
from pages.ui.parts.text import escape
from segcore.figures.palette import GREY, SEGMENT_COLOURS
from segcore.figures.split_sankey import split_sankey
from segcore.language.words import count, decimal, percent, plural, restyled
from segcore.whatif.outcome import NONE, Outcome, agreement_in_words
from segcore.whatif.range_words import largest_move, names_of

if TYPE_CHECKING:
    from pages.ui.parts.view import View

NEARLY = 0.9  # of a taste that is left, or cosine with what it was, below which it is said
LAST = 10_000  # where "in no segment" stands in a picture: below all others


def colours_of(view: View, new: Collection[int]) -> dict[int, str]:
    """The study's colours; new segments take those nobody has."""
    known = dict(view.colours)
    free = [colour for colour in SEGMENT_COLOURS if colour not in set(known.values())]
    for number in sorted(new):
        known[number] = free.pop(0) if free else GREY
    return known


def moves(
    view: View,
    flows: pd.DataFrame,
    names: tuple[Mapping[int, str], Mapping[int, str]],
    colours: Mapping[int, str],
    *,
    key: str,
    title: str,
    subtitle: str,
    nowhere: str = "In no segment",
) -> None:
    """The Sankey of customers from one grouping to another; whoever is in no segment stands last, in grey."""
    drawn = flows.assign(**{side: flows[side].where(flows[side] != NONE, LAST) for side in ("from", "to")})
    sides = tuple({**given, LAST: nowhere} for given in names)
    painted = {**colours, LAST: GREY}
    figure = split_sankey(
        drawn, sides, (painted, painted), row_word=view.matrix.row_word, title=title, subtitle=subtitle,
        theme=widgets.theme(), wrap=62,
    )  # fmt: skip
    widgets.chart(figure, key=key)


def result(view: View, outcome: Outcome, key: str) -> None:
    """The picture, the figures, what could not be done."""
    widgets.warn([restyled(note) for note in outcome.notes])
    names, colours, word = names_of(outcome, view.names), colours_of(view, outcome.new), view.matrix.row_word
    again = f"; {count(outcome.wobble)} would by looking again with nothing changed" if outcome.wobble else ""
    moves(
        view, outcome.flows, (view.names, names), colours, key=f"{key}-moves",
        title=largest_move(outcome.flows, view.names | names),
        subtitle=f"{word.capitalize()} from the study’s segments to those of this scenario: "
        f"{_alike(outcome, word)}{again}",
    )  # fmt: skip
    sizes(view, outcome, names)


def _alike(outcome: Outcome, row_word: str) -> str:
    """How alike the scenario's groups and the study's are."""
    if not outcome.compared:
        return f"no {row_word} are in a segment of both"
    alike = agreement_in_words(outcome.agreement)
    return f"the two are {alike} (agreement {decimal(outcome.agreement, 2)}, where 1 is the same)"


def sizes(view: View, outcome: Outcome, names: Mapping[int, str]) -> None:
    """Size and money of every segment, before and now."""
    table, word = outcome.table, view.matrix.row_word
    shown = pd.DataFrame({"segment": [names.get(int(n), f"Segment {n}") for n in table.index]})
    shown["what"] = [_fate(outcome, int(n)) for n in table.index]
    shown[f"{word} before"] = table["before"].to_numpy()
    shown[f"{word} now"] = table["after"].to_numpy()
    money = "amount_after" in table
    if money:
        shown["money before"] = table["amount_before"].to_numpy()
        shown["money now"] = table["amount_after"].to_numpy()
    st.dataframe(
        shown, hide_index=True,
        column_config={
            "segment": st.column_config.TextColumn("segment", width="medium"),
            "what": st.column_config.TextColumn("what happens"),
        } | {name: st.column_config.NumberColumn(format="localized", step=1) for name in shown.columns[2:]},
        alt=f"Every segment with its {word} {'and money ' if money else ''}before and now.",
    )  # fmt: skip
    lost, gained, one = outcome.lost, outcome.gained, word.removesuffix("s")
    said = []
    if lost:
        said.append(
            f"{plural(lost, one)} {'leaves' if lost == 1 else 'leave'} all segments, without purchases in the range or "
            "with such as no segment explains."
        )
    if gained:
        said.append(f"{plural(gained, one)} {'comes' if gained == 1 else 'come'} in from no segment.")
    if said:
        st.caption(" ".join(said))
    st.caption(
        f"The segments of this scenario explain {percent(outcome.explained)} of its purchase pattern; the study’s "
        f"explain {percent(outcome.explained_before)} of theirs. The two compare only where the range is the same."
    )


def _fate(outcome: Outcome, number: int) -> str:
    """What happens to a segment, in a word."""
    if number in outcome.gone:
        return "dissolves"
    if number in outcome.new:
        return "appears"
    if number in outcome.merged:
        return "merged"
    if any(number in parts for parts in outcome.merged.values()):
        return "merged into another"
    kept, alike = outcome.kept_taste.get(number, 1.0), outcome.likeness.get(number, 1.0)
    if kept < NEARLY:
        return f"stays, {percent(kept, 100)} of its taste is in the range"
    return "changes its taste" if alike < NEARLY else "stays"


def answer(sentence: str, cost: str = "") -> None:
    """The answer, in one sentence; where segments were changed by hand, marked with what that costs."""
    st.markdown(f"##### {escape(sentence)}", width=900)
    if cost:
        st.markdown(f":material/edit: {escape(cost)}", width=900)
