"""Bars with an interval each, sorted by value: how several ways did, or what several products promise."""

from __future__ import annotations

from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import (
    LABEL_SIZE,
    SMALL_SIZE,
    Heading,
    blank,
    is_narrow,
    label_lines,
    note,
    paint,
    percent_ticks,
    plain,
)

_ROW, _LEFT, _LEFT_NARROW, _RIGHT, _RIGHT_NARROW = 42, 290, 196, 190, 176


def interval_bars(
    bars: pd.DataFrame,
    *,
    marked: str = "",
    guide: tuple[float, str] | None = None,
    as_share: bool = True,
    **heading: Unpack[Heading],
) -> go.Figure:
    """One bar a row, largest on top, its interval as a whisker; a click's ``customdata`` is the row's label.

    Parameters
    ----------
    bars : DataFrame, indexed by key
        ``name``, ``value``, ``low``, ``high``, ``words`` (written at the bar's end), optionally ``hover``.
    marked : str
        The key drawn in the accent; the others are quiet.
    guide : (value, words)
        A dotted line with its meaning.
    as_share : bool
        Whether values are shares, whose axis reads in per cent.
    """
    c, ordered = paint(heading), bars.sort_values("value", ascending=True, kind="stable")
    narrow, rows = is_narrow(heading), list(range(len(ordered)))
    left, right = (_LEFT_NARROW, _RIGHT_NARROW) if narrow else (_LEFT, _RIGHT)
    figure = blank(_ROW * max(len(ordered), 1) + 20, heading, bottom=44, left=left, right=right)
    low = (ordered["value"] - ordered["low"]).clip(lower=0)
    high = (ordered["high"] - ordered["value"]).clip(lower=0)
    hover = ordered["hover"] if "hover" in ordered else ordered["words"]
    figure.add_bar(
        x=ordered["value"].tolist(),
        y=rows,
        orientation="h",
        width=0.56,
        marker={"color": [c.accent if key == marked else c.sequential[3] for key in ordered.index], "cornerradius": 3},
        error_x={"type": "data", "symmetric": False, "array": high.tolist(), "arrayminus": low.tolist(),
                 "color": c.ink, "thickness": 1.6, "width": 5},
        customdata=[str(key) for key in ordered.index],
        hovertext=[f"<b>{plain(name)}</b><br>{plain(words)}" for name, words in zip(ordered["name"], hover, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 0.5}},
    )  # fmt: skip
    top = max(float(ordered["high"].max()) if len(ordered) else 0.0, guide[0] if guide else 0.0, 1e-9)
    ticks = percent_ticks(0.0, min(top, 1.0), 5) if as_share else {}
    figure.update_xaxes(range=[0, top * 1.02], showgrid=True, rangemode="tozero", nticks=6, **ticks)
    figure.update_yaxes(range=[-0.6, len(ordered) - 0.4], showticklabels=False)
    for row, (key, bar) in enumerate(ordered.iterrows()):
        name = "<br>".join(label_lines(bar["name"], 24 if narrow else 36))
        shown = f"<b>{name}</b>" if key == marked else name
        note(figure, shown, colour=c.ink, size=SMALL_SIZE if narrow else LABEL_SIZE, xref="paper", x=0,
             xanchor="right", xshift=-10, align="right", y=row, yanchor="middle")  # fmt: skip
        note(figure, plain(bar["words"]), colour=c.ink, size=SMALL_SIZE if narrow else LABEL_SIZE, xref="paper", x=1,
             xanchor="left", xshift=10, y=row, yanchor="middle")  # fmt: skip
    if guide is not None:
        figure.add_shape(type="line", x0=guide[0], x1=guide[0], yref="paper", y0=0, y1=1,
                         line={"color": c.quiet, "width": 1.5, "dash": "dot"})  # fmt: skip
        note(figure, plain(guide[1]), colour=c.quiet, size=SMALL_SIZE, x=guide[0], yref="paper", y=1, yanchor="bottom",
             xanchor="right" if guide[0] > top / 2 else "left")  # fmt: skip
        figure.update_layout(margin_t=figure.layout.margin.t + 22, height=figure.layout.height + 22)
    return figure
