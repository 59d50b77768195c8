"""When it was bought: purchase lines by month."""

from __future__ import annotations

from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import SMALL_SIZE, Heading, blank, note, paint
from segcore.language.words import count, decimal

_FEW, _WIDE = 14, 8  # months whose bars can carry their own count; whose bars have room for four digits


def month_bars(lines: pd.Series, *, height: int = 320, **heading: Unpack[Heading]) -> go.Figure:
    """One bar a month, from zero; a click's ``customdata`` is the month as ``2016-03``.

    Parameters
    ----------
    lines : Series
        Purchase lines by the first day of the month, no month left out.
    """
    c = paint(heading)
    figure = blank(height, heading, bottom=44)
    months = [f"{day:%B %Y}" for day in lines.index]
    places = list(range(len(lines)))
    figure.add_bar(
        x=places,
        y=[int(n) for n in lines],
        marker={"color": c.accent, "cornerradius": 3},
        customdata=[f"{day:%Y-%m}" for day in lines.index],
        hovertext=[f"<b>{month}</b><br>{count(n)} lines" for month, n in zip(months, lines, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
    )
    step = max(1, -(-len(lines) // 8))
    shown = places[::step]
    figure.update_xaxes(
        tickvals=shown,
        ticktext=[_tick(lines.index[place], first=place == 0) for place in shown],
        range=[-0.6, len(lines) - 0.4],
        tickangle=0,
    )
    few = len(lines) <= _FEW
    figure.update_yaxes(
        range=[0, max([*lines, 1]) * 1.12], showticklabels=not few, showgrid=not few, nticks=5, tickformat=","
    )
    for place, n in zip(places, lines, strict=True):
        if few:
            note(figure, _short(int(n), len(lines)), colour=c.ink, size=SMALL_SIZE, x=place, y=int(n), yanchor="bottom", align="center")  # fmt: skip
    return figure


def _tick(day: pd.Timestamp, *, first: bool) -> str:
    """The month, with its year below the first and every January."""
    return f"{day:%b}<br>{day:%Y}" if first or day.month == 1 else f"{day:%b}"


def _short(n: int, months: int) -> str:
    """A count that fits above its bar, one among so many: ``940``, ``1,445`` or ``1.4k``, ``12k``."""
    if n < (10_000 if months <= _WIDE else 1_000):
        return count(n)
    return f"{decimal(n / 1_000, 0 if n >= 9_950 else 1)}k"
