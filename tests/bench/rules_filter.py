"""How long a slider move takes on 100,000 rules: the core's filter, best and worst of ten different moves.

Exits non-zero beyond 10 ms at the median. Run: ``python tests/bench/rules_filter.py``.
"""

import sys
import time

import numpy as np
from common import ROOT  # noqa: F401  (puts the checkout on the path)

from segcore.rules import RuleFilter, RuleSpec, filter_rules, rules_from_incidence
from tests.segcore.known_data import table_of

PROMISED_MS = 10.0


def main() -> int:
    """Measure, print, and say by the exit code whether the promise holds."""
    values = np.random.default_rng(0).random((3_000, 50)) < 0.3
    rules = rules_from_incidence(
        table_of(values), RuleSpec("Product", min_support=0.01, min_confidence=0, max_length=3)
    )
    filter_rules(
        rules, RuleFilter(min_lift=1.0, require=(rules.items[0],))
    )  # fills what is kept between moves
    took = []
    for step in range(10):
        choice = RuleFilter(
            min_support=0.01 + 0.001 * step,
            min_confidence=0.05 * step,
            min_lift=1 + 0.01 * step,
            require=(rules.items[step],),
            exclude_right=(rules.items[step + 20],),
        )
        start = time.perf_counter()
        filter_rules(rules, choice)
        took.append(1_000 * (time.perf_counter() - start))
    median = float(np.median(took))
    print(
        f"{len(rules):,} rules: median {median:.1f} ms, worst {max(took):.1f} ms a move (promised {PROMISED_MS:.0f})"
    )
    return 0 if median <= PROMISED_MS and len(rules) >= 100_000 else 1


if __name__ == "__main__":
    sys.exit(main())
