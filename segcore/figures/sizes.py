"""How large the segments are, with the revenue they bring where the file knows it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import LABEL_SIZE, SMALL_SIZE, Heading, blank, is_narrow, label, note, paint, plain
from segcore.figures.palette import GREY, segment_colour
from segcore.language.words import count, percent

_ROW, _LEFT, _LEFT_NARROW, _RIGHT = 46, 216, 164, 200


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
        Customers in no segment, drawn grey.
    """
    bars = _bars(sizes, names or {}, colours or {}, no_purchases)
    figure = blank(
        _ROW * max(len(bars), 1),
        heading,
        bottom=8,
        left=_LEFT_NARROW if is_narrow(heading) else _LEFT,
        right=_RIGHT,
    )
    figure.add_bar(
        x=bars["size"].tolist(),
        y=bars.index.tolist(),
        orientation="h",
        width=0.6,
        marker={"color": bars["colour"].tolist(), "cornerradius": 4},
        customdata=bars["segment"].tolist(),
        hovertext=[plain(name) for name in bars["name"]],
        hovertemplate="<b>%{hovertext}</b><br>%{x:,} " + plain(row_word) + "<extra></extra>",
        unselected={"marker": {"opacity": 0.45}},
    )
    figure.update_layout(
        xaxis={"range": [0, max([*bars["size"], 1])], "showticklabels": False},
        yaxis={"range": [-0.5, len(bars) - 0.5], "showticklabels": False},
    )
    earned = {} if revenue_share is None else {int(s): float(v) for s, v in revenue_share.items()}
    for bar in bars.itertuples():
        _write(figure, bar, int(bars["size"].sum()), earned, row_word, heading)
    return figure


def _bars(
    sizes: pd.Series, names: Mapping[int, str], colours: Mapping[int, str], no_purchases: int
) -> pd.DataFrame:
    """What is drawn, indexed by height: the largest on top, those without purchases at the bottom."""
    ordered = sizes.sort_values(ascending=False, kind="stable")
    rows = [
        (int(s), int(v), str(names.get(int(s), f"Segment {s}")), colours.get(int(s), segment_colour(int(s))))
        for s, v in ordered.items()
    ]
    if no_purchases:
        rows.append((0, no_purchases, "No purchases", GREY))
    return pd.DataFrame(
        rows, columns=["segment", "size", "name", "colour"], index=range(len(rows) - 1, -1, -1)
    )


def _write(
    figure: go.Figure, bar: Any, total: int, earned: Mapping[int, float], row_word: str, heading: Heading
) -> None:
    """The name left of a bar; size, share and revenue right of it."""
    c = paint(heading)
    shown = label(bar.name, 17 if is_narrow(heading) else 23)
    note(figure, f"<b>{shown}</b>", colour=c.ink, size=LABEL_SIZE, xref="paper", x=0, xanchor="right", xshift=-12,
         y=bar.Index, yanchor="middle", align="right", hovertext=plain(bar.name))  # fmt: skip
    words = f"{count(bar.size)} {plain(row_word)} · {percent(bar.size / max(total, 1), total)}"
    if bar.segment in earned:
        money = f"{percent(earned[bar.segment], total)} of revenue"
        words += f'<br><span style="font-size:{SMALL_SIZE}px;color:{c.quiet}">{money}</span>'
    note(figure, words, colour=c.ink, x=bar.size, xanchor="left", xshift=8, y=bar.Index, yanchor="middle")
