"""The map of customers: every customer between the segments, as near to each as the shares say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Unpack

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from segcore.figures.frame import LABEL_SIZE, Heading, blank, label_lines, note, paint, plain, room_for
from segcore.figures.palette import GREY, segment_colour

HEIGHT = 480
ABOVE, BESIDE, CENTRAL = 1.32, 1.1, 0.2  # of the distance of a corner from the middle
LINE, LINES = 12, 3  # letters of a name on one line, and how many there may be


def customer_map(
    places: pd.DataFrame,
    corners: pd.DataFrame,
    names: Mapping[int, str] | None = None,
    colours: Mapping[int, str] | None = None,
    *,
    row_word: str = "customers",
    **heading: Unpack[Heading],
) -> go.Figure:
    """A corner for every segment, a point for every customer; a click's ``customdata`` is (customer, segment, share).

    Parameters
    ----------
    places : DataFrame, by customer
        ``x``, ``y``, ``segment`` (missing for none), ``mixed`` and ``share`` of the largest segment, from
        :func:`segcore.segments.segment_map.places_by_shares`.
    corners : DataFrame, by segment
        ``x``, ``y``.
    """
    names, colours, c = names or {}, colours or {}, paint(heading)
    called = {
        int(segment): label_lines(names.get(int(segment), f"Segment {segment}"), LINE, LINES)
        for segment in corners.index
    }
    beside = [called[int(segment)] for segment, at in corners.iterrows() if abs(at["x"]) >= CENTRAL]
    room = room_for(line for lines in beside for line in lines)
    figure = blank(HEIGHT, heading, bottom=10, left=room, right=room)
    around = [*corners.index, corners.index[0]] if len(corners) > 2 else list(corners.index)
    figure.add_scatter(
        x=corners.loc[around, "x"], y=corners.loc[around, "y"], mode="lines", hoverinfo="skip",
        line={"color": c.line, "width": 1.5},
    )  # fmt: skip
    for segment in corners.index:
        name = names.get(int(segment), f"Segment {segment}")
        colour = colours.get(int(segment), segment_colour(int(segment)))
        inside = places[(places["segment"] == segment).fillna(False)]
        for mixed in (True, False):
            _points(
                figure,
                inside[inside["mixed"] == mixed],
                int(segment),
                name,
                GREY if mixed else colour,
                mixed,
                c.page,
            )
    for segment, at in corners.iterrows():
        _corner(figure, float(at["x"]), float(at["y"]), called[int(segment)], heading)
    # Plotly widens whichever range is too narrow for the other.
    figure.update_xaxes(range=[-BESIDE, BESIDE], visible=False)
    figure.update_yaxes(range=[-ABOVE, ABOVE], visible=False, scaleanchor="x")
    return figure


def _points(
    figure: go.Figure, rows: pd.DataFrame, segment: int, name: str, colour: str, mixed: bool, page: str
) -> None:
    if not len(rows):
        return
    said = "between two segments" if mixed else plain(name)
    figure.add_scatter(
        x=rows["x"].to_numpy(dtype=np.float32), y=rows["y"].to_numpy(dtype=np.float32), mode="markers", name=said,
        marker={"color": colour, "size": 9 if len(rows) < 400 else 6, "opacity": 0.75,
                "line": {"width": 0.5, "color": page}},
        customdata=[(str(who), segment, round(float(v), 3)) for who, v in zip(rows.index, rows["share"], strict=True)],
        hovertext=[plain(who) for who in rows.index], hovertemplate="<b>%{hovertext}</b><br>" + said + ", largest share %{customdata[2]:.0%}<extra></extra>",
        selected={"marker": {"opacity": 1}}, unselected={"marker": {"opacity": 0.5}},
    )  # fmt: skip


def _corner(figure: go.Figure, x: float, y: float, name: Sequence[str], heading: Heading) -> None:
    side = "center" if abs(x) < CENTRAL else "left" if x > 0 else "right"
    note(
        figure, f"<b>{'<br>'.join(name)}</b>", colour=paint(heading).ink, size=LABEL_SIZE, x=1.06 * x,
        y=1.06 * y, xanchor=side, yanchor="middle" if abs(y) < CENTRAL else "bottom" if y > 0 else "top",
        align={"center": "center", "left": "left", "right": "right"}[side],
    )  # fmt: skip
