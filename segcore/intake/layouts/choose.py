"""Which layout a table has: every detector looks at the sample, the surest wins, and the report says so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from segcore.intake.files.header import Header
from segcore.intake.files.open_table import OpenTable
from segcore.intake.files.text_table import TextTable
from segcore.intake.layouts.headings import grouped_report
from segcore.intake.layouts.layout import Layout
from segcore.intake.layouts.numbered import numbered_groups, numbered_items
from segcore.intake.layouts.periods import periods_as_lines
from segcore.intake.layouts.pivots import compact_pivot
from segcore.intake.layouts.structured import structured_items
from segcore.intake.layouts.two_headers import two_header_rows
from segcore.intake.report import Ledger

DETECTORS = (
    two_header_rows,
    grouped_report,
    compact_pivot,
    periods_as_lines,
    numbered_groups,
    numbered_items,
    structured_items,
)
MOST = 2  # layouts within one another: months across below headings


def as_plain_lines(table: OpenTable, ledger: Ledger) -> OpenTable:
    """The table itself, or one whose rows are purchase lines."""
    for _ in range(MOST):
        found = _surest(table)
        if found is None:
            return table
        table = _relaid(table, found)
        ledger.repair(found.what, found.count, example=found.example, where=table.name)
    return table


def _surest(table: OpenTable) -> Layout | None:
    if table.ragged or table.sample.n_rows < 2:
        return None
    found = [layout for detect in DETECTORS if (layout := detect(table)) is not None]
    return max(found, key=lambda layout: layout.score, default=None)


def _relaid(table: OpenTable, layout: Layout) -> OpenTable:
    sample = layout.relay(table.sample)
    header = Header(sample.names, table.header.skipped, True)
    rows = round(table.rows * sample.n_rows / max(1, table.sample.n_rows))

    def load(columns: Sequence[str], into: Ledger) -> TextTable:
        return layout.relay(table.load(table.names, into)).only(columns)

    given = {**table.given, **layout.given}
    return replace(table, header=header, sample=sample, rows=rows, load=load, load_lists=None, given=given)
