"""The shared look of both heatmaps: columns are segments, rows come in blocks with a thin break and a colour strip.

A heatmap returns no clicks in Streamlit. Transparent squares above its cells do; they also carry the hover text, so
no cell needs its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segcore.figures.colouring import by_quantiles, colour_marks, legend
from segcore.figures.frame import (
    LABEL_SIZE,
    SMALL_SIZE,
    Heading,
    label,
    label_lines,
    note,
    paint,
    pixels_wide,
    plain,
)
from segcore.figures.palette import segment_colour
from segcore.language.words import count
from segcore.segments.order import Rows

MOST_MARKERS = 5_000
HEAD = 70
BREAK = 7  # pixels
MARGIN = 0.2  # of the plot, left of the cells: where a row's or a block's name answers a click
IN_PLOT = 80  # pixels of it, at the least
_ACROSS, _APART = 5, 16  # marks across that margin; pixels from one to the next down a block

SegmentNumber: TypeAlias = int | pd.api.typing.NAType  # missing for who is in none


@dataclass(frozen=True)
class Columns:
    """The segments as a heatmap heads them: number → name, and a line such as "38 customers" below it."""

    names: Mapping[int, str]
    below: Mapping[int, str]
    colours: Mapping[int, str]

    def name(self, segment: SegmentNumber) -> str:
        """The segment's name, its number where it has none."""
        if pd.isna(segment):
            return "No purchases"
        return str(self.names.get(int(segment), f"Segment {segment}"))

    def colour(self, segment: SegmentNumber) -> str:
        """The segment's colour; grey for none."""
        if pd.isna(segment):
            return segment_colour(None)
        return self.colours.get(int(segment), segment_colour(int(segment)))


def paint_rows(
    figure: go.Figure,
    rows: Rows,
    segments: Sequence[int],
    columns: Columns,
    heading: Heading,
    *,
    unit: str,
    height: float,
    numbers: bool = False,
    by_block: bool = False,
) -> np.ndarray:
    """Draw cells, strips, headings and the layer for clicks in ``height`` pixels; returns where each row's middle is.

    ``numbers`` heads the columns by number, for rows that carry number and name. A click's ``customdata`` is (row label,
    segment, value); on a row's strip and on its name the segment is 0; on a column's head, and on a block's name where
    names are written ``by_block``, the label is None. One row is 1 high; a break is 7 pixels.
    """
    gaps = len(blocks(rows.group)) - 1
    gap = BREAK * len(rows.values) / max(height - gaps * BREAK, 1)
    heights, edges, cells = _with_breaks(rows, gap)
    middle, top = colour_marks(rows.values)
    figure.add_heatmap(
        z=cells,
        x=np.arange(len(segments), dtype=np.float32),
        y=edges,
        zmin=0.0,
        zmax=top,
        colorscale=by_quantiles(rows.values, top, heading.get("theme", "light")),
        hoverinfo="skip",
        xgap=3,
        colorbar=legend(middle, top, unit, heading),
    )
    _click_layer(figure, rows, heights, segments, columns, heading)
    _column_heads(figure, segments, columns, heading, numbers)
    figure.update_yaxes(range=[edges[-1], edges[0]], showticklabels=False)
    left = -0.62 - MARGIN / (1 - MARGIN) * (len(segments) + 0.12)
    figure.update_xaxes(range=[left, len(segments) - 0.5], showticklabels=False, side="top")
    for group, first, last in blocks(rows.group):
        figure.add_shape(type="rect", x0=-0.6, x1=-0.54, y0=heights[first] - 0.5, y1=heights[last] + 0.5,
                         fillcolor=columns.colour(group), line={"width": 0})  # fmt: skip
    named = _named_blocks(rows, heights, columns, height) if by_block else _named_rows(rows, heights)
    _margin_layer(figure, named, left, heading)
    _edge_layers(figure, rows, heights, segments, columns, heading, height)
    figure.update_layout(hoverdistance=80)
    return heights


def blocks(group: pd.Series) -> list[tuple[SegmentNumber, int, int]]:
    """Runs of one segment: (segment, first row, last row)."""
    code = group.fillna(-1).to_numpy(dtype=np.int64)
    if not len(code):
        return []
    firsts = np.flatnonzero(np.append(True, code[1:] != code[:-1]))
    lasts = np.append(firsts[1:] - 1, len(code) - 1)
    return [(group.iloc[a], int(a), int(b)) for a, b in zip(firsts, lasts, strict=True)]


