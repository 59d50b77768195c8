"""The questions pages put to the job runner, built from the study."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pages.ui.parts import cached
from pages.ui.parts import study_choices as choices
from pages.ui.shell import session
from segcore.jobs import Request

if TYPE_CHECKING:
    from segcore.choices.study import Study
    from segcore.intake import Roles
    from segcore.matrix import PurchaseMatrix

Files = tuple[tuple[str, str], ...]  # the person's name for each file, and its name among the uploads
PARSED_PER_SECOND = 8_000_000  # bytes of a text file, measured on two cores
CELLS_PER_SECOND = 250_000  # stored cells a sweep over ten k with twenty resamples gets through


def inspect(files: Files) -> Request:
    """Ask what tables and columns some files have."""
    return Request.of(
        "segcore.tasks.data:inspect", files=files, title="Looking at the file", seconds=2, short=True
    )


def sample(name: str) -> Request:
    """Ask for the files of a sample."""
    return Request.of(
        "segcore.tasks.data:sample", name=name, title="Fetching the sample", seconds=3, short=True
    )


def read(files: Files, roles: Roles) -> Request:
    """Ask for the purchases in some files."""
    size = cached.store().uploads_size(stored for _, stored in files)
    seconds = 2 + size / PARSED_PER_SECOND
    return Request.of(
        "segcore.tasks.data:read", files=files, roles=roles, title="Reading the purchases", seconds=seconds
    )


def open_study(stored: str, turn: str) -> Request:
    """Ask for the study in an uploaded study file; every ``turn`` makes one of its own."""
    size = cached.store().uploads_size([stored])
    return Request.of(
        "segcore.tasks.studies:open_file",
        stored=stored,
        turn=turn,
        title="Opening the study",
        seconds=2 + size / PARSED_PER_SECOND * 4,
        short=True,
    )


def sweep(study: Study, matrix: PurchaseMatrix) -> Request:
    """Ask for several numbers of segments."""
    return Request.of(
        "segcore.tasks.numbers:sweep",
        digest=study.data_digest,
        matrix=matrix.spec,
        spec=choices.sweep_spec(matrix.shape),
        title="Comparing numbers of segments",
        seconds=3 + matrix.values.nnz / CELLS_PER_SECOND * 10,
    )


def kmeans_elbow(study: Study, matrix: PurchaseMatrix) -> Request:
    """Ask for the K-means elbow."""
    return Request.of(
        "segcore.tasks.numbers:kmeans_elbow",
        digest=study.data_digest,
        matrix=matrix.spec,
        most=min(study.sweep.max_k, matrix.shape[0]),
        seed=333,
        sweep_key=sweep(study, matrix).key(cached.store()),
        title="K-means for comparison",
        seconds=3 + matrix.shape[0] * matrix.shape[1] / 400_000,
    )


def neighbours(study: Study, matrix: PurchaseMatrix, k: int) -> Request:
    """Ask what one segment fewer joins and one more splits, of a sweep that has run."""
    return Request.of(
        "segcore.tasks.numbers:neighbours",
        digest=study.data_digest,
        matrix=matrix.spec,
        sweep_key=sweep(study, matrix).key(cached.store()),
        k=k,
        title=f"What {k - 1} and {k + 1} segments would change",
        seconds=1 + matrix.shape[0] / 100_000,
        short=True,
    )


def expert_measures(study: Study, matrix: PurchaseMatrix) -> Request:
    """Ask for R NMF's measures of a sweep that has run."""
    cells = min(matrix.values.nnz, 8_000 * matrix.values.nnz / max(matrix.shape[0], 1))
    return Request.of(
        "segcore.tasks.numbers:expert_measures",
        digest=study.data_digest,
        matrix=matrix.spec,
        sweep_key=sweep(study, matrix).key(cached.store()),
        title="R NMF’s measures",
        seconds=5 + cells / CELLS_PER_SECOND * 6,
    )


def preset_effects(study: Study, matrix: PurchaseMatrix, k: int, weightings: tuple[str, ...]) -> Request:
    """Ask what every preset does at one k."""
    return Request.of(
        "segcore.tasks.numbers:preset_effects",
        digest=study.data_digest,
        matrix=matrix.spec,
        nmf=replace(choices.sweep_spec(matrix.shape).nmf, k=k),
        weightings=weightings,
        title="What each preset does",
        seconds=2 + matrix.values.nnz * k / CELLS_PER_SECOND / 2,
        short=True,
    )


def segments(study: Study, matrix: PurchaseMatrix, k: int) -> Request:
    """Ask for the segments at one k; going on from earlier ones where the study says so and they are still there."""
    spec = choices.sweep_spec(matrix.shape)
    nmf, start = replace(spec.nmf, k=k), {}
    earlier = study.sweep.start_key
    if earlier and k == study.sweep.start_k and cached.store().has(earlier):
        nmf, start = replace(nmf, initialisation="custom", restarts=None), {"start_key": earlier}
    return Request.of(
        "segcore.tasks.segments:segments",
        digest=study.data_digest,
        matrix=matrix.spec,
        nmf=nmf,
        resamples=spec.resamples,
        **start,
        title=f"Finding {k} segments",
        seconds=1 + matrix.values.nnz * k / CELLS_PER_SECOND / 4,
        short=True,
    )


def rules(study: Study, spec: object) -> Request:
    """Ask for the rules at a floor."""
    lines = cached.purchases(study.data_digest).n_lines
    return Request.of(
        "segcore.tasks.rules:rules",
        digest=study.data_digest,
        spec=spec,
        title="Finding rules",
        seconds=2 + lines / 300_000,
        short=lines < 200_000,
    )


def chosen_k(matrix: PurchaseMatrix) -> int | None:
    """Return the study's k; failing that, the suggestion of a sweep that has already run."""
    from segcore.selection import judge

    current = session.study()
    if current.k is not None:
        return min(current.k, *matrix.shape)
    key = sweep(current, matrix).key(cached.store())
    if not cached.store().has(key):
        return None
    found = cached.result(key)
    return judge(found.table, found.baseline, matrix.row_word, matrix.shape[1]).suggested
