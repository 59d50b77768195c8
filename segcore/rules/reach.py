"""How low thresholds must go to show something: usual ones find nothing among thousands of products, each rarely bought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from segcore.choices.rules import RuleFilter
from segcore.rules.filters import filter_rules
from segcore.rules.result import Rules

ENOUGH = 20  # rules that make a list worth reading


@dataclass(frozen=True)
class Reach:
    """Thresholds, inclusive, and how many rules pass them."""

    min_support: float
    min_confidence: float
    rules: int


def within_reach(
    rules: Rules, choice: RuleFilter, supports: Sequence[float], confidences: Sequence[float]
) -> Reach | None:
    """The highest thresholds on offer that a list worth reading passes; None where nothing does, however low.

    Support comes first: the highest that leaves twenty rules, or all there are of fewer; then the highest confidence
    that leaves half of those.

    Parameters
    ----------
    rules : Rules
        Mined lower than anybody would ask.
    choice : RuleFilter
        All else that a rule must meet; its own support and confidence do not count.
    supports, confidences : sequence of float
        The thresholds there are to choose from, shares.
    """

    def passing(min_support: float, min_confidence: float) -> int:
        lower = replace(choice, min_support=min_support, min_confidence=min_confidence)
        return len(filter_rules(rules, lower))

    lowest = min(supports), min(confidences)
    enough = min(ENOUGH, passing(*lowest))
    if not enough:
        return None
    support = next(s for s in sorted(supports, reverse=True) if passing(s, lowest[1]) >= enough)
    half = (enough + 1) // 2
    confidence = next(c for c in sorted(confidences, reverse=True) if passing(support, c) >= half)
    return Reach(support, confidence, passing(support, confidence))
