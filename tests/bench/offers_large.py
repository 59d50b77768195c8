"""Offers for 100,000 customers of 2,000 products: does each answer come while a person waits for it?

Planted tastes, about 16 purchases a customer over a year. CPU seconds of every job that the Offers page asks for, and
the longest time in which it showed no progress and could not be cancelled. Exits non-zero where a job takes more than
60 s of CPU, or is out of reach for more than 5.

Run: ``python tests/bench/offers_large.py [--customers 100000] [--dates none]``
"""

import argparse
import sys
import time
from collections.abc import Generator
from typing import Any

import numpy as np
import pandas as pd
from sweep import planted

# isort: split
from segcore.factorization import NMFSpec
from segcore.matrix import MatrixSpec, build_matrix
from segcore.offers import BackTestSpec, OfferSpec, blocked_pairs, learn
from segcore.offers.backtest import testing
from segcore.offers.recommend import offering
from segcore.offers.targets import targeting
from segcore.offers.wording import compared
from segcore.purchases import Purchases, make_purchases
from segcore.segments import segment

PRODUCTS, SEGMENTS, DAYS = 2_000, 8, 365
MOST_SECONDS, MOST_SILENT = 60.0, 5.0


def purchases(customers: int, dates: bool) -> Purchases:
    """Customers with tastes of their own, their purchases spread over a year."""
    values = planted(customers, PRODUCTS, SEGMENTS)
    who = pd.Series(np.repeat(np.arange(customers), np.diff(values.indptr))).map("c{:06d}".format)
    what = pd.Series(values.indices).map("p{:04d}".format)
    days = pd.to_timedelta(np.random.default_rng(1).integers(0, DAYS, len(who)), unit="D")
    return make_purchases(who, what, date=pd.Timestamp("2025-01-01") + days if dates else None)


class Clock:
    """Runs jobs and keeps whether each was quick enough."""

    def __init__(self) -> None:
        self.failed = False

    def run(self, what: str, work: Generator[Any, None, Any]) -> Any:
        """The job's result, after a line with its CPU seconds and its longest silence."""
        start = last = time.process_time()
        silent = 0.0
        while True:
            try:
                next(work)
            except StopIteration as end:
                result = end.value
                break
            finally:
                now = time.process_time()
                silent, last = max(silent, now - last), now
        taken = last - start
        late = taken > MOST_SECONDS or silent > MOST_SILENT
        self.failed |= late
        print(
            f"{what}: {taken:.1f} s of CPU, no longer than {silent:.1f} s without progress{' TOO LONG' if late else ''}",
            flush=True,
        )
        return result


def learning(matrix: Any, segmentation: Any) -> Generator[Any, None, Any]:
    yield
    return learn(matrix, segmentation)


def main() -> int:
    """Measure every job, print, and say by the exit code whether all came in time."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--dates", choices=("days", "none"), default="days")
    chosen = parser.parse_args()
    bought = purchases(chosen.customers, chosen.dates == "days")
    spec, offers, clock = MatrixSpec(bought.product_label), OfferSpec(), Clock()
    matrix = build_matrix(bought, spec=spec)
    print(f"{matrix.shape[0]:,} × {matrix.shape[1]:,}, {bought.n_lines:,} purchases, k = {SEGMENTS}")
    found = segment(matrix, spec=NMFSpec(SEGMENTS))
    known = clock.run("what is bought together", learning(matrix, found))
    test = clock.run("back-test", testing(bought, spec, NMFSpec(SEGMENTS), BackTestSpec()))
    said = f"a sample of {test.shown.customers:,}" if test.sampled else f"all {test.shown.customers:,}"
    print(f"  judged on {said}; {compared(test)}")
    chance, taken = test.chances[test.default], blocked_pairs(matrix, offers, bought)
    clock.run("offers of everybody", offering(matrix, found, known, offers, chance, None, taken))
    product = str(known.products[known.by_popularity[20]])
    clock.run(
        "the list for one offer",
        targeting(matrix, found, known, product, offers, chance=chance, blocked=taken),
    )
    return int(clock.failed)


if __name__ == "__main__":
    sys.exit(main())
