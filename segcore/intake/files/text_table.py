"""Text tables: every cell as it stands in the file, each column stored as codes into its distinct texts.

Nothing is interpreted here. Repairs and conversions then work on the distinct texts (thousands) and not on the
cells (millions).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import pyarrow as pa


@dataclass(frozen=True, eq=False)
class Column:
    """One column: ``texts[codes]``, with code -1 where the cell is blank.

    Attributes
    ----------
    name : str
    codes : ndarray of int32, one a row
    texts : ndarray of str objects, distinct
    """

    name: str
    codes: np.ndarray
    texts: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """How many rows hold each text."""
        return np.bincount(self.codes[self.codes >= 0], minlength=len(self.texts))

    @property
    def blank(self) -> np.ndarray:
        """Which rows are blank."""
        return self.codes < 0

    def take(self, rows: np.ndarray) -> Column:
        """Only these rows (positions or a mask)."""
        return Column(self.name, self.codes[rows], self.texts)

    def recoded(self, texts: Iterable[str]) -> Column:
        """The same rows with each distinct text replaced; texts that become equal are merged, "" is blank."""
        new = np.asarray(list(texts), dtype=object)
        codes, unique = pd.factorize(new) if len(new) else (np.empty(0, np.int64), new)
        codes = codes.astype(np.int32)
        for empty in np.flatnonzero(unique == ""):
            codes[codes == empty] = -1
        lookup = np.append(codes, np.int32(-1))
        return Column(self.name, lookup[self.codes], unique)

    def cells(self) -> np.ndarray:
        """Every row's text, "" where blank."""
        return np.append(self.texts, "").astype(object)[self.codes]


@dataclass(frozen=True, eq=False)
class TextTable:
    """Columns of equal length, with where they come from.

    Attributes
    ----------
    name : str
        As a person would name it: the file, or the file and its sheet.
    columns : dict of str to Column
        In the order of the file.
    n_rows : int
    first_row : int
        The row of the file in which the first data row stands (1-based), for "where".
    """

    name: str
    columns: Mapping[str, Column] = field(default_factory=dict)
    n_rows: int = 0
    first_row: int = 1

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in the order of the file."""
        return tuple(self.columns)

    def take(self, rows: np.ndarray) -> TextTable:
        """Only these rows (positions or a mask)."""
        columns = {name: column.take(rows) for name, column in self.columns.items()}
        n_rows = int(rows.sum()) if rows.dtype == bool else len(rows)
        return TextTable(self.name, columns, n_rows, self.first_row)

    def only(self, names: Sequence[str]) -> TextTable:
        """Only these columns."""
        return TextTable(self.name, {n: self.columns[n] for n in names}, self.n_rows, self.first_row)


def column_of(name: str, cells: Sequence[str] | np.ndarray) -> Column:
    """Encode cells given as text; "" and missing are blank."""
    values = np.asarray(cells, dtype=object)
    codes, texts = pd.factorize(values, use_na_sentinel=True)
    return Column(name, codes.astype(np.int32), np.asarray(texts, dtype=object)).recoded(texts)


def column_of_arrow(name: str, cells: pa.ChunkedArray) -> Column:
    """Encode an Arrow column of text."""
    return _column_of_parts(name, [chunk.dictionary_encode() for chunk in cells.chunks])


def columns_of_batches(names: Sequence[str], batches: Iterable[pa.RecordBatch]) -> dict[str, Column]:
    """Encode columns of text batch by batch, so that the cells of one batch are all that is ever held as text."""
    parts: list[list[pa.DictionaryArray]] = [[] for _ in names]
    for batch in batches:
        for part, cells in zip(parts, batch.columns, strict=True):
            part.append(cells.dictionary_encode())
    columns = {name: _column_of_parts(name, part) for name, part in zip(names, parts, strict=True)}
    del parts
    pa.default_memory_pool().release_unused()
    return columns


def _column_of_parts(name: str, parts: Sequence[pa.DictionaryArray]) -> Column:
    """One column of parts that were encoded each for itself."""
    if not parts:
        return Column(name, np.empty(0, dtype=np.int32), np.empty(0, dtype=object))
    encoded = pa.chunked_array(parts).unify_dictionaries()
    texts = np.asarray(encoded.chunk(0).dictionary.to_pylist(), dtype=object)
    codes = np.concatenate([chunk.indices.fill_null(-1).to_numpy() for chunk in encoded.chunks])
    column = Column(name, codes.astype(np.int32, copy=False), texts)
    return column.recoded(texts) if (texts == "").any() else column


def table_of_rows(
    name: str, names: Sequence[str], rows: Sequence[Sequence[str]], first_row: int = 1
) -> TextTable:
    """Encode rows of text; short rows are padded with blanks."""
    width = len(names)
    padded = [list(row[:width]) + [""] * (width - len(row)) for row in rows]
    cells = list(zip(*padded, strict=True)) if padded else [()] * width
    columns = {n: column_of(n, np.array(c, dtype=object)) for n, c in zip(names, cells, strict=True)}
    return TextTable(name, columns, len(padded), first_row)


def stack(tables: Sequence[TextTable]) -> TextTable:
    """Tables with the same columns, one below the other."""
    if len(tables) == 1:
        return tables[0]
    head = tables[0]
    columns = {name: _stack_columns([table.columns[name] for table in tables]) for name in head.names}
    return TextTable(head.name, columns, sum(table.n_rows for table in tables), head.first_row)


def _stack_columns(parts: Sequence[Column]) -> Column:
    offsets = np.cumsum([0] + [len(part.texts) for part in parts])
    codes = [
        np.where(part.codes < 0, -1, part.codes + offset)
        for part, offset in zip(parts, offsets, strict=False)
    ]
    texts = np.concatenate([part.texts for part in parts])
    joined = Column(parts[0].name, np.concatenate(codes).astype(np.int32), texts)
    return joined.recoded(texts)


def unique_names(names: Sequence[str]) -> list[str]:
    """Column names made unique: blanks are numbered by position, repeats get " (2)", " (3)" and so on."""
    seen: set[str] = set()
    result = []
    for position, raw in enumerate(names, start=1):
        base = raw or f"Column {position}"
        name, copy = base, 2
        while name in seen:
            name, copy = f"{base} ({copy})", copy + 1
        seen.add(name)
        result.append(name)
    return result
