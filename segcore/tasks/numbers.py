"""Comparing numbers of segments: the sweep, and what stands beside it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from segcore.choices.matrix import MatrixSpec
from segcore.matrix import build_matrix
from segcore.progress import Step
from segcore.purchases.kept import load_purchases
from segcore.storage.store import default_store

if TYPE_CHECKING:
    from segcore.choices.nmf import NMFSpec
    from segcore.choices.sweep import SweepSpec
    from segcore.factorization import KMeansResult
    from segcore.factorization.presets import Effect
    from segcore.segments.adjacent_k import Neighbours
    from segcore.selection.expert_measures import ExpertMeasures
    from segcore.selection.sweep import Sweep


def sweep(digest: str, matrix: MatrixSpec, spec: SweepSpec) -> Generator[Step, None, Sweep]:
    """Try several numbers of segments."""
    from segcore.selection.sweep import sweeping

    yield Step(0.01, "Building the matrix")
    return (yield from sweeping(build_matrix(load_purchases(digest), spec=matrix), spec))


def expert_measures(digest: str, matrix: MatrixSpec, sweep_key: str) -> Generator[Step, None, ExpertMeasures]:
    """R NMF's measures for every k of a sweep that is in the store."""
    from segcore.selection.expert_measures import measuring

    yield Step(0.01, "Building the matrix")
    built = build_matrix(load_purchases(digest), spec=matrix)
    return (yield from measuring(built, default_store().load(sweep_key)))


def preset_effects(
    digest: str, matrix: MatrixSpec, nmf: NMFSpec, weightings: tuple[str, ...]
) -> Generator[Step, None, tuple[tuple[str, str, Effect], ...]]:
    """What each preset that can work does to the segments at one k: a tuple of (preset, weighting, effect)."""
    from segcore.factorization.presets import measure, presets_for

    purchases, found = load_purchases(digest), []
    offered = presets_for(weightings)
    for number, preset in enumerate(offered, start=1):
        weighting = preset.weighting(weightings)
        assert weighting is not None  # only presets that can work are offered
        yield Step((number - 0.5) / (len(offered) + 1), f"Trying “{preset.title}”")
        values = build_matrix(purchases, spec=replace(matrix, weighting=weighting)).values
        found.append((preset.name, weighting, measure(values, preset.spec(nmf))))
    return tuple(found)


def neighbours(digest: str, matrix: MatrixSpec, sweep_key: str, k: int) -> Generator[Step, None, Neighbours]:
    """What one segment fewer joins and one more splits, from a sweep that is in the store."""
    from segcore.segments import adjacent_k as of_k

    yield Step(0.1, "Building the matrix")
    purchases = load_purchases(digest)
    return of_k.neighbours(
        purchases, build_matrix(purchases, spec=matrix), default_store().load(sweep_key), k
    )


def kmeans_elbow(
    digest: str, matrix: MatrixSpec, most: int, seed: int, sweep_key: str
) -> Generator[Step, None, pd.DataFrame]:
    """K-means for k = 1 … most on scaled columns: by k the sum of squared errors, and the agreement with the segments.

    Agreement is the adjusted Rand index between the groups and the assignment of the sweep's fit; NaN where it has none.
    """
    from segcore.factorization import kmeans_sweep

    yield Step(0.01, "Building the matrix")
    values = build_matrix(load_purchases(digest), spec=matrix).values
    sweep = default_store().load(sweep_key)
    restarts = 10 if values.shape[0] * values.shape[1] <= 1_000_000 else 2
    rows = []
    for result in kmeans_sweep(values, range(1, most + 1), seed=seed, restarts=restarts):
        rows.append((result.k, result.sse, _agreement(sweep, result)))
        yield Step(result.k / most, f"K-means with {result.k} groups")
    return pd.DataFrame(rows, columns=["k", "sse", "agreement"]).set_index("k")


def _agreement(sweep: Sweep, groups: KMeansResult) -> float:
    """Adjusted Rand index between the groups and the segments of the same number, over customers that have one."""
    from segcore.factorization import assign
    from segcore.segments.compare import adjusted_rand_index

    if groups.k not in sweep.table.index[sweep.table["failure"] == ""]:
        return float("nan")
    own = assign(sweep.fit(groups.k).w)
    counts = pd.crosstab(own[own >= 0], groups.labels[own >= 0])
    return adjusted_rand_index(counts.to_numpy())
