"""Choosing k: the knee of the elbow, and the verdict that weighs four lines of evidence.

Chance comes first. Where not even a second segment explains more than it would on purchases dealt out by lot, as many
for each customer, there is no reliable segmentation, however steady the segments look: around best-sellers, segments of
pure noise come back in resample after resample, and heavy and light buyers are no tastes. Else the last k whose further segment beats chance is the ceiling, and stability decides
below it: the largest k whose segments all come back firmly (0.9), failing that surely enough (0.8). Where the ceiling
itself lies within what was tried, two independent lines meet there, and 0.7 will do. Only an elbow at which every
segment comes back unshaken (0.95) may lift the suggestion above the ceiling: beside strong best-sellers (market
baskets) the gain over chance is blind to what the lesser products tell.

A step back is taken where up to some k every segment is its own customers' (they hold 60 % of its scores or more) and
from the next on one is everybody's (under 40 %): best-sellers that have left the tastes and formed a segment of their
own, as in the wine merchant sample, where five tastes were planted.

Never suggested: segments under 2 % of the customers, and nearly as many segments as products, which are trivially
stable. The thresholds were set on 34 planted and 12 shuffled sets apart from those of ``tests/bench/selection.py``,
which prints what holds. On those 34, the knee alone found 59 % of the planted numbers, the largest stable k 91 %, this
verdict 94 %; stability alone accepted 8 of the 12 shuffled sets, this verdict none.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from segcore.selection import sentences as say
from segcore.selection.evidence import (
    FIRM,
    NEARLY,
    OWN,
    SHARED,
    STABLE,
    UNSHAKEN,
    Evidence,
    knee_of,
    weigh_up,
)
from segcore.selection.findings import Readings, read

__all__ = ["Verdict", "beside", "judge", "knee_of"]


@dataclass(frozen=True)
class Verdict:
    """What the sweep says about k.

    Attributes
    ----------
    suggested : int or None
        None where no k can be relied on, or stability has not been measured yet.
    low, high : int or None
        The range that the lines leave open around the suggestion.
    reliable : bool
    sentence : str
        The answer a marketer would say out loud.
    reasons : tuple of str
        One sentence per line of evidence, then what one segment fewer and one more would do.
    neighbours : tuple of str
        The last of the reasons: what one segment fewer and one more would do.
    readings : Readings
        What each line says by itself.
    ceiling : int or None
        Last k whose further segment beats chance, 1 where none does; None where chance was not measured.
    """

    suggested: int | None
    low: int | None
    high: int | None
    reliable: bool
    sentence: str
    reasons: tuple[str, ...]
    neighbours: tuple[str, ...]
    readings: Readings
    ceiling: int | None


def judge(
    table: pd.DataFrame, baseline: float, row_word: str = "customers", n_products: int | None = None
) -> Verdict:
    """Weigh chance, stability, elbow and the smallest segment of a sweep's table into one verdict.

    Parameters
    ----------
    table : DataFrame indexed by k
        ``Sweep.table``.
    baseline : float
        Explained share of k = 1.
    n_products : int, optional
        Products in the matrix; without it a k close to that number is not recognised as trivial.
    """
    evidence = weigh_up(table, baseline, row_word, n_products)
    if evidence.ceiling == 1:
        return _refusal(evidence, say.by_lot(evidence), say.lines(evidence))
    if not len(evidence.worst):
        return _refusal(evidence, "Still checking which numbers of segments are stable.", ())
    suggested = _suggested(evidence)
    if suggested is None:
        return _refusal(evidence, say.unreliable(evidence), say.lines(evidence))
    low, high = _range(evidence, suggested)
    beside = say.neighbours(evidence, suggested)
    reasons = (*say.span(evidence, suggested, low, high), *say.lines(evidence), *beside)
    sentence = say.answer(evidence, suggested)
    return Verdict(suggested, low, high, True, sentence, reasons, beside, read(evidence), evidence.ceiling)


def beside(
    table: pd.DataFrame, baseline: float, k: int, row_word: str = "customers", n_products: int | None = None
) -> tuple[str, ...]:
    """What one segment fewer than k would give up and one more would bring, for any k; see :func:`judge`."""
    return say.neighbours(weigh_up(table, baseline, row_word, n_products), k)


def _refusal(evidence: Evidence, sentence: str, reasons: tuple[str, ...]) -> Verdict:
    return Verdict(None, None, None, False, sentence, reasons, (), read(evidence), evidence.ceiling)


def _suggested(evidence: Evidence) -> int | None:
    usable, ceiling = evidence.usable, evidence.ceiling
    below = usable if ceiling is None else usable[usable.index <= ceiling]
    held = below[below >= FIRM] if (below >= FIRM).any() else below[below >= STABLE]
    best = int(held.index.max()) if len(held) else None
    if (
        ceiling is not None
        and ceiling in below.index
        and ceiling < evidence.last
        and below[ceiling] >= NEARLY
    ):
        best = ceiling
    if best is None:
        return None
    knee = evidence.knee
    if (
        ceiling is not None
        and knee is not None
        and knee in usable.index
        and knee > ceiling
        and usable[knee] >= UNSHAKEN
    ):
        return knee
    return _without_what_everybody_buys(evidence, best)


def _without_what_everybody_buys(evidence: Evidence, best: int) -> int:
    """Step back to where every segment was still its own customers', if from there on one is everybody's."""
    held = evidence.held
    for k in sorted(int(k) for k in evidence.usable.index[evidence.usable >= STABLE]):
        if k < best and held.get(k, 0.0) >= OWN and (held.loc[k + 1 : best] < SHARED).all():
            return k
    return best


def _range(evidence: Evidence, suggested: int) -> tuple[int, int]:
    """From the least to the most that a line of evidence speaks for, within what holds at all."""
    usable, ceiling = evidence.usable, evidence.ceiling
    stable = usable.index[usable >= STABLE]
    below = stable if ceiling is None else stable[stable <= ceiling]
    own = [int(k) for k in below if k <= suggested and k not in evidence.shared]
    candidates = [suggested, *(own[-1:]), *(int(k) for k in below[-1:])]
    if evidence.knee is not None and evidence.knee in stable:
        candidates.append(evidence.knee)
    return min(candidates), max(candidates)
