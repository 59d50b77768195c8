"""From results to chapters; nothing is computed here that a page does not show."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from segcore import __version__
from segcore.figures.chart_data import Bars, ChartData
from segcore.language.words import count, join_and, money, number_word, of, percent
from segcore.report import method
from segcore.report.number import number_chapter
from segcore.report.records import Chapter, Story, StorySpec
from segcore.report.segments import segment_chapters
from segcore.segments.profiles import segment_summary

if TYPE_CHECKING:
    from segcore.choices.nmf import NMFSpec
    from segcore.report.results import Results


def tell(spec: StorySpec, results: Results) -> Story:
    """Tell the story of one study."""
    matrix = results.matrix
    chapters = [overview(spec, results)]
    if results.sweep is not None:
        chapters.append(number_chapter(spec, results.sweep, matrix, results.segmentation.k))
    chapters += segment_chapters(spec, results)
    if results.rules is not None:
        from segcore.report.rules import rules_chapter

        chapters.append(rules_chapter(spec, results.rules))
    if results.backtest is not None:
        from segcore.report.offers import offers_chapter

        chapters.append(offers_chapter(results.backtest))
    if results.offered is not None:
        from segcore.report.next_offers import next_chapters

        chapters += next_chapters(results.offered)
    chapters += _tried(spec, results)
    if spec.log:
        chapters.append(_decisions(spec))
    chapters.append(method.chapter(results.segmentation.k, matrix.row_word))
    subtitle = f"{join_and(spec.files, most=2)}: {count(len(matrix.customers))} {matrix.row_word}, {spec.day}"
    return Story(spec.title, subtitle, spec.day, tuple(chapters), _record(spec, results))


def _tried(spec: StorySpec, results: Results) -> list[Chapter]:
    """What was tested on customers, and what was only tried out."""
    chapters, names = [], dict(spec.names)
    if spec.tests:
        from segcore.report.tests_and_scenarios import tests_chapter

        chapters.append(tests_chapter(spec.tests, spec.matrix.level, results.matrix.row_word))
    if spec.scenarios:
        from segcore.report.tests_and_scenarios import scenarios_chapter

        outcomes = results.scenarios or (None,) * len(spec.scenarios)
        chapters.append(
            scenarios_chapter(
                spec.scenarios, outcomes, names, results.matrix.row_word, level=spec.matrix.level
            )
        )
    return chapters


def overview(spec: StorySpec, results: Results) -> Chapter:
    """How many kinds, how large, what each is worth."""
    s, matrix = results.segmentation, results.matrix
    names, summary = dict(spec.names), segment_summary(matrix, s)
    word, n = matrix.row_word, int(s.sizes.sum())
    baseline = f"; best-sellers alone {percent(results.sweep.baseline)}" if results.sweep is not None else ""
    largest = int(s.sizes.index[0])
    said = [f"The largest kind is “{names[largest]}”: {of(int(s.sizes[largest]), n)} {word}."]
    series = [Bars(f"Share of {word}", _shares(summary["share"]), tuple(c for _, c in spec.colours))]
    columns = {
        "segment": [names[int(i)] for i in summary.index],
        word: summary["customers"],
        f"share of {word}": summary["share"],
    }
    if "amount_share" in summary:
        richest = int(summary["amount_share"].idxmax())
        said.append(
            f"“{names[richest]}” brings most money: {percent(summary['amount_share'][richest])} "
            f"({money(summary['amount'][richest])}) from {percent(summary['share'][richest])} of the {word}."
        )
        series.append(Bars("Share of money", _shares(summary["amount_share"])))
        columns["share of money"] = summary["amount_share"]
    if s.n_mixed:
        said.append(f"{of(s.n_mixed, n)} {word} stand between two kinds and are marked so.")
    said += s.warnings()
    return Chapter(
        "overview",
        f"{number_word(s.k).capitalize()} kinds of {word} explain {percent(s.explained_share)} of what is bought{baseline}",
        tuple(said),
        ChartData("bars", tuple(names[int(i)] for i in summary.index), tuple(series), "percent", f"Size of each kind of {word}"),
        pd.DataFrame(columns).reset_index(drop=True),
        ("Start with the names; ask the room whom they recognise.", *said[:2]),
    )  # fmt: skip


def _decisions(spec: StorySpec) -> Chapter:
    table = pd.DataFrame(spec.log, columns=["when", "who", "what"])
    if not table["who"].any():
        table = table.drop(columns="who")
    heading = (
        "One decision is on record"
        if len(table) == 1
        else f"{number_word(len(table)).capitalize()} decisions are on record"
    )
    return Chapter(
        "decisions",
        heading,
        ("In the order they were made.",),
        None,
        table,
    )


def _record(spec: StorySpec, results: Results) -> dict[str, str]:
    s, m = results.segmentation, spec.matrix
    word = results.matrix.row_word
    filters = {
        "products with fewer buyers left out below": m.min_customers if m.min_customers > 1 else "",
        f"{word} with fewer products left out below": m.min_products if m.min_products > 1 else "",
        f"{word} with more products left out above": m.max_products or "",
        f"{word} with more products weigh like one with": m.cap_products or "",
        "products left out": ", ".join(m.left_out),
        "from": m.date_from or "",
        "to": m.date_to or "",
    }
    return {
        "Files": ", ".join(spec.files),
        "Data digest": spec.digest,
        "Level": m.level,
        "Weighting": m.weighting,
        "Filters": "; ".join(f"{name}: {value}" for name, value in filters.items() if value) or "none",
        "Segments (k)": str(s.k),
        "Loss": s.spec.loss,
        "Initialisation": s.spec.initialisation,
        "Seed": str(s.spec.seed),
        **_penalties(s.spec),
        "Explained share": percent(s.explained_share),
        "Popular ↔ distinctive (λ)": f"{spec.balance:g}",
        "Version": __version__,
        "Date": spec.day,
    }


def _penalties(spec: NMFSpec) -> dict[str, str]:
    """What pulled the segments apart or together, where anything did."""
    given = {
        "Sparsity of product lists": spec.sparsity_products,
        "Sparsity of customers": spec.sparsity_customers,
        "Evenness": spec.evenness,
    }
    return {name: f"{value:g}" for name, value in given.items() if value}


def _shares(values: pd.Series) -> tuple[float, ...]:
    return tuple(round(100 * float(value), 1) for value in values)
