"""Rules in groups: which groups there are, what each leads to, how many rules and how strong."""

from __future__ import annotations

from typing import Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import SMALL_SIZE, Heading, blank, label, label_lines, note, paint
from segcore.figures.rules_scatter import lift_marker
from segcore.language.words import plural, times

_ROW, _LEFT, _HEAD, _HEAD_NUMBERS = 34, 220, 74, 34
FEW = 4  # groups whose names fit side by side


def rule_groups_chart(
    cells: pd.DataFrame, titles: dict[int, str], chosen: int | None = None, **heading: Unpack[Heading]
) -> go.Figure:
    """Columns are groups, rows what is bought as well; a bubble's ``customdata`` is the group.

    Parameters
    ----------
    cells : DataFrame
        ``group``, ``right`` (name of the right side), ``n_rules``, ``n_both`` (most of them), ``lift`` (highest).
    titles : dict
        A name for each group, in the order of the columns.
    """
    c = paint(heading)
    rights = list(dict.fromkeys(cells["right"]))
    height = _ROW * max(len(rights), 1)
    head = _HEAD_NUMBERS if len(titles) > FEW else _HEAD
    figure = blank(height + head, heading, bottom=12, left=_LEFT, right=110)
    groups = list(titles)
    column = {group: i for i, group in enumerate(groups)}
    marker = lift_marker(cells["lift"].to_numpy(dtype=float), "lift", heading)
    marker["size"] = 12 + 18 * np.sqrt(cells["n_rules"].to_numpy() / max(cells["n_rules"].max(), 1))
    figure.add_scatter(
        x=[column[group] for group in cells["group"]],
        y=[-rights.index(right) for right in cells["right"]],
        mode="markers", marker=marker, customdata=cells["group"].tolist(),
        hovertext=[
            f"<b>→ {label(cell.right, 50)}</b><br>{plural(int(cell.n_rules), 'rule')}, up to {times(cell.lift)} the "
            "usual share"
            for cell in cells.itertuples()
        ],
        hovertemplate="%{hovertext}<extra></extra>", unselected={"marker": {"opacity": 0.5}},
    )  # fmt: skip
    for i, right in enumerate(rights):
        note(
            figure, label(right, 28), colour=c.ink, size=SMALL_SIZE, x=-0.6, y=-i, xanchor="right", xshift=-8
        )
    _titles(figure, titles, chosen, heading)
    figure.update_xaxes(range=[-0.6, max(len(groups), 3) - 0.4], showticklabels=False)
    figure.update_yaxes(
        range=[-len(rights) + 0.4, 0.6], showticklabels=False, domain=[0, height / (height + head)],
        tickvals=[-i for i in range(len(rights))], showgrid=True,
    )  # fmt: skip
    return figure


def _titles(figure: go.Figure, titles: dict[int, str], chosen: int | None, heading: Heading) -> None:
    """The groups' names above their columns: on a few lines where there is room, else their numbers."""
    c = paint(heading)
    for i, (group, title) in enumerate(titles.items()):
        if len(titles) > FEW:
            text, place = f"{group}", {"align": "center"}
        else:
            text, place = "<br>".join(label_lines(title, 18, 3)), {"align": "center"}
        note(figure, f"<b>{text}</b>" if group == chosen else text, colour=c.ink if group == chosen else c.quiet,
             size=SMALL_SIZE, x=i, y=0.6, yanchor="bottom", hovertext=label(title, 80), **place)  # fmt: skip
