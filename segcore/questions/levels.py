"""Levels tried one after the other, and groups looked for among products."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segcore.jobs.question import Digest, Question, Size, Steps, question
from segcore.progress import Step

if TYPE_CHECKING:
    import pandas as pd

    from segcore.hierarchy import LevelTrial
    from segcore.hierarchy.grouping import Together
    from segcore.questions.bench import Workbench

A_LEVEL, CELLS_PER_SECOND = 1.5, 60_000
SAMPLE, MOST_CELLS = 8_000, 500_000  # customers and stored cells that a trial looks at


@question("try levels", version=1)
class TryLevels(Question["tuple[LevelTrial, ...]"]):
    """Try every level on a sample of the customers; each trial is a part as it is known."""

    data: Digest
    levels: tuple[str, ...]

    def words(self) -> str:
        return "Trying every level"

    def seconds(self, size: Size) -> float:
        purchases = size.purchases(self.data)
        drawn = min(1.0, SAMPLE / max(len(purchases.customers), 1))
        return len(self.levels) * (A_LEVEL + min(drawn * purchases.n_lines, MOST_CELLS) / CELLS_PER_SECOND)

    def work(self, bench: Workbench) -> Steps[tuple[LevelTrial, ...]]:
        from segcore.hierarchy import trying_levels

        yield Step(0.0, "Drawing a sample of the customers")
        return (yield from trying_levels(bench.purchases(self.data), self.levels))


@question("groups bought together", version=1)
class GroupsBoughtTogether(Question["Together"]):
    """Groups of a level's labels from what is bought together."""

    overtakes = True
    data: Digest
    level: str
    groups: int

    def words(self) -> str:
        return "Looking at what is bought together"

    def seconds(self, size: Size) -> float:
        return 2 + len(size.purchases(self.data).products) / 400

    def work(self, bench: Workbench) -> Steps[Together]:
        from segcore.hierarchy.grouping import grouping_together

        return (yield from grouping_together(bench.purchases(self.data), self.level, self.groups))


@question("groups from names", version=1)
class GroupsFromNames(Question["pd.Series"]):
    """Groups of a level's labels by the words they share; best-sellers pull a little."""

    overtakes = True
    data: Digest
    level: str

    def words(self) -> str:
        return "Looking at the names"

    def seconds(self, size: Size) -> float:
        return 2

    def work(self, bench: Workbench) -> Steps[pd.Series]:
        from segcore.hierarchy.grouping import groups_from_names
        from segcore.purchases.overview import best_sellers

        yield Step(0.1, "Looking at the names")
        sold = best_sellers(bench.purchases(self.data), self.level, n=10**9)
        return groups_from_names(list(map(str, sold.index)), sold.to_list())
