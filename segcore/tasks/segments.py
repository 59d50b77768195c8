"""Finding the segments for one k."""

from __future__ import annotations

from collections.abc import Generator

from segcore.matrix import MatrixSpec, build_matrix
from segcore.steps import Step
from segcore.tasks.data import load_purchases


def segments(digest: str, matrix: MatrixSpec, nmf: object, resamples: int) -> Generator[Step, None, object]:
    """Find the segments for one k, with their stability and who is mixed."""
    from segcore.segments import segment

    yield Step(0.05, "Building the matrix")
    built = build_matrix(load_purchases(digest), spec=matrix)
    yield Step(0.2, "Finding segments and checking them on resamples")
    return segment(built, spec=nmf, resamples=resamples)
