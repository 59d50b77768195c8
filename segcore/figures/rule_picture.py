"""One rule as a picture: of those who bought the left side, how many bought the right; of everybody, how many."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Unpack

import numpy as np
import plotly.graph_objects as go

from segcore.figures.frame import (
    SMALL_SIZE,
    Heading,
    blank,
    is_narrow,
    label,
    note,
    paint,
    pixels_wide,
    plain,
)
from segcore.language.words import count, join_and, of, percent, readable

if TYPE_CHECKING:
    from segcore.rules import Rules

_ACROSS, _MOST = 20, 100


def rule_picture(
    antecedents: Collection[str],
    consequents: Collection[str],
    n_both: int,
    n_antecedent: int,
    n_consequent: int,
    n_rows: int,
    *,
    row_word: str = "customers",
    **heading: Unpack[Heading],
) -> go.Figure:
    """Two fields of squares, filled for who bought the right side: buyers of the left side, and everybody.

    Up to 100 customers, every square is one of them; above, the field is 100 squares and each stands for 1 in 100.
    """
    right = join_and([label(name, 30) for name in sorted(consequents)])
    left = join_and([label(name, 30) for name in sorted(antecedents)])
    people, c = plain(row_word), paint(heading)
    did, also = ("who bought", "bought") if row_word == "customers" else ("with", "with")
    fields = [
        _Field(f"of {count(n_antecedent)} {people} {did} {left}", n_both, n_antecedent, c.accent),
        _Field(f"of all {count(n_rows)} {people}", n_consequent, n_rows, c.quiet),
    ]
    cell = 14 if is_narrow(heading) else 20
    heights = [max(field.lines * cell + 62, 96) for field in fields]
    figure = blank(sum(heights), heading, bottom=4)
    figure.update_xaxes(range=[-0.5, (pixels_wide(heading) - 24) / cell], showticklabels=False)
    figure.update_yaxes(range=[-sum(heights), 0], showticklabels=False)
    top = 0
    for field, height in zip(fields, heights, strict=True):
        _draw(figure, field, top, cell, f"{also} {right}", heading)
        top -= height
    return figure


def picture_of(rules: Rules, position: int, **heading: Unpack[Heading]) -> go.Figure:
    """The picture of one of many rules; its title says by how much the left side raises the share."""
    row = rules.rows(np.array([position])).iloc[0]
    left, right = (
        [readable(item, rules.spec.level) for item in row[side]] for side in ("antecedents", "consequents")
    )
    n_both, n_antecedent, n_consequent = (
        int(row[name]) for name in ("n_both", "n_antecedent", "n_consequent")
    )
    usual: Heading = {
        "title": f"{percent(row['confidence'], int(row['n_antecedent']))} instead of "
        f"{percent(row['consequent support'], rules.n_rows)}",
        "subtitle": "Buyers of the left side, and everybody",
    }
    return rule_picture(
        left,
        right,
        n_both,
        n_antecedent,
        n_consequent,
        rules.n_rows,
        row_word=rules.row_word,
        **usual | heading,
    )


@dataclass(frozen=True)
class _Field:
    """One field of squares: its sentence, and how many of how many are filled."""

    words: str
    part: int
    whole: int
    colour: str

    @property
    def squares(self) -> int:
        return min(self.whole, _MOST)

    @property
    def filled(self) -> int:
        return self.part if self.whole <= _MOST else round(_MOST * self.part / self.whole)

    @property
    def lines(self) -> int:
        return max(1, -(-self.squares // _ACROSS))


def _draw(figure: go.Figure, field: _Field, top: float, cell: int, right: str, heading: Heading) -> None:
    """The sentence above, the squares, the number beside; heights are pixels."""
    c = paint(heading)
    first = top - 38
    figure.add_scatter(
        x=[i % _ACROSS for i in range(field.squares)],
        y=[first - cell * (i // _ACROSS) for i in range(field.squares)],
        mode="markers",
        marker={
            "symbol": "square",
            "size": 0.75 * cell,
            "color": [field.colour if i < field.filled else c.line for i in range(field.squares)],
        },
        hoverinfo="skip",
    )
    one = "" if field.whole <= _MOST else " (a square is 1 in 100)"
    said = f'<b><span style="font-size:20px">{of(field.part, field.whole)}</span></b><br>{right}'
    middle = min(first - cell * (field.lines - 1) / 2, top - 50)  # below the sentence even beside one line
    note(
        figure,
        field.words + one,
        colour=c.quiet,
        size=SMALL_SIZE,
        x=-0.4,
        y=top - 12,
        xanchor="left",
        yanchor="middle",
    )
    note(figure, said, colour=c.ink, x=_ACROSS + 0.6, y=middle, xanchor="left", yanchor="middle")
