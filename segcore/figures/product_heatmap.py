"""The product basis: which products belong together, grouped by segment, the strongest of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import SMALL_SIZE, Heading, blank, is_narrow, label, note, paint
from segcore.figures.heatmap import BREAK, HEAD, IN_PLOT, MOST_MARKERS, Columns, paint_rows
from segcore.language.words import count, readable
from segcore.segments.order import drawn_rows, top_of_each

_ROW, _LEFT, _LEFT_MANY = 24, 232, 172
_MANY = 6  # segments; from here on a column needs the room more than a name does


def product_basis(
    shares: pd.DataFrame,
    groups: pd.Series,
    sizes: pd.Series | None = None,
    names: Mapping[int, str] | None = None,
    colours: Mapping[int, str] | None = None,
    *,
    top: int = 8,
    level: str = "",
    unit: str = "bought more within this segment",
    **heading: Unpack[Heading],
) -> go.Figure:
    """Rows are products grouped by segment, columns the segments; a click's ``customdata`` is (product, segment, value).

    Parameters
    ----------
    shares, groups : DataFrame, Series
        Product shares (or scores) in the order ``ordered_by_segment`` returns; the first ``top`` products of every
        segment are drawn.
    sizes : Series
        Products per segment; counted from ``groups`` where absent.
    level : str
        The product level, to name products that are bare numbers.
    """
    segments = [int(segment) for segment in shares.columns]
    known = groups.notna().to_numpy()
    shares, groups = shares[known], groups[known]
    if sizes is None:
        sizes = groups.value_counts().reindex(segments, fill_value=0)
    limit = max(1, min(top, MOST_MARKERS // max(len(segments) ** 2, 1)))
    drawn, group = top_of_each(shares, groups, limit)
    rows = drawn_rows(drawn, group, len(drawn) + 1)
    columns = Columns(names or {}, {s: f"{count(sizes.get(s, 0))} products" for s in segments}, colours or {})
    height = max(80, _ROW * len(drawn) + BREAK * max(group.nunique() - 1, 0))
    many = is_narrow(heading) and len(segments) >= _MANY
    figure = blank(height + HEAD, heading, bottom=78, left=(_LEFT_MANY if many else _LEFT) - IN_PLOT)
    figure.update_yaxes(domain=[0, height / (height + HEAD)])
    heights = paint_rows(figure, rows, segments, columns, heading, unit=unit, height=height, numbers=many)
    for at, name in zip(heights, rows.labels, strict=True):
        note(figure, label(readable(name, level), 19 if many else 30), colour=paint(heading).ink, size=SMALL_SIZE, x=-0.6, xanchor="right", xshift=-8,
             align="right", y=float(at), yanchor="middle")  # fmt: skip
    return figure
