"""The shared look of a curve over the number of segments: points to click, direct labels, an honest floor."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import LABEL_SIZE, SMALL_SIZE, Heading, note, paint, percent_ticks


def curve(
    figure: go.Figure,
    values: pd.Series,
    heading: Heading,
    *,
    hover: Sequence[str],
    colour: str = "",
    **line: object,
) -> None:
    """Line and points over k; a click's ``customdata`` is k. Gaps stay gaps."""
    c = paint(heading)
    colour = colour or c.accent
    figure.add_scatter(
        x=[int(k) for k in values.index],
        y=values.to_numpy(dtype=float),
        mode="lines+markers",
        line={"color": colour, "width": 3, **line},
        marker={"size": 11, "color": colour, "line": {"color": c.page, "width": 2}},
        customdata=[int(k) for k in values.index],
        hovertext=list(hover),
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 1}},
    )


def k_axis(figure: go.Figure, ks: Sequence[int], *, words: str = "number of segments") -> None:
    """Whole numbers only, with room at both ends for labels."""
    first, last = min(ks), max(ks)
    step = 1 if last - first <= 14 else 2
    figure.update_xaxes(
        tickvals=list(range(first, last + 1, step)),
        range=[first - 0.5, last + 0.5],
        title={"text": words},
        showline=True,
    )


def ring(figure: go.Figure, k: int, value: float, heading: Heading) -> None:
    """Mark the choice: a larger point with a ring."""
    c = paint(heading)
    figure.add_scatter(
        x=[k],
        y=[value],
        mode="markers",
        marker={"size": 22, "color": c.accent, "line": {"color": c.page, "width": 4}},
        customdata=[k],
        hoverinfo="skip",
        unselected={"marker": {"opacity": 1}},
    )


def guide(
    figure: go.Figure, value: float, words: str, heading: Heading, *, dash: str = "dot", x: float = 1.0
) -> None:
    """A horizontal line that says in words what it means."""
    c = paint(heading)
    figure.add_shape(type="line", xref="paper", x0=0, x1=1, y0=value, y1=value, layer="below",
                     line={"color": c.quiet, "width": 1.5, "dash": "dot"})  # fmt: skip
    if words:
        note(
            figure,
            words,
            colour=c.quiet,
            size=SMALL_SIZE,
            xref="paper",
            x=1,
            y=value,
            yanchor="bottom",
            xanchor="right",
        )


def pointer(
    figure: go.Figure,
    k: int,
    value: float,
    words: str,
    heading: Heading,
    *,
    shift: tuple[int, int] = (0, -44),
) -> None:
    """A label beside a point, ``shift`` pixels to the right and down; a label to the right starts there."""
    c = paint(heading)
    figure.add_annotation(
        x=k,
        y=value,
        text=words,
        showarrow=True,
        arrowhead=0,
        arrowwidth=1.2,
        arrowcolor=c.quiet,
        ax=shift[0],
        ay=shift[1],
        xanchor="left" if shift[0] > 0 else "center",
        align="left" if shift[0] > 0 else "center",
        standoff=12,
        font={"size": LABEL_SIZE, "color": c.ink},
    )


def percent_axis(figure: go.Figure, top: float) -> None:
    """A vertical axis of shares from 0 to ``top``, with few lines and our way to write a percentage."""
    figure.update_yaxes(range=[0, top], showgrid=True, **percent_ticks(0.0, min(top, 1.0)))


def margin_notes(figure: go.Figure, notes: Sequence[tuple[float, str, str]], pixel: float) -> None:
    """Labels in the right margin at their height, pushed apart to 20 pixels where they meet.

    ``notes`` are (height, words, colour); ``pixel`` is the value one pixel stands for.
    """
    lowest = float("-inf")
    for height, words, colour in sorted(notes):
        lowest = max(height, lowest + 20 * pixel)
        note(figure, words, colour=colour, size=SMALL_SIZE, xref="paper", x=1, y=lowest, xanchor="left",
             yanchor="middle", xshift=8)  # fmt: skip


def off_curve(
    figure: go.Figure,
    ks: Sequence[int],
    level: float,
    hover: Sequence[str],
    heading: Heading,
    *,
    failed: bool,
) -> None:
    """Points that have no value: a cross where a fit failed, a faint ring where it is still to come."""
    c = paint(heading)
    marker = (
        {"symbol": "x", "size": 11, "color": c.warning}
        if failed
        else {"symbol": "circle-open", "size": 11, "color": c.quiet, "opacity": 0.55, "line": {"width": 1.5}}
    )
    figure.add_scatter(
        x=[int(k) for k in ks],
        y=[level] * len(ks),
        mode="markers+text",
        marker=marker,
        text=["failed" if failed else "to come"] * len(ks),
        textposition="top center",
        textfont={"size": SMALL_SIZE, "color": c.warning if failed else c.quiet},
        customdata=[int(k) for k in ks],
        hovertext=list(hover),
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
    )
