"""What each of the four lines over k says, in one sentence: the heading of its chart, and a reason of the verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segcore.language.words import decimal, join_and, ordinal, percent, points
from segcore.selection.evidence import SMALLEST_SHARE, STABLE, Evidence


@dataclass(frozen=True)
class Readings:
    """One sentence a line; empty where the line has not been measured.

    Attributes
    ----------
    explained, stability, chance, size : str
        Of the explained share, the worst segment's stability, the gain beside chance, the smallest segment.
    """

    explained: str
    stability: str
    chance: str
    size: str


def read(evidence: Evidence) -> Readings:
    """Read all four lines."""
    return Readings(_explained(evidence), _stability(evidence), _chance(evidence), _size(evidence))


def _explained(evidence: Evidence) -> str:
    shares, knee = evidence.fitted["explained_share"], evidence.knee
    alone = f"best-sellers alone {percent(evidence.baseline)}"
    if knee is not None:
        return f"The elbow bends at {knee}: {knee} segments explain {percent(shares[knee])}, {alone}."
    return f"The elbow hardly bends, so it does not say where to stop; {alone}."


def _stability(evidence: Evidence) -> str:
    worst = evidence.worst
    if not len(worst):
        return ""
    stable = [int(k) for k in worst.index if worst[k] >= STABLE]
    if not stable:
        best = int(worst.idxmax())
        return (
            "At every number tried, at least one segment does not come back: the weakest of "
            f"{best}, the steadiest, reaches {decimal(worst[best], 2)}."
        )
    if len(stable) == len(worst):
        return f"With every number tried, {listed(stable)}, all segments come back."
    first = next(int(k) for k in worst.index if k not in stable)
    return f"All segments come back with {listed(stable)}; with {first} the weakest reaches only {decimal(worst[first], 2)}."


def _chance(evidence: Evidence) -> str:
    ceiling = evidence.ceiling
    if ceiling is None:
        return ""
    if ceiling == 1:
        return "No further segment explains more than it would if purchases were dealt out by lot."
    if ceiling == evidence.last:
        return f"Every further segment up to {ceiling}, the most tried, explains more than by chance."
    following = min(int(k) for k in evidence.fitted.index if k > ceiling)
    said = f"Up to {ceiling}, a further segment explains more than it would by chance"
    return f"{said}{_gain(evidence, following)}."


def _gain(evidence: Evidence, k: int) -> str:
    """The first segment too many in figures, where the table has them."""
    if "gain" not in evidence.fitted:
        return ""
    own, by_chance = evidence.fitted.loc[k, ["gain", "gain_by_chance"]]
    if not (own == own and by_chance == by_chance):
        return ""
    return f"; the {ordinal(k)} adds {points(own)}, by lot {points(by_chance)}"


def _size(evidence: Evidence) -> str:
    if evidence.small:
        return f"With {listed(evidence.small)} a segment has fewer than {too_small()} of the {evidence.row_word}."
    if not evidence.fitted["smallest_share"].notna().any():
        return ""
    row = evidence.fitted.loc[evidence.fitted["smallest_share"].idxmin()]
    # The digits that the number of customers supports, where the table tells it.
    n = row["smallest"] / row["smallest_share"] if "smallest" in row and row["smallest_share"] else None
    least = percent(row["smallest_share"], None if n is None else round(n))
    return f"No segment is too small: the smallest holds {least} of the {evidence.row_word}."


def listed(ks: Sequence[int]) -> str:
    """Numbers of segments as a sentence names them: ``3``, ``2 and 4``, ``2 to 5``, ``2 to 8 and 10``."""
    runs: list[list[int]] = []
    for k in ks:
        if runs and k == runs[-1][-1] + 1:
            runs[-1].append(k)
        else:
            runs.append([k])
    parts = [[f"{run[0]} to {run[-1]}"] if len(run) > 2 else [str(k) for k in run] for run in runs]
    return join_and([words for part in parts for words in part])


def too_small() -> str:
    """The share below which a segment is too small; a threshold, not a measurement: no decimals."""
    return percent(SMALLEST_SHARE, 100)
