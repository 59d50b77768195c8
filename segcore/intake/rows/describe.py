"""All attributes of the products, or of the customers: from the lines themselves and from a table of their own."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from segcore.errors import UnclearColumns
from segcore.intake.columns.roles import Roles
from segcore.intake.files.open_table import OpenTable
from segcore.intake.files.tables import Opened
from segcore.intake.files.text_table import Column
from segcore.intake.report import Ledger
from segcore.intake.rows.catalogue import from_lines, from_table, through_join
from segcore.intake.rows.draft import table_for
from segcore.intake.rows.set_aside import Lines
from segcore.intake.values.labels import PRODUCT, clean_labels


def describe(word: str, lines: Lines, opened: Opened, roles: Roles, ledger: Ledger) -> pd.DataFrame:
    """Attributes and names by label, for ``word`` "product" or "customer".

    Raises
    ------
    UnclearColumns
        When a table or column named in the roles is not there.
    """
    labels: Column = getattr(lines, word)
    names = tuple(dict.fromkeys((*getattr(roles, f"{word}_attributes"), *getattr(roles, f"{word}_names"))))
    wanted: list[str] = []
    parts = []
    if getattr(roles, f"{word}_table") is not None:
        other = _described_in(word, opened, roles)
        wanted = [name for name in names if name in other.names]
        parts.append(_joined(word, labels, lines, other, wanted, roles, ledger))
    here = [name for name in names if name not in wanted and name in lines.table.columns]
    parts.append(
        from_lines(labels, lines.table, here, word, ledger, getattr(roles, f"{word}_names"), roles.spellings)
    )
    found = pd.concat(parts, axis=1)
    absent = [name for name in names if name not in found.columns]
    if absent:
        raise UnclearColumns(
            f"No table has a column “{absent[0]}”.", remedy=f"Choose other {word} attributes."
        )
    return found[list(names)]


def _key(word: str, roles: Roles) -> tuple[str | None, str]:
    """The column of the purchases and the column of the table that are joined."""
    on = (roles.join_on or roles.product) if word == "product" else roles.customer
    key = getattr(roles, f"{word}_key") or on
    if key is None:
        raise UnclearColumns(
            f"It is not said which column of the {word} table holds the {word}s.",
            where=str(getattr(roles, f"{word}_table")),
            remedy=f"Choose it as {word}_key.",
        )
    return on, key


def _described_in(word: str, opened: Opened, roles: Roles) -> OpenTable:
    """The table that describes products (or customers)."""
    name = getattr(roles, f"{word}_table")
    others = [table for table in opened.tables if table.name != roles.lines_table]
    table = table_for(others, name, [_key(word, roles)[1], *getattr(roles, f"{word}_attributes")[:1]])
    if table is None:
        raise UnclearColumns(
            f"The table “{name}” is not there.", remedy="Give its file too, or go on without it."
        )
    return table


def _joined(
    word: str, labels: Column, lines: Lines, other: OpenTable, names: list[str], roles: Roles, ledger: Ledger
) -> pd.DataFrame:
    on, key = _key(word, roles)
    check_columns([key, *names], other)
    table = other.load(list(dict.fromkeys([key, *names])), ledger)
    naming = getattr(roles, f"{word}_names")
    if word == "customer" or on == roles.product or roles.shape == "matrix":
        return from_table(labels, table, key, names, word, ledger, naming, roles.spellings)
    join = clean_labels(lines.table.columns[str(on)], PRODUCT, ledger, f"{lines.table.name}, column {on}")
    return through_join(join, from_table(join, table, key, names, "value", ledger), labels, ledger)


def check_columns(names: Sequence[str], table: OpenTable) -> None:
    """Refuse a column that the table does not have, and say which it has."""
    known = set(table.names)
    absent = [name for name in names if name not in known]
    if absent:
        raise UnclearColumns(
            f"There is no column “{absent[0]}”.",
            where=table.name,
            remedy=f"Choose among {', '.join(table.names[:20])}.",
        )
