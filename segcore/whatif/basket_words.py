"""What the segments say to a basket, in sentences."""

from __future__ import annotations

from collections.abc import Mapping

from segcore.language.words import count, of, percent, plural, readable
from segcore.whatif.basket import BasketAnswer

POOR = 0.2  # of a basket explained; below, nearly all of it is something else
HINT = 0.2  # of the usual number of products, below which a basket says little
MOSTLY = 0.9  # of an expectation that comes from one taste, to name it alone


def basket_sentence(
    answer: BasketAnswer,
    names: Mapping[int, str],
    level: str,
    usual: float = 0.0,
    row_word: str = "customers",
) -> str:
    """Which kind of customer buys like this, how clearly, and what is missing first.

    Parameters
    ----------
    usual : float
        Products of a customer in the middle; a basket of much fewer is only a hint, and never called unusual.
    """
    if not answer.products:
        return "An empty basket is nobody’s yet: add what somebody bought."
    if answer.segment is None:
        return "No kind of customer buys any of this."
    shares = answer.shares
    first = f"“{names[answer.segment]}” ({percent(float(shares[answer.segment]), 100)})"
    if answer.mixed_with is not None:
        second = f"“{names[answer.mixed_with]}” ({percent(float(shares[answer.mixed_with]), 100)})"
        said = f"This basket stands between {first} and {second}"
    else:
        said = f"This is a basket of {first}"
    n = len(answer.products)
    if n < HINT * usual:
        return f"{said}, as far as {plural(n, 'product')} can tell: half the {row_word} here have {count(usual)} or more."
    if answer.fit < POOR:
        return f"{said}, but the segments hardly know such a basket: {percent(answer.fit, 100)} of it is explained."
    if len(answer.offers):
        return f"{said}; what is missing first is {readable(str(answer.offers.index[0]), level)}."
    return f"{said}, and nothing they buy is missing."


def offer_reason(part: float, name: str, buyers: int | None, size: int) -> str:
    """Why a product is offered: the taste that expects it, and how many of that segment bought it."""
    mostly = "" if part >= MOSTLY else "mostly "
    return (
        f"{mostly}for “{name}”" if buyers is None else f"{mostly}for “{name}”: {of(buyers, size)} bought it"
    )
