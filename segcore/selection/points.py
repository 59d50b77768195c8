"""The points of a sweep over k, and the table they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.factorization import Factorization


@dataclass(frozen=True, eq=False)
class SweepPoint:
    """One k: the fit or the sentence that says why there is none; its stability and gain over chance once measured.

    ``held`` is the share of each segment's scores that its own customers hold; ``gain`` is what the last segment adds to
    the explained share, ``gain_by_chance`` what it adds on surrogates; ``unevenness`` is of the data, the same at every k.
    """

    k: int
    fit: Factorization | None
    sizes: tuple[int, ...]
    stability: tuple[float, ...] | None
    failure: str = ""
    beyond_chance: float | None = None
    held: tuple[float, ...] = ()
    gain: float | None = None
    gain_by_chance: float | None = None
    unevenness: float | None = None


def sweep_table(points: Iterable[SweepPoint]) -> pd.DataFrame:
    """Tabulate points; the last one of each k counts, so an unfinished sweep can be shown as it stands.

    Returns
    -------
    DataFrame, one row per k
        Error, explained share, how the fit was reached, smallest segment, stability, failure. ``held_by_members`` is
        the least share of a segment's scores held by its own customers; ``gain`` is what the last segment adds to the
        explained share, ``gain_by_chance`` what it adds on surrogates, and ``beyond_chance`` the difference in
        standard deviations of chance. ``unevenness`` is :func:`segcore.selection.chance.unevenness`.
    """
    latest = {point.k: point for point in points}
    rows = [_row(latest[k]) for k in sorted(latest)]
    columns = [*_row(SweepPoint(1, None, (), None))]
    return pd.DataFrame(rows, columns=columns).set_index("k")


def _row(point: SweepPoint) -> dict[str, object]:
    fit, total = point.fit, sum(point.sizes)
    return {
        "k": point.k,
        "error": fit.error if fit else np.nan,
        "explained_share": fit.explained_share if fit else np.nan,
        "iterations": fit.iterations if fit else 0,
        "converged": bool(fit and fit.converged),
        "last_gain": fit.last_gain if fit else np.nan,
        "smallest": min(point.sizes, default=0),
        "smallest_share": min(point.sizes) / total if total else np.nan,
        "stability_worst": min(point.stability) if point.stability else np.nan,
        "stability_mean": float(np.mean(point.stability)) if point.stability else np.nan,
        "held_by_members": min(point.held, default=np.nan),
        "gain": _known(point.gain),
        "gain_by_chance": _known(point.gain_by_chance),
        "beyond_chance": _known(point.beyond_chance),
        "unevenness": _known(point.unevenness),
        "restart_spread": _spread(fit.restart_errors) if fit else np.nan,
        "dead": len(fit.dead) if fit else 0,
        "sampled": bool(fit and fit.sampled),
        "without_purchases": fit.without_purchases if fit else np.nan,
        "failure": point.failure,
    }


def _known(measured: float | None) -> float:
    return np.nan if measured is None else measured


def _spread(errors: tuple[float, ...]) -> float:
    """How much worse the worst start is than the best, relative."""
    return (max(errors) - min(errors)) / max(min(errors), 1e-12)
