"""One k on 10,000 × 1,000 against R: the NMF package's ``lee`` and RcppML. CPU time and share explained, one thread each.

    apt-get install --no-install-recommends r-base-core r-cran-nmf r-cran-rcppml   (Debian, Ubuntu)
    Rscript -e 'install.packages(c("NMF", "RcppML"))'                              (elsewhere)

Exits non-zero where ours takes more than a 1,500th of ``lee``'s CPU, or more than RcppML's, or explains less than
either. Where there is no R, or one of its packages is missing, it says so, compares with what is there, and claims
nothing about the rest. ``--k K`` (8), ``--rounds N`` (5; ``lee``, at a minute each, runs ``--lee-rounds`` (1) times).
"""

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

from common import verdict
from scipy import io, sparse
from sweep import planted

BARS = {"NMF": 1500.0, "RcppML": 1.0}
SHARE = 0.9999  # of the rival's explained share
INSTALL = "apt-get install --no-install-recommends r-base-core r-cran-nmf r-cran-rcppml"

READ = """
suppressMessages(library(Matrix))
given <- commandArgs(trailingOnly = TRUE)
values <- as(readMM(given[1]), "CsparseMatrix")
k <- as.integer(given[2])
seed <- as.integer(given[3])
explained <- function(fitted) 1 - sum((as.matrix(values) - fitted)^2) / sum(values^2)
say <- function(taken, share) cat(sprintf("RESULT %.6f %.8f\\n", taken[["user.self"]] + taken[["sys.self"]], share))
"""
WORK = {
    "NMF": """
suppressMessages(library(NMF))
dense <- as.matrix(values)
taken <- system.time(fit <- nmf(dense, k, method = "lee", seed = seed, nrun = 1, .opt = "-p"))
say(taken, explained(basis(fit) %*% coef(fit)))
""",
    "RcppML": """
suppressMessages(library(RcppML))
setRcppMLthreads(1)
invisible(nmf(values[1:100, ], 2, verbose = FALSE))
taken <- system.time(fit <- nmf(values, k, verbose = FALSE, seed = seed))
say(taken, explained(fit$w %*% Diagonal(x = fit$d) %*% fit$h))
""",
}
VERSIONS = """
cat(R.version.string, "\\nBLAS ", extSoftVersion()[["BLAS"]], "\\n", sep = "")
for (name in c("NMF", "RcppML")) if (requireNamespace(name, quietly = TRUE)) cat("HAVE", name, as.character(packageVersion(name)), "\\n")
"""


def r_says(script: str, *given: str) -> str:
    """What an R script prints.

    Raises
    ------
    subprocess.CalledProcessError
        R stopped with an error; its words go to our standard error.
    """
    command = ["Rscript", "--vanilla", "-e", script, *given]
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout


def theirs(name: str, path: Path, k: int, seed: int) -> tuple[float, float]:
    """CPU seconds and share explained of one fit in R."""
    line = next(
        line
        for line in r_says(READ + WORK[name], str(path), str(k), str(seed)).splitlines()
        if line.startswith("RESULT")
    )
    return float(line.split()[1]), float(line.split()[2])


def ours(values: sparse.csr_matrix, k: int) -> tuple[float, float]:
    from segcore.factorization import NMFSpec, factorize

    factorize(values[:200], NMFSpec(2))  # imports are not part of the work
    start = time.process_time()
    fit = factorize(values, NMFSpec(k))
    return time.process_time() - start, fit.explained_share


def compare(values: sparse.csr_matrix, names: list[str], k: int, rounds: int, lee_rounds: int) -> int:
    runs: dict[str, list[tuple[float, float]]] = {"segcore": [], **{name: [] for name in names}}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "values.mtx"
        io.mmwrite(path, values)
        for number in range(rounds):
            runs["segcore"].append(ours(values, k))
            for name in names:
                if name != "NMF" or number < lee_rounds:
                    runs[name].append(theirs(name, path, k, number + 1))
    for name, results in runs.items():
        times, shares = (" ".join(f"{r[part]:.4f}" for r in results) for part in (0, 1))
        print(
            f"  {'NMF, lee' if name == 'NMF' else name:<9} CPU {times} s   share explained {shares}",
            flush=True,
        )
    cpu = {name: statistics.median(r[0] for r in results) for name, results in runs.items()}
    share = {name: statistics.median(r[1] for r in results) for name, results in runs.items()}
    missed = 0
    for name in names:
        enough = share["segcore"] >= SHARE * share[name]
        print(
            f"  share explained, of {name}'s: {share['segcore'] / share[name]:.5f} ({'at least' if enough else 'UNDER'} {SHARE})"
        )
        missed |= verdict(f"  {name}", cpu[name] / cpu["segcore"], BARS[name]) | (not enough)
    return missed


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--k", type=int, default=8)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--lee-rounds", type=int, default=1, choices=range(1, 100), metavar="N")
    chosen = options.parse_args()
    if shutil.which("Rscript") is None:
        print(f"There is no R here, so nothing was compared. Install it with: {INSTALL}")
        return 0
    said = r_says(VERSIONS).splitlines()
    have = [line.split()[1] for line in said if line.startswith("HAVE")]
    print("; ".join(line.removeprefix("HAVE ").strip() for line in said))
    for name in BARS:
        if name not in have:
            print(f"R has no package {name}: not compared. Install it with: {INSTALL}")
    values = planted(10_000, 1_000)
    print(f"planted {values.shape[0]:,} × {values.shape[1]:,}, {values.nnz:,} filled cells, k = {chosen.k}")
    return (
        compare(values, [name for name in BARS if name in have], chosen.k, chosen.rounds, chosen.lee_rounds)
        if have
        else 0
    )


if __name__ == "__main__":
    sys.exit(main())
