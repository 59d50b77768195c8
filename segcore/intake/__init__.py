"""Reading a purchase export: any table in, purchases and a report of every repair out.

``read`` does all at once. A page that shows the guess first calls ``inspect``, lets the person correct the
roles, and runs ``convert`` as a job.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from typing import Any

from segcore.intake.columns.roles import Roles
from segcore.intake.columns.shapes import guess
from segcore.intake.files.sources import opened
from segcore.intake.files.tables import open_tables
from segcore.intake.report import Finding, IntakeReport
from segcore.intake.rows.convert import Intake, convert_opened
from segcore.intake.rows.draft import ColumnDraft, Draft, TableDraft, make_draft
from segcore.intake.rows.extend import extend
from segcore.progress import Step, finished

__all__ = [
    "ColumnDraft",
    "Draft",
    "Finding",
    "Intake",
    "IntakeReport",
    "Roles",
    "Step",
    "TableDraft",
    "convert",
    "extend",
    "inspect",
    "read",
]


def read(source: Any, roles: Roles | None = None, *, sheet: str | None = None, **choices: Any) -> Intake:
    """Read purchases from files or a DataFrame.

    Parameters
    ----------
    source : path, (name, bytes) pair, DataFrame, or a list of these
    roles : Roles, optional
        What the columns mean; guessed where not given.
    sheet : str, optional
        Read only this sheet of a workbook.
    **choices
        Single roles that override the guess, such as ``customer="Kunde"`` or ``returns="drop"``.

    Returns
    -------
    Intake
        ``.purchases``, ``.report`` and the ``.roles`` that were used.

    Raises
    ------
    UnreadableFile, UnclearColumns, NotEnoughData, SpecError
        Each with one sentence on what happened and one on what to do.
    """
    return finished(convert(source, roles, sheet=sheet, **choices))


def inspect(source: Any, *, sheet: str | None = None, **choices: Any) -> Draft:
    """Say what a source seems to hold, from samples: tables, columns, a guess of their roles with reasons."""
    Roles.check_names(choices)
    with opened(source) as (origins, scratch):
        found = open_tables(origins, scratch, sheet)
        return make_draft(found, guess(found.tables, choices))


def convert(
    source: Any, roles: Roles | None = None, *, sheet: str | None = None, **choices: Any
) -> Generator[Step, None, Intake]:
    """Read a source step by step; the generator's value is the intake."""
    Roles.check_names(choices)
    yield Step(0.0, "Opening the file")
    with opened(source) as (origins, scratch):
        found = open_tables(origins, scratch, sheet)
        chosen = guess(found.tables, choices).roles if roles is None else replace(roles, **choices)
        for item in convert_opened(found, chosen):
            if isinstance(item, Intake):
                return item
            yield item
    raise AssertionError("the conversion ends with an intake")
