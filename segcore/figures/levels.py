"""Product levels side by side: how full, how rare, how many segments hold, how even, how distinctive; and the verdict."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import CLEAR, SMALL_SIZE, Heading, blank, label, note, paint, plain
from segcore.language.words import count, decimal, percent

_ROW = 58
_LEFT, _WIDE, _GAP, _VERDICT = 0.205, 0.118, 0.014, 0.875
_BAR = 1.75  # a full bar leaves room for its figure: the panel is that many bars wide
MOST = 8


@dataclass(frozen=True)
class Panel:
    """One column of bars: what of a level's row is its length, 0 to 1, and what stands beside it."""

    words: str
    length: Callable[[pd.Series, pd.DataFrame], float]
    figure: Callable[[pd.Series], str]


def _index_length(row: pd.Series, table: pd.DataFrame) -> float:
    return float(row["index"]) / max(float(table["index"].max()), 100.0)


_COUNTED = (
    Panel("filled cells", lambda row, _: row["density"], lambda row: percent(row["density"])),
    Panel(
        "under 20 buyers",
        lambda row, _: row["rare_share"],
        lambda row: percent(row["rare_share"], int(row["products"])),
    ),
)
_TRIED = (
    Panel("stable segments", lambda row, _: row["stable_k"] / MOST, lambda row: _segments(row)),
    Panel("in the largest", lambda row, _: row["largest"], lambda row: percent(row["largest"], 100)),
    Panel("index of top 5", _index_length, lambda row: decimal(row["index"], 0)),
)


def _segments(row: pd.Series) -> str:
    return f"{int(row['stable_k'])}+" if row["stable_k"] >= MOST else f"{int(row['stable_k'])}"


def level_chart(profile: pd.DataFrame, chosen: str | None = None, **heading: Unpack[Heading]) -> go.Figure:
    """One row a level: five figures as bars, the verdict beside them; a click's ``customdata`` is the level.

    Parameters
    ----------
    profile : DataFrame
        As ``with_trials`` returns it: indexed by level, shares 0 to 1; what was not tried yet is left open.
    chosen : str
        The level in use, shown on a band.
    """
    figure = blank(_ROW * len(profile) + 30, heading, bottom=10)
    rows = list(range(len(profile)))[::-1]
    for number, panel in enumerate((*_COUNTED, *_TRIED)):
        _panel(figure, profile, panel, rows, number, heading)
    _click_rows(figure, profile, rows)
    figure.update_xaxes(showticklabels=False)
    figure.update_yaxes(range=[-0.55, len(profile) - 0.02], showticklabels=False)
    figure.update_layout(barmode="overlay")
    for row, (level, values) in zip(rows, profile.iterrows(), strict=True):
        _row_words(figure, row, str(level), values, chosen, heading)
    return figure


def _panel(
    figure: go.Figure, profile: pd.DataFrame, panel: Panel, rows: list[int], number: int, heading: Heading
) -> None:
    """Bars on a full-length track, with their figure; no track where there is nothing to say."""
    c, axis = paint(heading), f"x{'' if number == 0 else number + 1}"
    start = _LEFT + number * (_WIDE + _GAP)
    figure.update_layout(
        {f"xaxis{axis[1:]}": {"domain": [start, start + _WIDE], "range": [0, _BAR], "anchor": "y"}}
    )
    note(figure, panel.words, colour=c.quiet, size=SMALL_SIZE, xref="paper", x=start, xanchor="left",
         y=len(profile) - 0.42, yref="y", yanchor="bottom")  # fmt: skip
    has = [_is_known(row, panel) for _, row in profile.iterrows()]
    lengths = [
        min(float(panel.length(row, profile)), 1.0) if known else 0.0
        for known, (_, row) in zip(has, profile.iterrows(), strict=True)
    ]
    colours = [_verdict_colour(verdict, heading) for verdict in profile["verdict"]]
    shared = {"y": rows, "orientation": "h", "xaxis": axis, "hoverinfo": "skip", "width": 0.18,
              "unselected": {"marker": {"opacity": 1}}}  # fmt: skip
    figure.add_bar(x=[float(known) for known in has], marker={"color": c.line, "cornerradius": 4}, **shared)
    figure.add_bar(x=lengths, marker={"color": colours, "cornerradius": 4}, **shared)
    for place, known, (_, row) in zip(rows, has, profile.iterrows(), strict=True):
        words, at = (panel.figure(row), 1.08) if known else (_missing(row, panel), 0.0)
        colour = c.ink if known else c.quiet
        note(figure, words, colour=colour, xref=axis, x=at, xanchor="left", y=place, yanchor="middle")


def _is_known(row: pd.Series, panel: Panel) -> bool:
    return panel in _COUNTED or ("stable_k" in row and not pd.isna(row["stable_k"]))


def _missing(row: pd.Series, panel: Panel) -> str:
    if not row.get("tried", False):
        return "…" if panel is _TRIED[0] else ""
    return "none" if panel is _TRIED[0] else "–"


def _click_rows(figure: go.Figure, profile: pd.DataFrame, rows: list[int]) -> None:
    """An invisible bar over the whole row, so that a click anywhere on it chooses the level."""
    last = len(_COUNTED) + len(_TRIED) + 1
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
    under = f"{count(values['products'])} products" + (" · in use" if level == chosen else "")
    place: dict[str, Any] = {"xref": "paper", "y": row, "yref": "y", "yanchor": "middle", "xanchor": "left"}
    small = f'<br><span style="font-size:{SMALL_SIZE}px;color:{c.quiet}">'
    name = f"<b>{label(level, 26)}</b>"
    note(figure, f"{name}{small}{under}</span>", colour=c.ink, x=0.014, **place)
    verdict, quiet = _verdict_words(str(values["verdict"])), str(values["verdict"]) != "good"
    extra = f"{small}recommended</span>" if values.get("recommended", False) else ""
    note(figure, f"<b>{verdict}</b>{extra}", colour=c.quiet if quiet else c.ink, x=_VERDICT, **place)


def _verdict_words(verdict: str) -> str:
    """A long verdict on two lines: the last column is narrow."""
    words = plain(verdict.capitalize()).split(" ")
    half = (len(words) + 1) // 2
    return (
        "<br>".join((" ".join(words[:half]), " ".join(words[half:]))) if len(words) > 2 else " ".join(words)
    )


def _verdict_colour(verdict: str, heading: Heading) -> str:
    return paint(heading).accent if verdict == "good" else paint(heading).less
