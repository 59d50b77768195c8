"""Which shade a cell of a heatmap gets, and the legend that says so in words."""

from __future__ import annotations

import numpy as np

from segcore.figures.frame import SMALL_SIZE, Heading, paint, plain
from segcore.figures.palette import ThemeName, colour_scale
from segcore.language.words import percent


def colour_marks(values: np.ndarray) -> tuple[float, float]:
    """Median of what is there, and where the darkest colour stands: one extreme cell cannot pale the rest."""
    positive = values[values > 0]
    if not positive.size:
        return 0.5, 1.0
    middle, top = (float(mark) for mark in np.quantile(positive, [0.5, 0.98]))
    return middle, top


def by_quantiles(values: np.ndarray, top: float, theme: ThemeName) -> list[list[float | str]]:
    """The sequential scale with its colours at the quantiles of what is there, so that every shade is used."""
    scale = colour_scale(theme)
    positive = values[values > 0]
    if not positive.size:
        return scale
    inner = np.quantile(np.minimum(positive, top), np.linspace(0, 1, len(scale))[1:-1]) / top
    even = np.linspace(0, 1, len(scale))[1:-1]
    # Half way to even steps: ties would otherwise collapse into a jump, and equal values must look equal.
    places = np.maximum.accumulate((inner + even) / 2)
    return [
        scale[0],
        *[[float(at), colour] for at, (_, colour) in zip(places, scale[1:-1], strict=True)],
        scale[-1],
    ]


def legend(middle: float, top: float, unit: str, heading: Heading) -> dict:
    """The scale in words: what dark (on a dark page, bright) means, and where half of the cells are."""
    c = paint(heading)
    strong = "brighter" if heading.get("theme") == "dark" else "darker"
    most = f"{percent(top)} or more" if top < 0.995 else "all"
    marks = {0.0: "nothing", top: most}
    if 0.32 * top < middle < 0.7 * top:
        marks = {0.0: "nothing", middle: f"half: {percent(middle)}", top: most}
    return {
        "orientation": "h",
        "thickness": 10,
        "lenmode": "pixels",
        "len": 260,
        "x": 0,
        "xanchor": "left",
        "y": 0,
        "yanchor": "top",
        "ypad": 22,
        "xpad": 0,
        "outlinewidth": 0,
        "tickvals": list(marks),
        "ticktext": list(marks.values()),
        "ticklabelposition": "outside",
        "tickfont": {"size": SMALL_SIZE, "color": c.quiet},
        "title": {
            "text": f"{strong} = {plain(unit)}",
            "side": "top",
            "font": {"size": SMALL_SIZE, "color": c.quiet},
        },
    }
