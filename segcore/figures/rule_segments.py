"""One rule inside each segment: its lift there with the interval, beside everybody's."""

from __future__ import annotations

from typing import Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import SMALL_SIZE, Heading, blank, is_narrow, label, note, paint
from segcore.language.words import decimal, of, written

_ROW = 40


def rule_segments(
    table: pd.DataFrame, overall: float, colours: dict[int, str], **heading: Unpack[Heading]
) -> go.Figure:
    """A point and its interval for each segment, on a scale where twice and half look alike.

    Parameters
    ----------
    table : DataFrame, indexed by segment
        ``name``, ``lift``, ``low``, ``high``, ``n_both``, ``n_antecedent``; a missing lift is said in words.
    overall : float
        The rule's lift among everybody.
    """
    c = paint(heading)
    left = 150 if is_narrow(heading) else 220
    figure = blank(_ROW * len(table) + 30, heading, bottom=44, left=left, right=130)
    known = table["lift"].notna() & (table["lift"] > 0)
    span = np.concatenate([table.loc[known, ["low", "high"]].to_numpy().ravel(), [overall, 1.0]])
    span = np.clip(span, 0.2, 30.0)
    low, high = float(span.min()) * 0.9, float(span.max()) * 1.1
    for at, words in ((1.0, "no connection"), (overall, "everybody")):
        figure.add_vline(x=at, line={"color": c.line if at == 1.0 else c.quiet, "width": 1.5, "dash": "dot"})
        note(figure, words, colour=c.quiet, size=SMALL_SIZE - 1, x=np.log10(at), y=0.95, yanchor="bottom",
             xanchor="right" if (at == 1.0) == (overall >= 1.0) else "left", xref="x")  # fmt: skip
    for row, (segment, part) in enumerate(table.iterrows()):
        note(figure, label(part["name"], 18 if is_narrow(heading) else 28), colour=c.ink, x=0, xref="paper", y=-row,
             xanchor="right", xshift=-8, size=SMALL_SIZE)  # fmt: skip
        words = of(int(part["n_both"]), int(part["n_antecedent"]))
        note(
            figure,
            words,
            colour=c.quiet,
            x=1,
            xref="paper",
            y=-row,
            xanchor="left",
            xshift=6,
            size=SMALL_SIZE,
        )
        if not known[segment]:
            continue
        figure.add_scatter(
            x=[float(np.clip(part["low"], low, high)), float(np.clip(part["high"], low, high))], y=[-row, -row],
            mode="lines", line={"color": colours.get(int(segment), c.accent), "width": 5}, opacity=0.45,
            hoverinfo="skip",
        )  # fmt: skip
        figure.add_scatter(
            x=[float(np.clip(part["lift"], low, high))], y=[-row], mode="markers",
            marker={"size": 13, "color": colours.get(int(segment), c.accent), "line": {"color": c.page, "width": 1}},
            hovertemplate=f"lift {decimal(part['lift'], 2)}, between {decimal(part['low'], 2)} and {decimal(part['high'], 2)}<extra></extra>",
        )  # fmt: skip
    ticks = [t for t in (0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 20) if low <= t <= high]
    figure.update_xaxes(
        type="log", range=[np.log10(low), np.log10(high)], tickvals=ticks, ticktext=[f"{written(t, 'g')} ×" for t in ticks],
        title={"text": "lift inside the segment"},
    )  # fmt: skip
    figure.update_yaxes(range=[-len(table) + 0.4, 1.3], showticklabels=False)
    return figure
