"""One rule as a picture: of those who bought the left side, how many bought the right; of everybody, how many."""

from __future__ import annotations

from collections.abc import Collection
from typing import Unpack

import plotly.graph_objects as go

from segcore.figures.frame import SMALL_SIZE, Heading, blank, label, note, paint, plain
from segcore.words import count, join_and, of

_ACROSS, _CELL = 20, 20


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
        (f"of {count(n_antecedent)} {people} {did} {left}", n_both, n_antecedent, c.accent),
        (f"of all {count(n_rows)} {people}", n_consequent, n_rows, c.quiet),
    ]
    heights = [_lines(whole) * _CELL + 66 for _, _, whole, _ in fields]
    figure = blank(sum(heights), heading, bottom=4)
    figure.update_xaxes(range=[-0.5, 47], showticklabels=False)
    figure.update_yaxes(range=[-sum(heights), 0], showticklabels=False)
    top = 0
    for (words, part, whole, colour), height in zip(fields, heights, strict=True):
        _field(
            figure,
            top,
            (words, part, whole),
            f"{also} {right}",
            colour,
            heading,
        )
        top -= height
    return figure


def _lines(whole: int) -> int:
    return max(1, -(-min(whole, 100) // _ACROSS))


def _field(
    figure: go.Figure, top: float, numbers: tuple[str, int, int], right: str, colour: str, heading: Heading
) -> None:
    """One field of squares with its sentence above and its number beside."""
    c = paint(heading)
    words, part, whole = numbers
    squares = min(whole, 100)
    filled = part if whole <= 100 else round(100 * part / whole)
    first = top - 40
    figure.add_scatter(
        x=[i % _ACROSS for i in range(squares)],
        y=[first - _CELL * (i // _ACROSS) for i in range(squares)],
        mode="markers",
        marker={
            "symbol": "square",
            "size": 16,
            "color": [colour if i < filled else c.line for i in range(squares)],
        },
        hoverinfo="skip",
    )
    one = "" if whole <= 100 else " (a square is 1 in 100)"
    note(
        figure,
        f"{words}{one}",
        colour=c.quiet,
        size=SMALL_SIZE,
        x=-0.4,
        y=top - 14,
        xanchor="left",
        yanchor="middle",
    )
    middle = first - _CELL * (_lines(whole) - 1) / 2
    said = f'<b><span style="font-size:20px">{of(part, whole)}</span></b>'
    note(
        figure,
        f"{said}<br>{right}",
        colour=c.ink,
        x=_ACROSS + 0.6,
        y=middle,
        xanchor="left",
        yanchor="middle",
    )