def _with_breaks(rows: Rows, gap: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Middles of the rows, edges of all cells, and the cells with a thin row of NaN at every break."""
    middles, edges, pieces = [], [0.0], []
    for number, (_, first, last) in enumerate(blocks(rows.group)):
        if number:
            pieces.append(np.full((1, rows.values.shape[1]), np.nan, dtype=np.float32))
            edges.append(edges[-1] + gap)
        start, size = edges[-1], last - first + 1
        middles.append(start + np.arange(size) + 0.5)
        edges.extend(start + np.arange(1, size + 1))
        pieces.append(rows.values[first : last + 1])
    cells = np.concatenate(pieces) if pieces else np.zeros((0, rows.values.shape[1]), dtype=np.float32)
    return (
        np.concatenate(middles or [np.zeros(0)]).astype(np.float32),
        np.asarray(edges, dtype=np.float32),
        cells,
    )


def _edge_layers(
    figure: go.Figure,
    rows: Rows,
    heights: np.ndarray,
    segments: Sequence[int],
    columns: Columns,
    heading: Heading,
    height: float,
) -> None:
    """What answers a click on a row's strip (segment 0) and on a column's head (no label)."""
    hidden = {"opacity": 0, "symbol": "square", "color": paint(heading).accent}
    still = {"selected": {"marker": {"opacity": 0}}, "unselected": {"marker": {"opacity": 0}}}
    figure.add_scatter(
        x=[-0.57] * len(heights), y=heights, mode="markers", marker={**hidden, "size": 8}, **still,
        customdata=[(name, 0, 0) for name in rows.labels], hovertext=[plain(name) for name in rows.labels],
        hovertemplate="<b>%{hovertext}</b><br>click for the whole row<extra></extra>",
    )  # fmt: skip
    figure.add_scatter(
        x=list(range(len(segments))), y=[0.5] * len(segments), yaxis="y2", mode="markers",
        marker={**hidden, "size": 44}, **still,
        customdata=[(None, int(segment), 0) for segment in segments],
        hovertext=[plain(columns.name(segment)) for segment in segments],
        hovertemplate="<b>%{hovertext}</b><br>click for the whole segment<extra></extra>",
    )  # fmt: skip
    figure.update_layout(
        yaxis2={"domain": [height / (height + HEAD), 1], "range": [0, 1], "anchor": "x", "showticklabels": False,
                "fixedrange": True}
    )  # fmt: skip


def _named_rows(rows: Rows, heights: np.ndarray) -> list[tuple[float, str, tuple, str]]:
    """Where each row's name stands, what it says on hover, and what a click on it gives."""
    said = "click for it in every segment"
    return [(float(y), name, (name, 0, 0), said) for y, name in zip(heights, rows.labels, strict=True)]


def _named_blocks(
    rows: Rows, heights: np.ndarray, columns: Columns, height: float
) -> list[tuple[float, str, tuple, str]]:
    """The same for the names of blocks: marks all the way down each block."""
    pixels = height / (float(heights[-1]) + 0.5) if len(heights) else 1.0
    found = []
    for group, first, last in blocks(rows.group):
        down = max(1, round((heights[last] - heights[first] + 1) * pixels / _APART))
        segment = 0 if pd.isna(group) else int(group)
        found += [
            (float(y), columns.name(group), (None, segment, 0), "click for everybody in it")
            for y in np.linspace(heights[first], heights[last], down)
        ]
    return found


def _margin_layer(
    figure: go.Figure, named: Sequence[tuple[float, str, tuple, str]], left: float, heading: Heading
) -> None:
    """What answers a click on a name left of the cells: unseen marks under it do, text gives no click.

    A text with a hover of its own would swallow the pointer, so the whole name is said here.
    """
    across = np.linspace(left, -0.72, _ACROSS)
    marks = [(x, *one) for one in named for x in across]
    figure.add_scatter(
        x=[float(x) for x, *_ in marks], y=[y for _, y, *_ in marks], mode="markers", name="names",
        marker={"opacity": 0, "symbol": "square", "size": 12, "color": paint(heading).accent},
        selected={"marker": {"opacity": 0}}, unselected={"marker": {"opacity": 0}},
        customdata=[data for *_, data, _ in marks], hovertext=[plain(name) for _, _, name, *_ in marks],
        text=[said for *_, said in marks],
        hovertemplate="<b>%{hovertext}</b><br>%{text}<extra></extra>",
    )  # fmt: skip


def _click_layer(
    figure: go.Figure,
    rows: Rows,
    heights: np.ndarray,
    segments: Sequence[int],
    columns: Columns,
    heading: Heading,
) -> None:
    """One transparent square a cell, a trace a segment so that its name is written once."""
    size = max(4.0, min(24.0, 600 / max(len(heights), 1)))
    many = f"<br>average of about {count(rows.per_row)}" if rows.per_row > 1 else ""
    whole = [plain(text) for text in rows.labels]
    same = whole == list(rows.labels)  # then the label in customdata serves as hover text too
    head = ("<b>%{customdata[0]}</b>" if same else "<b>%{hovertext}</b>") + many
    for position, segment in enumerate(segments):
        values = rows.values[:, position]
        figure.add_scatter(
            x=[position] * len(heights),
            y=heights,
            mode="markers",
            name=label(columns.name(segment), 40),
            marker={"symbol": "square", "size": size, "opacity": 0, "color": paint(heading).accent},
            selected={"marker": {"opacity": 0}},
            unselected={"marker": {"opacity": 0}},
            customdata=[
                (name, int(segment), round(float(v), 4)) for name, v in zip(rows.labels, values, strict=True)
            ],
            hovertext=None if same else whole,
            hovertemplate=head + "<br>%{fullData.name}: %{customdata[2]:.0%}<extra></extra>",
        )


def _column_heads(
    figure: go.Figure, segments: Sequence[int], columns: Columns, heading: Heading, numbers: bool
) -> None:
    """Name (or only the number) and size above every column, smaller where there are many."""
    c = paint(heading)
    inside = (1 - MARGIN) * (pixels_wide(heading) - figure.layout.margin.l - 16)
    room = inside / max(len(segments), 1)
    many = room < 115
    width = max(7, int(room / (7.4 if many else 8.4)))
    for position, segment in enumerate(segments):
        below = columns.below.get(int(segment), "")
        below = below.split(" ")[0] if many else below
        shown = str(segment) if numbers else columns.name(segment)
        name = "<br>".join(label_lines(shown, width))
        small = (
            f'<br><span style="font-size:{SMALL_SIZE}px;color:{c.quiet}">{plain(below)}</span>'
            if below
            else ""
        )
        note(figure, f"<b>{name}</b>{small}", colour=c.ink, size=13 if many else LABEL_SIZE, x=position, y=1,
             yref="y domain", yanchor="bottom", align="center")  # fmt: skip
