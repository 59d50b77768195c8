"""Comparing numbers of segments: the sweep, and what stands beside it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from segcore.jobs.question import Digest, Question, Size, Steps, question
from segcore.progress import Step

if TYPE_CHECKING:
    import pandas as pd

    from segcore.choices.matrix import MatrixSpec
    from segcore.choices.nmf import NMFSpec
    from segcore.choices.sweep import SweepSpec
    from segcore.factorization import KMeansResult
    from segcore.factorization.presets import Effect
    from segcore.questions.bench import Workbench
    from segcore.segments.adjacent_k import Neighbours
    from segcore.selection.expert_measures import ExpertMeasures
    from segcore.selection.sweep import Sweep

CELLS_PER_SECOND = 250_000  # stored cells that a sweep over ten k with twenty resamples gets through
MOST_CUSTOMERS = 8_000  # drawn for R's measures
RESTARTED_CELLS = 1_000_000  # customers × products up to which K-means starts ten times


@question("how many", version=1)
class HowMany(Question["Sweep"]):
    """Try several numbers of segments; each finished one is a part."""

    data: Digest
    matrix: MatrixSpec
    spec: SweepSpec

    def words(self) -> str:
        return "Comparing numbers of segments"

    def seconds(self, size: Size) -> float:
        return 3 + size.matrix(self.data, self.matrix).values.nnz / CELLS_PER_SECOND * 10

    def work(self, bench: Workbench) -> Steps[Sweep]:
        from segcore.selection.sweep import sweeping

        yield Step(0.01, "Building the matrix")
        return (yield from sweeping(bench.matrix(self.data, self.matrix), self.spec))


@question("measures of R NMF", version=1)
class MeasuresOfR(Question["ExpertMeasures"]):
    """R NMF's measures for every k of a sweep that was asked before."""

    sweep: HowMany

    def words(self) -> str:
        return "R NMF’s measures"

    def seconds(self, size: Size) -> float:
        matrix = size.matrix(self.sweep.data, self.sweep.matrix)
        drawn = min(1.0, MOST_CUSTOMERS / max(matrix.shape[0], 1))
        return 5 + drawn * matrix.values.nnz / CELLS_PER_SECOND * 6

    def work(self, bench: Workbench) -> Steps[ExpertMeasures]:
        from segcore.selection.expert_measures import measuring

        yield Step(0.01, "Building the matrix")
        matrix = bench.matrix(self.sweep.data, self.sweep.matrix)
        return (yield from measuring(matrix, bench.answer(self.sweep)))


@question("preset effects", version=1)
class PresetEffects(Question["tuple[tuple[str, str, Effect], ...]"]):
    """What each preset that can work does to the segments at one k: a tuple of (preset, weighting, effect)."""

    overtakes = True
    data: Digest
    matrix: MatrixSpec
    nmf: NMFSpec
    weightings: tuple[str, ...]

    def words(self) -> str:
        return "What each preset does"

    def seconds(self, size: Size) -> float:
        return 2 + size.matrix(self.data, self.matrix).values.nnz * self.nmf.k / CELLS_PER_SECOND / 2

    def work(self, bench: Workbench) -> Steps[tuple[tuple[str, str, Effect], ...]]:
        from segcore.factorization.presets import measure, presets_for

        found, offered = [], presets_for(self.weightings)
        for number, preset in enumerate(offered, start=1):
            weighting = preset.weighting(self.weightings)
            assert weighting is not None  # only presets that can work are offered
            yield Step((number - 0.5) / (len(offered) + 1), f"Trying “{preset.title}”")
            values = bench.matrix(self.data, replace(self.matrix, weighting=weighting)).values
            found.append((preset.name, weighting, measure(values, preset.spec(self.nmf))))
        return tuple(found)


@question("adjacent k", version=1)
class AdjacentK(Question["Neighbours"]):
    """What one segment fewer joins and one more splits, from a sweep that was asked before."""

    overtakes = True
    sweep: HowMany
    k: int

    def words(self) -> str:
        return f"What {self.k - 1} and {self.k + 1} segments would change"

    def seconds(self, size: Size) -> float:
        return 1 + len(size.purchases(self.sweep.data).customers) / 100_000

    def work(self, bench: Workbench) -> Steps[Neighbours]:
        from segcore.segments.adjacent_k import neighbours

        yield Step(0.1, "Building the matrix")
        matrix = bench.matrix(self.sweep.data, self.sweep.matrix)
        return neighbours(bench.purchases(self.sweep.data), matrix, bench.answer(self.sweep), self.k)


@question("k-means elbow", version=1)
class KMeansElbow(Question["pd.DataFrame"]):
    """K-means for k = 1 … most on scaled columns: by k the sum of squared errors, and the agreement with the segments.

    Agreement is the adjusted Rand index between the groups and the assignment of the sweep's fit; NaN where it has none.
    """

    sweep: HowMany
    most: int
    seed: int = 333

    def words(self) -> str:
        return "K-means for comparison"

    def seconds(self, size: Size) -> float:
        rows, columns = size.matrix(self.sweep.data, self.sweep.matrix).shape
        return 3 + rows * columns / 400_000

    def work(self, bench: Workbench) -> Steps[pd.DataFrame]:
        import pandas as pd

        from segcore.factorization import kmeans_sweep

        yield Step(0.01, "Building the matrix")
        values = bench.matrix(self.sweep.data, self.sweep.matrix).values
        sweep = bench.answer(self.sweep)
        restarts = 10 if values.shape[0] * values.shape[1] <= RESTARTED_CELLS else 2
        rows = []
        for result in kmeans_sweep(values, range(1, self.most + 1), seed=self.seed, restarts=restarts):
            rows.append((result.k, result.sse, _agreement(sweep, result)))
            yield Step(result.k / self.most, f"K-means with {result.k} groups")
        return pd.DataFrame(rows, columns=["k", "sse", "agreement"]).set_index("k")


def _agreement(sweep: Sweep, groups: KMeansResult) -> float:
    """Adjusted Rand index between the groups and the segments of the same number, over customers that have one."""
    import pandas as pd

    from segcore.factorization import assign
    from segcore.segments.compare import adjusted_rand_index

    if groups.k not in sweep.table.index[sweep.table["failure"] == ""]:
        return float("nan")
    own = assign(sweep.fit(groups.k).w)
    counts = pd.crosstab(own[own >= 0], groups.labels[own >= 0])
    return adjusted_rand_index(counts.to_numpy())
