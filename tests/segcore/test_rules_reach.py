"""How low thresholds must go before anything shows: planted pairs are reached, noise is not."""

from dataclasses import replace

import numpy as np
import pytest

from segcore.rules import WORTHY, Rules, RuleSpec, filter_rules, rules_from_incidence, within_reach
from tests.segcore.known_data import table_of

SUPPORTS, CONFIDENCES = (0.001, 0.002, 0.005, 0.01, 0.05), tuple(n / 20 for n in range(20))


def rare_pairs(seed: int, together: bool) -> np.ndarray:
    """4,000 customers × 60 products bought by some 30 each; planted, every other one comes with the next."""
    rng = np.random.default_rng(seed)
    bought = np.zeros((4_000, 60), dtype=bool)
    for product in range(0, 60, 2):
        who = rng.choice(4_000, 30, replace=False)
        bought[who, product] = True
        bought[who[:20] if together else rng.choice(4_000, 20, replace=False), product + 1] = True
    return bought


def mined(bought: np.ndarray) -> Rules:
    return rules_from_incidence(table_of(bought), RuleSpec("Product", min_support=0.001, min_confidence=0.01))


def test_what_is_bought_by_few_comes_within_reach():
    rules = mined(rare_pairs(1, together=True))
    assert not len(filter_rules(rules, replace(WORTHY, min_support=0.05, min_confidence=0.5)))
    found = within_reach(rules, WORTHY, SUPPORTS, CONFIDENCES)
    # 20 of 4,000 bought both: two thirds of the buyers of the one, all buyers of the other.
    assert (found.min_support, found.min_confidence, found.rules) == (0.005, 0.95, 30)
    asked = replace(WORTHY, min_support=found.min_support, min_confidence=found.min_confidence)
    assert len(filter_rules(rules, asked)) == found.rules


@pytest.mark.parametrize("seed", range(5))
def test_nothing_is_within_reach_of_chance(seed):
    assert within_reach(mined(rare_pairs(seed, together=False)), WORTHY, SUPPORTS, CONFIDENCES) is None


def test_few_rules_are_all_shown():
    bought = np.zeros((1_000, 4), dtype=bool)
    bought[:12, :2] = bought[12:80, 2] = bought[80:150, 3] = True
    found = within_reach(mined(bought), WORTHY, SUPPORTS, CONFIDENCES)
    assert (found.min_support, found.min_confidence, found.rules) == (0.01, 0.95, 1)
