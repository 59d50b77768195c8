"""Narrowing a list of rules as sliders move: array work on rules already mined, thresholds inclusive and exact."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from scipy import sparse

from segcore.choices.rules import RuleFilter
from segcore.errors import SpecError
from segcore.rules.evidence import USUAL_GAIN
from segcore.rules.result import Rules
from segcore.rules.spec import at_least

_PRODUCTS = ("require", "exclude", "require_left", "require_right", "exclude_left", "exclude_right")
USUAL_LIFT = 1.2
USUAL_BEYOND = 1.1  # a tenth more than activity explains: less may be sure among many rows and still be idle
WORTHY = RuleFilter(
    min_lift=USUAL_LIFT,
    survives_chance=True,
    hide_redundant=True,
    min_gain=USUAL_GAIN,
    min_beyond=USUAL_BEYOND,
    one_direction=True,
)
RANKS = {
    "beyond": "Times expected",
    "extra": "More than expected",
    "lift_low": "Lift, cautious",
    "lift": "Lift",
    "confidence": "Confidence",
    "support": "Support",
}


def of_known_products(rules: Rules, choice: RuleFilter) -> RuleFilter:
    """The filter without products that are in none of these rules: those asked for at another level stay in a study."""
    known = set(rules.items[rules.products])
    asked: dict[str, Any] = {
        name: tuple(one for one in getattr(choice, name) if one in known) for name in _PRODUCTS
    }
    return replace(choice, **asked)


def rank_rules(
    rules: Rules, positions: np.ndarray, by: str = "beyond", most: int | None = None
) -> np.ndarray:
    """The positions with the highest of a measure first, at most ``most``; equals in the order of ``rules``.

    Parameters
    ----------
    by : str
        One of :data:`RANKS`: rows over those that activity explains, rows beyond them, the low end of the lift's
        interval, lift, confidence or support. Of equals, the surer rule comes first.
    """
    passing = np.zeros(len(rules), dtype=bool)
    passing[positions] = True
    order = rules.ranked(by)
    return order[passing[order]][:most]


def filter_rules(rules: Rules, choice: RuleFilter) -> np.ndarray:
    """Positions of the rules that pass, in the order of ``rules``.

    Raises
    ------
    SpecError
        A product that is not among ``rules.items``.
    """
    keep = np.ones(len(rules), dtype=bool)
    if choice.min_support > 0:
        keep &= at_least(rules.n_both, max(rules.n_rows, 1), choice.min_support)
    if choice.min_confidence > 0:
        keep &= at_least(rules.n_both, rules.n_antecedent, choice.min_confidence)
    if choice.min_lift > 0:
        keep &= at_least(
            rules.n_both * rules.n_rows, rules.n_antecedent * rules.n_consequent, choice.min_lift
        )
    if choice.max_length is not None:
        keep &= rules.length <= choice.max_length
    if choice.single_consequent and rules.consequent.shape[1] > 1:
        keep &= rules.consequent[:, 1] < 0
    if choice.one_to_one:
        keep &= rules.length == 2
    if choice.survives_chance:
        keep &= ~rules.may_be_chance
    if choice.hide_redundant:
        keep &= ~rules.redundant
    if choice.min_gain > 0:
        keep &= rules.gain >= choice.min_gain
    if choice.min_beyond > 0:
        keep &= rules.beyond >= choice.min_beyond
    _by_items(rules, choice, keep)
    found = np.flatnonzero(keep)
    return stronger_direction(rules, found) if choice.one_direction else found


def stronger_direction(rules: Rules, positions: np.ndarray) -> np.ndarray:
    """Of every two rules that are each other's reverse the one with the higher confidence, in the order given."""
    first = rules.reverse[positions]
    pair = np.where(first < 0, positions, np.minimum(first, positions))
    order = np.lexsort((positions, -rules.confidence[positions], pair))
    leading = np.ones(len(order), dtype=bool)
    leading[1:] = pair[order][1:] != pair[order][:-1]
    return positions[np.sort(order[leading])]


def leading_rule(rules: Rules, positions: np.ndarray) -> int:
    """Position of the rule to tell first: the most customers beyond chance, the surest of equals.

    Rules that may be chance or say no more than a shorter one come second, whatever their counts.

    Parameters
    ----------
    positions : int array, at least one
        Rules to choose from, as ``filter_rules`` returns them.
    """
    worthy = positions[says_something(rules, positions)]
    if not len(worthy):
        return int(positions.min())  # the highest lift, in whatever order they stand
    extra = rules.extra[worthy].round(9)
    best = worthy[extra == extra.max()]
    return int(best[rules.confidence[best].argmax()])


def says_something(rules: Rules, positions: np.ndarray) -> np.ndarray:
    """Whether each rule is more than chance and more than a shorter rule says: what the default view is made of."""
    return (
        ~rules.may_be_chance[positions]
        & ~repeats(rules, positions)
        & (rules.beyond[positions] >= USUAL_BEYOND)
    )


def repeats(rules: Rules, positions: np.ndarray) -> np.ndarray:
    """Whether a shorter rule says the same, or nearly."""
    longer = rules.length[positions] > 2
    return rules.redundant[positions] | (longer & (rules.gain[positions] < USUAL_GAIN))


def _by_items(rules: Rules, choice: RuleFilter, keep: np.ndarray) -> None:
    """Narrow ``keep`` by the products asked for and ruled out."""
    both = (rules.left_of, rules.right_of)
    demands = (
        (choice.require, both, True),
        (choice.exclude, both, False),
        (choice.require_left, both[:1], True),
        (choice.require_right, both[1:], True),
        (choice.exclude_left, both[:1], False),
        (choice.exclude_right, both[1:], False),
    )
    for labels, tables, wanted in demands:
        for label in labels:
            keep &= _holding(rules, label, tables) == wanted


def _holding(rules: Rules, label: str, tables: tuple[sparse.csr_matrix, ...]) -> np.ndarray:
    """Which rules hold this product on the given sides."""
    if label not in rules.items:
        raise SpecError(f"“{label}” is not a product at this level.", remedy="Choose one from the list.")
    item = rules.items.get_loc(label)
    holding = np.zeros(len(rules), dtype=bool)
    for table in tables:
        holding[table.indices[table.indptr[item] : table.indptr[item + 1]]] = True
    return holding
