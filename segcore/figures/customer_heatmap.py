"""The customer basis: every customer's shares of the segments, grouped by segment."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import SMALL_SIZE, Heading, blank, is_narrow, label_lines, note, paint
from segcore.figures.heatmap import HEAD, IN_PLOT, MOST_MARKERS, Columns, blocks, paint_rows
from segcore.language.words import count, plural
from segcore.segments.order import Rows, drawn_rows

MOST_ROWS = 400
_LINE, _LETTER = 19, 7.6  # pixels of a bold line and of a bold letter
_LEFT = 190
_MANY = 6  # segments; from here on a column has room for a number, not for a name


def customer_basis(
    shares: pd.DataFrame,
    groups: pd.Series,
    sizes: pd.Series | None = None,
    names: Mapping[int, str] | None = None,
    colours: Mapping[int, str] | None = None,
    *,
    row_word: str = "customers",
    rows: Rows | None = None,
    **heading: Unpack[Heading],
) -> go.Figure:
    """Rows are customers grouped by segment, columns the segments; a click's ``customdata`` is (customer, segment, share).

    Parameters
    ----------
    shares, groups : DataFrame, Series
        As ``ordered_by_segment`` returns them. Above 400 rows, neighbours within a segment are averaged and the
        subtitle says so; a click then returns the first and last customer of the bin as one text.
    sizes : Series
        Customers per segment; counted from ``groups`` where absent.
    rows : Rows
        What to draw, where it has been made before by :func:`rows_to_draw`.
    """
    segments = [int(segment) for segment in shares.columns]
    rows = rows_to_draw(shares, groups) if rows is None else rows
    if sizes is None:
        sizes = groups.value_counts().reindex(segments, fill_value=0)
    below = {segment: f"{count(sizes.get(segment, 0))} {row_word}" for segment in segments}
    columns = Columns(names or {}, below, colours or {})
    heading = _say_average(heading, rows, row_word)
    height = max(220, min(640, 12 * len(rows.values)))
    figure = blank(height + HEAD, heading, bottom=78, left=_LEFT - IN_PLOT)
    figure.update_yaxes(domain=[0, height / (height + HEAD)])
    heights = paint_rows(
        figure,
        rows,
        segments,
        columns,
        heading,
        unit="buys more from this segment",
        height=height,
        numbers=is_narrow(heading) and len(segments) >= _MANY,
        by_block=True,
    )
    _name_blocks(figure, rows, heights, groups, columns, row_word, heading, height)
    return figure


def rows_to_draw(shares: pd.DataFrame, groups: pd.Series) -> Rows:
    """As many rows as can be drawn and clicked, of rows in the order they shall have."""
    k = shares.shape[1]
    return drawn_rows(shares, groups, max(min(MOST_ROWS, MOST_MARKERS // max(k, 1)) - k - 1, 1))


def _say_average(heading: Heading, rows: Rows, row_word: str) -> Heading:
    """The subtitle tells when a row is not one customer."""
    if rows.per_row == 1:
        return heading
    said = f"Each row is the average of about {plural(rows.per_row, row_word.removesuffix('s'))}."
    subtitle = heading.get("subtitle", "")
    joint = "" if not subtitle else " " if subtitle.endswith((".", "!", "?")) else ". "
    return {**heading, "subtitle": f"{subtitle}{joint}{said}"}


def _name_blocks(
    figure: go.Figure,
    rows: Rows,
    heights: np.ndarray,
    groups: pd.Series,
    columns: Columns,
    row_word: str,
    heading: Heading,
    height: float,
) -> None:
    """The segment's name left of its block, where the block is tall enough to carry it."""
    c = paint(heading)
    counts = groups.value_counts(dropna=False)
    pixels = height / (float(heights[-1]) + 0.5) if len(heights) else 0
    for group, first, last in blocks(rows.group):
        tall = (heights[last] - heights[first] + 1) * pixels
        if tall < 12 and not pd.isna(group):
            continue
        width = round((_LEFT - 24) / _LETTER)
        name = columns.name(group)
        if is_narrow(heading) and len(columns.below) >= _MANY and not pd.isna(group):
            name = f"{group} · {name}"
        lines = label_lines(name, width, max(1, min(3, int(tall / _LINE) - 1)))
        shown = f"<b>{'<br>'.join(lines)}</b>"
        if tall >= _LINE * (len(lines) + 1):
            size = counts[counts.index.isna()].sum() if pd.isna(group) else counts.get(group, 0)
            shown += f'<br><span style="color:{c.quiet}">{count(size)} {row_word}</span>'
        note(figure, shown, colour=c.ink, size=SMALL_SIZE, x=-0.6, xanchor="right", xshift=-8, align="right",
             y=float(heights[first] + heights[last]) / 2, yanchor="middle")  # fmt: skip
