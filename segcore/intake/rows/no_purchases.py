"""Lines that a status, an event or a type calls no purchase: cancelled, only looked at, shipping. Left out, counted, undone at will."""

from __future__ import annotations

import numpy as np

from segcore.intake.columns.line_kinds import labels_of, no_purchases
from segcore.intake.columns.roles import Roles
from segcore.intake.files.text_table import Column
from segcore.intake.report import Ledger, some
from segcore.intake.rows.set_aside import Lines

FEW, LONGEST = 4, 40  # labels named in a sentence, and their letters


def without_no_purchases(lines: Lines, roles: Roles, ledger: Ledger) -> Lines:
    """The lines that are purchases by the word of ``roles.line_kind``.

    A line that takes something back stays, whatever it is called: it lowers what was bought, or is left out as a return.
    """
    if roles.line_kind is None or roles.line_kind not in lines.table.columns:
        return lines
    column = lines.table.columns[roles.line_kind]
    of_products = roles.line_kind in roles.product_attributes
    labels = no_purchases(roles.line_kind, labels_of(column), of_products=of_products)
    if not labels:
        return lines
    meant = np.array([str(text) in labels for text in column.texts], dtype=bool)
    told = ~column.blank & meant[column.codes] & ~_takes_back(lines)
    count = int(told.sum())
    if not count or told.all():
        return lines
    first = int(np.flatnonzero(told)[0])
    detail = {
        "where": f"{lines.table.name}, first in row {lines.table.first_row + first}",
        "example": f"{lines.customer.cells()[first]}, {lines.product.cells()[first]}",
        "choice": "no_purchases",
    }
    names = _names(column, told)
    if roles.no_purchases == "keep":
        ledger.note(
            f"{some(count, 'line')} “{roles.line_kind}” calls {names}; counted as purchases.", count, **detail
        )
        return lines
    what = f"{some(count, 'line')} left out as no purchase: “{roles.line_kind}” says {names}."
    ledger.leave_out(what, count, **detail)
    return lines.take(~told)


def _takes_back(lines: Lines) -> np.ndarray:
    back = np.zeros(lines.table.n_rows, dtype=bool)
    for values in (lines.quantity, lines.amount):
        if values is not None:
            back |= values < 0
    return back


def _names(column: Column, told: np.ndarray) -> str:
    """The labels of these lines, the most frequent first, each with its count."""
    counts = np.bincount(column.codes[told], minlength=len(column.texts))
    order = [int(code) for code in np.argsort(-counts, kind="stable") if counts[code]]
    named = [f"{str(column.texts[code])[:LONGEST]} ({counts[code]:,})" for code in order[:FEW]]
    if len(order) > FEW:
        named.append(f"{len(order) - FEW} more")
    return ", ".join(named)
