"""Rules as a net: products as names, each rule a dot between what is bought and what is bought as well."""

from __future__ import annotations

from typing import Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import SMALL_SIZE, Heading, blank, label, note, paint
from segcore.figures.rules_scatter import hover_words, lift_marker


def rule_network(
    table: pd.DataFrame,
    rule_xy: np.ndarray,
    names: list[str],
    item_xy: np.ndarray,
    edges: np.ndarray,
    chosen: int | None = None,
    *,
    level: str = "",
    **heading: Unpack[Heading],
) -> go.Figure:
    """Arrows run from the left side through the rule's dot to the right side; a dot's ``customdata`` is its row.

    Parameters
    ----------
    table : DataFrame
        The rules drawn, as ``Rules.rows`` gives them, in the order of ``rule_xy``.
    names : list of str
        Product names, in the order of ``item_xy``.
    edges : int array
        As in ``segcore.rules.net.RuleNet``.
    """
    c = paint(heading)
    span = np.ptp(item_xy, axis=0) if len(item_xy) else np.zeros(2)
    figure = blank(int(np.clip(130 + 95 * span[1], 240, 860)), heading, bottom=16, left=16, right=16)
    for to_right in (0, 1):
        for rule, item, _ in edges[edges[:, 2] == to_right]:
            tail, head = (item_xy[item], rule_xy[rule]) if not to_right else (rule_xy[rule], item_xy[item])
            _arrow(figure, tail, head, bool(to_right), c.quiet)
    values = table["lift"].replace([np.inf, -np.inf], np.nan).to_numpy(dtype=float)
    marker = lift_marker(values, "lift", heading)
    marker["size"] = 10 + 14 * np.sqrt(table["n_both"].to_numpy() / max(table["n_both"].max(), 1))
    if chosen is not None:
        marker["line"] = {
            "color": [c.ink if i == chosen else c.page for i in range(len(table))],
            "width": [3 if i == chosen else 1 for i in range(len(table))],
        }
    figure.add_scatter(
        x=rule_xy[:, 0], y=rule_xy[:, 1], mode="markers", marker=marker, customdata=list(range(len(table))),
        hovertext=[hover_words(rule, level) for rule in table.itertuples()],
        hovertemplate="%{hovertext}<extra></extra>", unselected={"marker": {"opacity": 0.6}},
    )  # fmt: skip
    for name, (x, y) in zip(names, item_xy, strict=True):
        note(figure, label(name, 22), colour=c.ink, size=SMALL_SIZE, x=float(x), y=float(y), bgcolor=c.surface,
             bordercolor=c.line, borderpad=3, opacity=0.95, hovertext=label(name, 80), align="center")  # fmt: skip
    low, high = item_xy.min(axis=0), item_xy.max(axis=0)
    figure.update_xaxes(range=[low[0] - 0.8, high[0] + 0.8], showticklabels=False)
    figure.update_yaxes(range=[low[1] - 0.5, high[1] + 0.5], showticklabels=False)
    figure.update_layout(margin_r=110)
    return figure


def _arrow(figure: go.Figure, tail: np.ndarray, head: np.ndarray, pointed: bool, colour: str) -> None:
    """A line, with a head short of the name it points to."""
    figure.add_annotation(
        x=float(head[0]), y=float(head[1]), ax=float(tail[0]), ay=float(tail[1]), xref="x", yref="y", axref="x",
        ayref="y", text="", showarrow=True, arrowhead=2 if pointed else 0, arrowsize=1, arrowwidth=1.4,
        arrowcolor=colour, standoff=20 if pointed else 0, startstandoff=0, opacity=0.7,
    )  # fmt: skip
