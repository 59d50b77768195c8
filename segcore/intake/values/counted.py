"""Names that begin or end with how many were bought, ``2x Tea`` or ``Tea x 2``: the number taken off and read as the quantity."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from segcore.intake.columns.roles import Roles
from segcore.intake.report import Ledger, some
from segcore.intake.rows.set_aside import Lines
from segcore.intake.values.labels import PRODUCT, clean_labels

FORMS = (
    re.compile(r"(?P<n>\d{1,4})\s*[x×*]\s+(?P<name>\S.*)"),
    re.compile(r"(?P<name>.*\S)\s+[x×*]\s*(?P<n>\d{1,4})"),
)
NEARLY_ALL, FEWER = 0.95, 0.8


def with_counts(lines: Lines, roles: Roles, ledger: Ledger) -> Lines:
    """The lines with bare names and quantities, where nearly every name is counted and the same ones come in several numbers.

    Where the file has quantities of its own, ``6 x Tea`` is a pack of six.
    """
    if lines.quantity is not None:
        return lines
    texts, counts = [str(text) for text in lines.product.texts], lines.product.counts
    for form in FORMS:
        found = [form.fullmatch(text) for text in texts]
        counted = np.array([match is not None for match in found], dtype=bool)
        if not counted.any() or counts[counted].sum() < NEARLY_ALL * counts.sum():
            continue
        names = [match["name"] if match else text for match, text in zip(found, texts, strict=True)]
        if len({name.casefold() for name in names}) > FEWER * int((counts > 0).sum()):
            continue
        pieces = np.array([float(match["n"]) if match else 1.0 for match in found])[lines.product.codes]
        where = f"{lines.table.name}, column {lines.product.name}"
        total = int(counts[counted].sum())
        what = f"{some(total, 'name')} began or ended with a number of pieces; it was taken off and read as the quantity."
        ledger.repair(what, total, example=texts[int(np.flatnonzero(counted)[0])], where=where)
        product = clean_labels(lines.product.recoded(names), PRODUCT, ledger, where, roles.spellings)
        return replace(lines, product=product, quantity=pieces)
    return lines
