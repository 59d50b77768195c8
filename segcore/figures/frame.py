"""What every figure shares: heading, margins, type, and the one way names become labels.

Figures carry their own plotly template, because importing Streamlit replaces plotly's default; pages therefore show
them with ``theme=None``. Backgrounds are transparent, so the page behind decides.
"""

from __future__ import annotations

import math
import re
import textwrap
import unicodedata
from collections.abc import Iterable
from functools import cache, lru_cache
from typing import TypedDict

import plotly.graph_objects as go

from segcore.figures.palette import SEGMENT_COLOURS, Colours, ThemeName, colours
from segcore.language.words import decimal, number_style

FONT = '"Source Sans", "Source Sans 3", "Source Sans Pro", "Segoe UI", "Helvetica Neue", Arial, sans-serif'
CLEAR = "rgba(0,0,0,0)"
TITLE_SIZE, SUBTITLE_SIZE, LABEL_SIZE, SMALL_SIZE = 22, 16, 15, 14
_TITLE_LINE, _SUBTITLE_LINE = 28, 21
_LETTER, _GAP = 7.8, 12  # pixels, at the size of labels
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+")
_MATHS = re.compile(r"\$")
_SPACE = re.compile(
    r"\s{2,}|(?<!\d)\s|\s(?!\d)|[^\S\u00a0\u202f]"
)  # all but what groups the digits of a number


class Heading(TypedDict, total=False):
    """What a page says about a figure.

    ``title`` states the finding, ``subtitle`` what is drawn, ``alt`` the sentence for people who cannot see it (title
    and subtitle where absent), ``theme`` is "light" or "dark", ``wrap`` is how many characters of title fit a line
    (90 on a full page, about 50 in half of one).
    """

    title: str
    subtitle: str
    alt: str
    theme: ThemeName
    wrap: int


def plain(text: object) -> str:
    """Text that plotly shows as it is: no tag, link, formula or control character in a name is obeyed."""
    cleaned = _spaced(_CONTROL.sub(" ", unicodedata.normalize("NFC", str(text))))
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        cleaned = cleaned.replace(character, entity)
    return _MATHS.sub("&#36;", cleaned)


def _spaced(text: object) -> str:
    """The text on one line, its words one space apart."""
    return _SPACE.sub(" ", str(text)).strip()


def shorten(text: object, longest: int = 28) -> str:
    """The text with its middle left out where it is too long; not yet escaped."""
    whole = _spaced(text)
    if len(whole) <= longest:
        return whole
    tail = (longest - 1) // 2
    head = longest - 1 - tail
    return f"{whole[:head].rstrip()}…{whole[len(whole) - tail :].lstrip()}" if tail else f"{whole[:head]}…"


@lru_cache(maxsize=20_000)  # hundreds of rules name the same few products
def label(text: object, longest: int = 28) -> str:
    """A name as a label: shortened, then escaped."""
    return plain(shorten(text, longest))


def label_lines(text: object, width: int, most: int = 2) -> list[str]:
    """A name on at most ``most`` lines of ``width`` characters, broken between words, the last one shortened."""
    whole = _spaced(text)
    lines = textwrap.wrap(whole, width, break_long_words=False) or [""]
    if len(lines) > most:
        lines = [*lines[: most - 1], " ".join(lines[most - 1 :])]
    return [label(line, width) for line in lines]


def paint(heading: Heading) -> Colours:
    """The colours of the theme this figure is drawn for."""
    return colours(heading.get("theme", "light"))


def is_narrow(heading: Heading) -> bool:
    """Whether the figure stands in part of a page, so that labels must be shorter."""
    return heading.get("wrap", 90) < 75


def pixels_wide(heading: Heading) -> int:
    """About how wide the figure will be, judged by how much title fits a line."""
    return 11 * heading.get("wrap", 90)


def blank(
    inner_height: float, heading: Heading, *, bottom: int = 48, left: int = 8, right: int = 16
) -> go.Figure:
    """A figure with its heading and its height: ``inner_height`` pixels of plot, plus what the words need."""
    lines = _wrapped(heading.get("title", ""), heading.get("wrap", 90))
    below = _wrapped(heading.get("subtitle", ""), round(heading.get("wrap", 90) * 1.4))
    top = 12 + _TITLE_LINE * len(lines) + _SUBTITLE_LINE * len(below) + (18 if lines or below else 0)
    figure = go.Figure()
    figure.update_layout(
        template=template(heading.get("theme", "light")),
        separators=number_style().point + number_style().group,
        height=round(inner_height + top + bottom),
        margin={"t": top, "b": bottom, "l": left, "r": right, "pad": 4},
        meta={
            "alt": _alt(heading),
            "title": heading.get("title", ""),
            "subtitle": heading.get("subtitle", ""),
            "head": top - 12,
        },
    )
    _write_heading(figure, lines, below, paint(heading))
    return figure


