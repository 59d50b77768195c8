"""What becomes of each segment in another cut: a ribbon for every group of customers that goes from one to the other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import LABEL_SIZE, SMALL_SIZE, Heading, blank, is_narrow, label, note, paint, plain
from segcore.figures.palette import segment_colour
from segcore.language.words import count, of

_GAP, _BAR = 22, 16  # pixels between two segments of a side, and their width
_LABEL, _LABEL_NARROW = 190, 150  # pixels beside the ribbons for names


def split_sankey(
    flows: pd.DataFrame,
    names: tuple[Mapping[int, str], Mapping[int, str]],
    colours: tuple[Mapping[int, str], Mapping[int, str]] | None = None,
    *,
    row_word: str = "customers",
    height: int = 0,
    **heading: Unpack[Heading],
) -> go.Figure:
    """Draw segments of one cut on the left, of another on the right; ribbons that change segment are the strong ones.

    Parameters
    ----------
    flows : DataFrame
        ``from``, ``to``, ``customers``, ``stays``, as in ``SplitView.flows``.
    names, colours : pair of dict
        By segment number, of the left and of the right cut.
    height : int
        Pixels of plot; 0 gives every segment its room.
    """
    sides = (_side(flows, "from"), _side(flows, "to"))
    most = max(map(len, sides), default=0)
    tall = height or max(240, 62 * most)
    width = _LABEL_NARROW if is_narrow(heading) else _LABEL
    figure = blank(tall, heading, bottom=16, left=width, right=width)
    if not len(flows):
        note(figure, f"No {plain(row_word)} are in both.", colour=paint(heading).quiet, xref="paper", x=0.5, yref="paper", y=0.5)  # fmt: skip
        return figure.update_layout(xaxis_visible=False, yaxis_visible=False)
    centres = tuple(_centres(side, tall, most, int(flows["customers"].sum())) for side in sides)
    given = colours or ({}, {})
    shades = [
        [given[at].get(int(number), segment_colour(int(number))) for number in sides[at].index]
        for at in (0, 1)
    ]
    figure.add_trace(_trace(flows, sides, centres, names, shades, row_word))
    for at in (0, 1):
        _write_names(figure, sides[at], centres[at], names[at], at, heading)
    return figure


def _side(flows: pd.DataFrame, column: str) -> pd.Series:
    """Customers by segment of one side, in the order of their numbers."""
    return flows.groupby(column)["customers"].sum().sort_index()


def _centres(side: pd.Series, tall: int, most: int, total: int) -> np.ndarray:
    """Where the middle of each segment stands, 0 (top) to 1: bars to scale, gaps even, the side centred."""
    scale = (tall - _GAP * (most - 1)) / max(total, 1)
    bars = side.to_numpy(dtype=float) * scale
    top = (tall - bars.sum() - _GAP * (len(bars) - 1)) / 2
    upper = top + np.concatenate([[0.0], np.cumsum(bars[:-1] + _GAP)])
    return np.clip((upper + bars / 2) / tall, 1e-3, 1 - 1e-3)  # plotly takes a place of 0 for none


def _trace(
    flows: pd.DataFrame,
    sides: tuple[pd.Series, pd.Series],
    centres: tuple[np.ndarray, ...],
    names: tuple[Mapping[int, str], Mapping[int, str]],
    shades: list[list[str]],
    row_word: str,
) -> go.Sankey:
    place = [{int(number): at for at, number in enumerate(side.index)} for side in sides]
    whole = sides[0].to_dict()
    ordered = flows.sort_values(["from", "to"])
    said = [
        f"<b>{_name(names[0], row['from'])} → {_name(names[1], row['to'])}</b><br>"
        f"{of(int(row['customers']), int(whole[row['from']]))} {plain(row_word)}"
        for row in ordered.to_dict("records")
    ]
    return go.Sankey(
        arrangement="fixed",
        node={
            "x": [1e-3] * len(sides[0]) + [1 - 1e-3] * len(sides[1]),
            "y": np.concatenate(centres).tolist(),
            "label": [""] * sum(map(len, sides)),
            "color": [*shades[0], *shades[1]],
            "pad": _GAP,
            "thickness": _BAR,
            "line": {"width": 0},
            "customdata": [
                f"<b>{_name(names[at], number)}</b><br>{count(size)} {plain(row_word)}"
                for at in (0, 1)
                for number, size in sides[at].items()
            ],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
        link={
            "source": [place[0][int(one)] for one in ordered["from"]],
            "target": [len(sides[0]) + place[1][int(other)] for other in ordered["to"]],
            "value": ordered["customers"].tolist(),
            "color": [
                _faint(shades[0][place[0][int(row["from"])]], 0.28 if row["stays"] else 0.62)
                for row in ordered.to_dict("records")
            ],
            "customdata": said,
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    )


def _write_names(
    figure: go.Figure,
    side: pd.Series,
    centres: np.ndarray,
    names: Mapping[int, str],
    at: int,
    heading: Heading,
) -> None:
    """Name and size outside the ribbons."""
    c = paint(heading)
    longest = 16 if is_narrow(heading) else 22
    for (number, size), centre in zip(side.items(), centres, strict=True):
        shown = label(names.get(int(number), f"Segment {number}"), longest)
        text = (
            f'<b>{shown}</b><br><span style="font-size:{SMALL_SIZE}px;color:{c.quiet}">{count(size)}</span>'
        )
        note(figure, text, colour=c.ink, size=LABEL_SIZE, xref="paper", yref="paper", x=at, y=1 - centre,
             xanchor="left" if at else "right", xshift=8 if at else -8, yanchor="middle",
             align="left" if at else "right", hovertext=_name(names, number))  # fmt: skip


def _name(names: Mapping[int, str], number: int) -> str:
    return plain(names.get(int(number), f"Segment {number}"))


def _faint(colour: str, opacity: float) -> str:
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{opacity})"
