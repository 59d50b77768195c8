"""Finding the segments for one k, and what their cards say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segcore.errors import StoreError
from segcore.jobs.question import Digest, Question, Size, Steps, question
from segcore.progress import Step

if TYPE_CHECKING:
    import pandas as pd

    from segcore.choices.matrix import MatrixSpec
    from segcore.choices.nmf import NMFSpec
    from segcore.questions.bench import Workbench
    from segcore.segments import Segmentation
    from segcore.segments.profiles.portraits import Portraits
    from segcore.storage.store import Store

CELLS_PER_SECOND = 1_000_000  # stored cells times k
CHECKED_PER_SECOND, MOST_CUSTOMERS = 300_000, 20_000  # stored cells, and customers drawn, for portraits


@question("segments", version=1)
class FindSegments(Question["Segmentation"]):
    """Find the segments for one k, with their stability and who is mixed.

    With ``start``, a key of product scores that are kept, they go on from those and keep their order.
    """

    overtakes = True
    data: Digest
    matrix: MatrixSpec
    nmf: NMFSpec
    resamples: int
    start: str = ""

    def words(self) -> str:
        return f"Finding {self.nmf.k} segments"

    def seconds(self, size: Size) -> float:
        return 1 + size.matrix(self.data, self.matrix).values.nnz * self.nmf.k / CELLS_PER_SECOND

    def work(self, bench: Workbench) -> Steps[Segmentation]:
        from segcore.segments import segmenting

        yield Step(0.01, "Building the matrix")
        matrix = bench.matrix(self.data, self.matrix)
        start = _scores_at(self.start, bench.store) if self.start else None
        return (yield from segmenting(matrix, self.nmf, start=start, resamples=self.resamples))


def _scores_at(key: str, store: Store) -> pd.DataFrame:
    """Product scores to go on from; earlier versions kept whole segments.

    Raises
    ------
    StoreError
        Something else is kept there.
    """
    found = store.load(key)
    if not hasattr(found, "product_scores"):
        raise StoreError(
            "What these segments should go on from are no segments.",
            remedy="Choose another start under “How many”, “Advanced”.",
        )
    return found.product_scores


@question("portraits", version=1)
class PaintPortraits(Question["Portraits"]):
    """What of the segments' profiles could be chance, who they are, what they could still buy."""

    overtakes = True
    segments: FindSegments

    def words(self) -> str:
        return "Checking what could be chance"

    def seconds(self, size: Size) -> float:
        matrix = size.matrix(self.segments.data, self.segments.matrix)
        drawn = min(1.0, MOST_CUSTOMERS / max(matrix.shape[0], 1))
        return 1 + drawn * matrix.values.nnz / CHECKED_PER_SECOND

    def work(self, bench: Workbench) -> Steps[Portraits]:
        from segcore.segments.names import parents_of
        from segcore.segments.profiles.portraits import painting

        yield Step(0.01, "Building the matrix")
        purchases = bench.purchases(self.segments.data)
        matrix = bench.matrix(self.segments.data, self.segments.matrix)
        segmentation = bench.answer(self.segments)
        return (yield from painting(purchases, matrix, segmentation, parents_of(purchases, matrix)))