def without_heading(figure: go.Figure) -> go.Figure:
    """The figure for a page that writes title and subtitle (in ``layout.meta``) itself, so that they wrap as text does."""
    bare = go.Figure(
        figure, _validate=False
    )  # checked when it was made: once more takes longer than the copy
    head = bare.layout.meta["head"]
    bare.update_layout(
        title={"text": ""}, height=bare.layout.height - head, margin_t=bare.layout.margin.t - head
    )
    return bare


def room_for(labels: Iterable[str]) -> int:
    """Pixels that the longest of these labels takes on one line, wide letters and a gap allowed for."""
    return _GAP + round(_LETTER * max(map(len, labels), default=0))


def note(figure: go.Figure, text: str, *, colour: str, size: int = LABEL_SIZE, **place: object) -> None:
    """Write escaped text on a figure; ``place`` is an annotation's position."""
    figure.add_annotation(
        **{
            "showarrow": False,
            "text": text,
            "font": {"color": colour, "size": size},
            "align": "left",
            **place,
        }
    )


def percent_ticks(low: float, high: float, most: int = 6) -> dict[str, list]:
    """Ticks of an axis of shares, written as everywhere else: ``40 %``."""
    span = max(high - low, 1e-9)
    steps = [base * 10.0**power for power in range(-5, 1) for base in (1, 2, 5)]
    step = next((s for s in steps if span / s <= most), 1.0)
    digits = max(0, -math.floor(math.log10(step * 100) + 1e-9))
    ticks = [step * i for i in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
    return {"tickvals": ticks, "ticktext": [f"{decimal(100 * tick, digits)} %" for tick in ticks]}


def _alt(heading: Heading) -> str:
    parts = [heading.get("title", ""), heading.get("subtitle", "")]
    return heading.get("alt") or " ".join(p if p.endswith((".", "?", ":")) else f"{p}." for p in parts if p)


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(_spaced(text), round(0.95 * width)) if text else []  # fallback fonts are wider


def _write_heading(figure: go.Figure, lines: list[str], below: list[str], c: Colours) -> None:
    """One title block flush with the page's text; the subtitle is its smaller lines, so wrapping cannot overlap."""
    small = f"font-size:{SUBTITLE_SIZE}px;font-weight:400;color:{c.quiet}"
    rows = [f"<b>{plain(line)}</b>" for line in lines]
    rows += [f'<span style="{small}">{plain(line)}</span>' for line in below]
    if rows:
        figure.update_layout(
            title={
                "text": "<br>".join(rows),
                "xref": "container",
                "yref": "container",
                "x": 0,
                "y": 1,
                "xanchor": "left",
                "yanchor": "top",
                "pad": {"t": 22 if len(rows) > 1 else 8, "l": 2},
                "font": {"size": TITLE_SIZE, "color": c.ink},
            }
        )


@cache
def template(theme: ThemeName = "light") -> go.layout.Template:
    """Our own template: quiet axes, no grid, generous type, transparent background."""
    c = colours(theme)
    axis = {
        "showgrid": False,
        "zeroline": False,
        "ticks": "",
        "showline": False,
        "gridcolor": c.line,
        "linecolor": c.line,
        "tickfont": {"size": SMALL_SIZE, "color": c.quiet},
        "title": {"font": {"size": SMALL_SIZE, "color": c.quiet}, "standoff": 12},
        "automargin": True,
        "fixedrange": True,
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": LABEL_SIZE, "color": c.ink},
            "paper_bgcolor": CLEAR,
            "plot_bgcolor": CLEAR,
            "colorway": list(SEGMENT_COLOURS),
            "xaxis": axis,
            "yaxis": axis,
            "showlegend": False,
            "hovermode": "closest",
            "modebar": {"bgcolor": CLEAR, "color": c.quiet, "activecolor": c.accent},
            "dragmode": False,
            "bargap": 0.35,
            "hoverlabel": {
                "bgcolor": c.surface,
                "bordercolor": c.line,
                "align": "left",
                "font": {"family": FONT, "size": LABEL_SIZE, "color": c.ink},
                "namelength": -1,
            },
        }
    )
