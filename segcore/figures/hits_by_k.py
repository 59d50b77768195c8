"""Hit rate of offers against the number of segments, best-sellers as the line to beat."""

from __future__ import annotations

from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.curve import curve, guide, k_axis, percent_axis, ring
from segcore.figures.frame import Heading, blank
from segcore.language.words import percent


def hits_by_k_curve(rates: pd.DataFrame, chosen: int | None = None, **heading: Unpack[Heading]) -> go.Figure:
    """Draw the hit rate of the mix of segments for every k; a click's ``customdata`` is k.

    Parameters
    ----------
    rates : DataFrame, indexed by k
        ``taste`` and ``popular``, hit rates.
    """
    figure = blank(260, heading, bottom=58, left=64, right=24)
    hover = [f"<b>{k} segments</b><br>{percent(rate)} reached" for k, rate in rates["taste"].items()]
    curve(figure, rates["taste"], heading, hover=hover)
    if chosen is not None and chosen in rates.index:
        ring(figure, int(chosen), float(rates.loc[chosen, "taste"]), heading)
    guide(figure, float(rates["popular"].mean()), "best-sellers", heading)
    k_axis(figure, [int(k) for k in rates.index])
    percent_axis(figure, min(1.0, 1.15 * float(rates[["taste", "popular"]].max().max())))
    return figure
