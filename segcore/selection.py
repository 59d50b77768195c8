"""Choosing k: the knee of the elbow, the verdict in words.

The elbow hardly bends on real baskets, so stability decides and the elbow is shown beside it. Where no k is stable
the verdict says that there is no reliable segmentation at this level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.words import join_and, percent

STABLE = 0.8
SMALLEST_SHARE = 0.02
BEND = 0.03
_TOO_SMALL = percent(SMALLEST_SHARE, 100)  # a threshold, not a measurement: no decimals
BEYOND_CHANCE = 4.0  # standard deviations; the best of several tries on noise seldom passes 3


@dataclass(frozen=True)
class Verdict:
    """What the sweep says about k.

    Attributes
    ----------
    suggested : int or None
        None where no k can be relied on, or stability has not been measured yet.
    low, high : int or None
        The range between the elbow and the last stable k.
    reliable : bool
    sentence : str
        The answer a marketer would say out loud.
    reasons : tuple of str
        One sentence per line of evidence.
    """

    suggested: int | None
    low: int | None
    high: int | None
    reliable: bool
    sentence: str
    reasons: tuple[str, ...]


def knee_of(curve: pd.Series) -> int | None:
    """Return the k farthest above the chord from the first to the last point (Satopää et al. 2011).

    Parameters
    ----------
    curve : Series indexed by k
        Rising with k, such as the explained share. Both axes are scaled to 0..1 first.

    Returns
    -------
    int or None
        None with fewer than three points, or where the curve bends by less than 3 % of its height.
    """
    if len(curve) < 3 or curve.iloc[-1] <= curve.iloc[0]:
        return None
    k = curve.index.to_numpy(dtype=float)
    share = curve.to_numpy(dtype=float)
    above = (share - share[0]) / (share[-1] - share[0]) - (k - k[0]) / (k[-1] - k[0])
    best = int(np.argmax(above))
    return int(curve.index[best]) if above[best] >= BEND else None


def judge(table: pd.DataFrame, baseline: float, row_word: str = "customers") -> Verdict:
    """Weigh stability, elbow and smallest segment of a sweep table into one verdict.

    Parameters
    ----------
    table : DataFrame indexed by k
        ``Sweep.table``.
    baseline : float
        Explained share of k = 1.
    """
    fitted = table[table["failure"] == ""]
    knee = knee_of(fitted["explained_share"].dropna())
    measured = fitted[fitted["stability_worst"].notna()]
    if not len(measured):
        return Verdict(None, None, None, False, "Still checking which numbers of segments are stable.", ())
    stable = measured[
        (measured["stability_worst"] >= STABLE) & (measured["smallest_share"] >= SMALLEST_SHARE)
    ]
    reasons = _reasons(measured, knee, baseline, row_word)
    if len(stable) and _only_chance(fitted, int(stable.index.max())):
        return Verdict(None, None, None, False, _by_lot(row_word), reasons)
    if not len(stable):
        return Verdict(None, None, None, False, _unreliable(measured, row_word), reasons)
    suggested = int(stable.index.max())
    low, high = sorted((suggested, knee if knee is not None else suggested))
    row = table.loc[suggested]
    sentence = (
        f"{_number_word(suggested).capitalize()} kinds of {row_word} capture {percent(row['explained_share'])} of the "
        f"purchase pattern, best-sellers alone {percent(baseline)}; {_why(suggested, measured)}."
    )
    return Verdict(suggested, low, high, True, sentence, reasons)


def _only_chance(fitted: pd.DataFrame, suggested: int) -> bool:
    """Whether no segment up to this k explains more than it does where purchases are dealt out by lot."""
    measured = fitted["beyond_chance"].dropna() if "beyond_chance" in fitted else pd.Series(dtype=float)
    upto = measured[measured.index <= suggested]
    return len(upto) > 0 and bool((upto < BEYOND_CHANCE).all())


def _by_lot(row_word: str) -> str:
    return (
        f"No reliable segmentation at this level: groups of {row_word} explain no more here than they would if the "
        "same purchases were dealt out by lot."
    )


def _unreliable(measured: pd.DataFrame, row_word: str) -> str:
    best = measured.loc[measured["stability_worst"].idxmax()]
    if best["stability_worst"] >= STABLE:
        return (
            "No reliable segmentation at this level: wherever all segments come back, one of them is under "
            f"{_TOO_SMALL} of the {row_word}."
        )
    return (
        f"No reliable segmentation at this level: even {int(best.name)} segments, the steadiest try, do not all come "
        f"back when a fifth of the {row_word} is left out."
    )


def _why(suggested: int, measured: pd.DataFrame) -> str:
    following = measured[measured.index > suggested]
    if not len(following):
        return "all of them come back when a fifth is left out"
    nearest = following.iloc[0]
    if nearest["smallest_share"] < SMALLEST_SHARE:
        return f"with {int(following.index[0])} one of them would be too small to use"
    return f"with {int(following.index[0])} one of them would no longer be stable"


def _reasons(measured: pd.DataFrame, knee: int | None, baseline: float, row_word: str) -> tuple[str, ...]:
    stable = [int(k) for k in measured.index[measured["stability_worst"] >= STABLE]]
    small = [int(k) for k in measured.index[measured["smallest_share"] < SMALLEST_SHARE]]
    elbow = (
        f"The elbow bends at {knee}." if knee else "The elbow hardly bends: it does not say where to stop."
    )
    steady = (
        f"Every segment comes back in {len(stable)} of {len(measured)} tries: k = {join_and([str(k) for k in stable])}."
        if stable
        else "At every k tried, at least one segment does not come back."
    )
    size = (
        f"At k = {join_and([str(k) for k in small])} a segment has fewer than {_TOO_SMALL} of the {row_word}."
        if small
        else f"No segment is too small: the smallest holds {_smallest(measured)} of the {row_word}."
    )
    alone = f"Best-sellers alone (one segment) capture {percent(baseline)}."
    return (elbow, steady, size, alone, *_against_chance(measured))


def _against_chance(measured: pd.DataFrame) -> tuple[str, ...]:
    if "beyond_chance" not in measured or measured["beyond_chance"].isna().all():
        return ()
    above = measured.index[measured["beyond_chance"] >= BEYOND_CHANCE]
    if not len(above):
        return ("No further segment explains more than it would if purchases were dealt out by lot.",)
    return (f"Up to {int(above.max())}, a further segment explains more than it would by chance.",)


def _smallest(measured: pd.DataFrame) -> str:
    """The smallest share, with the digits that the number of customers supports where the table tells it."""
    row = measured.loc[measured["smallest_share"].idxmin()]
    n = row["smallest"] / row["smallest_share"] if "smallest" in measured and row["smallest_share"] else None
    return percent(row["smallest_share"], None if n is None else round(n))


_NUMBER_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def _number_word(number: int) -> str:
    return _NUMBER_WORDS[number] if number < len(_NUMBER_WORDS) else str(number)
