"""Does the list stay empty where there is nothing to find, and keep what is there?

Tables without any rule go through the miner and the default view of the Rules page; in at most 5 % of them any rule
may be shown. Thirteen ways of making nothing, none of them the null that is tested: activity even, gamma, exponential,
log-normal and Pareto, best-sellers flat to steep, chances that add up on a logistic and on a normal scale, orders of
five, of one to three and of a geometric size, and customers who stand there three times. And tables with planted pairs
(who bought the first also buys the second in three of ten cases, beside what is bought anyway; 2,000 × 80): at least
90 % must be shown, and at most 5 % of the pairs shown may be others. Trios bought as a set: at least 95 % are shown.

Run: ``python tests/bench/rules_noise.py [--tables 288] [--seed-offset 0]``; exits non-zero beyond a bar.
"""

import argparse
import sys
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
from common import ROOT  # noqa: F401  (puts the checkout on the path)
from scipy.special import expit, ndtr

from segcore.rules import WORTHY, Rules, RuleSpec, filter_rules, rules_from_incidence
from tests.segcore import nothing
from tests.segcore.known_data import table_of

MOST_FALSE, LEAST_FOUND, LEAST_TRIOS, STRENGTH = 0.05, 0.90, 0.95, 0.3
SIZES = ((300, 60), (2_000, 80), (12_000, 100))


@dataclass(frozen=True)
class Planted:
    """A 0/1 table and the pairs or trios in it, as frozensets of columns."""

    values: np.ndarray
    truth: tuple[frozenset[int], ...]


def _purchases(rng: np.random.Generator, activity: np.ndarray, m: int, steepness: float = 0.8) -> np.ndarray:
    """A Poisson number of purchases of each product; twice the same counts once."""
    return rng.poisson(min(12.0, m / 5) * activity[:, None] * nothing.zipf(m, steepness)) > 0


def _orders(rng: np.random.Generator, sizes: np.ndarray, m: int) -> np.ndarray:
    return nothing.orders(rng, np.minimum(sizes, m), m).toarray() > 0


