"""What a segment buys more and less of than everybody: the index, on a scale where twice and half look alike."""

from __future__ import annotations

from typing import Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import SMALL_SIZE, Heading, blank, is_narrow, label_lines, note, paint, plain
from segcore.language.words import count, readable

_ROW, _LEFT, _LEFT_NARROW = 30, 240, 158
_TALL_ROW, _LINE = 38, 20  # where a name takes two lines
_FAR = 3.0  # 8 times and an eighth: beyond, bars are cut and the label tells
_STEPS = {-3: "⅛ ×", -2: "¼ ×", -1: "½ ×", 0: "average", 1: "2 ×", 2: "4 ×", 3: "8 ×"}


def index_bars(
    index: pd.Series,
    buyers: pd.Series | None = None,
    *,
    low: pd.Series | None = None,
    high: pd.Series | None = None,
    doubtful: pd.Series | None = None,
    row_word: str = "customers",
    level: str = "",
    **heading: Unpack[Heading],
) -> go.Figure:
    """Bars left and right of 100, highest index first; a click's ``customdata`` is the product.

    Parameters
    ----------
    index : Series
        Share in the segment ÷ share overall × 100, by product.
    buyers : Series
        Buyers in the segment by product, for the hover text.
    low, high : Series
        Interval of the index by product, drawn as a thin line.
    doubtful : Series of bool
        By product, whether the difference could be chance; such bars are pale.
    level : str
        The product level, to name products that are bare numbers.
    """
    c = paint(heading)
    ordered = index.astype(float).dropna().sort_values(ascending=False, kind="stable")
    lengths = _lengths(ordered)
    rows = list(range(len(ordered)))[::-1]
    lines = [label_lines(readable(str(p), level), _LINE if is_narrow(heading) else 32) for p in ordered.index]
    row_height = _TALL_ROW if any(len(parts) > 1 for parts in lines) else _ROW
    figure = blank(
        row_height * max(len(ordered), 1),
        heading,
        bottom=10,
        left=_LEFT_NARROW if is_narrow(heading) else _LEFT,
    )
    figure.update_layout(
        margin_t=figure.layout.margin.t + 24, height=figure.layout.height + 24
    )  # the scale on top
    known = {} if buyers is None else buyers.to_dict()
    said = [_hover(p, value, known, row_word, level) for p, value in ordered.items()]
    _bars(figure, ordered, rows, lengths, said, _doubts(ordered, doubtful), heading)
    if low is not None and high is not None:
        _intervals(
            figure, rows, _lengths(low.reindex(ordered.index)), _lengths(high.reindex(ordered.index)), c.quiet
        )
    _scale(figure, lengths, len(ordered), heading)
    for row, length, parts, value in zip(rows, lengths, lines, ordered, strict=True):
        _write(figure, row, float(length), "<br>".join(parts), float(value), heading)
    return figure


def _lengths(index: pd.Series) -> np.ndarray:
    """Doublings above 100, halvings below, cut where a bar would leave the scale."""
    with np.errstate(divide="ignore"):
        return np.clip(np.log2(np.maximum(index.to_numpy(), 0.0) / 100), -_FAR, _FAR)


def _bars(
    figure: go.Figure,
    ordered: pd.Series,
    rows: list[int],
    lengths: np.ndarray,
    said: list[str],
    doubts: list[bool],
    heading: Heading,
) -> None:
    c = paint(heading)
    figure.add_bar(
        x=lengths,
        y=rows,
        orientation="h",
        width=0.62,
        marker={
            "color": [c.more if length >= 0 else c.less for length in lengths],
            "opacity": [0.4 if maybe else 1.0 for maybe in doubts],
            "cornerradius": 3,
        },
        customdata=[str(product) for product in ordered.index],
        hovertext=[
            text + ("<br>could be chance" if maybe else "") for text, maybe in zip(said, doubts, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 0.45}},
    )


def _doubts(ordered: pd.Series, doubtful: pd.Series | None) -> list[bool]:
    return (
        [False] * len(ordered) if doubtful is None else doubtful.reindex(ordered.index).fillna(False).tolist()
    )


def _intervals(figure: go.Figure, rows: list[int], low: np.ndarray, high: np.ndarray, colour: str) -> None:
    """A thin line from one bound to the other, below the middle of each bar so that the index stays readable."""
    x, y = [], []
    for row, a, b in zip(rows, low, high, strict=True):
        x += [float(a), float(b), None]
        y += [row - 0.4, row - 0.4, None]
    figure.add_scatter(x=x, y=y, mode="lines", line={"color": colour, "width": 1.5}, hoverinfo="skip")


def _scale(figure: go.Figure, lengths: np.ndarray, rows: int, heading: Heading) -> None:
    """Steps in words above the bars, and the line of the average."""
    low, high = min([*lengths, -1.0]), max([*lengths, 1.0])
    room = (high - low) * 0.16
    steps, words = [step for step in _STEPS if low <= step <= high], _STEPS
    if is_narrow(heading):  # the ends and the middle, in short words
        steps, words = sorted({steps[0], 0, steps[-1]}), _STEPS | {0: "100"}
    figure.update_xaxes(side="top", tickvals=steps, ticktext=[words[step] for step in steps], tickangle=0,
                        range=[low - room, high + room])  # fmt: skip
    figure.update_yaxes(range=[-0.5, rows - 0.5], showticklabels=False)
    figure.add_shape(type="line", x0=0, x1=0, yref="paper", y0=0, y1=1,
                     line={"color": paint(heading).quiet, "width": 1.5})  # fmt: skip


def _write(figure: go.Figure, row: int, length: float, product: str, value: float, heading: Heading) -> None:
    """The product left of everything, its index at the end of its bar."""
    ink, right = paint(heading).ink, length >= 0
    note(figure, f"<b>{count(value)}</b>", colour=ink, size=SMALL_SIZE, x=length, y=row, yanchor="middle",
         xanchor="left" if right else "right", xshift=6 if right else -6)  # fmt: skip
    note(figure, product, colour=ink, size=SMALL_SIZE, xref="paper", x=0, xanchor="right", xshift=-8, align="right",
         y=row, yanchor="middle")  # fmt: skip


def _hover(product: object, value: float, buyers: dict, row_word: str, level: str) -> str:
    bought = f"<br>{count(buyers[product])} {plain(row_word)} of this segment" if product in buyers else ""
    return f"<b>{plain(readable(str(product), level))}</b><br>index {count(value)}, average is 100{bought}"
