"""How small the smallest segment becomes as their number grows."""

from __future__ import annotations

from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.curve import guide, k_axis
from segcore.figures.frame import LABEL_SIZE, Heading, blank, paint
from segcore.language.words import percent, plural


def smallest_segment_chart(
    table: pd.DataFrame,
    chosen: int | None = None,
    *,
    least: float | None = None,
    customers: int | None = None,
    row_word: str = "customers",
    height: int = 360,
    **heading: Unpack[Heading],
) -> go.Figure:
    """Size of the smallest segment over k, as a share of ``customers``; a click's ``customdata`` is k.

    Parameters
    ----------
    least : float
        Share below which a segment is too small to use; drawn as a line, bars under it in the colour of warnings.
    """
    c = paint(heading)
    figure = blank(height, heading, bottom=60)
    known = table["smallest_share"].astype(float).dropna()
    ks = [int(k) for k in known.index]

    def colour(k: int) -> str:
        if least is not None and known[k] < least:
            return c.warning
        return c.accent if k == chosen else c.sequential[4]

    figure.add_bar(
        x=ks,
        y=known.to_numpy(dtype=float),
        width=0.6,
        marker={"color": [colour(k) for k in ks], "cornerradius": 4},
        text=[percent(value, customers) for value in known],
        textposition="outside",
        constraintext="none",
        textfont={"size": LABEL_SIZE, "color": c.ink},
        cliponaxis=False,
        customdata=ks,
        hovertext=[_smallest(k, value, customers, row_word) for k, value in known.items()],
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 1}},
    )
    figure.update_yaxes(range=[0, max([*known, 0.01]) * 1.2], showticklabels=False)
    k_axis(figure, ks or [2])
    if least is not None:
        guide(figure, least, f"too small under {percent(least, 100)}", heading)
    return figure


def _smallest(k: int, share: float, customers: int | None, row_word: str) -> str:
    size = f" ({plural(round(share * customers), row_word.removesuffix('s'))})" if customers else ""
    return f"<b>{k} segments</b><br>the smallest has {percent(share, customers)}{size}"
