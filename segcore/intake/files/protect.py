"""Text that spreadsheets protect from themselves: ``="00123"``, ``'00123``, quotation marks that no reader took off."""

from __future__ import annotations

import re

import numpy as np

from segcore.intake.files.text_table import Column, TextTable
from segcore.intake.report import Ledger, some

_FORMULA = re.compile(r'=\s*["“”](.*)["“”]', re.DOTALL)
_PAIRS = (
    ("'", "'"),
    ("“", "”"),
    ("”", "”"),
    ("„", "“"),
    ("„", "”"),
    ("‘", "’"),
    ("«", "»"),
    ("`", "`"),
    ('"', '"'),
)
MOST = (
    0.9  # share of a column's texts that must wear the same marks: ’t Hooft among other names keeps its own
)


def unprotected(table: TextTable, ledger: Ledger | None = None) -> TextTable:
    """The table without signs that only protect its texts; each column that had some is reported."""
    columns = {name: _bare(column, table.name, ledger) for name, column in table.columns.items()}
    if all(new is old for new, old in zip(columns.values(), table.columns.values(), strict=True)):
        return table
    return TextTable(table.name, columns, table.n_rows, table.first_row)


def _bare(column: Column, where: str, ledger: Ledger | None) -> Column:
    texts = [text.strip() if len(text) < 200 else text for text in column.texts.tolist()]
    filled = [text for text in texts if text]
    if not filled:
        return column
    bare = [_without_formula(text) for text in texts]
    marks = _marks_of([text for text in bare if text])
    if marks is not None:
        bare = [_without_marks(text, *marks) for text in bare]
    changed = [i for i, (old, new) in enumerate(zip(texts, bare, strict=True)) if old != new]
    if not changed:
        return column
    if ledger is not None:
        count = int(column.counts[changed].sum())
        what = f"{some(count, 'cell')} wore signs that mark text; they were taken off."
        ledger.repair(
            what, count, example=str(column.texts[changed[0]])[:80], where=f"{where}, column {column.name}"
        )
    kept = np.array(column.texts, dtype=object)
    kept[changed] = [bare[i] for i in changed]
    return column.recoded(kept)


def _without_formula(text: str) -> str:
    found = _FORMULA.fullmatch(text) if text.startswith("=") and len(text) < 200 else None
    return found.group(1) if found else text


def _marks_of(texts: list[str]) -> tuple[str, str] | None:
    """The marks around nearly every text, or the apostrophe before it."""
    looked = texts[:2000]
    for left, right in _PAIRS:
        if looked[0].startswith(left) or looked[-1].startswith(left):
            around = sum(len(t) >= 2 and t.startswith(left) and t.endswith(right) for t in looked)
            if around >= MOST * len(looked):
                return left, right
    before = sum(t.startswith("'") and not t.endswith("'") for t in looked)
    return ("'", "") if before >= MOST * len(looked) else None


def _without_marks(text: str, left: str, right: str) -> str:
    if len(text) < len(left) + len(right) or not (text.startswith(left) and text.endswith(right)):
        return text
    inner = text[len(left) : len(text) - len(right)]
    return inner.replace(right * 2, right) if right else inner
