"""Mining rules: of everybody, of one segment, and what is bought instead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segcore.jobs.question import Digest, Question, Size, Steps, question
from segcore.progress import Step

if TYPE_CHECKING:
    from segcore.choices.rules import RuleSpec
    from segcore.questions.bench import Workbench
    from segcore.questions.segments import FindSegments
    from segcore.rules import Rules
    from segcore.rules.substitutes import Substitutes

LINES_PER_SECOND, FEW_LINES = 300_000, 200_000


@question("rules", version=1)
class MineRules(Question["Rules"]):
    """Mine rules once at a safe floor."""

    data: Digest
    spec: RuleSpec

    def words(self) -> str:
        return "Finding rules"

    def seconds(self, size: Size) -> float:
        return 2 + size.purchases(self.data).n_lines / LINES_PER_SECOND

    def is_short(self, size: Size) -> bool:
        return size.purchases(self.data).n_lines < FEW_LINES

    def work(self, bench: Workbench) -> Steps[Rules]:
        from segcore.rules import mining_purchases

        yield Step(0.05, "Collecting the baskets")
        return (yield from mining_purchases(bench.purchases(self.data), self.spec))


@question("rules in a segment", version=1)
class MineRulesInSegment(Question["Rules"]):
    """Mine rules among the customers of one segment; ``spec`` says which of the segments it is."""

    overtakes = True
    segments: FindSegments
    spec: RuleSpec

    def words(self) -> str:
        return f"Finding rules inside segment {self.spec.segment}"

    def seconds(self, size: Size) -> float:
        return 2

    def work(self, bench: Workbench) -> Steps[Rules]:
        from segcore.rules import mining_purchases

        yield Step(0.05, "Collecting the baskets of the segment")
        purchases = bench.purchases(self.segments.data)
        assignment = bench.answer(self.segments).assignment.reindex(purchases.customers)
        members = assignment.eq(self.spec.segment).fillna(False).to_numpy(dtype=bool)
        return (yield from mining_purchases(purchases, self.spec, members))


@question("bought instead", version=1)
class FindSubstitutes(Question["Substitutes"]):
    """What is bought instead of what, within the groups of a coarser level."""

    overtakes = True
    data: Digest
    spec: RuleSpec
    parent: str

    def words(self) -> str:
        return "Looking for what is bought instead"

    def seconds(self, size: Size) -> float:
        return 2

    def work(self, bench: Workbench) -> Steps[Substitutes]:
        from segcore.rules.substitutes import find_substitutes

        yield Step(0.1, "Counting who buys both")
        return find_substitutes(bench.purchases(self.data), self.spec, self.parent)
