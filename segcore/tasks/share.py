"""Telling a study's story, and writing it as a page, slides or a workbook."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from segcore.matrix import build_matrix
from segcore.steps import Step
from segcore.store import default_store
from segcore.tasks.data import load_purchases

if TYPE_CHECKING:
    from segcore.story import Results, Story, StorySpec

FORMS = ("html", "pptx", "xlsx")


def told(spec: StorySpec) -> Generator[Step, None, Story]:
    """The story itself, for a presentation on screen."""
    from segcore.story import tell

    yield Step(0.2, "Gathering results")
    results = _results(spec)
    yield Step(0.6, "Telling the story")
    return tell(spec, results)


def written(spec: StorySpec, form: str) -> Generator[Step, None, bytes]:
    """The story as a file: "html", "pptx" or "xlsx"."""
    from segcore.story import tell

    yield Step(0.1, "Gathering results")
    results = _results(spec)
    yield Step(0.4, "Telling the story")
    story = tell(spec, results)
    yield Step(0.6, "Writing the file")
    if form == "html":
        from segcore.export.page import page
        from segcore.export.pictures import heatmaps

        return page(story, {"overview": heatmaps(spec, results)})
    if form == "pptx":
        from segcore.export.slides import slides

        return slides(story)
    from segcore.export.book import book

    return book(spec, results, story, load_purchases(spec.digest))


def _results(spec: StorySpec) -> Results:
    from segcore.story import Results

    store = default_store()
    matrix = build_matrix(load_purchases(spec.digest), spec=spec.matrix)
    keys = (spec.sweep_key, spec.rules_key, spec.backtest_key)
    held = [store.load(key) if key else None for key in keys]
    return Results(matrix, store.load(spec.segments_key), *held)


def worked_example(version: str) -> Generator[Step, None, object]:
    """The shipped sample worked through for the Help page; ``version`` is the program's, so that it stays current."""
    from segcore.story.worked import working_through

    yield Step(0.02, f"Working the sample through (version {version})")
    return (yield from working_through())
