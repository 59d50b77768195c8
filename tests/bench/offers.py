"""Do the offers beat best-sellers on real households? The back-test's figures beside those measured before.

Complete Journey at category level, fitted before the last four weeks, targets new to the household, ten offers; and
the wine offers with one product of every customer hidden, averaged over five draws. Exits non-zero where the default
is not ahead of best-sellers on the households with its paired 95 % interval above zero.

"Before" is a share of all hidden purchases, as "found" is, on the same weeks. For best-sellers it was .204; here it is
.225, because best-sellers are ranked by how many households bought them. Ranked by purchase lines they find .193, so
"before" will have counted something in between. Ours is the harder opponent, and the offers are judged against that.

Run: ``python -m tests.bench.offers``; needs $SEGCORE_DATA for the wine part.
"""

import os
import sys
import time
from pathlib import Path

import numpy as np

from segcore.factorization import NMFSpec
from segcore.matrix import MatrixSpec
from segcore.offers import BASELINE, SCORERS, BackTestSpec, back_test
from segcore.offers.wording import compared
from segcore.samples import complete_journey
from tests.segcore.known import wine

SEEN_BEFORE = {
    "journey": {"popular": 0.204, "rules": 0.204, "taste": 0.216, "similar": 0.209, "blend": 0.218, "all_pairs": 0.218},
    "wine": {"popular": 0.700, "rules": 0.669, "taste": 0.670, "similar": 0.792, "blend": 0.790, "all_pairs": 0.784},
}  # fmt: skip


def journey() -> bool:
    """Print every scorer on the households; whether the default is surely ahead."""
    purchases = complete_journey()
    start = time.process_time()
    test = back_test(purchases, MatrixSpec("product_category"), NMFSpec(k=7), BackTestSpec(n=10, weeks=4))
    took = time.process_time() - start
    rates = test.shown.rates
    print(
        f"Complete Journey, category, k = 7: hidden {test.first} to {test.last}, {test.shown.customers:,} households, "
        f"{test.shown.purchases:,} new products ({took:.1f} s CPU)"
    )
    print(
        f"  {'':<18}{'hit@10':>8}{'95 %':>16}{'found':>8}{'before':>8}{'ahead':>8}{'95 % paired':>18}{'coverage':>10}"
    )
    for name, row in rates.iterrows():
        before = SEEN_BEFORE["journey"].get(name, np.nan)
        print(
            f"  {name:<18}{row['hit']:8.3f}{row['hit_low']:8.3f}…{row['hit_high']:.3f}{row['found']:10.3f}{before:8.3f}"
            f"{row['ahead']:+8.3f}{row['ahead_low']:+10.3f}…{row['ahead_high']:+.3f}{row['coverage']:8.2f}"
        )
    print(f"  default, chosen on the four weeks before: {test.default}")
    print(f"  {compared(test)}")
    return bool(rates.loc[test.default, "ahead_low"] > 0 and test.default != BASELINE)


def wine_offers(folder: Path, draws: int = 5) -> None:
    """Print the mean over several draws of what is hidden."""
    found = {name: [] for name in SCORERS}
    for seed in range(draws):
        test = back_test(
            wine(folder), MatrixSpec("Varietal + Origin"), NMFSpec(k=3), BackTestSpec(seed=seed, resamples=50)
        )
        for name in SCORERS:
            found[name].append(test.shown.rates.loc[name, "hit"])
    print(f"Wine, 24 products, k = 3, one of each customer's hidden, mean of {draws} draws:")
    for name in SCORERS:
        before = SEEN_BEFORE["wine"].get(name, np.nan)
        print(f"  {name:<18}{np.mean(found[name]):8.3f}   before {before:.3f}")


def main() -> int:
    """Measure, print, and say by the exit code whether the default is ahead."""
    ahead = journey()
    if "SEGCORE_DATA" in os.environ:
        wine_offers(Path(os.environ["SEGCORE_DATA"]))
    print(
        "the default is ahead of best-sellers" if ahead else "the default is NOT surely ahead of best-sellers"
    )
    return 0 if ahead else 1


if __name__ == "__main__":
    sys.exit(main())
