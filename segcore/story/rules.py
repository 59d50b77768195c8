"""The chapter on what is bought together: the rules on show, as sentences with their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from segcore.rules import WORTHY, RuleFilter, as_text, filter_rules, rank_rules, rule_sentence
from segcore.story.records import Chapter, StorySpec
from segcore.words import count, readable

if TYPE_CHECKING:
    import numpy as np

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
        _in_words(rules, positions[:TABLED]),
        (
            "A rule says what goes together, not what causes what.",
            "Lift says how many times more often than by chance; read it with the counts.",
        ),
    )


def _in_words(rules: Rules, positions: np.ndarray) -> pd.DataFrame:
    """The rules with their counts, under headings people read."""
    table, word = as_text(rules, positions), rules.row_word
    return pd.DataFrame(
        {
            "who buys": [readable(one, rules.spec.level) for one in table["who buys"]],
            "also buys": [readable(one, rules.spec.level) for one in table["also buys"]],
            f"{word} who bought both": table["n_both"].to_numpy(),
            "of those who bought the first": table["n_antecedent"].to_numpy(),
            "confidence": table["confidence"].to_numpy(),
            "lift": table["lift"].to_numpy(),
        }
    )
