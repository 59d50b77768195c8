"""Comparing numbers of segments: the sweep, and what stands beside it."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

import pandas as pd

from segcore.matrix import MatrixSpec, build_matrix
from segcore.steps import Step
from segcore.store import default_store
from segcore.tasks.data import load_purchases


def sweep(digest: str, matrix: MatrixSpec, spec: object) -> Generator[Step, None, object]:
    """Try several numbers of segments."""
    from segcore.sweep import sweeping

    yield Step(0.01, "Building the matrix")
    return (yield from sweeping(build_matrix(load_purchases(digest), spec=matrix), spec))


def expert_measures(digest: str, matrix: MatrixSpec, sweep_key: str) -> Generator[Step, None, object]:
    """R NMF's measures for every k of a sweep that is in the store."""
    from segcore.consensus import measuring

    yield Step(0.01, "Building the matrix")
    built = build_matrix(load_purchases(digest), spec=matrix)
    return (yield from measuring(built, default_store().load(sweep_key)))


def preset_effects(
    digest: str, matrix: MatrixSpec, nmf: object, weightings: tuple[str, ...]
) -> Generator[Step, None, object]:
    """What each preset that can work does to the segments at one k: a tuple of (preset, weighting, effect)."""
    from segcore.factorization.presets import measure, presets_for

    purchases, found = load_purchases(digest), []
    offered = presets_for(weightings)
    for number, preset in enumerate(offered, start=1):
        weighting = preset.weighting(weightings)
        yield Step((number - 0.5) / (len(offered) + 1), f"Trying “{preset.title}”")
        values = build_matrix(purchases, spec=replace(matrix, weighting=weighting)).values
        found.append((preset.name, weighting, measure(values, preset.spec(nmf))))
    return tuple(found)


def kmeans_elbow(
    digest: str, matrix: MatrixSpec, most: int, seed: int
) -> Generator[Step, None, pd.DataFrame]:
    """K-means for k = 1 … most on scaled columns: a table of k and sum of squared errors."""
    from segcore.factorization import kmeans_sweep

    yield Step(0.01, "Building the matrix")
    values = build_matrix(load_purchases(digest), spec=matrix).values
    restarts = 10 if values.shape[0] * values.shape[1] <= 1_000_000 else 2
    rows = []
    for result in kmeans_sweep(values, range(1, most + 1), seed=seed, restarts=restarts):
        rows.append((result.k, result.sse))
        yield Step(result.k / most, f"K-means with {result.k} groups")
    return pd.DataFrame(rows, columns=["k", "sse"]).set_index("k")
