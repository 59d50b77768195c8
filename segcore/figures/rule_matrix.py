"""Rules as a table of squares: left sides down, right sides across, darker where the lift is higher."""

from __future__ import annotations

from typing import Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import SMALL_SIZE, Heading, blank, is_narrow, label, note, paint
from segcore.figures.rules_scatter import hover_words, lift_marker
from segcore.language.words import join_and, readable

MOST_ROWS, MOST_COLUMNS = 24, 14
_CELL, _LEFT = 28, 250


def rule_matrix(
    table: pd.DataFrame, chosen: int | None = None, *, level: str = "", **heading: Unpack[Heading]
) -> go.Figure:
    """The first rules of ``table`` whose sides find room; a square's ``customdata`` is the rule's row in it."""
    c = paint(heading)
    left = [join_and([readable(name, level) for name in sorted(side)]) for side in table["antecedents"]]
    right = [join_and([readable(name, level) for name in sorted(side)]) for side in table["consequents"]]
    columns = list(dict.fromkeys(right))[:MOST_COLUMNS]
    rows = list(dict.fromkeys(name for name, other in zip(left, right, strict=True) if other in columns))
    rows = rows[:MOST_ROWS]
    drawn = [i for i in range(len(table)) if left[i] in rows and right[i] in columns]
    height = _CELL * max(len(rows), 1)
    figure = blank(height, heading, bottom=150, left=_LEFT, right=110)
    values = table["lift"].replace([np.inf, -np.inf], np.nan).to_numpy(dtype=float)[drawn]
    marker = lift_marker(values, "lift", heading) | {"symbol": "square", "size": _CELL - 6}
    marker["line"] = {
        "color": [c.ink if i == chosen else c.page for i in drawn],
        "width": [3 if i == chosen else 1 for i in drawn],
    }
    figure.add_scatter(
        x=[columns.index(right[i]) for i in drawn], y=[-rows.index(left[i]) for i in drawn], mode="markers",
        marker=marker, customdata=drawn, unselected={"marker": {"opacity": 0.5}},
        hovertext=[hover_words(rule, level) for rule in table.iloc[drawn].itertuples()],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
    for i, name in enumerate(rows):
        note(figure, label(name, 32), colour=c.ink, size=SMALL_SIZE, x=-0.6, y=-i, xanchor="right", xshift=-6)
    for i, name in enumerate(columns):
        note(figure, label(name, 22), colour=c.ink, size=SMALL_SIZE, x=i, y=-len(rows) + 0.4, yanchor="top",
             xanchor="right", textangle=-40, yshift=-4)  # fmt: skip
    wide = max(len(columns), 9 if is_narrow(heading) else MOST_COLUMNS)
    figure.update_xaxes(range=[-0.6, wide - 0.4], showticklabels=False)
    figure.update_yaxes(range=[-len(rows) + 0.4, 0.6], showticklabels=False)
    return figure
