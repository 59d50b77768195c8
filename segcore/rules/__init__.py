"""Rules: who buys what also buys what else.

Counts are whole numbers throughout, so no rule on a threshold is lost; mining starts at a floor that is known to be
safe; every rule carries its chance of being an accident among customers of whom some buy more than others, corrected
over everything that was tested.

>>> rules = mine_rules(purchases, "Varietal + Origin", min_support=0.05, min_confidence=0.5)
>>> as_text(rules)                                          # a table to read
>>> rule_sentence(rules, 0)                                 # "Of 7 customers who bought …, 7 (100 %) also bought …"
>>> filter_rules(rules, RuleFilter(min_lift=2.0))           # positions, at once
"""

from segcore.choices.rules import RuleFilter, RuleSpec
from segcore.rules.filters import RANKS, WORTHY, filter_rules, leading_rule, rank_rules
from segcore.rules.mining import mine_rules, mining, mining_purchases, rules_from_incidence
from segcore.rules.reach import Reach, within_reach
from segcore.rules.result import Rules
from segcore.rules.wording import as_text, rule_sentence, with_intervals

__all__ = [
    "RANKS",
    "WORTHY",
    "Reach",
    "RuleFilter",
    "RuleSpec",
    "Rules",
    "as_text",
    "filter_rules",
    "leading_rule",
    "mine_rules",
    "mining",
    "mining_purchases",
    "rank_rules",
    "rule_sentence",
    "rules_from_incidence",
    "with_intervals",
    "within_reach",
]
