"""What sells best: the products most customers bought."""

from __future__ import annotations

from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import (
    LABEL_SIZE,
    Heading,
    blank,
    is_narrow,
    label,
    note,
    paint,
    plain,
    room_for,
    shorten,
)
from segcore.language.words import of, readable

_ROW, _LONGEST, _LONGEST_NARROW = 32, 32, 24


def best_seller_bars(
    buyers: pd.Series,
    customers: int,
    *,
    level: str = "",
    row_word: str = "customers",
    **heading: Unpack[Heading],
) -> go.Figure:
    """One bar a product in the order given, on a scale that ends at all customers; ``customdata`` is the product.

    Parameters
    ----------
    buyers : Series
        Customers by product, most first.
    customers : int
        All customers, the length of the track behind each bar.
    level : str
        The product level, to name products that are bare numbers.
    """
    c = paint(heading)
    rows = list(range(len(buyers)))[::-1]
    names = [readable(str(product), level) for product in buyers.index]
    longest = _LONGEST_NARROW if is_narrow(heading) else _LONGEST
    told = [of(int(n), customers) for n in buyers]
    figure = blank(
        _ROW * max(len(rows), 1),
        heading,
        bottom=8,
        left=room_for(shorten(name, longest) for name in names),
        right=room_for(told),
    )
    shared = {"y": rows, "orientation": "h", "width": 0.5}
    figure.add_bar(
        x=[customers] * len(rows), marker={"color": c.line, "cornerradius": 3}, hoverinfo="skip", **shared
    )
    figure.add_bar(
        x=[int(n) for n in buyers],
        marker={"color": c.accent, "cornerradius": 3},
        customdata=[str(product) for product in buyers.index],
        hovertext=[f"<b>{plain(name)}</b><br>{n} {plain(row_word)}" for name, n in zip(names, told, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
        **shared,
    )  # fmt: skip
    figure.update_layout(barmode="overlay")
    figure.update_xaxes(range=[0, max(customers, 1)], showticklabels=False)
    figure.update_yaxes(range=[-0.5, len(rows) - 0.5], showticklabels=False)
    for row, name, n in zip(rows, names, told, strict=True):
        note(figure, label(name, longest), colour=c.ink, xref="paper", x=0, xanchor="right", xshift=-10, y=row, yanchor="middle",
             align="right", size=LABEL_SIZE, hovertext=plain(name))  # fmt: skip
        note(figure, n, colour=c.ink, xref="paper", x=1, xanchor="left", xshift=10, y=row, yanchor="middle")
    return figure
