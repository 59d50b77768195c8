"""What a back-test and an offer say in a sentence: the numbers decide the words, also against us."""

from __future__ import annotations

from segcore.choices.offers import BASELINE
from segcore.language.words import count, decimal, percent, plural, signed
from segcore.offers.backtest import BackTest

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
    """How a scorer did against best-sellers, with counts and the paired interval, in one sentence."""
    scorer = scorer or test.default
    rates, n = test.shown.rates, test.shown.customers
    own, plain = (counted(int(rates.loc[name, "hits"]), n, row_word(test)) for name in (scorer, BASELINE))
    where = f"With {hidden_words(test)} hidden and {plural(test.spec.n, 'offer')} each,"
    if scorer == BASELINE:
        better = surely_ahead(test)
        if not better:
            return f"{where} nothing tried surely beats plain best-sellers, which reach {plain}."
        return f"{where} plain best-sellers reach {plain}; {_ahead(test, better)}."
    few = count(int(rates.loc[BASELINE, "hits"]))
    share = percent(float(rates.loc[BASELINE, "hit"]), n)
    lead = {
        SURE: f"reaches {own}, best-sellers {few} ({share}): surely ahead, by {points(test, scorer)}",
        MAYBE: f"reaches {own}, best-sellers {few} ({share}): not surely ahead, {points(test, scorer)}",
        BEHIND: f"reaches {own}, best-sellers {few} ({share}): behind, {points(test, scorer)}",
    }[standing(test, scorer)]
    return f"{where} ranking by {SHORT[scorer]} {lead}."


def _ahead(test: BackTest, scorer: str) -> str:
    """A scorer that is surely ahead, beside best-sellers that serve."""
    own = counted(int(test.shown.rates.loc[scorer, "hits"]), test.shown.customers, row_word(test))
    return f"ranking by {SHORT[scorer]} reaches {own}: surely ahead, by {points(test, scorer)}"


def surely_ahead(test: BackTest) -> str:
    """The scorer that finds most of those surely ahead of best-sellers; "" where none is."""
    rates = test.shown.rates
    sure = rates[rates["ahead_low"] > 0]
    return str(sure["hit"].idxmax()) if len(sure) else ""


def finding(test: BackTest, scorer: str) -> str:
    """What the back-test found about a way to rank, as a heading: who leads, and whether that is sure."""
    lead = test.shown.rates.loc[scorer]
    if scorer == BASELINE:
        better = surely_ahead(test)
        if not better:
            return "Best-sellers do as well as anything else here"
        return f"Ranking by {SHORT[better]} finds more of what people bought next than best-sellers do"
    if lead["ahead_low"] > 0:
        return "Our offers find more of what people bought next than best-sellers do"
    if lead["ahead_high"] < 0:
        return "Best-sellers find more of what people bought next than our offers do"
    return "Our offers are not surely better than best-sellers here"


def counted(part: int, whole: int, word: str) -> str:
    """A share with its base and what it is of: ``75 of 89 customers (84 %)``."""
    return f"{count(part)} of {count(whole)} {word} ({percent(part / max(whole, 1), whole)})"


def points(test: BackTest, scorer: str) -> str:
    """The lead over best-sellers in points, its interval, as many digits as the customers support."""
    row = test.shown.rates.loc[scorer]
    digits = 0 if test.shown.customers < 1_000 else 1
    low, high = (round(100 * float(row[name]), digits) for name in ("ahead_low", "ahead_high"))
    if low > 0:
        return f"{decimal(low, digits)} to {decimal(high, digits)} points"
    return f"{signed(low, digits)} to {signed(high, digits)} points"


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
