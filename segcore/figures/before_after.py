"""Two values of every segment, before and after: a grey mark, a mark in the segment's colour, and the way between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import LABEL_SIZE, SMALL_SIZE, Heading, blank, is_narrow, label, note, paint, plain
from segcore.figures.palette import GREY, segment_colour
from segcore.language.words import count

_ROW, _LEFT, _LEFT_NARROW, _RIGHT = 48, 216, 150, 170


def before_after(
    table: pd.DataFrame,
    names: Mapping[int, str],
    colours: Mapping[int, str] | None = None,
    *,
    said: tuple[str, str] = ("before", "now"),
    shown: Callable[[float], str] = count,
    **heading: Unpack[Heading],
) -> go.Figure:
    """Draw both values on one scale that starts at 0, segments by the second value.

    Parameters
    ----------
    table : DataFrame, by segment number
        First column before, second column after.
    said : pair of str
        What the two are called.
    shown : callable
        How a value is written.
    """
    c, narrow = paint(heading), is_narrow(heading)
    rows = table.iloc[:, :2].set_axis(["first", "second"], axis=1)
    rows = rows.sort_values(["second", "first"], ascending=False, kind="stable")
    k, most = len(rows), max(float(rows.to_numpy().max(initial=0.0)), 1e-9)
    figure = blank(_ROW * max(k, 1), heading, bottom=4, left=_LEFT_NARROW if narrow else _LEFT, right=_RIGHT)
    heights = list(range(k - 1, -1, -1))
    paints = [(colours or {}).get(int(n), segment_colour(int(n))) for n in rows.index]
    for height, colour, (first, second) in zip(heights, paints, rows.to_numpy(), strict=True):
        figure.add_scatter(x=[first, second], y=[height, height], mode="lines", hoverinfo="skip",
                           line={"color": colour, "width": 3})  # fmt: skip
    hover = [
        f"<b>{plain(names.get(int(n), f'Segment {n}'))}</b><br>{plain(said[0])}: {shown(row['first'])}<br>"
        f"{plain(said[1])}: {shown(row['second'])}"
        for n, row in rows.iterrows()
    ]
    for column, marker in (
        ("first", {"color": c.page, "size": 13, "line": {"color": GREY, "width": 2.5}}),
        ("second", {"color": paints, "size": 17}),
    ):
        figure.add_scatter(x=rows[column].tolist(), y=heights, mode="markers", marker=marker,
                           customdata=[int(n) for n in rows.index], hovertext=hover,
                           hovertemplate="%{hovertext}<extra></extra>")  # fmt: skip
    figure.update_layout(
        xaxis={"range": [-0.03 * most, 1.02 * most], "showticklabels": False},
        yaxis={"range": [-0.5, k - 0.5], "showticklabels": False},
    )
    for height, (number, row) in zip(heights, rows.iterrows(), strict=True):
        name = names.get(int(number), f"Segment {number}")
        note(figure, f"<b>{label(name, 16 if narrow else 24)}</b>", colour=c.ink, size=LABEL_SIZE, xref="paper", x=0,
             xanchor="right", xshift=-12, y=height, yanchor="middle", align="right", hovertext=plain(name))  # fmt: skip
        words = (
            f"{shown(row['second'])} "
            f'<span style="font-size:{SMALL_SIZE}px;color:{c.quiet}">{plain(said[0])} {shown(row["first"])}</span>'
        )
        note(figure, words, colour=c.ink, x=max(row["first"], row["second"]), xanchor="left", xshift=14, y=height,
             yanchor="middle")  # fmt: skip
    return figure
