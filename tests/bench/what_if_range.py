"""Another range, in the core: 10,000 customers × 1,000 products, eight segments; one segment's products dropped.

Bar: the median of five scenarios under 2 s, and each dissolves exactly its segment.
"""

import statistics
import sys

import numpy as np
from common import seconds
from scipy import sparse

from segcore.matrix import MatrixSpec, build_matrix
from segcore.purchases import make_purchases
from segcore.segments import segment
from segcore.studies import Scenario
from segcore.whatif.scenario import outcome_of

CUSTOMERS, PRODUCTS, K, SCENARIOS, BAR = 10_000, 1_000, 8, 5, 2.0


def main() -> int:
    """Print seconds a scenario; 0 where the median is under the bar and what dissolves is right."""
    generator = np.random.default_rng(0)
    own_products, taste = PRODUCTS // K, generator.integers(0, K, CUSTOMERS)
    own = sparse.random(CUSTOMERS, own_products, density=0.12, rng=generator, format="coo")
    other = sparse.random(CUSTOMERS, PRODUCTS, density=0.003, rng=generator, format="coo")
    rows = np.concatenate([own.row, other.row])
    columns = np.concatenate([own.col + taste[own.row] * own_products, other.col])
    purchases = make_purchases(rows.astype(str), columns.astype(str))
    spec = MatrixSpec("Product")
    base = segment(build_matrix(purchases, spec=spec), K)
    taken, right = [], 0
    for which in range(SCENARIOS):
        drop = tuple(str(at) for at in range(which * own_products, (which + 1) * own_products))
        found = []
        taken.append(
            seconds(
                lambda drop=drop, found=found: found.append(
                    outcome_of(purchases, spec, base, Scenario(left_out=drop))
                )
            )
        )
        (outcome,) = found
        lost = int(outcome.kept_taste.idxmin())
        right += outcome.gone == (lost,) and outcome.new == ()
    median = statistics.median(taken)
    print(f"{CUSTOMERS:,} × {PRODUCTS:,}, k = {K}: {' '.join(f'{t:.2f}' for t in taken)} s")
    print(f"dissolves exactly one segment: {right} of {SCENARIOS}")
    print(f"range: {median:.2f} s ({'under' if median < BAR else 'OVER'} {BAR:g} s)")
    return 0 if median < BAR and right == SCENARIOS else 1


if __name__ == "__main__":
    sys.exit(main())
