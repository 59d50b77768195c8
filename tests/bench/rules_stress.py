"""Tables that break rule miners: each must give an answer, or a part labelled as one, within 60 s and 4 GB.

16 products that everyone bought; one basket of 5,000 products at a floor of one; 1,000,000 baskets × 2,000 products at
a floor of 5. Each runs in a process of its own, on one core; the seconds are those that pass, so let nothing else run.
Run: ``python tests/bench/rules_stress.py``; exits non-zero beyond.
"""

import argparse
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
from common import ROOT  # noqa: F401  (puts the checkout on the path)
from scipy import sparse

from segcore.rules import WORTHY, RuleSpec, filter_rules, rules_from_incidence
from tests.segcore.known_data import table_of

SECONDS, MEGABYTES = 60.0, 4_096.0


def everyone() -> tuple[sparse.csr_matrix, float]:
    return sparse.csr_matrix(np.ones((10_000, 16), dtype=np.int32)), 0.05


def one_giant() -> tuple[sparse.csr_matrix, float]:
    usual = sparse.random(20_000, 5_000, density=0.002, random_state=np.random.default_rng(5), format="csr")
    giant = sparse.csr_matrix(np.ones((1, 5_000)))
    return sparse.vstack([usual.astype(bool), giant.astype(bool)]).tocsr().astype(np.int32), 0.0


def a_million() -> tuple[sparse.csr_matrix, float]:
    """About nine products a basket, their popularity falling as in a shop."""
    rng = np.random.default_rng(7)
    rows, items = 1_000_000, 2_000
    share = 1 / (np.arange(items) + 10.0)
    edges = np.cumsum(share / share.sum())
    row = np.repeat(np.arange(rows, dtype=np.int32), rng.poisson(9, rows))
    column = np.searchsorted(edges, rng.random(len(row))).astype(np.int32)
    ones = np.ones(len(row), dtype=np.int32)
    values = sparse.csr_matrix((ones, (row, np.minimum(column, items - 1))), shape=(rows, items))
    values.data[:] = 1
    return values, 5 / rows


CASES = {
    "16 products everyone bought": everyone,
    "a basket of 5,000": one_giant,
    "1M × 2,000 at 5": a_million,
}


def run(name: str) -> int:
    """Mine one table here and print what came of it."""
    values, support = CASES[name]()
    Path("/proc/self/clear_refs").write_text("5")
    start, started = time.perf_counter(), time.process_time()
    longest = None if name.startswith("16") else 3
    spec = RuleSpec("Product", min_support=support, min_confidence=0.2, max_length=longest)
    rules = rules_from_incidence(table_of(values), spec)
    shown = len(filter_rules(rules, WORTHY))
    took, cpu = time.perf_counter() - start, time.process_time() - started
    status = Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    kind = "a part: " + " ".join(rules.notes) if rules.partial else "all"
    print(
        f"{name}: {took:.1f} s ({cpu:.1f} of CPU), {peak:,.0f} MB, {len(rules):,} rules, {shown:,} in the default view; {kind}"
    )
    return 0 if took <= SECONDS and peak <= MEGABYTES else 1


def main() -> int:
    """Run every case in a process of its own."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--case", choices=CASES)
    chosen = parser.parse_args()
    if chosen.case:
        return run(chosen.case)
    return max(
        subprocess.run([sys.executable, __file__, "--case", name], check=False).returncode for name in CASES
    )


if __name__ == "__main__":
    sys.exit(main())
