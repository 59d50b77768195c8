"""A quick trial of a level: whether a segmentation holds there, how balanced it is, how far its products stand out.

On at most 8,000 customers, drawn by a fixed lot, two to eight segments are fitted and drawn again from six resamples.
It answers which level to work at, not how many segments to choose: "How many" looks at that with all customers.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from segcore.choices.matrix import MatrixSpec
from segcore.choices.offered import offered
from segcore.choices.sweep import SweepSpec
from segcore.errors import SegcoreError
from segcore.matrix import PurchaseMatrix, build_matrix
from segcore.progress import Step, finished, part_of
from segcore.purchases import Purchases
from segcore.purchases.levels import level_cells, level_codes
from segcore.segments import Segmentation, segment
from segcore.segments.profiles import profile_products
from segcore.selection.evidence import MOST_OF_PRODUCTS, STABLE
from segcore.selection.sweep import Sweep, sweeping

SAMPLE, RESAMPLES, MOST = 8_000, 6, 8
MOST_CELLS = (
    500_000  # bounds the wait at article level, where a thousand customers already fill half a million cells
)
TOP = 5
FULL = 0.95


@dataclass(frozen=True)
class LevelTrial:
    """What a quick trial of one level found.

    Attributes
    ----------
    customers : int
        How many were drawn.
    stable_k : int or None
        Largest number of segments that all come back (stability 0.8 or more); None where there is none.
    is_trivial : bool
        Whether that is nearly as many segments as products.
    reliable : bool
        Whether the comparison with chance, too, leaves a number of segments to suggest.
    largest, smallest : float
        Share of the customers in the largest and the smallest segment there, 0..1; NaN without a stable number.
    index : float
        Index (100 = average) of the five strongest products of each segment, in the mean; NaN likewise.
    tried : int
        Largest number tried.
    failure : str
        Why the level could not be tried at all; "" where it could.
    """

    level: str
    customers: int
    stable_k: int | None = None
    is_trivial: bool = False
    reliable: bool = False
    largest: float = float("nan")
    smallest: float = float("nan")
    index: float = float("nan")
    tried: int = MOST
    failure: str = ""


def trying_levels(
    purchases: Purchases, levels: tuple[str, ...]
) -> Generator[Step, None, tuple[LevelTrial, ...]]:
    """Try every level; each leaves as a part once it is known."""
    found = {}
    for number, level in enumerate(_quick_ones_first(purchases, levels)):
        yield Step(number / len(levels), f"Trying “{level}”")
        share = 1 / len(levels)
        found[level] = yield from part_of(_trying(purchases, level), share, start=number * share)
        yield Step((number + 1) / len(levels), f"Tried “{level}”", found[level])
    return tuple(found[level] for level in levels)


def _quick_ones_first(purchases: Purchases, levels: tuple[str, ...]) -> list[str]:
    """Coarse levels before fine ones: each takes as long as it has cells."""
    return sorted(levels, key=lambda level: (len(level_codes(purchases, level)[1]), level))


def try_level(purchases: Purchases, level: str) -> LevelTrial:
    """Try one level at once."""
    return finished(trying_levels(purchases, (level,)))[0]


def _trying(purchases: Purchases, level: str) -> Generator[Step, None, LevelTrial]:
    try:
        matrix = sampled_matrix(purchases, level)
        ks = tuple(range(2, min(MOST, *matrix.shape) + 1))
        for step in (steps := _Last(sweeping(matrix, SweepSpec(ks, resamples=RESAMPLES)))):
            yield replace(step, message=f"Trying “{level}”", part=None)
        sweep = steps.value
    except SegcoreError as error:
        return LevelTrial(level, 0, failure=error.sentence)
    return judge_sweep(matrix, sweep)


class _Last:
    """A generator whose return value can be asked for after it was looped over."""

    value: Sweep

    def __init__(self, steps: Generator[Step, None, Sweep]) -> None:
        self.steps = steps

    def __iter__(self) -> Generator[Step, None, None]:
        self.value = yield from self.steps


def sampled_matrix(purchases: Purchases, level: str) -> PurchaseMatrix:
    """The matrix of a level with at most 8,000 of its customers and half a million cells, always the same ones."""
    matrix = build_matrix(purchases, spec=MatrixSpec(level, _weighting(purchases, level)))
    active = np.flatnonzero(matrix.products_per_customer)
    most = min(SAMPLE, int(MOST_CELLS * len(active) / max(matrix.values.nnz, 1)))
    if len(active) > most:
        active = np.sort(np.random.default_rng(0).choice(active, most, replace=False))
    values = matrix.values[active]
    bought = np.bincount(values.indices, minlength=values.shape[1]) > 0
    amount = None if matrix.customer_amount is None else matrix.customer_amount[active]
    return replace(
        matrix,
        values=values[:, bought],
        customers=matrix.customers[active],
        products=matrix.products[bought],
        customer_amount=amount,
    )


def _weighting(purchases: Purchases, level: str) -> str:
    cells = level_cells(purchases, level, measures=())
    filled = len(cells.indices) / max(cells.shape[0] * cells.shape[1], 1)
    return offered(purchases.has("amount"), purchases.has("quantity"), filled > FULL)[0]


def judge_sweep(matrix: PurchaseMatrix, sweep: Sweep) -> LevelTrial:
    """Read the trial's figures off a sweep."""
    n, p = matrix.shape
    table, most = sweep.table, int(max(sweep.spec.ks))
    stable = [int(k) for k in table.index[table["stability_worst"] >= STABLE]]
    real = [k for k in stable if k <= MOST_OF_PRODUCTS * p]
    trial = LevelTrial(matrix.spec.level, n, tried=most)
    if not stable:
        return trial
    best = max(real or stable)
    cut = segment(matrix, fit=sweep.fit(best))
    sizes = cut.sizes / max(int(cut.sizes.sum()), 1)
    verdict = sweep.verdict(matrix)
    return replace(
        trial,
        stable_k=best,
        is_trivial=not real,
        reliable=verdict.reliable,
        largest=float(sizes.max()),
        smallest=float(sizes.min()),
        index=top_index(matrix, cut),
    )


def top_index(matrix: PurchaseMatrix, cut: Segmentation, top: int = TOP) -> float:
    """Index of the ``top`` strongest products of each segment, in the mean; empty segments have none."""
    profile = profile_products(matrix, cut).set_index(["segment", "product"])["index"]
    means = []
    for number in cut.sizes.index[cut.sizes > 0]:
        strongest = cut.product_scores[number].nlargest(top)
        means.append(profile.loc[number].reindex(strongest.index).mean())
    return float(pd.Series(means, dtype=float).mean())
