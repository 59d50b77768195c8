"""The background jobs: each reads its purchases from the store, runs one generator of the core, returns its result.

A task is named in a request, runs in a worker process and yields a Step after each piece of work. Its arguments are
digests and specs, so that the same question asked twice is the same job.
"""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from dataclasses import dataclass, replace
from pathlib import Path

import pandas as pd

from segcore.intake import Draft, IntakeReport, Roles, convert
from segcore.intake import inspect as inspect_files
from segcore.matrix import MatrixSpec, build_matrix
from segcore.purchases import Purchases
from segcore.steps import Step
from segcore.store import default_store
from segcore.uploads import StoredUpload

PURCHASES = "purchases"


@dataclass(frozen=True, eq=False)
class Loaded:
    """What the pages need to know of a file once it is read; the purchases themselves stay in the store.

    Attributes
    ----------
    digest : str
        Content hash of the purchases, the key to them.
    levels : DataFrame
        ``profile_levels`` of the file.
    """

    digest: str
    roles: Roles
    report: IntakeReport
    levels: pd.DataFrame


def purchases_key(digest: str) -> str:
    """Where the purchases with this digest are kept."""
    return default_store().key(PURCHASES, digest=digest)


def load_purchases(digest: str) -> Purchases:
    """Read purchases back from the store."""
    return default_store().load(purchases_key(digest))


def keep_purchases(purchases: Purchases) -> None:
    """Put purchases in the store, once."""
    key = purchases_key(purchases.digest)
    if not default_store().has(key):
        default_store().save(key, purchases)


Files = tuple[tuple[str, str], ...]  # the person's name for each file, and where it is


def inspect(files: Files) -> Generator[Step, None, Draft]:
    """Look at files: tables, columns, guessed roles."""
    yield Step(0.1, "Looking at the file")
    return inspect_files(list(files))


def read(files: Files, roles: Roles) -> Generator[Step, None, Loaded]:
    """Read files into purchases and measure every level."""
    from segcore.hierarchy import profile_levels

    steps = convert(list(files), roles)
    while True:
        try:
            step = next(steps)
            yield Step(0.8 * step.fraction, step.message)
        except StopIteration as end:
            intake = end.value
            break
    yield Step(0.85, "Keeping the purchases")
    keep_purchases(intake.purchases)
    yield Step(0.92, "Measuring every product level")
    return Loaded(intake.purchases.digest, intake.roles, intake.report, profile_levels(intake.purchases))


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


def segments(digest: str, matrix: MatrixSpec, nmf: object, resamples: int) -> Generator[Step, None, object]:
    """Find the segments for one k, with their stability and who is mixed."""
    from segcore.segments import segment

    yield Step(0.05, "Building the matrix")
    built = build_matrix(load_purchases(digest), spec=matrix)
    yield Step(0.2, "Finding segments and checking them on resamples")
    return segment(built, spec=nmf, resamples=resamples)


def rules(digest: str, spec: object) -> Generator[Step, None, object]:
    """Mine rules once at a safe floor."""
    from segcore.rules import mining_purchases

    yield Step(0.05, "Collecting the baskets")
    return (yield from mining_purchases(load_purchases(digest), spec))


def sample(name: str) -> Generator[Step, None, tuple[StoredUpload, ...]]:
    """Write a sample's files into the uploads, as if somebody had dropped them."""
    from segcore.samples import complete_journey_files, wine_merchant_file

    yield Step(0.1, "Fetching the sample")
    with tempfile.TemporaryDirectory(prefix="segcore-") as folder:
        if name == "complete_journey":
            paths = complete_journey_files(folder, form="parquet")
        else:
            paths = (Path(folder) / "wine merchant.csv",)
            wine_merchant_file(paths[0])
        yield Step(0.8, "Keeping the files")
        return tuple(_kept(path) for path in paths)


def _kept(path: Path) -> StoredUpload:
    with path.open("rb") as content:
        return default_store().keep_upload(path.name, content)
