"""What a back-test and an offer say in a sentence: the numbers decide the words, also against us."""

from __future__ import annotations

import pandas as pd

from segcore.offers.backtest import BackTest
from segcore.offers.spec import BASELINE
from segcore.words import count, of, percent, plural

SURE, MAYBE, BEHIND = "sure", "maybe", "behind"
SHORT: dict[str, str] = {
    "blend": "taste and similar products",
    "taste": "the mix of segments",
    "similar": "similar products",
    "all_pairs": "all products weighed against each other",
    "rules": "who buys this also buys that",
    "segment_popular": "best-sellers of the segment",
    "popular": "best-sellers",
}


def hidden_words(test: BackTest) -> str:
    """What was hidden: ``the last 4 weeks``, ``one purchase of every customer``."""
    if test.weeks:
        return f"the last {plural(test.weeks, 'week')}"
    return f"one product of every {_one(test)}"


def row_word(test: BackTest) -> str:
    """Plural of what a row is."""
    return "customers" if test.row_kind == "customer" else "baskets"


def _one(test: BackTest) -> str:
    return row_word(test).removesuffix("s")


def standing(test: BackTest, scorer: str) -> str:
    """Whether a scorer is surely ahead of best-sellers, maybe, or behind."""
    row = test.shown.rates.loc[scorer]
    if row["ahead_low"] > 0:
        return SURE
    return BEHIND if row["ahead"] < 0 else MAYBE


def compared(test: BackTest, scorer: str | None = None) -> str:
    """How a scorer did against best-sellers, with counts and the paired interval."""
    scorer = scorer or test.default
    rates, n = test.shown.rates, test.shown.customers
    own, plain = int(rates.loc[scorer, "hits"]), int(rates.loc[BASELINE, "hits"])
    base = f"{count(test.spec.n)} offers each, {hidden_words(test)} hidden"
    if scorer == BASELINE:
        return (
            f"Nothing tried is surely better than plain best-sellers, which reach {of(plain, n)} {row_word(test)} "
            f"({base})."
        )
    span = points(rates.loc[scorer])
    told = {
        SURE: f"beats best-sellers: it reaches {of(own, n)} {row_word(test)} against {of(plain, n)}",
        MAYBE: f"is not surely better than best-sellers: it reaches {of(own, n)} {row_word(test)} against {of(plain, n)}",
        BEHIND: f"is behind best-sellers: it reaches {of(own, n)} {row_word(test)} against {of(plain, n)}",
    }[standing(test, scorer)]
    return f"Ranking by {SHORT[scorer]} {told}, {span} ({base})."


def points(row: pd.Series) -> str:
    """The lead over best-sellers in points with its interval."""
    low, high = 100 * row["ahead_low"], 100 * row["ahead_high"]
    return f"{low:+.1f} to {high:+.1f} points".replace("-", "−")


def chance_words(test: BackTest) -> str:
    """What a chance speaks of, for the hover text."""
    if test.days:
        return (
            f"The chance that a {_one(test)} who has not bought it yet buys it within {count(test.days)} days without "
            "being asked, learned from the hidden weeks."
        )
    return f"The chance that the next new product this {_one(test)} takes is this one, learned from hidden purchases."


def range_words(low: int, high: int) -> str:
    """A range of customers: ``12 to 21``."""
    return count(low) if low == high else f"{count(low)} to {count(high)}"


def better_words(rates: pd.DataFrame, scorer: str, n: int) -> str:
    """One bar in words: ``1,057 of 1,742 (60.7 %)``."""
    return of(int(rates.loc[scorer, "hits"]), n) if n else percent(None)
