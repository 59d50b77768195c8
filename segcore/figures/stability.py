"""Can the segments be relied on: stability over resamples, and how small the smallest becomes."""

from __future__ import annotations

from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.curve import curve, guide, k_axis, margin_notes, ring
from segcore.figures.frame import LABEL_SIZE, Heading, blank, paint
from segcore.words import percent, plural

RELIABLE, VERY_STABLE = 0.8, 0.9


def stability_chart(
    table: pd.DataFrame, chosen: int | None = None, *, height: int = 300, **heading: Unpack[Heading]
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
              hover=[f"{k} segments<br>average segment {value:.2f}" for k, value in mean.items()])  # fmt: skip
    curve(
        figure,
        worst,
        heading,
        hover=[f"<b>{k} segments</b><br>weakest segment {value:.2f}" for k, value in worst.items()],
    )
    lowest = max(0.0, min([*worst.dropna(), *mean.dropna(), RELIABLE]) - 0.12)
    figure.update_yaxes(range=[lowest, 1.04], tickformat=".1f", dtick=0.2)
    ks = [int(k) for k in table.index] or [2]
    k_axis(figure, ks)
    guide(figure, RELIABLE, "", heading)
    guide(figure, VERY_STABLE, "", heading)
    notes = [(RELIABLE, "reliable from 0.8", c.quiet), (VERY_STABLE, "very stable from 0.9", c.quiet)]
    notes += [(float(line.dropna().iloc[-1]), f"<b>{words}</b>", colour)
              for line, words, colour in ((mean, "average segment", c.quiet), (worst, "weakest segment", c.link))
              if line.notna().any()]  # fmt: skip
    margin_notes(figure, notes, (1.04 - lowest) / height)
    if chosen in worst.dropna().index:
        ring(figure, int(chosen), float(worst[chosen]), heading)
    return figure


def smallest_segment_chart(
    table: pd.DataFrame,
    chosen: int | None = None,
    *,
    customers: int | None = None,
    row_word: str = "customers",
    height: int = 190,
    **heading: Unpack[Heading],
) -> go.Figure:
    """Size of the smallest segment over k, as a share of ``customers``; a click's ``customdata`` is k."""
    c = paint(heading)
    figure = blank(height, heading, bottom=60)
    shares = table["smallest_share"].astype(float)
    known = shares.dropna()
    figure.add_bar(
        x=[int(k) for k in known.index],
        y=known.to_numpy(dtype=float),
        width=0.6,
        marker={
            "color": [c.accent if k == chosen else c.sequential[3] for k in known.index],
            "cornerradius": 4,
        },
        text=[percent(value, customers) for value in known],
        textposition="outside",
        textfont={"size": LABEL_SIZE, "color": c.ink},
        cliponaxis=False,
        customdata=[int(k) for k in known.index],
        hovertext=[_smallest(k, value, customers, row_word) for k, value in known.items()],
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 1}},
    )
    figure.update_yaxes(range=[0, max([*known, 0.01]) * 1.25], showticklabels=False)
    k_axis(figure, [int(k) for k in table.index] or [2])
    return figure


def _smallest(k: int, share: float, customers: int | None, row_word: str) -> str:
    size = f" ({plural(round(share * customers), row_word.removesuffix('s'))})" if customers else ""
    return f"<b>{k} segments</b><br>the smallest has {percent(share, customers)}{size}"
