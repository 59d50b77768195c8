"""What chance means for rules, and how many rules are beyond it, in plain words: for pages, Help and reports."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from segcore.choices.rules import RuleFilter
from segcore.language.words import count, plural
from segcore.rules.filters import filter_rules
from segcore.rules.result import Rules

MEANING = (
    "Chance is the same purchases dealt out anew: every product keeps its number of buyers, and every customer (or order) "
    "its number of products. Nothing else is kept.",
    "Who buys a lot buys a bit of everything, so popular products meet in the same baskets without belonging together. "
    "That much is expected. A rule is beyond chance only if more customers hold it than this explains.",
    "Many rules are tried at once, and some look good by luck. So each must stand out from all that were possible.",
    "Other programs compare with products that are spread evenly over all customers. Their lift is shown beside ours; it "
    "is above 1 wherever some customers buy more than others.",
)
SOURCES = (
    "Saracco et al. 2015, Sci. Rep. 5, and 2017, New J. Phys. 19 (chance that keeps both margins); Chen, Dempster and Liu "
    "1994, Biometrika 81 (short orders keep their exact size)."
)


def without_doubt(choice: RuleFilter) -> RuleFilter:
    """The thresholds of a filter alone: also what may be chance, repeats a shorter rule or runs the other way."""
    return replace(
        choice, survives_chance=False, hide_redundant=False, min_gain=0.0, min_beyond=0.0, one_direction=False
    )


def beyond_chance(rules: Rules, choice: RuleFilter) -> tuple[int, int]:
    """Rules that pass the thresholds and are beyond chance, and all that pass them."""
    passing = filter_rules(rules, without_doubt(choice))
    return int(np.count_nonzero(~rules.may_be_chance[passing])), len(passing)


def how_many_beyond(rules: Rules, choice: RuleFilter) -> str:
    """How many of the rules at these thresholds are beyond chance; "" where there are none at all."""
    sure, n = beyond_chance(rules, choice)
    if not n:
        return ""
    rows = plural(rules.n_rows, rules.row_word.removesuffix("s"), rules.row_word)
    if sure == n:
        return (
            f"All {count(n)} rules at these thresholds are beyond chance."
            if n > 1
            else "It is beyond chance."
        )
    told = "none is" if not sure else "1 is" if sure == 1 else f"{count(sure)} are"
    if n == 1:
        return f"The one rule at these thresholds is not beyond chance: {rows} cannot tell it from luck."
    others = "them" if not sure else "the other" if n - sure == 1 else "the others"
    return f"Of the {count(n)} rules at these thresholds {told} beyond chance; {rows} cannot tell {others} from luck."


def left_in_draws(left: list[int], loose: list[int]) -> str:
    """What shuffling leaves: the rules beyond chance in every draw, and those that thresholds alone would show."""
    if not any(left):
        told = f"no rule is left in any of {count(len(left))} draws"
    else:
        told = f"{', '.join(map(count, left[:-1]))} and {count(left[-1])} rules are left in {count(len(left))} draws"
    few, many = min(loose), max(loose)
    alone = count(few) if few == many else f"{count(few)} to {count(many)}"
    shown = f"; thresholds alone would still show {alone}" if many else ""
    return f"In shuffled data {told}{shown}. What stands out in the real data is not luck of this kind."
