"""What a level is good for, once it was counted and tried: too thin, good, too coarse, or no reliable segmentation.

Too thin: few segments come back and most products are rare. Too coarse: segments come back, but one swallows the
others, one is empty, or there are nearly as many as products. The trial speaks last, because density alone says little.
"""

from __future__ import annotations

from collections.abc import Iterable

import pandas as pd

from segcore.hierarchy.profile import LevelVerdict, recommend_level, thin_below
from segcore.hierarchy.trial import LevelTrial
from segcore.language.words import count, decimal, number_word, percent
from segcore.purchases.levels import COMBINE

UNRELIABLE = "no reliable segmentation"
SWALLOWS, SWALLOWS_OF_TWO, VANISHES = 0.55, 0.75, 0.005
FEW = 3
TRIED = ("stable_k", "largest", "smallest", "index")


def with_trials(profile: pd.DataFrame, trials: Iterable[LevelTrial], row_word: str) -> pd.DataFrame:
    """The table of all levels with what was tried so far.

    Parameters
    ----------
    profile : DataFrame
        As ``profile_levels`` gives it.

    Returns
    -------
    DataFrame
        With ``stable_k``, ``largest``, ``smallest``, ``index`` (missing where not tried, or where nothing is stable)
        and ``tried``; ``verdict``, ``reason`` and ``recommended`` follow the trials as far as they have come.
    """
    known = {trial.level: trial for trial in trials}
    table = profile.copy()
    for name in TRIED:
        values = [getattr(known.get(level), name, None) for level in table.index]
        table[name] = pd.array(values, dtype="Int64" if name == "stable_k" else "Float64")
    table["tried"] = [level in known and not known[level].failure for level in table.index]
    table["index"] = table["index"].astype("float64")
    for level in table.index[table["tried"]]:
        verdict = judge_trial(profile.loc[level], known[level], row_word)
        table.loc[level, ["verdict", "reason"]] = verdict.verdict, verdict.reason
    if table["tried"].all():
        table["recommended"] = table.index == _recommended(table, profile)
    return table


def judge_trial(row: pd.Series, trial: LevelTrial, row_word: str) -> LevelVerdict:
    """The verdict on one level that was counted (``row``) and tried."""
    k, is_thin = trial.stable_k, row["verdict"] == "too thin"
    if k is None:
        why = f"No number of segments from 2 to {trial.tried} comes back when a fifth of the {row_word} is left out"
        return LevelVerdict(UNRELIABLE, f"{why}{_thinness(row) if is_thin else ''}.")
    if not trial.reliable:
        return LevelVerdict(
            UNRELIABLE,
            f"Segments come back, but explain no more than if the same purchases were dealt out by lot{_thinness(row) if is_thin else ''}.",
        )
    swallows = f"With {number_word(k)} segments, the most that come back, one holds {percent(trial.largest, 100)} of the {row_word}"
    if is_thin and (k <= FEW or trial.largest > SWALLOWS):
        return LevelVerdict("too thin", f"Only up to {number_word(k)} segments come back{_thinness(row)}.")
    if trial.is_trivial:
        return LevelVerdict(
            "too coarse",
            f"Only with nearly as many segments as the {count(row['products'])} products do all come back.",
        )
    if trial.largest > (SWALLOWS if k > 2 else SWALLOWS_OF_TWO):
        return LevelVerdict("too coarse", f"{swallows}.")
    if trial.smallest < VANISHES:
        return LevelVerdict(
            "too coarse", f"With {number_word(k)} segments, the most that come back, one is nearly empty."
        )
    if row["verdict"] == "too coarse":
        return LevelVerdict("too coarse", str(row["reason"]))
    return LevelVerdict(
        "good",
        f"Up to {number_word(k)} segments come back; the largest holds {percent(trial.largest, 100)}, and the leading "
        f"products of each have index {decimal(trial.index, 0)} on average (100 = everybody).",
    )


def _thinness(row: pd.Series) -> str:
    share = percent(row["thin_share"], 100)
    return f", and {share} of the products have fewer than {thin_below(int(row['customers']))} buyers"


def _recommended(table: pd.DataFrame, profile: pd.DataFrame) -> str:
    """The good level whose products stand out most; several segments, enough buyers and plain attributes go first."""
    good = table[table["verdict"] == "good"]
    if not len(good):
        return _least_bad(table, profile)
    pool = good
    for preferred in (
        pool["stable_k"].astype("float64") >= FEW,
        profile["verdict"].reindex(pool.index) != "too thin",
        pd.Series(~pool.index.str.contains(COMBINE, regex=False), pool.index),
    ):
        narrower = pool[preferred.reindex(pool.index)]
        pool = narrower if len(narrower) else pool
    return str(pool["index"].idxmax())


def _least_bad(table: pd.DataFrame, profile: pd.DataFrame) -> str:
    """Where nothing is good: what comes back at all and stands out most; failing that, what counting says."""
    holds = table[table["stable_k"].notna() & (table["verdict"] != UNRELIABLE)]
    return str(holds["index"].idxmax()) if len(holds) else recommend_level(profile)
