"""The one palette: accent, ten segment colours, greys and scales, for a light and a dark screen.

The ten segment colours stand on an even ladder of lightness (CIE L* 37 to 80), so they also differ in greyscale, and
any two of them stay at least 20 CIE Lab units apart for people with protanopia, deuteranopia or tritanopia. Early
ones are the furthest apart, because most cuts have few segments. ``.streamlit/config.toml`` repeats these values and
a test holds both equal.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]

SEGMENT_COLOURS = (
    "#4081AA",  # lake
    "#F1BE6E",  # straw
    "#A3244D",  # cherry
    "#41CCC6",  # turquoise
    "#6453B7",  # violet
    "#F47C76",  # coral
    "#799F2E",  # moss
    "#C69BEB",  # lilac
    "#777033",  # olive
    "#B27588",  # old rose
)
GREY = "#9AA0A8"  # mixed, no purchases: never a segment

# White text on the accent must reach 4.5:1 (Streamlit writes buttons and tags so) in both themes. On a dark page the
# same accent also serves as text on itself at 10 %: both at 4.5 is impossible, hence a nearly black page.
ACCENT_LIGHT = "#3B4CC0"
ACCENT_DARK = "#6069E6"

SEQUENTIAL_LIGHT = (
    "#EEF1FB", "#D9DFF6", "#C3CEF1", "#AAB7EB", "#8F9FE4", "#7586D8", "#5D6BC9", "#4653B6", "#343D98", "#23297A",
)  # fmt: skip
SEQUENTIAL_DARK = (
    "#141826", "#1F2449", "#29316E", "#364191", "#4653B4", "#5F6BD0", "#7D8AE4", "#9EAAF4", "#C7CDFA", "#EEF1FF",
)  # fmt: skip

# Below the average to above it, around index 100: ochre against indigo survives every common colour-vision deficiency.
DIVERGING_LIGHT = (
    "#7A4300", "#A56A22", "#CE924B", "#E2BE95", "#E4D7CC", "#D1D2E4", "#AAB1E6", "#7280D9", "#4C58B6", "#2B3490",
)  # fmt: skip
DIVERGING_DARK = (
    "#F3C07E", "#D19851", "#A8722E", "#654B2D", "#3B3431", "#313241", "#3D4575", "#5969C7", "#8490E9", "#AEBBFF",
)  # fmt: skip
DIVERGING = {"light": DIVERGING_LIGHT, "dark": DIVERGING_DARK}


@dataclass(frozen=True)
class Colours:
    """What one theme paints with.

    ``ink`` is text, ``quiet`` is secondary text (AA on the page), ``line`` is rules and guides, ``page`` and
    ``surface`` are backgrounds, ``less`` and ``more`` stand for below and above average.
    """

    page: str
    surface: str
    ink: str
    quiet: str
    line: str
    accent: str
    link: str
    warning: str
    sequential: tuple[str, ...]
    diverging: tuple[str, ...]

    @property
    def less(self) -> str:
        """Below average."""
        return self.diverging[2]

    @property
    def more(self) -> str:
        """Above average."""
        return self.diverging[7]


LIGHT = Colours(
    page="#FFFFFF",
    surface="#F4F5FA",
    ink="#0A0E18",
    quiet="#5A6275",
    line="#DADEE9",
    accent=ACCENT_LIGHT,
    link="#3546B5",
    warning="#A3241F",
    sequential=SEQUENTIAL_LIGHT,
    diverging=DIVERGING_LIGHT,
)
DARK = Colours(
    page="#020307",
    surface="#141821",
    ink="#E9ECF4",
    quiet="#A3ABBD",
    line="#2C3342",
    accent=ACCENT_DARK,
    link="#A9B4FF",
    warning="#FF9A90",
    sequential=SEQUENTIAL_DARK,
    diverging=DIVERGING_DARK,
)


def colours(theme: ThemeName = "light") -> Colours:
    """Everything one theme paints with."""
    return DARK if theme == "dark" else LIGHT


def segment_colour(number: int | None) -> str:
    """The colour of segment 1, 2, …; grey for no segment and beyond ten, where no palette can be told apart."""
    if number is None or not 1 <= int(number) <= len(SEGMENT_COLOURS):
        return GREY
    return SEGMENT_COLOURS[int(number) - 1]


def colour_scale(theme: ThemeName = "light") -> list[list[float | str]]:
    """The sequential scale as plotly takes it."""
    scale = colours(theme).sequential
    return [[i / (len(scale) - 1), colour] for i, colour in enumerate(scale)]
