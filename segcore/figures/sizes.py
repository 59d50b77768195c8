"""How large the segments are, with the revenue they bring where the file knows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import LABEL_SIZE, SMALL_SIZE, Heading, blank, label, note, paint, plain
from segcore.figures.palette import GREY, segment_colour
from segcore.words import count, percent

_ROW, _LEFT, _RIGHT = 46, 216, 250


def segment_sizes(
    sizes: pd.Series,
    names: Mapping[int, str] | None = None,
    colours: Mapping[int, str] | None = None,
    *,
    revenue_share: pd.Series | None = None,
    no_purchases: int = 0,
    row_word: str = "customers",
    **heading: Unpack[Heading],
) -> go.Figure:
    """One bar a segment, largest first; a click's ``customdata`` is the segment.

    Parameters
    ----------
    sizes : Series
        Customers per segment number.
    revenue_share : Series
        Share (0 to 1) of revenue per segment, written beside the size.
    no_purchases : int
        Customers in no segment, drawn grey at the end.
    """
    c = paint(heading)
    ordered = sizes.sort_values(ascending=False, kind="stable")
    segments = [int(s) for s in ordered.index]
    values = [int(v) for v in ordered] + ([no_purchases] if no_purchases else [])
    titles = [str((names or {}).get(s, f"Segment {s}")) for s in segments]
    paints = [(colours or {}).get(s, segment_colour(s)) for s in segments]
    if no_purchases:
        titles, paints, segments = [*titles, "No purchases"], [*paints, GREY], [*segments, 0]
    rows = list(range(len(values)))[::-1]
    figure = blank(_ROW * max(len(values), 1), heading, bottom=8, left=_LEFT, right=_RIGHT)
    figure.add_bar(
        x=values,
        y=rows,
        orientation="h",
        width=0.6,
        marker={"color": paints, "cornerradius": 4},
        customdata=segments,
        hovertext=[plain(title) for title in titles],
        hovertemplate="<b>%{hovertext}</b><br>%{x:,} " + plain(row_word) + "<extra></extra>",
        unselected={"marker": {"opacity": 0.45}},
    )
    figure.update_xaxes(range=[0, max([*values, 1])], showticklabels=False)
    figure.update_yaxes(range=[-0.5, len(values) - 0.5], showticklabels=False)
    total = max(sum(values), 1)
    for row, segment, title, value in zip(rows, segments, titles, values, strict=True):
        note(figure, f"<b>{label(title, 23)}</b>", colour=c.ink, size=LABEL_SIZE, xref="paper", x=0, xanchor="right",
             xshift=-12, y=row, yanchor="middle", align="right", hovertext=plain(title))  # fmt: skip
        words = f"{count(value)} {plain(row_word)} · {percent(value / total, total)}"
        if revenue_share is not None and segment in revenue_share.index:
            earned = f"{percent(float(revenue_share[segment]), total)} of revenue"
            words += f'<br><span style="font-size:{SMALL_SIZE}px;color:{c.quiet}">{earned}</span>'
        note(figure, words, colour=c.ink, x=value, xanchor="left", xshift=8, y=row, yanchor="middle")
    return figure
