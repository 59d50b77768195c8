"""One chapter a segment: who they are by what they buy more and less of than others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from segcore.figures.chart_data import Bars, ChartData
from segcore.language.words import count, decimal, join_and, money, of, percent, readable
from segcore.report.records import Chapter, StorySpec
from segcore.segments.profiles import (
    FULL,
    avoided_products,
    distinctive_products,
    profile_products,
    segment_summary,
    top_products,
)

if TYPE_CHECKING:
    from segcore.report.results import Results

LISTED = 8
HIGHEST_INDEX = 1_000.0  # a chart with one bar of 5,000 shows nothing else


def segment_chapters(spec: StorySpec, results: Results) -> list[Chapter]:
    """A chapter for every segment with customers, the largest first."""
    profile = profile_products(results.matrix, results.segmentation, spec.balance)
    summary = segment_summary(results.matrix, results.segmentation)
    return [
        _chapter(number, spec, results, profile, summary.loc[number])
        for number in (int(one) for one in summary.index)
        if summary.loc[number, "customers"] > 0
    ]


def _chapter(
    number: int, spec: StorySpec, results: Results, profile: pd.DataFrame, row: pd.Series
) -> Chapter:
    s, matrix, name = results.segmentation, results.matrix, dict(spec.names)[number]
    level, word, size = spec.matrix.level, matrix.row_word, int(row["customers"])
    apart, less = distinctive_products(profile, number, 3), avoided_products(profile, number, 3)
    said = []
    if len(apart):
        said.append(
            f"More than others they bought {join_and([_bought(r, size, level, matrix.density) for r in apart.itertuples()])}."
        )
    else:
        said.append("They buy what everybody buys.")
    if len(less):
        said.append(f"Less than others: {join_and([readable(r.product, level) for r in less.itertuples()])}.")
    if "amount" in row:
        of_all = f", {percent(row['amount_share'])} of all money" if "amount_share" in row else ""
        said.append(f"They bring {money(row['amount'])}{of_all}, {money(row['amount_each'])} each.")
    if row["mixed"]:
        said.append(f"{of(int(row['mixed']), size)} of them stand between this kind and another.")
    if s.stability is not None and number not in s.dead:
        said.append(f"Found again on other {word}: {percent(float(s.stability[number]))} alike.")
    bought = top_products(profile, number, LISTED)
    shown = pd.concat([bought[bought["buyers"] > 0], less]).drop_duplicates("product")
    shown = shown.sort_values("index", ascending=False, kind="stable")
    heading = f"{name}: {of(size, int(s.sizes.sum()))} {word}"
    chart = ChartData(
        "bars",
        tuple(readable(one, level) for one in shown["product"]),
        (
            Bars(
                "Index",
                tuple(round(min(v, HIGHEST_INDEX), 1) for v in shown["index"]),
                (dict(spec.colours)[number],),
            ),
        ),
        "index",
        "Bought more or less than by everybody (100 = average)",
    )
    table = pd.DataFrame(
        {
            "product": chart.labels,
            "index": shown["index"].round(0).to_numpy(),
            "buyers": shown["buyers"].to_numpy(),
            f"share of the {word} here": shown["share"].to_numpy(),
            f"share of all {word}": shown["share_all"].to_numpy(),
        }
    )
    return Chapter("segment", heading, tuple(said), chart, table, tuple(said[:2]), number)  # fmt: skip


def _bought(row: Any, size: int, level: str, density: float) -> str:
    base = f"index {decimal(row.index, 0)}" if density > FULL else f"{count(row.buyers)} of {count(size)}"
    return f"{readable(row.product, level)} ({base})"
