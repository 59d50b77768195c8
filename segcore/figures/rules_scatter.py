"""All rules at once: how many customers, how sure, how much likelier than by chance; a click picks one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import SMALL_SIZE, Heading, blank, label, note, paint, percent_ticks
from segcore.figures.palette import colour_scale
from segcore.language.words import decimal, join_and, of, percent, readable, times

MOST_POINTS = 2_000
WORDS_WIDE, WORDS_HIGH = 0.1, 0.04  # shares of the chart that "2 rules" take beside a point
LABEL_ROOM = 70  # pixels that the marked rule's two lines need above its point


@dataclass(frozen=True)
class Axis:
    """A measure as an axis: its words, whether it is a share, and the most it can be."""

    words: str
    share: bool = False
    most: float = np.inf
    short: str = ""


AXES = {
    "support": Axis("support: share of all who bought everything in the rule", True, 1.0, "more support"),
    "confidence": Axis("confidence: of those, the share who also buy", True, 1.0, "surer"),
    "lift": Axis("lift: times likelier than among everybody", short="higher lift"),
    "lift_low": Axis("lift, cautious: the low end of its interval", short="higher lift"),
    "beyond": Axis("times expected: bought both, over what activity explains", short="more often"),
    "extra": Axis("more than expected: how many more bought both", short="more people"),
}


def rules_scatter(
    table: pd.DataFrame,
    chosen: int | None = None,
    *,
    across: str = "support",
    vertical: str = "confidence",
    colour: str = "",
    level: str = "",
    height: int = 440,
    **heading: Unpack[Heading],
) -> go.Figure:
    """One measure across, one up, one as colour, each one of :data:`AXES`; ``customdata`` is the rule's position.

    Parameters
    ----------
    table : DataFrame
        As ``Rules.rows`` gives it, with a column for each measure drawn; the first 2,000 rows are drawn, so pass
        them in the order of interest.
    chosen : int
        Position (row number) of the rule to mark.
    colour : str
        Lift where left out, or confidence where lift is up already.
    level : str
        The product level, to name products that are bare numbers.
    """
    figure = blank(height, heading, bottom=64, right=110)
    shown = table.iloc[:MOST_POINTS]
    colour = colour or ("confidence" if vertical == "lift" else "lift")
    x, y, values = (_numbers(shown, name) for name in (across, vertical, colour))
    figure.add_scatter(
        x=x,
        y=y,
        mode="markers+text",
        text=_coinciding(x, y),
        textposition="middle right",
        textfont={"size": SMALL_SIZE, "color": paint(heading).quiet},
        marker=lift_marker(values, colour, heading),
        customdata=list(range(len(shown))),
        hovertext=[hover_words(rule, level) for rule in shown.itertuples()],
        hovertemplate="%{hovertext}<extra></extra>",
        unselected={"marker": {"opacity": 0.5}},
        cliponaxis=False,
    )
    marked = chosen is not None and 0 <= chosen < len(shown) and np.isfinite([x[chosen], y[chosen]]).all()
    _axis(figure.update_xaxes, across, x, 0.0)
    # The marked rule's words hang above its point: a point at the very top needs room for them.
    _axis(figure.update_yaxes, vertical, y, LABEL_ROOM / height if marked else 0.0)
    figure.update_xaxes(showline=True)
    figure.update_yaxes(showgrid=True)
    if marked and chosen is not None:
        _mark(figure, shown.iloc[chosen], (float(x[chosen]), float(y[chosen])), chosen, level, heading)
    return figure


def _numbers(table: pd.DataFrame, name: str) -> np.ndarray:
    return table[name].replace([np.inf, -np.inf], np.nan).to_numpy(dtype=float)


def _coinciding(supports: np.ndarray, heights: np.ndarray) -> list[str]:
    """Beside points that lie on one another, how many rules they are, once a place and where there is room for it."""
    if len(supports) > 200:
        return [""] * len(supports)
    places = list(zip(supports.round(9).tolist(), heights.round(9).tolist(), strict=True))
    times_seen = Counter(places)
    last = {place: position for position, place in enumerate(places)}
    told = [times_seen[place] > 1 and last[place] == position for position, place in enumerate(places)]
    free = _has_room(supports, heights)
    return [
        f" {times_seen[place]} rules" if tell and room else ""
        for place, tell, room in zip(places, told, free, strict=True)
    ]


def _has_room(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Whether a few words fit right of each point without lying on another one."""
    right, above = (values[None, :] - values[:, None] for values in (x, y))
    close = np.abs(above) < WORDS_HIGH * max(np.ptp(y), 1e-9)
    return ~(close & (right > 0) & (right < WORDS_WIDE * max(np.ptp(x), 1e-9))).any(axis=1)


