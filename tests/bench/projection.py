"""One customer onto fixed segments against scikit-learn's ``NMF.transform``: CPU time of each, and how exact it is.

Both get the same product basis and the same customers, one at a time, in turns. Exits non-zero where ours is less than
ten times faster, or where the optimality conditions of any customer are missed by more than 1e-10 of its size.
``--rounds N`` (5).
"""

import argparse
import os
import statistics
import sys
import time
import warnings
from collections.abc import Callable

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from common import verdict
from scipy import sparse
from sweep import journey, planted

FLOOR, ALLOWED = 10.0, 1e-10
CUSTOMERS = 300


def residual(row: sparse.csr_matrix, h: np.ndarray, scores: np.ndarray) -> float:
    """By how much the optimality conditions are missed, relative to the customer's size."""
    cross = (row @ h.T).ravel()
    slope = h @ (h.T @ scores) - cross
    missed = np.where(scores > 0, np.abs(slope), np.maximum(-slope, 0.0))
    return float(missed.max() / max(cross.max(), 1e-300))


def seconds_each(work: Callable[[sparse.csr_matrix], object], rows: list[sparse.csr_matrix]) -> float:
    start = time.process_time()
    for row in rows:
        work(row)
    return (time.process_time() - start) / len(rows)


def compare(name: str, values: sparse.csr_matrix, k: int, rounds: int) -> int:
    from sklearn.decomposition import NMF

    from segcore.factorization import Projector

    warnings.simplefilter("ignore")
    model = NMF(k).fit(values)
    projector, h = Projector(model.components_), model.components_
    chosen = np.random.default_rng(0).choice(values.shape[0], CUSTOMERS, replace=False)
    rows = [values[[customer]] for customer in chosen]
    taken: dict[str, list[float]] = {"segcore": [], "scikit-learn": []}
    for _ in range(rounds):
        taken["segcore"].append(seconds_each(projector.one, rows))
        taken["scikit-learn"].append(seconds_each(model.transform, rows))
    print(f"{name}: {values.shape[1]:,} products, {k} segments, {CUSTOMERS} customers one at a time")
    for who, times in taken.items():
        print(f"  {who:<13} {' '.join(f'{1e6 * t:8.1f}' for t in times)} µs each")
    ours = max(residual(row, h, projector.one(row)) for row in rows)
    theirs = max(residual(row, h, model.transform(row)[0].astype(float)) for row in rows)
    exact = ours <= ALLOWED
    print(
        f"  conditions missed by at most {ours:.1e} ({'within' if exact else 'OVER'} {ALLOWED:g}); scikit-learn {theirs:.1e}"
    )
    ratio = statistics.median(taken["scikit-learn"]) / statistics.median(taken["segcore"])
    return verdict(f"  {name}", ratio, FLOOR) | (not exact)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    rounds = options.parse_args().rounds
    import scipy
    import sklearn

    print(f"numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}")
    balanced, large = journey("balanced"), planted(10_000, 1_000)
    missed = 0
    for name, values, k in (
        ("journey type, balanced", balanced, 3), ("journey type, balanced", balanced, 6),
        ("journey type, balanced", balanced, 10), ("planted 10k × 1k", large, 8),
    ):  # fmt: skip
        missed |= compare(name, values, k, rounds)
    return missed


if __name__ == "__main__":
    sys.exit(main())
