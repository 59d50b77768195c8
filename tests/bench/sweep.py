"""Sweep k = 2 … 10 against scikit-learn's NMF with its defaults: CPU time, peak memory, share explained.

Interleaved, one thread, each round in a process of its own. Exits non-zero where a ratio or a share is under its bar.
``--rounds N`` (5), ``--only NAME`` for one set, ``--million`` adds 1,000,000 × 2,000 (two rounds, several minutes).
"""

import argparse
import multiprocessing
import os
import re
import resource
import statistics
import sys
import time
import warnings
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from common import verdict
from scipy import sparse

KS = range(2, 11)
SEED = 3
# name: (ratio of CPU, share explained of scikit-learn's at every k)
BARS = {
    "journey type, bought": (12.0, 0.998),
    "journey type, balanced": (9.0, 0.998),
    "journey type, rare": (9.0, 0.998),
    "planted 10k × 1k": (4.0, 0.9999),
    "planted 100k × 2k": (4.0, 0.9999),
    "planted 1M × 2k": (25.0, 0.99),
}


def planted(n: int, p: int, segments: int = 8, purchases: float = 16.0) -> sparse.csr_matrix:
    """Customers of equal segments, each with a liking for its own eighth of a Zipf assortment."""
    generator = np.random.default_rng(SEED)
    popularity = generator.permutation(1.0 / np.arange(1, p + 1) ** 0.8)
    liked = np.where(generator.random((segments, p)) < 2 / segments, 8.0, 1.0)
    taste = popularity * liked / (popularity * liked).sum(axis=1, keepdims=True)
    counts = generator.poisson(purchases, n)
    row = np.repeat(np.arange(n), counts)
    column = np.concatenate(
        [generator.choice(p, counts[j::segments].sum(), p=taste[j]) for j in range(segments)]
    )
    order = np.argsort(row % segments, kind="stable")
    values = sparse.csr_matrix((np.ones(len(row)), (row[order], column)), shape=(n, p))
    values.sum_duplicates()
    values.data[:] = 1.0
    return values


def journey(weighting: str) -> sparse.csr_matrix:
    from segcore.matrix import build_matrix
    from segcore.samples import complete_journey

    return build_matrix(complete_journey(), "product_type", weighting=weighting).values


def ours(values: sparse.csr_matrix) -> list[float]:
    from segcore.factorization import NMFSpec, factorize_together

    specs = [NMFSpec(k) for k in KS]
    together = factorize_together(values, specs, sample=True)
    # As on the other side, a fit goes when its share is known.
    shares = {fit.spec.k: fit.explained_share for fits in together for fit in fits}
    return [shares[k] for k in KS]


def theirs(values: sparse.csr_matrix) -> list[float]:
    from sklearn.decomposition import NMF

    warnings.simplefilter("ignore")
    total = float(values.data @ values.data)
    return [1 - NMF(k).fit(values).reconstruction_err_ ** 2 / total for k in KS]


def measured(work, values: sparse.csr_matrix) -> tuple[float, float, list[float]]:
    """CPU seconds, peak megabytes above the data, shares explained, in a new process.

    New, not forked: a fork pays a page fault wherever it writes over what the sets before left behind, and whoever
    computes for a shorter time pays more of it.
    """
    context = multiprocessing.get_context("spawn")
    ours_end, child_end = context.Pipe()
    process = context.Process(target=_measure, args=(child_end, work, values))
    process.start()
    result = ours_end.recv()
    process.join()
    return result


def _measure(end, work, values: sparse.csr_matrix) -> None:
    work(values[:200])  # imports are not part of the work
    before = peak_megabytes(anew=True)
    start = time.process_time()
    shares = work(values)
    taken = time.process_time() - start
    end.send((taken, peak_megabytes() - before, shares))


def peak_megabytes(anew: bool = False) -> float:
    """The most memory this process has held, or what it holds now, from where the most is counted ``anew``.

    Linux can forget a peak, and must: a new process begins with the one of the process that started it.
    """
    forget, status = Path("/proc/self/clear_refs"), Path("/proc/self/status")
    if not forget.exists():  # elsewhere only the peak since the start is known, in bytes on a Mac
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (
            2**20 if sys.platform == "darwin" else 1024
        )
    if anew:
        forget.write_text("5")
    return int(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) / 1024


def compare(name: str, values: sparse.csr_matrix, rounds: int) -> int:
    print(f"{name}: {values.shape[0]:,} × {values.shape[1]:,}, {values.nnz:,} filled cells")
    results: dict[str, list] = {"segcore": [], "scikit-learn": []}
    for _ in range(rounds):
        results["segcore"].append(measured(ours, values))
        results["scikit-learn"].append(measured(theirs, values))
    cpu = {who: statistics.median(r[0] for r in runs) for who, runs in results.items()}
    for who, runs in results.items():
        times = " ".join(f"{r[0]:7.2f}" for r in runs)
        print(f"  {who:<13} CPU {times} s   peak +{max(r[1] for r in runs):.0f} MB")
    shares = [a / b for a, b in zip(results["segcore"][0][2], results["scikit-learn"][0][2], strict=True)]
    print("  share explained, of scikit-learn's: " + " ".join(f"{s:.5f}" for s in shares))
    ratio_bar, share_bar = BARS[name]
    enough = min(shares) >= share_bar
    print(f"  least share {min(shares):.5f} ({'at least' if enough else 'UNDER'} {share_bar})")
    return verdict(f"  {name}", cpu["scikit-learn"] / cpu["segcore"], ratio_bar) | (not enough)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--only", choices=list(BARS))
    options.add_argument("--million", action="store_true")
    chosen = options.parse_args()
    import scipy
    import sklearn

    print(
        f"numpy {np.__version__}, scipy {scipy.__version__}, scikit-learn {sklearn.__version__}; seed {SEED}"
    )
    sets = {
        **{f"journey type, {w}": (lambda w=w: journey(w)) for w in ("bought", "balanced", "rare")},
        "planted 10k × 1k": lambda: planted(10_000, 1_000),
        "planted 100k × 2k": lambda: planted(100_000, 2_000),
        "planted 1M × 2k": lambda: planted(1_000_000, 2_000),
    }
    missed = 0
    for name, make in sets.items():
        if name == chosen.only or (not chosen.only and ("1M" not in name or chosen.million)):
            missed |= compare(name, make(), 2 if "1M" in name else chosen.rounds)
    return missed


if __name__ == "__main__":
    sys.exit(main())
