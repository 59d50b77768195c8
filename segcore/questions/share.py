"""Telling a study's story, and writing it as a page, slides or a workbook."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from segcore.jobs.question import Question, Size, Steps, question
from segcore.progress import Step

if TYPE_CHECKING:
    from segcore.matrix import PurchaseMatrix
    from segcore.purchases import Purchases
    from segcore.questions.bench import Workbench
    from segcore.report import Results, Story, StorySpec
    from segcore.report.next_offers import Offered
    from segcore.report.worked_example import Worked
    from segcore.storage.store import Store

FORMS = {"html": "Writing the page", "pptx": "Writing the slides", "xlsx": "Writing the workbook"}


@question("story", version=1)
class TellStory(Question["Story"]):
    """The story itself, for a presentation on screen."""

    overtakes = True
    spec: StorySpec

    def words(self) -> str:
        return "Telling the story"

    def seconds(self, size: Size) -> float:
        return 2

    def about(self) -> frozenset[str]:
        return frozenset({self.spec.digest})

    def work(self, bench: Workbench) -> Steps[Story]:
        from segcore.report import tell

        yield Step(0.2, "Gathering results")
        results = _results(bench, self.spec)
        yield Step(0.6, "Telling the story")
        return tell(self.spec, results)


@question("written story", version=1)
class WriteStory(Question["bytes"]):
    """The story as a file: "html", "pptx" or "xlsx"."""

    overtakes = True
    spec: StorySpec
    form: str

    def words(self) -> str:
        return FORMS[self.form]

    def seconds(self, size: Size) -> float:
        return 5

    def about(self) -> frozenset[str]:
        return frozenset({self.spec.digest})

    def work(self, bench: Workbench) -> Steps[bytes]:
        from segcore.report import tell

        yield Step(0.1, "Gathering results")
        results = _results(bench, self.spec)
        yield Step(0.4, "Telling the story")
        story = tell(self.spec, results)
        yield Step(0.6, "Writing the file")
        if self.form == "html":
            from segcore.report.export.page import page
            from segcore.report.export.pictures import heatmaps

            return page(story, {"overview": heatmaps(self.spec, results)})
        if self.form == "pptx":
            from segcore.report.export.slides import slides

            return slides(story)
        from segcore.report.export.book import book

        return book(self.spec, results, story, bench.purchases(self.spec.digest))


def _results(bench: Workbench, spec: StorySpec) -> Results:
    from segcore.report import Results

    purchases, matrix = bench.purchases(spec.digest), bench.matrix(spec.digest, spec.matrix)
    sweep, rules, backtest = (
        _held(bench.store, key) for key in (spec.sweep_key, spec.rules_key, spec.backtest_key)
    )
    return Results(
        matrix,
        bench.store.load(spec.segments_key),
        sweep,
        rules,
        backtest,
        _offered(spec, bench.store, matrix, purchases, backtest),
        tuple(_held(bench.store, one.key) for one in spec.scenarios),
    )


def _held(store: Store, key: str) -> Any:
    return store.load(key) if key else None


def _offered(
    spec: StorySpec, store: Store, matrix: PurchaseMatrix, purchases: Purchases, backtest: Any
) -> Offered | None:
    """What was asked for on the Offers page, ready to be told."""
    if not spec.offers.everyone:
        return None
    from segcore.offers import usual_prices
    from segcore.offers.presentation import Telling
    from segcore.report.next_offers import Offered

    everyone = store.load(spec.offers.everyone)
    telling = Telling(
        dict(spec.names), spec.matrix.level, matrix.row_word, matrix.shape[0], everyone.spec, backtest,
        usual_prices(purchases, matrix),
    )  # fmt: skip
    bundles = {
        one.segment: (_held(store, one.own) or (), store.load(one.proposed)) for one in spec.offers.bundles
    }
    return Offered(telling, everyone, _held(store, spec.offers.target), spec.offers.take, bundles)


@question("worked example", version=1)
class WorkExample(Question["Worked"]):
    """The shipped sample worked through for the Help page; ``program`` is its version, so that it stays current."""

    program: str

    def words(self) -> str:
        return "Working the sample through"

    def seconds(self, size: Size) -> float:
        return 6

    def work(self, bench: Workbench) -> Steps[Worked]:
        from segcore.report.worked_example import working_through

        yield Step(0.02, f"Working the sample through (version {self.program})")
        return (yield from working_through())
