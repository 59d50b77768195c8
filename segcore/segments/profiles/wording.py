"""What a card says, in sentences that carry their numbers."""

from __future__ import annotations

import pandas as pd

from segcore.language.words import count, decimal, join_and, money, of, offering, percent, readable
from segcore.segments.profiles.cards import SURE, Action, buys_less, sure_products

SAID = 3
FEW_CASES, MANY_CASES = 100, 10_000  # percentages of so many have no digit, or one, after the point


def slide_sentence(
    name: str,
    row: pd.Series,
    more: pd.DataFrame,
    *,
    n: int,
    row_word: str = "customers",
    level: str = "",
    full: bool = False,
) -> str:
    """One sentence to copy into a slide.

    Parameters
    ----------
    row : Series
        The segment's row of :func:`segcore.segments.profiles.segment_summary`.
    more : DataFrame
        From :func:`segcore.segments.profiles.cards.bought_more`.
    n : int
        Customers in all segments.
    full : bool
        Whether everybody buys everything, so that only amounts tell.
    """
    size = int(row["customers"])
    if not size:
        return f"{name}: nobody is in this segment."
    parts = [f"{name}: {of(size, n)} {row_word}"]
    if "amount_share" in row:
        parts.append(f"{percent(row['amount_share'])} of the money, {money(row['amount_each'])} each")
    bought = [
        f"{readable(str(r.product), level)} "
        + (
            f"(index {count(r.index)})"
            if full
            else f"({count(r.buyers)} of {count(size)}, index {count(r.index)})"
        )
        for r in sure_products(more).head(SAID).itertuples(index=False)
    ]
    verb = "spend on" if full else "bought" if row_word == "customers" else "hold"
    if bought:
        return f"{'; '.join(parts)}. More than average they {verb} {join_and(bought)}."
    unsure = [
        f"{readable(str(r.product), level)} (index {count(r.index)})" for r in more.head(SAID).itertuples()
    ]
    if unsure:
        return f"{'; '.join(parts)}. More of {join_and(unsure)}, but that could be chance."
    return f"{'; '.join(parts)}. {nothing_more(row)}."


def nothing_more(row: pd.Series) -> str:
    """What is true of a segment that buys nothing noticeably more often than everybody; no full stop."""
    if not row["customers"]:
        return "Nobody is in this segment"
    if buys_less(row):
        return f"They buy nothing noticeably more often than average and fewer products in all: {_products_each(row)}"
    return "What they buy is nearly what everybody buys"


def _products_each(row: pd.Series) -> str:
    return f"{decimal(row['products_each'])} each against {decimal(row['products_all'])} on average"


def two_shares(one: float, other: float) -> tuple[str, str]:
    """Two shares as whole percentages, to be taken in at a glance; with a digit more where they would read alike."""
    whole = percent(one, FEW_CASES), percent(other, FEW_CASES)
    return (percent(one, MANY_CASES), percent(other, MANY_CASES)) if whole[0] == whole[1] else whole


def shares_sentence(
    part: int, whole: int, part_all: int, whole_all: int, index: float, low: float, high: float
) -> str:
    """Share here against share overall, with the index and its interval."""
    return (
        f"{of(part, whole)} against {of(part_all, whole_all)} of all: index {count(index)} "
        f"(95 % sure: {count(low)} to {count(high)})"
    )


def action_words(
    action: Action,
    row: pd.Series,
    n: int,
    *,
    row_word: str = "customers",
    level: str = "",
    full: bool = False,
) -> tuple[str, str]:
    """What to do, and the numbers it follows from."""
    size = int(row["customers"])
    group = readable(action.group, level) if action.group else ""
    if action.kind == "shaky":
        assert action.amount is not None  # its stability
        return (
            "Do not build on this segment yet.",
            f"With other {row_word} it comes back only in part: stability {decimal(action.amount, 2)}, and {decimal(0.8, 2)} is the least to rely on.",
        )
    if action.kind == "nothing":
        return (
            "Treat them like everybody else.",
            "Of everything tested, nothing is bought more often than chance would have it.",
        )
    if action.kind == "offer":
        worth = (
            f" A buyer spent {money(action.each)} on it on average; if all {count(action.customers)} did, that would be {money(action.amount)}."
            if action.amount is not None and action.each is not None
            else ""
        )
        return (
            f"{offering(group)} to the {count(action.customers)} who have the taste for it and have not bought it.",
            f"{of(action.customers, size)}: what else they buy is typical of its buyers. In this segment {of(action.buyers, size)} "
            f"bought it, index {count(action.index)}.{worth}",
        )
    return _by_size(action, row, n, group, row_word, full)


def _by_size(
    action: Action, row: pd.Series, n: int, group: str, row_word: str, full: bool
) -> tuple[str, str]:
    size = int(row["customers"])
    if action.kind in ("keep", "grow"):
        numbers = (
            f"{of(size, n)} {row_word} bring {percent(row['amount_share'])} of the money, {money(row['amount_each'])} each."
            if "amount_share" in row
            else f"They buy fewer products: {_products_each(row)}."
        )
        what = (
            "Look after them first."
            if action.kind == "keep"
            else "Widen what they buy before spending on reach."
        )
        return what, numbers
    if action.kind == "bridge":
        return (
            "Try offers that join two tastes.",
            f"{of(action.customers, size)} stand between this segment and another.",
        )
    if action.kind == "spare":
        part = (
            f"{percent(action.share, size)} of what they buy goes there"
            if full
            else of(action.customers, size)
        )
        return (
            f"Send them less about {group}.",
            f"{part}{'' if full else ' bought it'} against {percent(action.share_all, n)} of all, less than chance would "
            "have it; nothing is bought more than chance would have it.",
        )
    if full:  # everybody buys everything: only how much tells
        parts = (
            f"{percent(action.share)} of what they buy goes there against {percent(action.share_all)} of all"
        )
        return f"Lead with {group}.", f"{parts}, more than chance would have it."
    verb = "bought" if row_word == "customers" else "hold"
    bought = f"{of(action.customers, size)} {verb} it, more than chance would have it."
    return f"Lead with {group}.", bought


def sureness(rows: pd.DataFrame) -> str:
    """How much of a list is beyond chance, in one sentence; "" before anything was tested."""
    if not len(rows) or (rows["sure"] == "").all():
        return ""
    sure = int((rows["sure"] == SURE).sum())
    if sure == len(rows):
        return "All of these are beyond chance." if sure > 1 else "This is beyond chance."
    if not sure:
        return "None of these is beyond chance." if len(rows) > 1 else "This is not beyond chance."
    return f"{count(sure)} of these {count(len(rows))} {'is' if sure == 1 else 'are'} beyond chance."
