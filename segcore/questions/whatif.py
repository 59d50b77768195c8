"""What if: a scenario, a file of new customers, two periods; each from segments that were found before."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segcore.errors import UnclearColumns
from segcore.jobs.question import Files, Question, Size, Steps, question
from segcore.progress import Step, part_of
from segcore.questions.data import PARSED_PER_SECOND

if TYPE_CHECKING:
    from segcore.choices.scenarios import Scenario
    from segcore.intake import Roles
    from segcore.purchases import Purchases
    from segcore.questions.bench import Workbench
    from segcore.questions.segments import FindSegments
    from segcore.whatif.newcomers import Newcomers
    from segcore.whatif.outcome import Outcome
    from segcore.whatif.periods import Movement

CELLS_PER_SECOND, LINES_PER_SECOND = 400_000, 150_000
Period = tuple[str | None, str | None]  # first and last day, None for open


def _cells(size: Size, asked: FindSegments) -> float:
    return size.matrix(asked.data, asked.matrix).values.nnz


@question("scenario", version=1)
class TryScenario(Question["Outcome"]):
    """Find the segments of a scenario and follow everybody into them."""

    overtakes = True
    segments: FindSegments
    wanted: Scenario

    def words(self) -> str:
        return "Trying the change"

    def seconds(self, size: Size) -> float:
        return 1 + _cells(size, self.segments) / CELLS_PER_SECOND

    def work(self, bench: Workbench) -> Steps[Outcome]:
        from segcore.whatif.scenario import trying

        yield Step(0.02, "Opening the study's segments")
        asked = self.segments
        return (
            yield from trying(bench.purchases(asked.data), asked.matrix, bench.answer(asked), self.wanted)
        )


@question("newcomers", version=1)
class ReadNewcomers(Question["Newcomers"]):
    """Read files of new customers and apply the segments to them as they are."""

    segments: FindSegments
    files: Files
    roles: Roles

    def words(self) -> str:
        return "Reading the new customers"

    def seconds(self, size: Size) -> float:
        whole = size.bytes_of(stored for _, stored in self.files)
        return 3 + whole / PARSED_PER_SECOND + _cells(size, self.segments) / CELLS_PER_SECOND

    def work(self, bench: Workbench) -> Steps[Newcomers]:
        from segcore.whatif.newcomers import newcomers_of

        arriving = yield from self._arriving(bench)
        yield Step(0.8, "Applying the segments as they are")
        asked = self.segments
        return newcomers_of(bench.purchases(asked.data), asked.matrix, bench.answer(asked), arriving)

    def _arriving(self, bench: Workbench) -> Steps[Purchases]:
        """The new purchases: columns mean what they mean in the study, or what they look like where they are others."""
        from segcore.intake import convert, inspect

        uploads = bench.uploads(self.files)
        try:
            return (yield from part_of(convert(uploads, self.roles), 0.75)).purchases
        except UnclearColumns:
            return (yield from part_of(convert(uploads, inspect(uploads).roles), 0.75)).purchases


@question("periods", version=1)
class ComparePeriods(Question["Movement"]):
    """Describe two periods by the same segments and follow everybody from one to the other."""

    segments: FindSegments
    first: Period
    second: Period

    def words(self) -> str:
        return "Comparing the two periods"

    def seconds(self, size: Size) -> float:
        return 2 + size.purchases(self.segments.data).n_lines / LINES_PER_SECOND

    def work(self, bench: Workbench) -> Steps[Movement]:
        from segcore.whatif.periods import moving

        yield Step(0.02, "Opening the study's segments")
        asked = self.segments
        base = bench.answer(asked)
        return (yield from moving(bench.purchases(asked.data), asked.matrix, base, self.first, self.second))
