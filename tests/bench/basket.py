"""One basket on the screen, in the core: 10,000 customers × 2,000 products, ten segments; median and worst of 200 acts.

Bar: the median act under 50 ms.
"""

import statistics
import sys

import numpy as np
from common import seconds
from scipy import sparse

from segcore.matrix import MatrixSpec, build_matrix
from segcore.purchases import make_purchases
from segcore.segments import segment
from segcore.whatif.basket import basket_of
from segcore.whatif.fixed_model import freeze

CUSTOMERS, PRODUCTS, K, ACTS, BAR = 10_000, 2_000, 10, 200, 0.050


def main() -> int:
    """Print milliseconds an act; 0 where the median is under the bar."""
    generator = np.random.default_rng(0)
    taste = generator.integers(0, K, CUSTOMERS)
    own = sparse.random(CUSTOMERS, PRODUCTS // K, density=0.08, rng=generator, format="coo")
    other = sparse.random(CUSTOMERS, PRODUCTS, density=0.004, rng=generator, format="coo")
    rows = np.concatenate([own.row, other.row])
    columns = np.concatenate([own.col + taste[own.row] * (PRODUCTS // K), other.col])
    purchases = make_purchases(rows.astype(str), columns.astype(str))
    spec = MatrixSpec("Product")
    matrix = build_matrix(purchases, spec=spec)
    frozen = freeze(purchases, segment(matrix, K, restarts=1, max_iterations=60), spec)
    baskets = [generator.choice(matrix.products, size, replace=False).tolist() for size in range(1, 21)]
    taken = [seconds(lambda at=at: basket_of(frozen, baskets[at % len(baskets)])) for at in range(ACTS)]
    median = statistics.median(taken)
    print(
        f"{CUSTOMERS:,} × {PRODUCTS:,}, k = {K}: median {1000 * median:.1f} ms, worst {1000 * max(taken):.1f} ms"
    )
    print(f"basket: {1000 * median:.1f} ms ({'under' if median < BAR else 'OVER'} {1000 * BAR:.0f} ms)")
    return 0 if median < BAR else 1


if __name__ == "__main__":
    sys.exit(main())
