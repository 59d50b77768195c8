"""All rules at once: how many customers, how sure, how much likelier than by chance; a click picks one."""

from __future__ import annotations

from collections import Counter
from typing import Literal, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import SMALL_SIZE, Heading, blank, label, note, paint, percent_ticks
from segcore.figures.palette import colour_scale
from segcore.words import join_and, of, percent, readable, times

MOST_POINTS = 2_000


def rules_scatter(
    table: pd.DataFrame,
    chosen: int | None = None,
    *,
    vertical: Literal["confidence", "lift"] = "confidence",
    level: str = "",
    height: int = 460,
    **heading: Unpack[Heading],
) -> go.Figure:
    """Support across, confidence (or lift) up, coloured by lift (or confidence); ``customdata`` is the rule's position.

    Parameters
    ----------
    table : DataFrame
        As ``mine_rules`` returns it; the first 2,000 rows are drawn, so pass them in the order of interest.
    chosen : int
        Position (row number) of the rule to mark.
    level : str
        The product level, to name products that are bare numbers.
    """
    figure = blank(height, heading, bottom=64, right=110)
    shown = table.iloc[:MOST_POINTS]
    colour = "lift" if vertical == "confidence" else "confidence"
    values = shown[colour].replace([np.inf, -np.inf], np.nan).to_numpy(dtype=float)
    heights = shown[vertical].replace([np.inf, -np.inf], np.nan).to_numpy(dtype=float)
    figure.add_scatter(
        x=shown["support"].to_numpy(dtype=float),
        y=heights,
        mode="markers+text",
        text=_coinciding(shown["support"].to_numpy(dtype=float), heights),
        textposition="middle right",
        textfont={"size": SMALL_SIZE, "color": paint(heading).quiet},
        marker=_marker(values, colour, heading),
        customdata=list(range(len(shown))),
        hovertext=[_hover(rule, level) for rule in shown.itertuples()],
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 0.5}},
    )
    _axes(figure, vertical, shown["support"].to_numpy(dtype=float), heights)
    if chosen is not None and 0 <= chosen < len(shown) and np.isfinite(heights[chosen]):
        _mark(figure, shown.iloc[chosen], float(heights[chosen]), chosen, level, heading)
    return figure


def _coinciding(supports: np.ndarray, heights: np.ndarray) -> list[str]:
    """Beside points that lie on one another, how many rules they are, once a place; nothing where points are many."""
    if len(supports) > 200:
        return [""] * len(supports)
    places = list(zip(supports.round(9).tolist(), heights.round(9).tolist(), strict=True))
    times_seen = Counter(places)
    last = {place: position for position, place in enumerate(places)}
    return [
        f" {times_seen[place]} rules" if times_seen[place] > 1 and last[place] == position else ""
        for position, place in enumerate(places)
    ]


def _marker(values: np.ndarray, colour: str, heading: Heading) -> dict:
    """Points coloured between the 2nd and 98th percentile, smaller where there are many."""
    known = values[np.isfinite(values)]
    low, high = np.quantile(known, [0.02, 0.98]) if known.size else (0.0, 1.0)
    return {
        "size": 13 if len(values) <= 200 else 9,
        "opacity": 0.85,
        "color": values,
        "colorscale": _strong_half(heading),
        "cmin": float(low),
        "cmax": float(max(high, low + 1e-9)),
        "line": {"color": paint(heading).page, "width": 1},
        "colorbar": _legend(colour, heading),
    }


def rule_words(
    antecedents: frozenset[str],
    consequents: frozenset[str],
    longest: int = 28,
    level: str = "",
    most: int = 9,
) -> list[str]:
    """Both sides of a rule as escaped text; beyond ``most`` products of a side the rest is counted."""
    return [
        join_and([label(readable(name, level), longest) for name in sorted(side)], most=most)
        for side in (antecedents, consequents)
    ]


def _strong_half(heading: Heading) -> list[list[float | str]]:
    """The scale without its palest part, which a small point would lose on the page."""
    colours = [colour for _, colour in colour_scale(heading.get("theme", "light"))][4:]
    return [[i / (len(colours) - 1), colour] for i, colour in enumerate(colours)]


def _axes(figure: go.Figure, vertical: str, supports: np.ndarray, heights: np.ndarray) -> None:
    across = _room(supports, 1.0)
    words = "support: share of all who bought everything in the rule"
    figure.update_xaxes(range=across, title={"text": words}, showline=True, **percent_ticks(*across))
    up = _room(heights, 1.0 if vertical == "confidence" else np.inf)
    if vertical == "confidence":
        ticks = percent_ticks(up[0], min(up[1], 1.0))
        figure.update_yaxes(
            range=up, title={"text": "confidence: of those, the share who also buy"}, showgrid=True, **ticks
        )
    else:
        figure.update_yaxes(
            range=up, title={"text": "lift: times likelier than by chance"}, showgrid=True, nticks=6
        )


def _room(values: np.ndarray, most: float) -> list[float]:
    """The span of the values with a margin around, so that no point sits on the frame."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    margin = max((high - low) * 0.07, 0.02 * high, 1e-4)
    return [max(0.0, low - margin), min(high + margin, most + margin)]


def _legend(colour: str, heading: Heading) -> dict:
    c = paint(heading)
    strong = "brighter" if heading.get("theme") == "dark" else "darker"
    more = "higher lift" if colour == "lift" else "surer"
    return {
        "thickness": 10,
        "lenmode": "pixels",
        "len": 180,
        "outlinewidth": 0,
        "y": 1,
        "yanchor": "top",
        "nticks": 4,
        "tickformat": ".1f" if colour == "lift" else ".0%",
        "tickfont": {"size": SMALL_SIZE, "color": c.quiet},
        "title": {"text": f"{strong} =<br>{more}", "font": {"size": SMALL_SIZE, "color": c.quiet}},
    }


def _hover(rule: tuple, level: str) -> str:
    words = f"<b>{' → '.join(rule_words(rule.antecedents, rule.consequents, 40, level))}</b>"
    if hasattr(rule, "n_both"):
        counts = f"{of(int(rule.n_both), int(rule.n_antecedent))} also buy"
        return f"{words}<br>{counts}, {times(rule.lift)} the usual share"
    return f"{words}<br>confidence {percent(rule.confidence)}, lift {rule.lift:.2f}"


def _mark(
    figure: go.Figure, rule: pd.Series, height: float, chosen: int, level: str, heading: Heading
) -> None:
    """A ring and the rule's words in two lines; the label hangs to the side with room."""
    c = paint(heading)
    figure.add_scatter(
        x=[float(rule["support"])],
        y=[height],
        mode="markers",
        marker={"size": 24, "symbol": "circle-open", "color": c.ink, "line": {"width": 2.5}},
        customdata=[chosen],
        hoverinfo="skip",
        unselected={"marker": {"opacity": 1}},
    )
    supports = figure.data[0].x
    left_half = float(rule["support"]) <= (min(supports) + max(supports)) / 2
    left, right = rule_words(rule["antecedents"], rule["consequents"], level=level, most=2)
    note(figure, f"<b>{left}<br>→ {right}</b>", colour=c.ink, x=float(rule["support"]), y=height, yanchor="bottom", yshift=14,
         xanchor="left" if left_half else "right", bgcolor=c.page, opacity=0.92)  # fmt: skip
