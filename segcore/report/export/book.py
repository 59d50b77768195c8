"""The workbook of a study: assignments, shares, scores, profiles, rules, offers, what was tried, run record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pandas as pd

from segcore.language.words import count
from segcore.report.export.segment_tables import customer_table, product_table, profile_table
from segcore.report.export.workbook import MOST_ROWS, workbook
from segcore.segments.profiles import profile_products

if TYPE_CHECKING:
    from segcore.purchases import Purchases
    from segcore.report.next_offers import Offered
    from segcore.report.records import Story, StorySpec
    from segcore.report.results import Results


SHEETS = (
    ("number", "How many"),
    ("rules", "Rules"),
    ("offers", "Back-test"),
    ("next", "Offers"),
    ("bundles", "Bundles"),
    ("target", "Target list"),
    ("tests", "Tests"),
    ("scenarios", "What if"),
    ("decisions", "Decisions"),
)  # by the kind of chapter


def book(spec: StorySpec, results: Results, story: Story, purchases: Purchases) -> bytes:
    """One sheet a question; tables longer than a sheet keep their first rows and say so."""
    s, matrix, names = results.segmentation, results.matrix, dict(spec.names)
    sheets: dict[str, pd.DataFrame] = {}
    overview = story.chapter("overview")
    if overview is not None and overview.table is not None:
        sheets["Segments"] = overview.table
    sheets[matrix.row_word.capitalize()] = customer_table(purchases, matrix, s, names)
    sheets["Products"] = product_table(matrix, s, names)
    sheets["Profiles"] = profile_table(profile_products(matrix, s, spec.balance), names)
    sheets["Customer scores"] = _scores(s.customer_scores, names)
    sheets["Product scores"] = _scores(s.product_scores, names)
    for kind, title in SHEETS:
        chapter = story.chapter(kind)
        if chapter is not None and chapter.table is not None:
            sheets[title] = chapter.table
    if results.offered is not None:
        sheets |= _offers(results.offered)
    if results.rules is not None:
        from segcore.rules import as_text

        sheets["Rules"] = as_text(results.rules)
    about = dict(story.record)
    for title, table in sheets.items():
        if len(table) > MOST_ROWS:
            about[f"{title} shown"] = (
                f"the first {count(MOST_ROWS)} of {count(len(table))} rows; all are in the CSV"
            )
            sheets[title] = table.iloc[:MOST_ROWS]
    return workbook(sheets, about)


def _scores(scores: pd.DataFrame, names: Mapping[int, str]) -> pd.DataFrame:
    """Raw scores under names that no other column has."""
    return scores.rename(columns={number: f"score of {name}" for number, name in names.items()})


def _offers(offered: Offered) -> dict[str, pd.DataFrame]:
    """In place of what is told of them, every offer, whole bundles, the target list customer by customer."""
    sheets = {"Offers": offered.every_offer()}
    if offered.bundles:
        sheets["Bundles"] = offered.every_bundle()
    if offered.target is not None and offered.taken:
        sheets["Target list"] = offered.telling.list_table(offered.target, offered.taken)
    return sheets
