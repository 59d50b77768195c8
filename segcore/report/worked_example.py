"""The shipped wine merchant worked through from purchases to people, every figure computed when it is asked for."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import pandas as pd

from segcore.choices.sweep import SweepSpec
from segcore.hierarchy import profile_levels
from segcore.matrix import build_matrix
from segcore.progress import Step, part_of
from segcore.samples import wine_merchant
from segcore.segments import segment
from segcore.segments.compare import adjusted_rand_index
from segcore.segments.names import propose_names
from segcore.selection.sweep import sweeping

KS = tuple(range(2, 9))


@dataclass(frozen=True, eq=False)
class Worked:
    """What came out at every step.

    Attributes
    ----------
    levels : DataFrame
        Products and density by level.
    table : DataFrame
        The sweep.
    verdict : str
        The sentence on how many.
    reasons : tuple of str
    found : DataFrame
        Customers by planted taste (rows) and segment found (columns).
    agreement : float
        Adjusted Rand index of the segments with the planted tastes.
    planted : int
        Tastes that were planted.
    """

    customers: int
    lines: int
    level: str
    levels: pd.DataFrame
    baseline: float
    table: pd.DataFrame
    verdict: str
    reasons: tuple[str, ...]
    k: int
    explained: float
    found: pd.DataFrame
    agreement: float
    planted: int


def working_through() -> Generator[Step, None, Worked]:
    """Work the sample through, step by step."""
    sample = wine_merchant()
    purchases, truth = sample.purchases, sample.truth
    yield Step(0.1, "Measuring every product level")
    levels = profile_levels(purchases)[["products", "density", "verdict"]]
    yield Step(0.2, "Comparing numbers of segments")
    matrix = build_matrix(purchases, level=truth.level)
    sweep = yield from part_of(sweeping(matrix, SweepSpec(KS)), 0.6, start=0.2)
    verdict = sweep.verdict(matrix)
    tastes = truth.taste.reindex(matrix.customers)
    k = verdict.suggested or tastes.nunique()
    yield Step(0.85, f"Finding {k} segments")
    cut = segment(matrix, k=k)
    names = propose_names(purchases, matrix, cut)
    home = cut.assignment.map(names).rename("segment found")
    return Worked(
        len(matrix.customers), purchases.n_lines, truth.level, levels, sweep.baseline, sweep.table, verdict.sentence,
        verdict.reasons, k, cut.explained_share, pd.crosstab(tastes.rename("planted taste"), home.astype("object")),
        adjusted_rand_index(pd.crosstab(tastes, cut.assignment.fillna(0)).to_numpy()), int(tastes.nunique()),
    )  # fmt: skip
