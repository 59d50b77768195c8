"""The chart of one chapter of a story, drawn from its plain numbers: the same that a slide holds natively."""

from __future__ import annotations

from typing import Unpack

import plotly.graph_objects as go

from segcore.figures.chart_data import ChartData
from segcore.figures.frame import Heading, blank, label, paint, plain
from segcore.figures.palette import GREY
from segcore.language.words import decimal

_BAR, _GAP, _LEFT, _LEAST = 26, 14, 250, 150
_AFTER = {"percent": " %", "index": "", "count": ""}


def told(chart: ChartData, *, scale: float = 1.0, **heading: Unpack[Heading]) -> go.Figure:
    """Bars lying down or lines over k, with every number written.

    Parameters
    ----------
    scale : float
        1 for a page; about 1.5 for a wall.
    """
    return _bars(chart, scale, heading) if chart.kind == "bars" else _lines(chart, scale, heading)


def number(value: float, unit: str) -> str:
    """A number of a chart as it is written everywhere."""
    digits = 0 if unit != "percent" or value >= 9.95 or value == 0 else 1
    return f"{decimal(value, digits)}{_AFTER[unit]}"


def _bars(chart: ChartData, scale: float, heading: Heading) -> go.Figure:
    c, several = paint(heading), len(chart.series) > 1
    row = (_BAR * len(chart.series) + _GAP) * scale
    figure = blank(
        max(row * len(chart.labels), _LEAST),
        heading,
        left=round(_LEFT * scale),
        right=round(70 * scale),
        bottom=8,
    )
    places = [
        f"{place} " + label(name, 30) for place, name in enumerate(chart.labels)
    ]  # two names may read the same
    for place, series in enumerate(chart.series):
        colours = list(series.colours) or [GREY]
        figure.add_bar(
            x=list(series.values), y=places, orientation="h", name=plain(series.name),
            marker={"color": colours * (len(places) if len(colours) == 1 else 1), "cornerradius": 4},
            text=[number(value, chart.unit) for value in series.values], textposition="outside", cliponaxis=False,
            textfont={"size": round(14 * scale), "color": c.quiet if place else c.ink},
            hovertext=[plain(name) for name in chart.labels],
            hovertemplate=f"<b>%{{hovertext}}</b><br>{plain(series.name)}: %{{text}}<extra></extra>",
        )  # fmt: skip
    top = max([*(value for series in chart.series for value in series.values), 1.0])
    figure.update_layout(
        barmode="group",
        bargap=0.3,
        xaxis={"range": [0, top * 1.02], "showticklabels": False},
        yaxis={
            "autorange": "reversed",
            "tickvals": places,
            "ticktext": [label(name, 30) for name in chart.labels],
            "tickfont": {"size": round(14 * scale), "color": c.ink},
        },
    )
    if chart.unit == "index":
        figure.add_shape(type="line", x0=100, x1=100, y0=0, y1=1, yref="paper", line={"color": c.quiet, "width": 1.5, "dash": "dot"})  # fmt: skip
    if several:
        _legend(figure, scale)
    return figure


def _lines(chart: ChartData, scale: float, heading: Heading) -> go.Figure:
    c = paint(heading)
    figure = blank(300 * scale, heading, left=24, right=round(40 * scale))
    for place, series in enumerate(chart.series):
        colour = (c.accent, c.ink)[place % 2]
        figure.add_scatter(
            x=list(chart.labels), y=list(series.values), mode="lines+markers", name=plain(series.name),
            line={"color": colour, "width": 3, "dash": "solid" if place == 0 else "dot"}, marker={"size": round(10 * scale)},
            hovertext=[number(value, chart.unit) for value in series.values],
            hovertemplate=f"%{{x}}: %{{hovertext}}<extra>{plain(series.name)}</extra>",
        )  # fmt: skip
    if chart.chosen in chart.labels:
        figure.add_shape(type="line", x0=chart.labels.index(chart.chosen), x1=chart.labels.index(chart.chosen), y0=0, y1=1, yref="paper", layer="below",
                         line={"color": c.line, "width": 14 * scale})  # fmt: skip
    figure.update_layout(
        xaxis={
            "type": "category",
            "title": {"text": "number of segments"},
            "tickfont": {"size": round(14 * scale)},
        },
        yaxis={
            "range": [0, 105],
            "showgrid": True,
            "ticksuffix": " %",
            "tickfont": {"size": round(14 * scale)},
        },
    )
    _legend(figure, scale)
    return figure


def _legend(figure: go.Figure, scale: float) -> None:
    figure.update_layout(
        showlegend=True,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0, "font": {"size": round(14 * scale)}},
        margin_t=figure.layout.margin.t + round(30 * scale),
        height=figure.layout.height + round(30 * scale),
    )  # fmt: skip
