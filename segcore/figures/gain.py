"""What each further segment adds, beside what it would add if the same purchases were dealt out by lot."""

from __future__ import annotations

from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.curve import k_axis
from segcore.figures.frame import LABEL_SIZE, SMALL_SIZE, Heading, blank, note, paint, percent_ticks
from segcore.language.words import points


def gain_chart(
    table: pd.DataFrame,
    most_by_chance: pd.Series,
    ceiling: int | None = None,
    chosen: int | None = None,
    *,
    height: int = 360,
    **heading: Unpack[Heading],
) -> go.Figure:
    """Gain of the last segment at every k as bars, what chance gives at most as a step behind each; a click's ``customdata`` is k.

    Parameters
    ----------
    table : DataFrame
        Indexed by k with ``gain`` and ``gain_by_chance``, shares of the pattern.
    most_by_chance : Series
        By k, from :func:`segcore.selection.evidence.most_by_chance`.
    ceiling : int
        Last k whose further segment beats chance; bars beyond it are grey.
    """
    c = paint(heading)
    figure = blank(height, heading, bottom=60)
    known = table["gain"].dropna()
    ks = [int(k) for k in known.index]
    on_accent = c.ink if heading.get("theme") == "dark" else c.page
    crossed = _crossed(known, most_by_chance)
    beats = [ceiling is None or k <= ceiling for k in ks]
    figure.add_bar(
        x=ks,
        y=known.to_numpy(dtype=float),
        width=0.6,
        marker={
            "color": [
                c.accent if k == chosen else c.sequential[4] if better else c.line
                for k, better in zip(ks, beats, strict=True)
            ],
            "cornerradius": 4,
        },
        text=[points(value) for value in known],
        textposition=["inside" if k in crossed else "outside" for k in ks],
        constraintext="none",
        textfont={
            "size": LABEL_SIZE,
            "color": [on_accent if k in crossed and k == chosen else c.ink for k in ks],
        },
        cliponaxis=False,
        customdata=ks,
        hovertext=[_hover(k, table.loc[k], better) for k, better in zip(ks, beats, strict=True)],
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 1}},
    )
    _chance(figure, most_by_chance.reindex(known.index).dropna(), heading)
    top = max([*known, *most_by_chance.dropna(), 0.001])
    low = min(0.0, *known) if len(known) else 0.0
    figure.update_yaxes(range=[low, top * 1.2], showgrid=True, **percent_ticks(low, top * 1.1))
    k_axis(figure, ks or [2])
    return figure


def _chance(figure: go.Figure, limit: pd.Series, heading: Heading) -> None:
    """A short line across each bar: up to there, chance alone may reach."""
    if not len(limit):
        return
    c = paint(heading)
    for k, value in limit.items():
        figure.add_shape(type="line", x0=int(k) - 0.42, x1=int(k) + 0.42, y0=value, y1=value,
                         line={"color": c.warning, "width": 3})  # fmt: skip
    note(figure, "— the most that chance gives", colour=c.warning, size=SMALL_SIZE, xref="paper", x=1,
         yref="paper", y=1, xanchor="right", yanchor="top")  # fmt: skip


def _crossed(gain: pd.Series, limit: pd.Series) -> set[int]:
    """Bars above which the line of chance would run through a label."""
    room = 0.09 * max([*gain, *limit.dropna(), 0.001])
    above = limit.reindex(gain.index) - gain
    return {int(k) for k in gain.index[(above > 0) & (above < room)]}


def _hover(k: int, row: pd.Series, beats: bool) -> str:
    by_lot = (
        f"<br>dealt out by lot {points(row['gain_by_chance'])}" if pd.notna(row["gain_by_chance"]) else ""
    )
    end = "more than chance" if beats else "no more than chance"
    return f"<b>the segment that makes {k}</b> adds {points(row['gain'])}{by_lot}<br>{end}"
