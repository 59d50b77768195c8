"""How many buyers a list catches as it grows, with its range, the cut, and what a list drawn at random would catch."""

from __future__ import annotations

from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import LABEL_SIZE, SMALL_SIZE, Heading, blank, note, paint, plain
from segcore.language.words import count, plural

_HEIGHT, _BAND = 280, 0.22


def target_curve(
    curve: pd.DataFrame, cut: int, *, row_word: str = "customers", **heading: Unpack[Heading]
) -> go.Figure:
    """Draw the list's promise.

    Parameters
    ----------
    curve : DataFrame, indexed by the number of customers taken
        ``expected``, ``low``, ``high``: buyers among them.
    cut : int
        How many are taken now.
    """
    c = paint(heading)
    figure = blank(_HEIGHT, heading, bottom=58, left=60, right=24)
    taken = [int(n) for n in curve.index]
    figure.add_scatter(x=taken, y=curve["high"].tolist(), mode="lines", line={"width": 0}, hoverinfo="skip")
    figure.add_scatter(
        x=taken, y=curve["low"].tolist(), mode="lines", line={"width": 0}, hoverinfo="skip", fill="tonexty",
        fillcolor=_clear(c.accent, _BAND),
    )  # fmt: skip
    whole = float(curve["expected"].iloc[-1])
    figure.add_scatter(
        x=[0, taken[-1]], y=[0, whole], mode="lines", line={"color": c.quiet, "width": 1.5, "dash": "dot"}, hoverinfo="skip"
    )  # fmt: skip
    figure.add_scatter(
        x=taken, y=curve["expected"].tolist(), mode="lines", line={"color": c.accent, "width": 3},
        hovertext=[
            f"{count(n)} {plain(row_word)}: {count(low)} to {count(high)} buyers"
            for n, low, high in zip(taken, curve["low"], curve["high"], strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
    at = curve.loc[cut] if cut in curve.index else curve.iloc[-1]
    figure.add_scatter(
        x=[cut], y=[float(at["expected"])], mode="markers", hoverinfo="skip",
        marker={"size": 16, "color": c.accent, "line": {"color": c.page, "width": 3}},
    )  # fmt: skip
    top = max(float(curve["high"].max()), 1.0)
    figure.add_shape(type="line", x0=cut, x1=cut, y0=0, y1=top * 1.05, layer="below",
                     line={"color": c.quiet, "width": 1.5, "dash": "dot"})  # fmt: skip
    early = cut < 0.6 * taken[-1]
    words = f"<b>{count(at['low'])} to {count(at['high'])} buyers</b><br>among {plural(cut, row_word.removesuffix('s'), row_word)}"
    note(figure, words, colour=c.ink, size=LABEL_SIZE, x=cut, y=top * 1.05, yanchor="top",
         xanchor="left" if early else "right", xshift=8 if early else -8,
         **({} if early else {"align": "right"}))  # fmt: skip
    note(figure, "drawn at random", colour=c.quiet, size=SMALL_SIZE, x=0.85 * taken[-1], y=0.85 * whole,
         yanchor="top", xanchor="left", yshift=-4)  # fmt: skip
    figure.update_xaxes(
        range=[0, taken[-1] * 1.02], title={"text": f"{row_word} on the list"}, tickformat=",d", showline=True
    )
    figure.update_yaxes(range=[0, top * 1.05], title={"text": "buyers"}, showgrid=True, tickformat=",d")
    return figure


def _clear(colour: str, part: float) -> str:
    """A palette colour, see-through."""
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    return f"rgba({red},{green},{blue},{part})"
