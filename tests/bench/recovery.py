"""Who belongs where: assignment against planted truth, beside an oracle and K-means; stability on real customers.

The oracle knows the chance of every product in every taste and how large the tastes are, and gives each customer the
likeliest taste for the products bought. k is the planted one for all three. On real customers (The Complete Journey)
the app's own sweep and verdict choose k. Exits non-zero where a bar is missed.

K-means works on scaled columns, as scikit-learn does by default (Lloyd, one k-means++ start; the mean of three seeds), and
once more with the best of ten starts. The bar against it is held over all settings for the default, and where tastes
overlap and differ in size, as real ones do, for ten starts too. Where tastes are apart and purchases many, K-means with
ten starts is nearly as good as the oracle, so nobody can be twice as good: printed, not barred.

    python tests/bench/recovery.py [--quick] [--seed-offset N]
"""

import argparse
import sys
from dataclasses import dataclass, replace

from common import ROOT  # noqa: F401  (puts the checkout on the path)
from planted import KS, Planted, Setting, describe, matrix_of, plant, settings

# isort: split
import numpy as np
from sklearn.metrics import adjusted_rand_score

from segcore.factorization import kmeans
from segcore.matrix import PurchaseMatrix, build_matrix
from segcore.samples import complete_journey
from segcore.segments import segment
from segcore.selection import judge
from segcore.selection.sweep import sweep_k

OF_ORACLE, OF_KMEANS, STABLE = 0.88, 2.0, 0.9
ENOUGH = 15  # purchases a customer from which the bars hold
PURCHASES = (9, 15, 30)
LEVELS = ("product_type", "product_category")
STARTS = 3  # seeds of K-means with one start
SEED = 40_000


@dataclass(frozen=True)
class Score:
    """Adjusted Rand index against the planted tastes."""

    setting: Setting
    k: int
    ours: float
    oracle: float
    kmeans: float
    kmeans_ten: float


def oracle(drawn: Planted, matrix: PurchaseMatrix) -> np.ndarray:
    """The likeliest taste of every customer, all chances known."""
    chances = drawn.profiles[:, matrix.products.astype(int)]
    return (matrix.bought @ np.log(chances).T + np.log(drawn.sizes)).argmax(axis=1)


def score(setting: Setting, k: int, seed: int) -> Score:
    """Draw one set and assign its customers three ways."""
    drawn = plant(setting, k, seed)
    matrix = matrix_of(drawn.purchases)
    ours = segment(matrix, k).assignment.fillna(0).to_numpy()
    once = [kmeans(matrix.values, k, restarts=1, seed=number).labels for number in range(STARTS)]
    found = [
        np.mean([adjusted_rand_score(drawn.taste, labels) for labels in several])
        for several in ([ours], [oracle(drawn, matrix)], once, [kmeans(matrix.values, k).labels])
    ]
    return Score(setting, k, *map(float, found))


def planted_scores(quick: bool, offset: int) -> list[Score]:
    """Every setting at 9, 15 and 30 purchases, k in turn; quick: every fourth."""
    bases = [setting for setting in settings() if setting.purchases == ENOUGH]
    every = [replace(setting, purchases=each) for each in PURCHASES for setting in bases]
    return [
        score(setting, KS[number % len(KS)], SEED + offset + number)
        for number, setting in enumerate(every)
        if not quick or number % 4 == 0
    ]


def print_scores(scores: list[Score]) -> None:
    """One row per set."""
    print(
        f"\n{'adjusted Rand index':<58}{'k':>3}{'ours':>7}{'oracle':>8}{'K-means':>9}{'best of 10':>12}{'of oracle':>11}"
    )
    for s in scores:
        print(
            f"{s.setting.name:<58}{s.k:>3}{s.ours:>7.2f}{s.oracle:>8.2f}{s.kmeans:>9.2f}{s.kmeans_ten:>12.2f}"
            f"{s.ours / s.oracle:>11.2f}"
        )


def means(scores: list[Score]) -> tuple[float, float, float]:
    """Our mean index as a share of the oracle's, and as a multiple of K-means' with one start and with ten."""
    ours, best, once, ten = (
        np.mean([getattr(s, name) for s in scores]) for name in ("ours", "oracle", "kmeans", "kmeans_ten")
    )
    return float(ours / best), float(ours / once), float(ours / ten)


def real_stability() -> dict[str, tuple[int | None, float]]:
    """The suggested k on real customers, and the stability of its worst segment, by level."""
    purchases, found = complete_journey(), {}
    for level in LEVELS:
        matrix = build_matrix(purchases, level, weighting="balanced")
        sweep = sweep_k(matrix)
        verdict = judge(sweep.table, sweep.baseline, matrix.row_word, matrix.shape[1])
        worst = sweep.table.loc[verdict.suggested, "stability_worst"] if verdict.suggested else float("nan")
        found[level] = (verdict.suggested, float(worst))
        print(f"{level}: {verdict.sentence} Range {verdict.low} to {verdict.high}.")
    return found


def held(name: str, value: float, bar: float) -> int:
    """Print a figure beside its bar; 1 where it is missed."""
    reached = value >= bar
    print(f"{name}: {value:.2f} ({'at least' if reached else 'UNDER'} {bar:g})")
    return 0 if reached else 1


def main() -> int:
    """Print every figure; fail below a bar."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed-offset", type=int, default=0)
    wanted = parser.parse_args()
    print(f"generator: {describe()}\nseeds: from {SEED + wanted.seed_offset}")
    scores = planted_scores(wanted.quick, wanted.seed_offset)
    print_scores(scores)
    for each in PURCHASES:
        for overlap in (False, True):
            own = [s for s in scores if s.setting.purchases == each and s.setting.overlap == overlap]
            of_oracle, of_kmeans, of_ten = means(own)
            kind = "overlap, unequal" if overlap else "plain"
            print(
                f"{each:>2} purchases, {kind}: {of_oracle:.2f} of the oracle, {of_kmeans:.1f} × K-means, "
                f"{of_ten:.1f} × its best of ten starts"
            )
    enough = [s for s in scores if s.setting.purchases >= ENOUGH]
    of_oracle, of_kmeans_enough, of_ten_enough = means(enough)
    of_oracle_hard, _, of_ten_hard = means([s for s in enough if s.setting.overlap])
    _, of_kmeans, of_ten = means(scores)
    print(f"all settings: {of_ten:.2f} × the best of ten starts of K-means")
    print(
        f"{ENOUGH} purchases and more: {of_kmeans_enough:.2f} × K-means, {of_ten_enough:.2f} × its best of ten"
    )
    missed = held(f"of the oracle, {ENOUGH} purchases and more, all settings", of_oracle, OF_ORACLE)
    missed += held(f"of the oracle, {ENOUGH} purchases and more, overlap", of_oracle_hard, OF_ORACLE)
    missed += held("× K-means on scaled data, all settings", of_kmeans, OF_KMEANS)
    missed += held(f"× its best of ten starts, {ENOUGH} purchases and more, overlap", of_ten_hard, OF_KMEANS)
    for level, (k, worst) in real_stability().items():
        missed += held(f"stability of the worst segment, {level}, k = {k}", worst, STABLE)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