NOTHING = {
    "activity even": lambda rng, n, m: _purchases(rng, np.ones(n), m),
    "activity gamma 4": lambda rng, n, m: _purchases(rng, rng.gamma(4, 1 / 4, n), m),
    "activity exponential": lambda rng, n, m: _purchases(rng, rng.exponential(1, n), m),
    "activity log-normal": lambda rng, n, m: _purchases(rng, rng.lognormal(-0.5, 1, n), m),
    "activity Pareto": lambda rng, n, m: _purchases(rng, np.minimum(rng.pareto(1.8, n) / 1.5 + 0.2, 40), m),
    "steep best-sellers": lambda rng, n, m: _purchases(rng, rng.lognormal(-0.5, 1, n), m, 1.4),
    "no best-sellers": lambda rng, n, m: _purchases(rng, rng.lognormal(-0.5, 1, n), m, 0.0),
    "logistic": lambda rng, n, m: rng.random((n, m)) < expit(rng.normal(0, 1, (n, 1)) + rng.normal(-2, 1, m)),
    "normal": lambda rng, n, m: (
        rng.random((n, m)) < ndtr(rng.normal(0, 0.7, (n, 1)) + rng.normal(-1.5, 0.6, m))
    ),
    "orders of five": lambda rng, n, m: _orders(rng, np.full(n, 5), m),
    "orders of one to three": lambda rng, n, m: _orders(rng, rng.integers(1, 4, n), m),
    "orders of a geometric size": lambda rng, n, m: _orders(rng, nothing.sizes_geometric(rng, n), m),
    "copies": lambda rng, n, m: np.tile(_purchases(rng, rng.lognormal(-0.5, 1, n // 3), m), (3, 1)),
}
PLANTED_IN = ("activity gamma 4", "activity log-normal", "logistic", "activity even")


def noise(seed: int) -> tuple[str, np.ndarray]:
    """A table without any rule and how it was made: kinds and sizes in turn."""
    kinds = list(NOTHING)
    kind, size = kinds[seed % len(kinds)], SIZES[seed // len(kinds) % len(SIZES)]
    return kind, NOTHING[kind](np.random.default_rng([14, seed]), *size)


def planted(seed: int) -> Planted:
    """Ten pairs of products that at least 2 % and less than half of the customers buy."""
    rng = np.random.default_rng([15, seed])
    values = NOTHING[PLANTED_IN[seed % len(PLANTED_IN)]](rng, 2_000, 80)
    share = values.mean(axis=0)
    pairs = rng.permutation(np.flatnonzero((share >= 0.02) & (share < 0.5)))[:20].reshape(-1, 2)
    values = nothing.planted(rng, nothing.sparse.csr_matrix(values), pairs, STRENGTH).toarray() > 0
    return Planted(values, tuple(map(frozenset, pairs.tolist())))


def planted_trios(seed: int) -> Planted:
    """Two trios bought as a set by 6 % of the customers."""
    rng = np.random.default_rng([16, seed])
    values = NOTHING[PLANTED_IN[seed % len(PLANTED_IN)]](rng, 2_000, 80)
    trios = rng.permutation(80)[:6].reshape(2, 3)
    for trio in trios:
        values[np.ix_(rng.random(len(values)) < 0.06, trio)] = True
    return Planted(values, tuple(map(frozenset, trios.tolist())))


def shown(values: np.ndarray) -> tuple[Rules, np.ndarray]:
    """The default view at low thresholds, so that nothing is spared by them."""
    spec = RuleSpec("Product", min_support=0.01, min_confidence=0.05, max_length=3)
    rules = rules_from_incidence(table_of(values), spec)
    return rules, filter_rules(rules, replace(WORTHY, min_support=0.01, min_confidence=0.05))


def false_alarm(seed: int) -> bool:
    """Whether a table without rules shows any."""
    return len(shown(noise(seed)[1])[1]) > 0


def found(table: Planted) -> tuple[int, int, int]:
    """How many of the planted sets are shown, how many there are, and how many sets shown hold none of them."""
    rules, kept = shown(table.values)
    sides = np.hstack([rules.antecedent[kept], rules.consequent[kept]])
    sets = {frozenset(row[row >= 0].tolist()) for row in sides}
    others = sum(not any(len(one & truth) > 1 for truth in table.truth) for one in sets)
    return sum(truth in sets for truth in table.truth), len(table.truth), others


def main() -> int:
    """Measure, print, and say by the exit code whether all bars hold."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tables", type=int, default=288)
    parser.add_argument("--seed-offset", type=int, default=0)
    chosen = parser.parse_args()
    first = chosen.seed_offset * 1_000
    alarms = Counter(noise(seed)[0] for seed in range(first, first + chosen.tables) if false_alarm(seed))
    share, rounds = sum(alarms.values()) / chosen.tables, max(chosen.tables // 8, 8)
    print(
        f"{sum(alarms.values())} of {chosen.tables} tables of noise show a rule: {share:.1%} "
        f"(at most {MOST_FALSE:.0%}) {dict(alarms)}"
    )
    pairs = np.sum([found(planted(first + seed)) for seed in range(rounds)], axis=0)
    trios = np.sum([found(planted_trios(first + seed)) for seed in range(rounds // 2)], axis=0)
    power, false = pairs[0] / pairs[1], pairs[2] / max(pairs[0] + pairs[2], 1)
    print(f"{pairs[0]} of {pairs[1]} planted pairs are shown: {power:.1%} (at least {LEAST_FOUND:.0%})")
    print(f"{pairs[2]} sets shown beside them hold no planted pair: {false:.1%} (at most {MOST_FALSE:.0%})")
    print(f"{trios[0]} of {trios[1]} planted trios are shown (at least {LEAST_TRIOS:.0%})")
    kept = share <= MOST_FALSE and power >= LEAST_FOUND and false <= MOST_FALSE
    return 0 if kept and trios[0] >= LEAST_TRIOS * trios[1] else 1


if __name__ == "__main__":
    sys.exit(main())
