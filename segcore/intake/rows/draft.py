"""The draft: what an upload seems to hold, shown before it is converted so that it can be corrected."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from segcore.intake.columns.alike import are_alike
from segcore.intake.columns.matrix_shape import Guessed
from segcore.intake.columns.profiles import profile_of
from segcore.intake.columns.roles import Roles
from segcore.intake.files.open_table import OpenTable
from segcore.intake.files.tables import Opened
from segcore.intake.report import Finding, SourceFile

SHOWN = 500  # columns shown for a very wide table


@dataclass(frozen=True)
class ColumnDraft:
    """One column: up to five values, what it seems to be, and why."""

    name: str
    samples: tuple[str, ...]
    role: str
    reason: str
    distinct: int
    blank_share: float


@dataclass(frozen=True)
class TableDraft:
    """One table: where it is, how it is read, how many rows it has (estimated where the file is large)."""

    name: str
    file: str
    about: str
    rows: int
    part: str
    columns: tuple[ColumnDraft, ...]


@dataclass(frozen=True)
class Draft:
    """What an upload seems to hold.

    Attributes
    ----------
    tables : tuple of TableDraft
        ``part`` says what each is for: "purchases", "products", "customers", or "not used".
    roles : Roles
        The guess, ready for ``convert``.
    reasons : tuple of str
        How shape and joins were guessed, one sentence each.
    files : tuple of SourceFile
    findings : tuple of Finding
        What was noticed while opening the files.
    """

    tables: tuple[TableDraft, ...]
    roles: Roles
    reasons: tuple[str, ...]
    files: tuple[SourceFile, ...]
    findings: tuple[Finding, ...]

    @property
    def lines(self) -> TableDraft:
        """The table with the purchases."""
        return next(table for table in self.tables if table.part == "purchases")


def make_draft(opened: Opened, guessed: Guessed) -> Draft:
    """Put samples, guesses and reasons side by side."""
    alike = stacked(opened.tables, guessed.roles)
    tables = tuple(_table(table, guessed, table in alike) for table in opened.tables)
    ledger = opened.ledger
    return Draft(tables, guessed.roles, guessed.reasons, opened.files, (*ledger.repairs, *ledger.notes))


def table_for(tables: Sequence[OpenTable], name: str | None, columns: Sequence[str]) -> OpenTable | None:
    """The table of that name; else the first that has all these columns: the same export under a new name."""
    named = [table for table in tables if table.name == name]
    alike = [table for table in tables if columns and set(columns) <= set(table.names)]
    return next(iter(named or alike), None)


def has_columns(draft: Draft, roles: Roles) -> bool:
    """Whether every column these roles speak of is in the tables of the draft: they may be of another file."""
    words = (
        "customer",
        "order",
        "product",
        "date",
        "quantity",
        "amount",
        "join_on",
        "product_key",
        "customer_key",
    )
    single = [getattr(roles, word) for word in words]
    several = (
        roles.product_attributes,
        roles.customer_attributes,
        roles.product_names,
        roles.customer_names,
        roles.product_columns,
    )
    spoken_of = {name for name in single if name} | {name for names in several for name in names}
    return spoken_of <= {column.name for table in draft.tables for column in table.columns}


def stacked(tables: Sequence[OpenTable], roles: Roles) -> list[OpenTable]:
    """The lines' table and every other one with the same columns: the months of one export."""
    needed = [name for name in (roles.customer, roles.order, roles.product, *roles.product_columns) if name]
    main = table_for(tables, roles.lines_table, needed) or tables[0]
    used = {roles.product_table, roles.customer_table}
    known = [*needed, *(name for name in (roles.date, roles.quantity, roles.amount) if name)]
    known = known if set(known) <= set(main.names) else needed
    return [main, *(t for t in tables if t is not main and are_alike(main, t, known) and t.name not in used)]


def _table(table: OpenTable, guessed: Guessed, is_lines: bool) -> TableDraft:
    roles = guessed.roles
    parts = {roles.product_table: "products", roles.customer_table: "customers"}
    part = "purchases" if is_lines else parts.get(table.name, "not used")
    source = roles.lines_table if is_lines else table.name
    guesses = guessed.columns.get(str(source), {})
    columns = []
    for name in table.names[:SHOWN]:
        seen = profile_of(table.sample.columns[name])
        role, reason = guesses.get(name, ("ignored", "its table is not used"))
        blank = 1 - seen.filled / max(1, table.sample.n_rows)
        columns.append(ColumnDraft(name, seen.samples, role, reason, seen.distinct, blank))
    return TableDraft(table.name, table.file, table.about, table.rows, part, tuple(columns))
