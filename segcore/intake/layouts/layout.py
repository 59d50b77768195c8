"""What a layout is: how sure it is, what is said of it, and how a table of that layout becomes plain lines."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from segcore.intake.columns.vocabulary import speaks_of
from segcore.intake.files.text_table import Column, TextTable

Relay = Callable[[TextTable], TextTable]


@dataclass(frozen=True, eq=False)
class Layout:
    """One way to read a table.

    Attributes
    ----------
    what : str
        The sentence of the report.
    score : float
        0 … 1: how well the table agrees with it.
    relay : function
        The table as plain lines.
    given : dict of str to str
        Roles the layout itself tells: role → column of the plain lines.
    count : int
        Columns, cells or rows concerned.
    example : str
        One of them as it stands in the file.
    """

    what: str
    score: float
    relay: Relay
    given: Mapping[str, str] = field(default_factory=dict)
    count: int = 1
    example: str = ""


def melted(
    table: TextTable,
    carried: Sequence[str],
    groups: Mapping[str, Sequence[str | None]],
    keep: np.ndarray,
    said: Mapping[str, Sequence[str]] | None = None,
) -> TextTable:
    """One line for every kept cell of rows × places.

    Parameters
    ----------
    carried : columns that go along with every line of a row
    groups : new column → the column at every place, None where a place has none
    keep : ndarray of bool, rows × places
    said : new column → what stands in it at every place
    """
    rows, places = np.nonzero(keep)
    columns = {name: table.columns[name].take(rows) for name in carried}
    for name, texts in (said or {}).items():
        columns[name] = Column(name, places.astype(np.int32), np.asarray(texts, dtype=object)).recoded(texts)
    for name, sources in groups.items():
        columns[name] = _gathered(name, [table.columns[s] if s else None for s in sources], rows, places)
    return TextTable(table.name, columns, len(rows), table.first_row)


def _gathered(name: str, sources: Sequence[Column | None], rows: np.ndarray, places: np.ndarray) -> Column:
    offsets = np.cumsum([0, *(len(one.texts) if one else 0 for one in sources)])
    codes = np.full(len(rows), -1, dtype=np.int64)
    for place, one in enumerate(sources):
        here = places == place
        if one is not None:
            found = one.codes[rows[here]].astype(np.int64)
            codes[here] = np.where(found < 0, -1, found + offsets[place])
    texts = np.concatenate([one.texts for one in sources if one is not None] or [np.empty(0, dtype=object)])
    return Column(name, codes.astype(np.int32), texts).recoded(texts)


def is_filled(table: TextTable, names: Sequence[str | None]) -> np.ndarray:
    """Which cells say something, rows × places; zeros and dashes of a report do not."""
    return np.stack([_says(table.columns[n]) if n else np.zeros(table.n_rows, bool) for n in names], axis=1)


def _says(column: Column) -> np.ndarray:
    empty = {"", "0", "-", "–", "—", "0.0", "0.00", "0,0", "0,00"}
    return np.array([text.strip() not in empty for text in column.texts] + [False])[column.codes]


def is_measure_word(name: str) -> bool:
    """Whether a header speaks of pieces or of money."""
    return any(speaks_of(name, role) for role in ("quantity", "amount"))


def without_order_money(names: Sequence[str]) -> list[str]:
    """The columns that go along with every line: the money of a whole order would count once for each of its items."""
    return [n for n in names if not speaks_of(n, "amount")]


def left_with_the_order(names: Sequence[str]) -> str:
    """What is said of money that does not go along; "" where there is none."""
    left = [n for n in names if speaks_of(n, "amount")]
    return f" “{left[0]}” is of a whole order and was not shared out among its items." if left else ""
