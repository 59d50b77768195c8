"""K-means beside it: the sum of squared distances from k = 1, the elbow people know from the slides."""

from __future__ import annotations

from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.curve import curve, k_axis, pointer, ring
from segcore.figures.frame import Heading, blank
from segcore.language.words import significant


def kmeans_chart(
    table: pd.DataFrame,
    chosen: int | None = None,
    *,
    knee: int | None = None,
    height: int = 340,
    **heading: Unpack[Heading],
) -> go.Figure:
    """Within-cluster sum of squares (column ``sse``) over k (the index), from 0; a click's ``customdata`` is k."""
    figure = blank(height, heading, bottom=60)
    sse = table["sse"].astype(float)
    start = float(sse.dropna().iloc[0]) if sse.notna().any() else 1.0
    hover = [f"<b>{k} groups</b><br>SSE {significant(value, 5)}" for k, value in sse.items()]
    curve(figure, sse, heading, hover=hover)
    figure.update_yaxes(
        range=[0, start * 1.12],
        tickformat="~s",
        nticks=5,
        showgrid=True,
        title={"text": "sum of squared distances"},
    )
    k_axis(figure, [int(k) for k in table.index], words="number of groups (k-means)")
    if chosen is not None and chosen in sse.dropna().index:
        ring(figure, int(chosen), float(sse[chosen]), heading)
        left = f"{1 - float(sse[chosen]) / start:.0%}".replace("%", " %")
        words = f"<b>{chosen} groups</b> remove {left} of the spread"
        pointer(figure, int(chosen), float(sse[chosen]), words, heading, shift=_above(int(chosen), sse))
    if knee is not None and knee in sse.dropna().index and knee != chosen:
        pointer(
            figure, int(knee), float(sse[knee]), "the curve bends here", heading, shift=_above(int(knee), sse)
        )
    return figure


def _above(k: int, sse: pd.Series) -> tuple[int, int]:
    """A falling curve leaves room to the upper right; near the right end only above."""
    return (26, -40) if k <= sse.index.min() + (sse.index.max() - sse.index.min()) * 0.6 else (0, -70)
