"""The workbook of a study: assignments, scores, profiles, numbers of segments, rules, offers, decisions, run record."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from segcore.export.segment_tables import customer_table, product_table, profile_table
from segcore.export.workbook import MOST_ROWS, workbook
from segcore.profiles import profile_products
from segcore.words import count

if TYPE_CHECKING:
    from segcore.purchases import Purchases
    from segcore.story.build import Results
    from segcore.story.records import Story, StorySpec


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
    for kind, title in (
        ("number", "How many"),
        ("rules", "Rules"),
        ("offers", "Offers"),
        ("decisions", "Decisions"),
    ):
        chapter = story.chapter(kind)
        if chapter is not None and chapter.table is not None:
            sheets[title] = chapter.table
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
