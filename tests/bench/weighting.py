"""How much best-sellers may say: the default weighting beside others, on planted tastes and on real customers.

A column counts by a power or a logarithm of its rarity, n customers over df buyers; "balanced" is what the app does: the
fourth root, or the eighth where customers have many products, and no product rarer than a fiftieth. Planted sets (k known) tell how
well customers are put where they belong; real customers tell whether segments come back, how large they are, and how
much of what is bought follows from the segment. The last is measured alike for all weightings: the share of the spread
of bought-or-not around the best-sellers that goes when each customer is taken for the average of the own segment.

The trade-off is the mean of three figures, each as a share of the best weighting's: recovery on planted sets, stability
of the worst segment on real customers, and purchases explained there. Exits non-zero where the default falls short of
the best trade-off by more than the tolerance, or of the best recovery, or lets one segment swallow most customers.

    python tests/bench/weighting.py [--quick] [--seed-offset N]
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass

from common import ROOT  # noqa: F401  (puts the checkout on the path)
from planted import Setting, describe, plant

# isort: split
import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.metrics import adjusted_rand_score

from segcore.factorization import NMFSpec, assign, factorize
from segcore.factorization.stability import match, resampled, stability_of
from segcore.matrix import build_matrix
from segcore.purchases import Purchases
from segcore.samples import complete_journey

DEFAULT = "balanced"
OF_THE_APP = ("bought", "balanced", "rare")
OTHERS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "df^-1/8": lambda rarity: rarity**0.125,
    "df^-1/4": lambda rarity: rarity**0.25,
    "sqrt idf": lambda rarity: np.sqrt(np.log(rarity) + 1.0),
    "df^-1/2": lambda rarity: rarity**0.5,
}
WEIGHTINGS = ("bought", "df^-1/8", "df^-1/4", "balanced", "sqrt idf", "df^-1/2", "rare")
POPULARITIES, PURCHASES, K = ("zipf", "flat"), (8, 15, 30), 5
SIZES = ((1_500, 150), (3_000, 300))
REAL_LEVELS, REAL_KS = ("product_type", "product_category"), (4, 5, 6, 7)
RESAMPLES, FEW_RESAMPLES = 20, 6
OF_TRADE_OFF, OF_RECOVERY, LARGEST = 0.02, 0.03, 0.5
SEED = 60_000


@dataclass(frozen=True)
class Figures:
    """What one weighting does to one matrix at one k; ``recovery`` is NaN where no truth is known."""

    recovery: float
    worst: float
    largest: float
    smallest: float
    explained: float


def weighted(purchases: Purchases, level: str | None, weighting: str) -> sparse.csr_matrix:
    """Customers × products under one weighting."""
    if weighting in OF_THE_APP:
        return build_matrix(purchases, level, weighting=weighting).values
    bought = build_matrix(purchases, level, weighting="bought").values
    buyers = np.asarray(bought.sum(axis=0)).ravel()
    return (bought @ sparse.diags(OTHERS[weighting](bought.shape[0] / buyers))).tocsr()


def measure(
    bought: sparse.csr_matrix,
    values: sparse.csr_matrix,
    k: int,
    resamples: int,
    truth: np.ndarray | None = None,
) -> Figures:
    """Fit, assign, resample."""
    fit = factorize(values, NMFSpec(k=k))
    own = assign(fit.w)
    bases = [found[k][match(fit.h, found[k])] for found in resampled(values, [fit.spec], resamples) if found]
    stability = stability_of(bases)
    sizes = np.bincount(own[own >= 0], minlength=k) / max((own >= 0).sum(), 1)
    recovery = adjusted_rand_score(truth, own) if truth is not None else float("nan")
    worst = stability.worst if stability else float("nan")
    return Figures(float(recovery), worst, float(sizes.max()), float(sizes.min()), explained(bought, own))


def explained(bought: sparse.csr_matrix, own: np.ndarray) -> float:
    """Spread of bought-or-not around the average customer that the averages of the segments take away, 0..1."""
    n = len(own)
    members = sparse.csr_matrix((np.ones(n), (own + 1, np.arange(n))))  # row 0: in no segment
    sizes = np.asarray(members.sum(axis=1)).ravel()
    totals = (members @ bought).toarray()
    overall = totals.sum(axis=0)
    between = (totals**2 / np.maximum(sizes, 1)[:, None]).sum() - (overall**2).sum() / n
    return float(between / (bought.multiply(bought).sum() - (overall**2).sum() / n))


def planted_figures(quick: bool, offset: int) -> pd.DataFrame:
    """One row per set and weighting."""
    rows, seed = [], SEED + offset
    for popularity in POPULARITIES:
        for purchases in PURCHASES:
            for hard in (False, True):
                for customers, products in SIZES[: 1 if quick else 2]:
                    seed += 1
                    drawn = plant(Setting(popularity, customers, products, purchases, hard, hard), K, seed)
                    bought = build_matrix(drawn.purchases, weighting="bought").values
                    kind = f"{popularity}, {purchases} purchases"
                    for name in WEIGHTINGS:
                        values = weighted(drawn.purchases, None, name)
                        found = measure(bought, values, K, FEW_RESAMPLES, drawn.taste)
                        rows.append({"set": kind, "weighting": name, **vars(found)})
    return pd.DataFrame(rows)


def real_figures(quick: bool) -> pd.DataFrame:
    """The same on real customers, several k at each level."""
    purchases, rows = complete_journey(), []
    for level in REAL_LEVELS:
        bought = build_matrix(purchases, level, weighting="bought").values
        under = {name: weighted(purchases, level, name) for name in WEIGHTINGS}
        for k in REAL_KS[:: 3 if quick else 1]:
            for name, values in under.items():
                found = measure(bought, values, k, FEW_RESAMPLES if quick else RESAMPLES)
                rows.append({"set": f"{level}, k = {k}", "weighting": name, **vars(found)})
    return pd.DataFrame(rows)


def print_figures(title: str, figures: pd.DataFrame, columns: dict[str, str]) -> None:
    """A block per figure: sets down, weightings across."""
    print(f"\n{title}")
    for column, words in columns.items():
        table = figures.pivot_table(index="set", columns="weighting", values=column, sort=False)
        table.loc["mean"] = table.mean()
        print(
            f"\n{words}\n{table[list(WEIGHTINGS)].to_string(float_format='{:.2f}'.format, index_names=False)}"
        )


def judge(planted: pd.DataFrame, real: pd.DataFrame) -> int:
    """Print the trade-off; 1 where the default falls short."""
    recovery = planted.groupby("weighting")["recovery"].mean()
    on_real = real.groupby("weighting")[["worst", "explained", "largest"]].mean()
    parts = pd.DataFrame(
        {"recovery": recovery, "stability": on_real["worst"], "explained": on_real["explained"]}
    )
    shares = (parts / parts.max()).loc[list(WEIGHTINGS)]
    shares["trade-off"] = shares.mean(axis=1)
    print(f"\nas a share of the best\n{shares.to_string(float_format='{:.3f}'.format, index_names=False)}")
    own = shares.loc[DEFAULT]
    behind, lost = shares["trade-off"].max() - own["trade-off"], 1 - own["recovery"]
    checks = (
        (f"{DEFAULT} behind the best trade-off", behind, OF_TRADE_OFF),
        (f"{DEFAULT} behind the best recovery", lost, OF_RECOVERY),
        (f"{DEFAULT}: largest segment of real customers, mean", on_real.loc[DEFAULT, "largest"], LARGEST),
    )
    for words, value, most in checks:
        print(f"{words}: {value:.3f} ({'at most' if value <= most else 'OVER'} {most:g})")
    return int(any(value > most for _, value, most in checks))


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--seed-offset", type=int, default=0)
    wanted = parser.parse_args()
    print(f"generator: {describe()}\nplanted k = {K}, seeds from {SEED + wanted.seed_offset + 1}")
    planted = planted_figures(wanted.quick, wanted.seed_offset)
    sizes = {"largest": "largest segment", "smallest": "smallest segment"}
    worst = {"worst": "stability of the worst segment"}
    gone = {"explained": "purchases explained by the assignment"}
    print_figures("planted", planted, {"recovery": "adjusted Rand index"} | worst | sizes | gone)
    real = real_figures(wanted.quick)
    print_figures("real customers (The Complete Journey)", real, worst | sizes | gone)
    return judge(planted, real)


if __name__ == "__main__":
    sys.exit(main())
