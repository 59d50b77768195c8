"""The chapter on what is bought together: the rules on show, as sentences with their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segcore.choices.rules import RuleFilter
from segcore.language.words import count, plural, readable
from segcore.report.records import Chapter, StorySpec
from segcore.rules import WORTHY, as_text, filter_rules, rank_rules, rule_sentence
from segcore.rules.filters import of_known_products

if TYPE_CHECKING:
    from segcore.rules import Rules

TOLD, TABLED = 5, 20


def rules_chapter(spec: StorySpec, rules: Rules) -> Chapter:
    """The leading rules under the filter of the study."""
    chosen = spec.rules_filter if isinstance(spec.rules_filter, RuleFilter) else WORTHY
    chosen = of_known_products(rules, chosen)
    positions = rank_rules(rules, filter_rules(rules, chosen), spec.rules_rank)
    if not len(positions):
        return Chapter(
            "rules", "No rule stands out under these thresholds", ("Lower them to see weaker ones.",)
        )
    return Chapter(
        "rules",
        _heading(rules, positions),
        tuple(_said(rules, int(position)) for position in positions[:TOLD]),
        None,
        _in_words(rules, positions[:TABLED]),
        (
            "A rule says what goes together, not what causes what.",
            "Lift says how many times more often than by chance; read it with the counts.",
        ),
    )


def _heading(rules: Rules, positions: np.ndarray) -> str:
    """How many stand out; what may be chance is shown on request and does not."""
    sure, n = int((~rules.may_be_chance[positions]).sum()), len(positions)
    if not sure:
        return f"None of {plural(n, 'rule')} shown is clearly more than chance"
    noun = "rule stands" if sure == 1 else "rules stand"
    beside = f"; {count(n - sure)} more may be chance" if sure < n else ""
    return f"{count(sure)} {noun} out: who buys one thing also buys another{beside}"


def _said(rules: Rules, position: int) -> str:
    doubt = "May be chance: " if rules.may_be_chance[position] else ""
    return f"{doubt}{rule_sentence(rules, position)}"


def _in_words(rules: Rules, positions: np.ndarray) -> pd.DataFrame:
    """The rules with their counts, under headings people read."""
    table, word = as_text(rules, positions), rules.row_word
    who = " who bought" if word == "customers" else " with"
    shown = pd.DataFrame(
        {
            "who buys": [readable(one, rules.spec.level) for one in table["who buys"]],
            "also buys": [readable(one, rules.spec.level) for one in table["also buys"]],
            f"{word}{who} both": table["n_both"].to_numpy(),
            f"of those{who} the first": table["n_antecedent"].to_numpy(),
            "confidence": table["confidence"].to_numpy(),
            "lift": table["lift"].to_numpy(),
        }
    )
    if table["may be chance"].any():
        shown["note"] = np.where(table["may be chance"], "may be chance", "")
    return shown
