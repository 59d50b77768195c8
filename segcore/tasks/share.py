"""Telling a study's story, and writing it as a page, slides or a workbook."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from segcore.matrix import build_matrix
from segcore.progress import Step
from segcore.purchases.kept import load_purchases
from segcore.storage.store import default_store

if TYPE_CHECKING:
    from segcore.matrix import PurchaseMatrix
    from segcore.purchases import Purchases
    from segcore.report import Results, Story, StorySpec
    from segcore.report.next_offers import Offered
    from segcore.report.worked_example import Worked
    from segcore.storage.store import Store

FORMS = ("html", "pptx", "xlsx")


def told(spec: StorySpec) -> Generator[Step, None, Story]:
    """The story itself, for a presentation on screen."""
    from segcore.report import tell

    yield Step(0.2, "Gathering results")
    results = _results(spec)
    yield Step(0.6, "Telling the story")
    return tell(spec, results)


def written(spec: StorySpec, form: str) -> Generator[Step, None, bytes]:
    """The story as a file: "html", "pptx" or "xlsx"."""
    from segcore.report import tell

    yield Step(0.1, "Gathering results")
    results = _results(spec)
    yield Step(0.4, "Telling the story")
    story = tell(spec, results)
    yield Step(0.6, "Writing the file")
    if form == "html":
        from segcore.report.export.page import page
        from segcore.report.export.pictures import heatmaps

        return page(story, {"overview": heatmaps(spec, results)})
    if form == "pptx":
        from segcore.report.export.slides import slides

        return slides(story)
    from segcore.report.export.book import book

    return book(spec, results, story, load_purchases(spec.digest))


def _results(spec: StorySpec) -> Results:
    from segcore.report import Results

    store, purchases = default_store(), load_purchases(spec.digest)
    matrix = build_matrix(purchases, spec=spec.matrix)
    sweep, rules, backtest = (
        _held(store, key) for key in (spec.sweep_key, spec.rules_key, spec.backtest_key)
    )
    return Results(
        matrix, store.load(spec.segments_key), sweep, rules, backtest,
        _offered(spec, store, matrix, purchases, backtest),
        tuple(_held(store, one.key) for one in spec.scenarios),
    )  # fmt: skip


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


def worked_example(version: str) -> Generator[Step, None, Worked]:
    """The shipped sample worked through for the Help page; ``version`` is the program's, so that it stays current."""
    from segcore.report.worked_example import working_through

    yield Step(0.02, f"Working the sample through (version {version})")
    return (yield from working_through())
