"""How one basket divides over the segments: a bar a segment, in the segment's colour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import LABEL_SIZE, Heading, blank, is_narrow, label, note, paint, plain
from segcore.figures.palette import segment_colour
from segcore.language.words import percent

_ROW, _LEFT, _LEFT_NARROW, _RIGHT = 38, 216, 150, 64


def mix_bars(
    shares: pd.Series,
    names: Mapping[int, str],
    colours: Mapping[int, str] | None = None,
    **heading: Unpack[Heading],
) -> go.Figure:
    """Draw the shares of one basket, segments in their own order so that nothing jumps when a product is added.

    Parameters
    ----------
    shares : Series
        Share (0 to 1) by segment number; a click's ``customdata`` is the segment.
    """
    k, c, narrow = len(shares), paint(heading), is_narrow(heading)
    figure = blank(_ROW * max(k, 1), heading, bottom=4, left=_LEFT_NARROW if narrow else _LEFT, right=_RIGHT)
    heights = list(range(k - 1, -1, -1))
    shown = [colours.get(int(n), segment_colour(int(n))) if colours else segment_colour(int(n)) for n in shares.index]  # fmt: skip
    figure.add_bar(
        x=shares.tolist(),
        y=heights,
        orientation="h",
        width=0.62,
        marker={"color": shown, "cornerradius": 4},
        customdata=[int(n) for n in shares.index],
        hovertext=[plain(names.get(int(n), f"Segment {n}")) for n in shares.index],
        hovertemplate="<b>%{hovertext}</b><br>%{x:.0%}<extra></extra>",
    )
    figure.update_layout(
        xaxis={"range": [0, 1], "showticklabels": False},
        yaxis={"range": [-0.5, k - 0.5], "showticklabels": False},
    )
    top = shares.max()
    for height, (number, share) in zip(heights, shares.items(), strict=True):
        name = names.get(int(number), f"Segment {number}")
        bold = share == top and share > 0
        text = label(name, 16 if narrow else 24)
        note(figure, f"<b>{text}</b>" if bold else text, colour=c.ink if share > 0 else c.quiet, size=LABEL_SIZE,
             xref="paper", x=0, xanchor="right", xshift=-12, y=height, yanchor="middle", align="right",
             hovertext=plain(name))  # fmt: skip
        note(figure, percent(float(share), 100), colour=c.ink if share > 0 else c.quiet, x=float(share),
             xanchor="left", xshift=8, y=height, yanchor="middle")  # fmt: skip
    return figure
