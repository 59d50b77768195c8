"""A customer × product matrix as purchase lines: every cell that is neither blank nor zero is one."""

from __future__ import annotations

import numpy as np

from segcore.errors import UnclearColumns
from segcore.intake.columns.roles import Roles
from segcore.intake.columns.vocabulary import is_total
from segcore.intake.files.text_table import Column, TextTable
from segcore.intake.report import Ledger, some
from segcore.intake.rows.set_aside import Lines
from segcore.intake.values.labels import CUSTOMER, clean_labels
from segcore.intake.values.numbers import parse_numbers, settled_decimal
from segcore.intake.values.tidy import tidy

YES = frozenset(
    {
        "x",
        "\u2713",
        "y",
        "yes",
        "ja",
        "true",
        "t",
        "j",
        "oui",
        "si",
        "sí",
        "sì",
        "sim",
        "wahr",
        "vrai",
        "verdadero",
        "vero",
    }
)
NO = frozenset({"n", "no", "nein", "false", "f", "-", "non", "nee", "não", "falsch", "faux", "falso"})


def needed_columns(roles: Roles) -> list[str]:
    """The columns of the matrix that the roles speak of."""
    label = [roles.customer] if roles.customer else []
    return [*label, *roles.product_columns]


def described_columns(roles: Roles) -> list[str]:
    """The columns that describe or name customers and products, from whichever table."""
    return [
        *roles.customer_attributes,
        *roles.product_attributes,
        *roles.customer_names,
        *roles.product_names,
    ]


def convert_matrix(table: TextTable, roles: Roles, ledger: Ledger, delimiter: str = "") -> Lines:
    """Turn a matrix into lines.

    Raises
    ------
    UnclearColumns
        When no column is a product.
    """
    if not roles.product_columns:
        raise UnclearColumns(
            "No column could be found that is a product.",
            where=table.name,
            remedy="Choose the columns that are products, or another shape of the file.",
        )
    table = _without_total_row(table, roles, ledger)
    labels = _row_labels(table, roles, ledger)
    columns = [_marks_as_numbers(table.columns[name]) for name in roles.product_columns]
    decimal = settled_decimal(columns, roles.decimal, delimiter, ledger, table.name)
    values = np.stack(
        [parse_numbers(c, decimal, ledger, f"{table.name}, column {c.name}") for c in columns], axis=1
    )
    filled = np.stack([~column.blank for column in columns], axis=1)
    unknown = filled & np.isnan(values)
    ledger.leave_out(
        f"{some(int(unknown.sum()), 'cell')} without a readable number.", int(unknown.sum()), where=table.name
    )
    bought = filled & ~unknown & (values != 0)
    nobody = bought & labels.blank[:, None]
    ledger.leave_out(
        f"{some(int(nobody.sum()), 'cell')} in rows without a name.", int(nobody.sum()), where=table.name
    )
    bought &= ~labels.blank[:, None]
    _note_empty(bought, labels, roles, table.name, ledger)
    return _melted(table, labels, bought, values, roles)


def _without_total_row(table: TextTable, roles: Roles, ledger: Ledger) -> TextTable:
    if roles.customer is None or not table.n_rows:
        return table
    column = table.columns[roles.customer]
    tail = range(max(0, table.n_rows - 2), table.n_rows)
    totals = [
        row for row in tail if column.codes[row] >= 0 and is_total(tidy(column.texts[column.codes[row]]))
    ]
    if not totals:
        return table
    keep = np.ones(table.n_rows, dtype=bool)
    keep[totals] = False
    cells = sum(int((~table.columns[n].blank[totals]).sum()) for n in roles.product_columns)
    ledger.leave_out(f"{some(cells, 'cell')} in a row with totals.", cells, where=f"{table.name}, last row")
    return table.take(keep)


def _row_labels(table: TextTable, roles: Roles, ledger: Ledger) -> Column:
    if roles.customer:
        return clean_labels(
            table.columns[roles.customer],
            CUSTOMER,
            ledger,
            f"{table.name}, column {roles.customer}",
            roles.spellings,
        )
    texts = np.array([str(i) for i in range(1, table.n_rows + 1)], dtype=object)
    ledger.note(
        "No column names the rows; they are numbered in the order of the file.",
        table.n_rows,
        where=table.name,
    )
    return Column("Customer", np.arange(table.n_rows, dtype=np.int32), texts)


def _marks_as_numbers(column: Column) -> Column:
    """``x`` and ``yes`` mean bought, ``-`` and ``no`` do not."""
    texts = [tidy(text) for text in column.texts]
    if not any(text.lower() in YES | NO for text in texts):
        return column
    return column.recoded("1" if t.lower() in YES else "0" if t.lower() in NO else t for t in texts)


def _note_empty(bought: np.ndarray, labels: Column, roles: Roles, name: str, ledger: Ledger) -> None:
    blank = int(bought.size - bought.sum())
    if blank:
        ledger.note(f"{some(blank, 'cell')} blank or zero: not bought.", blank, where=name)
    idle = np.flatnonzero(~bought.any(axis=1) & ~labels.blank)
    if len(idle):
        what = f"{some(len(idle), 'row')} without any purchase; not among the {roles.matrix_rows}."
        ledger.note(what, len(idle), example=str(labels.cells()[idle[0]]), where=name)


def _melted(table: TextTable, labels: Column, bought: np.ndarray, values: np.ndarray, roles: Roles) -> Lines:
    rows, columns = np.nonzero(bought)
    names = np.array([tidy(name) for name in roles.product_columns], dtype=object)
    by_row = Column(labels.name, labels.codes[rows], labels.texts)
    by_column = Column(
        "Product" if roles.matrix_rows == "customers" else "Customer", columns.astype(np.int32), names
    )
    measure = values[rows, columns]
    customer, product = (by_row, by_column) if roles.matrix_rows == "customers" else (by_column, by_row)
    described = [n for n in described_columns(roles) if n in table.columns]
    return Lines(
        table.only(list(dict.fromkeys(described))).take(rows),
        customer,
        product,
        quantity=measure if roles.matrix_values == "quantity" else None,
        amount=measure if roles.matrix_values == "amount" else None,
    )