def lift_marker(values: np.ndarray, colour: str, heading: Heading) -> dict:
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


def _axis(update: Callable[..., object], name: str, values: np.ndarray, headroom: float) -> None:
    """One axis: a margin around the values, and ``headroom`` (a part of the height) above the highest."""
    axis = AXES[name]
    low, high = _room(values, axis.most)
    span = [low, high + (high - low) * headroom / max(1 - headroom, 0.5)]
    ticks = percent_ticks(low, min(high, axis.most)) if axis.share else {"nticks": 6}
    update(range=span, title={"text": axis.words}, **ticks)


def _room(values: np.ndarray, most: float) -> list[float]:
    """The span of the values with a margin around, so that no point sits on the frame."""
    known = values[np.isfinite(values)]
    low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 1.0)
    margin = max((high - low) * 0.07, 0.02 * high, 1e-4)
    return [max(0.0, low - margin), min(high + margin, most + margin)]


def _legend(colour: str, heading: Heading) -> dict:
    c = paint(heading)
    strong = "brighter" if heading.get("theme") == "dark" else "darker"
    axis = AXES[colour]
    return {
        "thickness": 10,
        "lenmode": "pixels",
        "len": 180,
        "outlinewidth": 0,
        "y": 1,
        "yanchor": "top",
        "nticks": 4,
        "tickformat": ".0%" if axis.share else (",.0f" if colour == "extra" else ".1f"),
        "tickfont": {"size": SMALL_SIZE, "color": c.quiet},
        "title": {"text": f"{strong} =<br>{axis.short}", "font": {"size": SMALL_SIZE, "color": c.quiet}},
    }


def hover_words(rule: Any, level: str) -> str:
    """A rule in two lines for a hover box, its product names escaped."""
    words = f"<b>{' → '.join(rule_words(rule.antecedents, rule.consequents, 40, level))}</b>"
    if hasattr(rule, "n_both"):
        counts = f"{of(int(rule.n_both), int(rule.n_antecedent))} also buy"
        return f"{words}<br>{counts}, {times(rule.lift)} the usual share"
    return f"{words}<br>confidence {percent(rule.confidence)}, lift {decimal(rule.lift, 2)}"


def _mark(
    figure: go.Figure,
    rule: pd.Series,
    at: tuple[float, float],
    chosen: int,
    level: str,
    heading: Heading,
) -> None:
    """A ring and the rule's words in two lines; the label hangs to the side with room."""
    c = paint(heading)
    figure.add_scatter(
        x=[at[0]],
        y=[at[1]],
        mode="markers",
        marker={"size": 24, "symbol": "circle-open", "color": c.ink, "line": {"width": 2.5}},
        customdata=[chosen],
        hoverinfo="skip",
        unselected={"marker": {"opacity": 1}},
    )
    low, high = figure.layout.xaxis.range
    left_half = at[0] <= (low + high) / 2
    left, right = rule_words(rule["antecedents"], rule["consequents"], level=level, most=2)
    note(figure, f"<b>{left}<br>→ {right}</b>", colour=c.ink, x=at[0], y=at[1], yanchor="bottom", yshift=14,
         xanchor="left" if left_half else "right", bgcolor=c.page, opacity=0.92)  # fmt: skip
