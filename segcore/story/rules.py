"""The chapter on what is bought together: the rules on show, as sentences with their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segcore.rules import WORTHY, RuleFilter, as_text, filter_rules, rank_rules, rule_sentence
from segcore.story.records import Chapter, StorySpec
from segcore.words import count

if TYPE_CHECKING:
    from segcore.rules import Rules

TOLD, TABLED = 5, 20


def rules_chapter(spec: StorySpec, rules: Rules) -> Chapter:
    """The leading rules under the filter of the study."""
    chosen = spec.rules_filter if isinstance(spec.rules_filter, RuleFilter) else WORTHY
    positions = rank_rules(rules, filter_rules(rules, chosen), spec.rules_rank)
    if not len(positions):
        return Chapter(
            "rules", "No rule stands out under these thresholds", ("Lower them to see weaker ones.",)
        )
    sentences = tuple(rule_sentence(rules, int(position)) for position in positions[:TOLD])
    noun = "rule stands" if len(positions) == 1 else "rules stand"
    return Chapter(
        "rules",
        f"{count(len(positions))} {noun} out: who buys one thing also buys another",
        sentences,
        None,
        as_text(rules, positions[:TABLED]).reset_index(drop=True),
        (
            "A rule says what goes together, not what causes what.",
            "Lift says how many times more often than by chance; read it with the counts.",
        ),
    )
