"""A study in one sentence that a marketer says aloud, and how sure a segment is in one of three words."""

from __future__ import annotations

import pandas as pd

from segcore.language.words import join_and, number_word, percent

MOST_WORDS = 25
SURE, FAIRLY_SURE, NOT_SURE = "sure", "fairly sure", "not sure"
STEADY, FAIRLY_STEADY = 0.9, 0.8
BY_CONTENT = 2  # names a sentence keeps, however long they are


def headline(names: dict[int, str], summary: pd.DataFrame, row_word: str = "customers") -> str:
    """The kinds by name, the largest first, and what one of them brings; at most 25 words.

    Parameters
    ----------
    names : dict
        Every segment's number → name, the largest first.
    summary : DataFrame
        From :func:`segcore.segments.profiles.segment_summary`.

    Examples
    --------
    ``Four kinds of customers: Regency, Christmas, Spaceboy and Jumbo bag. Regency brings 38 % of the money.``
    """
    numbers = [n for n in names if summary.loc[n, "customers"] > 0]
    kinds = f"{number_word(len(numbers)).capitalize()} kinds of {row_word}"
    last = _what_one_brings(names, summary.loc[numbers], row_word)
    for listed in range(len(numbers), BY_CONTENT - 1, -1):
        named = (
            join_and([names[n] for n in numbers], most=listed)
            if listed < len(numbers)
            else join_and([names[n] for n in numbers])
        )
        for said in (f"{kinds}: {named}. {last}", f"{kinds}: {named}."):
            if len(said.split()) <= MOST_WORDS:
                return said
    return f"{kinds}."


def _what_one_brings(names: dict[int, str], summary: pd.DataFrame, row_word: str) -> str:
    """What share of the money the kind brings that brings most; without money, how many the largest has."""
    if "amount_share" in summary:
        most = int(summary["amount_share"].idxmax())
        return f"{names[most]} brings {percent(summary.loc[most, 'amount_share'], 100)} of the money."
    largest = int(summary["customers"].idxmax())
    return f"{names[largest]} has {percent(summary.loc[largest, 'share'], 100)} of the {row_word}."


def how_sure(stability: float | None, products: int, *, reliable: bool) -> tuple[str, str]:
    """How sure a segment is, in one of three words, with the reason.

    Parameters
    ----------
    stability : float or None
        How much of it comes back in resamples, 0..1; None where there were none.
    products : int
        Products it buys more of beyond chance.
    reliable : bool
        Whether the number of segments is one that holds at all.
    """
    if not reliable:
        return NOT_SURE, "No number of kinds holds beyond chance in these purchases."
    if stability is not None and stability < FAIRLY_STEADY:
        return NOT_SURE, "With other customers it comes back only in part."
    if not products:
        return NOT_SURE, "Nothing it buys more of is beyond chance."
    if stability is None:
        return (
            FAIRLY_SURE,
            "What it buys is beyond chance; whether it comes back with other customers was not tried.",
        )
    if stability < STEADY:
        return FAIRLY_SURE, "What it buys is beyond chance; with other customers most of it comes back."
    return SURE, "What it buys is beyond chance, and it comes back with other customers."
