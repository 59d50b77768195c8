"""Finding the segments for one k, and what their cards say."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from segcore.choices.matrix import MatrixSpec
from segcore.errors import StoreError
from segcore.matrix import build_matrix
from segcore.progress import Step
from segcore.purchases.kept import load_purchases
from segcore.storage.store import default_store

if TYPE_CHECKING:
    import pandas as pd

    from segcore.choices.nmf import NMFSpec
    from segcore.segments import Segmentation
    from segcore.segments.profiles.portraits import Portraits


def segments(
    digest: str, matrix: MatrixSpec, nmf: NMFSpec, resamples: int, start_key: str = ""
) -> Generator[Step, None, Segmentation]:
    """Find the segments for one k, with their stability and who is mixed.

    With ``start_key`` they go on from the segments stored there and keep their order.
    """
    from segcore.segments import segmenting

    yield Step(0.01, "Building the matrix")
    built = build_matrix(load_purchases(digest), spec=matrix)
    start = _scores_at(start_key) if start_key else None
    return (yield from segmenting(built, nmf, start=start, resamples=resamples))


def _scores_at(key: str) -> pd.DataFrame:
    """Product scores to go on from; earlier versions kept whole segments.

    Raises
    ------
    StoreError
        Something else is kept there.
    """
    found = default_store().load(key)
    if not hasattr(found, "product_scores"):
        raise StoreError(
            "What these segments should go on from are no segments.",
            remedy="Choose another start under “How many”, “Advanced”.",
        )
    return found.product_scores


def portraits(digest: str, matrix: MatrixSpec, segments_key: str) -> Generator[Step, None, Portraits]:
    """What of the segments' profiles could be chance, who they are, what they could still buy."""
    from segcore.segments.names import parents_of
    from segcore.segments.profiles.portraits import painting

    yield Step(0.01, "Building the matrix")
    purchases = load_purchases(digest)
    built = build_matrix(purchases, spec=matrix)
    segmentation = default_store().load(segments_key)
    return (yield from painting(purchases, built, segmentation, parents_of(purchases, built)))
