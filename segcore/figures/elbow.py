"""The elbow: how much of the purchase pattern k segments explain, beside best-sellers alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Unpack

import pandas as pd
import plotly.graph_objects as go

from segcore.figures.curve import curve, guide, k_axis, off_curve, percent_axis, pointer, ring
from segcore.figures.frame import Heading, blank, plain
from segcore.language.words import percent, restyled, significant


def explained_share_chart(
    table: pd.DataFrame,
    baseline: float | None = None,
    knee: int | None = None,
    chosen: int | None = None,
    *,
    pending: Sequence[int] = (),
    height: int = 380,
    **heading: Unpack[Heading],
) -> go.Figure:
    """Explained share over k, from 0; a click's ``customdata`` is k.

    Parameters
    ----------
    table : DataFrame
        Indexed by k with ``explained_share``, ``error`` and ``failure``, as ``sweep_k`` returns it.
    baseline : float
        Explained share of k = 1.
    pending : sequence of int
        Numbers of segments still to come, drawn faintly.
    """
    figure = blank(height, heading, bottom=60)
    failures = (
        table["failure"].fillna("").astype(str) if "failure" in table else pd.Series("", index=table.index)
    )
    shares = table["explained_share"].astype(float).where(failures == "")
    if shares.notna().any():
        errors = table["error"] if "error" in table else pd.Series(float("nan"), index=table.index)
        curve(figure, shares, heading, hover=[_hover(k, shares[k], errors[k]) for k in table.index])
    waiting = _without_value(figure, shares, failures, pending, heading)
    top = max([*shares.dropna(), baseline or 0.0, 0.05])
    percent_axis(figure, min(1.15, top * 1.3))
    k_axis(figure, [int(k) for k in table.index] + waiting or [2])
    if baseline is not None:
        guide(figure, baseline, f"best-sellers alone {percent(baseline)}", heading)
    _mark(figure, shares, knee, chosen, heading)
    return figure


def _without_value(
    figure: go.Figure, shares: pd.Series, failures: pd.Series, pending: Sequence[int], heading: Heading
) -> list[int]:
    """Failed and unfinished numbers of segments on the floor of the chart; returns the unfinished."""
    failed = [int(k) for k in shares.index if failures[k]]
    empty = {int(k) for k in shares.index if not failures[k] and pd.isna(shares[k])}
    waiting = sorted((empty | {int(k) for k in pending}) - set(map(int, shares.dropna().index)) - set(failed))
    off_curve(
        figure,
        failed,
        0.0,
        [plain(f"{k} segments: {restyled(failures[k])}") for k in failed],
        heading,
        failed=True,
    )
    off_curve(figure, waiting, 0.0, [f"{k} segments: still to come" for k in waiting], heading, failed=False)
    return waiting


def _mark(
    figure: go.Figure, shares: pd.Series, knee: int | None, chosen: int | None, heading: Heading
) -> None:
    """The choice gets the large point; the knee gets its label even where nobody chose it."""
    known = shares.dropna()
    if chosen is not None and chosen in known.index:
        ring(figure, int(chosen), float(known[chosen]), heading)
        bend = "<br>the curve bends here" if knee == chosen else ""
        words = f"<b>{chosen} segments explain {percent(float(known[chosen]))}</b>{bend}"
        pointer(figure, int(chosen), float(known[chosen]), words, heading)
    if knee is not None and knee in known.index and knee != chosen:
        pointer(figure, int(knee), float(known[knee]), "the curve bends here", heading, shift=(26, 44))


def _hover(k: int, share: float, error: float) -> str:
    if pd.isna(share):
        return f"{k} segments"
    norm = f"<br>error (norm) {significant(error, 4)}" if pd.notna(error) else ""
    return f"<b>{k} segments</b> explain {percent(share)} of the pattern{norm}"
