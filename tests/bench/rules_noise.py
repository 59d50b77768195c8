"""Does the list stay empty where there is nothing to find, and keep what is there?

200 tables without any rule (products dealt independently, or a planted table shuffled product by product, in turn) go
through the miner and the default view of the Rules page; in at most 5 % of them any rule may be shown. 60 tables with
planted pairs and trios: at least 95 % of what was planted must be shown.

Run: ``python tests/bench/rules_noise.py [--tables 200] [--seed-offset 0]``; exits non-zero beyond either bar.
"""

import argparse
import sys
from dataclasses import dataclass, replace

import numpy as np
from common import ROOT  # noqa: F401  (puts the checkout on the path)

from segcore.rules import WORTHY, Rules, RuleSpec, filter_rules, rules_from_incidence
from tests.segcore.known_data import table_of

MOST_FALSE, LEAST_KEPT = 0.05, 0.95
SIZES = ((200, 20), (800, 60), (2_000, 50), (5_000, 120))


@dataclass(frozen=True)
class Planted:
    """A 0/1 table and the pairs and trios in it, as frozensets of columns."""

    values: np.ndarray
    truth: tuple[frozenset[int], ...]


def independent(seed: int) -> np.ndarray:
    """Products of uneven popularity that have nothing to do with each other."""
    rng = np.random.default_rng(seed)
    rows, items = SIZES[seed % len(SIZES)]
    return rng.random((rows, items)) < rng.uniform(0.02, 0.25, items)


def planted(seed: int) -> Planted:
    """Three pairs, where the second product follows the first half of the time, and two trios bought as a set."""
    rng = np.random.default_rng(seed)
    rows, items = SIZES[1 + seed % 3]
    values = rng.random((rows, items)) < rng.uniform(0.03, 0.12, items)
    chosen = rng.permutation(items)[:12]
    pairs, trios = chosen[:6].reshape(3, 2), chosen[6:].reshape(2, 3)
    for one, other in pairs:
        values[:, other] |= values[:, one] & (rng.random(rows) < 0.5)
    for trio in trios:
        values[np.ix_(rng.random(rows) < 0.06, trio)] = True
    return Planted(values, (*map(frozenset, pairs.tolist()), *map(frozenset, trios.tolist())))


def shown(values: np.ndarray, shuffled: int = 0) -> tuple[Rules, np.ndarray]:
    """The default view at low thresholds, so that nothing is spared by them."""
    spec = RuleSpec("Product", min_support=0.01, min_confidence=0.05, max_length=3, shuffled=shuffled)
    rules = rules_from_incidence(table_of(values), spec)
    return rules, filter_rules(rules, replace(WORTHY, min_support=0.01, min_confidence=0.05))


def false_alarm(seed: int) -> bool:
    """Whether a table without rules shows any."""
    _, kept = shown(independent(seed)) if seed % 2 else shown(planted(seed).values, shuffled=seed + 1)
    return len(kept) > 0


def kept_share(seed: int) -> tuple[int, int]:
    """How many of the planted sets are shown (a trio by a rule of its three products), and how many there are."""
    table = planted(seed)
    rules, kept = shown(table.values)
    sides = np.hstack([rules.antecedent[kept], rules.consequent[kept]])
    found = {frozenset(row[row >= 0].tolist()) for row in sides}
    return sum(truth in found for truth in table.truth), len(table.truth)


def main() -> int:
    """Measure, print, and say by the exit code whether both bars hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tables", type=int, default=200)
    parser.add_argument("--seed-offset", type=int, default=0)
    chosen = parser.parse_args()
    first = chosen.seed_offset * 1_000
    alarms = sum(false_alarm(first + seed) for seed in range(chosen.tables))
    counts = [kept_share(first + 500 + seed) for seed in range(max(chosen.tables * 3 // 10, 10))]
    kept, planted_sets = (sum(part) for part in zip(*counts, strict=True))
    share = alarms / chosen.tables
    print(f"{alarms} of {chosen.tables} tables of noise show a rule: {share:.1%} (at most {MOST_FALSE:.0%})")
    print(
        f"{kept} of {planted_sets} planted sets are shown: {kept / planted_sets:.1%} (at least {LEAST_KEPT:.0%})"
    )
    return 0 if share <= MOST_FALSE and kept / planted_sets >= LEAST_KEPT else 1


if __name__ == "__main__":
    sys.exit(main())
