"""Can the segments be relied on: stability over resamples."""

from __future__ import annotations

from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.curve import curve, guide, k_axis, margin_notes, ring
from segcore.figures.frame import Heading, blank, paint
from segcore.language.words import decimal

RELIABLE, VERY_STABLE = 0.8, 0.9


def stability_chart(
    table: pd.DataFrame, chosen: int | None = None, *, height: int = 360, **heading: Unpack[Heading]
) -> go.Figure:
    """Stability of the weakest and the average segment over k; a click's ``customdata`` is k.

    Parameters
    ----------
    table : DataFrame
        Indexed by k with ``stability_worst`` and, where known, ``stability_mean`` (0 to 1).
    """
    c = paint(heading)
    figure = blank(height, heading, bottom=60, right=164)
    worst = table["stability_worst"].astype(float)
    mean = table["stability_mean"].astype(float) if "stability_mean" in table else worst.where(worst.isna())
    if mean.notna().any():
        curve(figure, mean, heading, colour=c.quiet, width=2, dash="dash",
              hover=[f"{k} segments<br>average segment {decimal(value, 2)}" for k, value in mean.items()])  # fmt: skip
    curve(
        figure,
        worst,
        heading,
        hover=[f"<b>{k} segments</b><br>weakest segment {decimal(value, 2)}" for k, value in worst.items()],
    )
    lowest = max(0.0, min([*worst.dropna(), *mean.dropna(), RELIABLE]) - 0.12)
    figure.update_yaxes(range=[lowest, 1.04], tickformat=".1f", dtick=0.2)
    ks = [int(k) for k in table.index] or [2]
    k_axis(figure, ks)
    guide(figure, RELIABLE, "", heading)
    guide(figure, VERY_STABLE, "", heading)
    notes = [
        (RELIABLE, f"reliable from {decimal(0.8)}", c.quiet),
        (VERY_STABLE, f"very stable from {decimal(0.9)}", c.quiet),
    ]
    notes += [(float(line.dropna().iloc[-1]), f"<b>{words}</b>", colour)
              for line, words, colour in ((mean, "average segment", c.quiet), (worst, "weakest segment", c.link))
              if line.notna().any()]  # fmt: skip
    margin_notes(figure, notes, (1.04 - lowest) / height)
    if chosen is not None and chosen in worst.dropna().index:
        ring(figure, int(chosen), float(worst[chosen]), heading)
    return figure
