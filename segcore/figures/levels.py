"""Product levels side by side: how full the matrix is, how many products are rare, and the verdict."""

from __future__ import annotations

from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import CLEAR, SMALL_SIZE, Heading, blank, label, note, paint, plain
from segcore.words import count, percent

_ROW = 58
_PANELS = (
    ("density", "filled cells", (0.27, 0.44)),
    ("rare_share", "products under 20 buyers", (0.47, 0.64)),
    ("common_share", "bought by over half", (0.67, 0.84)),
)


def level_chart(profile: pd.DataFrame, chosen: str | None = None, **heading: Unpack[Heading]) -> go.Figure:
    """One row a level: three shares as bars, the verdict beside them; a click's ``customdata`` is the level.

    Parameters
    ----------
    profile : DataFrame
        As ``profile_levels`` returns it: indexed by level, shares 0 to 1.
    chosen : str
        The level in use, shown on a band.
    """
    figure = blank(_ROW * len(profile) + 26, heading, bottom=10)
    rows = list(range(len(profile)))[::-1]
    for number, (column, words, domain) in enumerate(_PANELS, start=1):
        _panel(figure, profile, column, rows, number, heading)
        figure.update_layout({f"xaxis{'' if number == 1 else number}": {"domain": domain, "range": [0, 1.4]}})
        note(figure, words, colour=paint(heading).quiet, size=SMALL_SIZE, xref="paper", x=domain[0], xanchor="left",
             y=len(profile) - 0.42, yref="y", yanchor="bottom")  # fmt: skip
    _click_rows(figure, profile, rows)
    figure.update_xaxes(showticklabels=False)
    figure.update_yaxes(range=[-0.55, len(profile) - 0.05], showticklabels=False)
    figure.update_layout(barmode="overlay")
    for row, (level, values) in zip(rows, profile.iterrows(), strict=True):
        _row_words(figure, row, str(level), values, chosen, heading)
    return figure


def _panel(
    figure: go.Figure, profile: pd.DataFrame, column: str, rows: list[int], number: int, heading: Heading
) -> None:
    """Bars on a full-length track."""
    c = paint(heading)
    shared = {
        "y": rows,
        "orientation": "h",
        "xaxis": f"x{'' if number == 1 else number}",
        "hoverinfo": "skip",
        "unselected": {"marker": {"opacity": 1}},
    }
    figure.add_bar(
        x=[1.0] * len(rows),
        width=0.2,
        marker={"color": c.line, "cornerradius": 4},
        **shared,
    )
    figure.add_bar(
        x=profile[column].to_numpy(dtype=float),
        width=0.2,
        marker={"color": [_verdict_colour(v, heading) for v in profile["verdict"]], "cornerradius": 4},
        **shared,
    )
    for row, value, products in zip(rows, profile[column], profile["products"], strict=True):
        words = percent(value, None if column == "density" else int(products))
        note(
            figure, words, colour=c.ink, xref=shared["xaxis"], x=1.05, xanchor="left", y=row, yanchor="middle"
        )


def _click_rows(figure: go.Figure, profile: pd.DataFrame, rows: list[int]) -> None:
    """An invisible bar over the whole row, so that a click anywhere on it chooses the level."""
    last = len(_PANELS) + 1
    figure.add_bar(
        x=[1.0] * len(rows),
        y=rows,
        xaxis=f"x{last}",
        orientation="h",
        width=0.92,
        marker={"color": CLEAR},
        customdata=[str(level) for level in profile.index],
        hovertext=[plain(f"{level}: {reason}") for level, reason in profile["reason"].items()],
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 1}},
    )
    figure.update_layout({f"xaxis{last}": {"domain": [0, 1], "range": [0, 1]}})


def _row_words(
    figure: go.Figure, row: int, level: str, values: pd.Series, chosen: str | None, heading: Heading
) -> None:
    c = paint(heading)
    if level == chosen:
        figure.add_shape(type="rect", xref="paper", x0=0, x1=1, y0=row - 0.46, y1=row + 0.46, layer="below",
                         fillcolor=c.surface, line={"width": 0})  # fmt: skip
        figure.add_shape(type="rect", xref="paper", x0=0, x1=0.004, y0=row - 0.46, y1=row + 0.46,
                         fillcolor=c.accent, line={"width": 0})  # fmt: skip
    name = f"<b>{label(level, 26)}</b>"
    under = f"{count(values['products'])} products" + (" · in use" if level == chosen else "")
    place = {"xref": "paper", "y": row, "yref": "y", "yanchor": "middle", "xanchor": "left"}
    small = f'<br><span style="font-size:{SMALL_SIZE}px;color:{c.quiet}">'
    note(figure, f"{name}{small}{under}</span>", colour=c.ink, x=0.014, **place)
    verdict = str(values["verdict"])
    extra = f"{small}recommended</span>" if values.get("recommended", False) else ""
    shown = f"<b>{plain(verdict.capitalize())}</b>{extra}"
    note(figure, shown, colour=c.ink if verdict == "good" else c.quiet, x=0.89, **place)


def _verdict_colour(verdict: str, heading: Heading) -> str:
    return paint(heading).accent if verdict == "good" else paint(heading).less
