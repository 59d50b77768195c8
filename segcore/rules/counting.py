"""Counting combinations of up to three products: whole numbers, sparse or packed into bits, no floats anywhere.

Products stand in order of rarity, so that each combination is counted once, from its rarest product on. Where few
products are frequent, every product is one row of bits over all baskets and a combination is an AND and a count of
bits. Where many are, pairs come from one sparse product XᵀX and triples from projections: the baskets of one product,
cut to the products that often go with it, packed into bits again.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

FEW_ITEMS = 200  # up to so many frequent products, bits over all baskets beat the sparse product
BIT_BYTES = 64_000_000  # most memory the bits of all baskets may take
BLOCK_ROWS = 65_536  # baskets packed at once, a multiple of 64
CHUNK_WORDS = 4_000_000  # 64-bit words ANDed at once: 32 MB


@dataclass(frozen=True)
class Ordered:
    """The frequent part of a 0/1 table, columns from the rarest product to the most common.

    Attributes
    ----------
    values : csr_matrix of int32 ones, rows × items, indices ascending in each row
    items : int64 array
        The column of the original table behind each column here.
    totals : int64 array
        Rows that hold each.
    """

    values: sparse.csr_matrix
    items: np.ndarray
    totals: np.ndarray

    @property
    def few(self) -> bool:
        """Whether bits over all baskets are the quickest way."""
        rows, items = self.values.shape
        return items <= FEW_ITEMS and items * rows // 8 <= BIT_BYTES


def by_rarity(values: sparse.csr_matrix, min_count: int) -> Ordered:
    """Cut a 0/1 table to its products of at least ``min_count`` rows, rarest first."""
    totals = np.bincount(values.indices, minlength=values.shape[1]).astype(np.int64)
    items = np.flatnonzero(totals >= min_count)
    items = items[np.argsort(totals[items], kind="stable")]
    place = np.full(values.shape[1], -1, dtype=np.int32)
    place[items] = np.arange(len(items), dtype=np.int32)
    columns = place[values.indices]
    kept = columns >= 0
    before = np.concatenate([[0], np.cumsum(kept)])
    indptr = before[values.indptr]
    shape = (values.shape[0], len(items))
    ones = np.ones(int(indptr[-1]), dtype=np.int32)
    cut = sparse.csr_matrix((ones, columns[kept], indptr.astype(values.indptr.dtype)), shape=shape)
    cut.sort_indices()
    return Ordered(cut, items, totals[items])


def packed(values: sparse.csr_matrix) -> np.ndarray:
    """One row of bits a product over all baskets: uint64, products × words."""
    rows, items = values.shape
    words = -(-rows // 64)
    bits = np.zeros((items, words), dtype=np.uint64)
    for start in range(0, rows, BLOCK_ROWS):
        end = min(start + BLOCK_ROWS, rows)
        part = slice(values.indptr[start], values.indptr[end])
        row = np.repeat(np.arange(end - start), np.diff(values.indptr[start : end + 1]))
        wide = -(-(end - start) // 64) * 64
        bits[:, start // 64 : start // 64 + wide // 64] = pack(values.indices[part], row, items, wide)
    return bits


def pack(item: np.ndarray, row: np.ndarray, n_items: int, n_rows: int) -> np.ndarray:
    """Bits of a table given by its cells; ``n_rows`` is a multiple of 64."""
    cells = np.zeros(n_items * n_rows, dtype=np.uint8)
    cells[item.astype(np.int64) * n_rows + row] = 1
    return np.packbits(cells.reshape(n_items, n_rows), axis=1).view(np.uint64)


def common(
    one: np.ndarray, other: np.ndarray, bits: np.ndarray, others: np.ndarray | None = None
) -> np.ndarray:
    """In how many rows both hold: ``bits[one] & others[other]`` counted, int64, a chunk at a time."""
    others = bits if others is None else others
    step = max(1, CHUNK_WORDS // max(bits.shape[1], 1))
    counts = np.empty(len(one), dtype=np.int64)
    for start in range(0, len(one), step):
        part = slice(start, start + step)
        both = bits[one[part]] & others[other[part]]
        counts[part] = np.bitwise_count(both).sum(axis=1, dtype=np.int64)
    return counts


def ranges(start: np.ndarray, length: np.ndarray) -> np.ndarray:
    """All the places ``start … start + length − 1``, one run after another."""
    return np.arange(int(length.sum())) + np.repeat(start - (np.cumsum(length) - length), length)


def pair_counts(table: Ordered, min_count: int, bits: np.ndarray | None = None) -> sparse.csr_matrix:
    """How many rows hold both products: strictly upper triangle in rarity order, only what reaches ``min_count``."""
    n_items = len(table.items)
    if bits is not None:
        rows, columns, counts = _pairs_by_bits(bits, min_count)
    else:
        gram = (table.values.T @ table.values).tocsr()
        rows = np.repeat(np.arange(n_items), np.diff(gram.indptr))
        kept = (gram.data >= min_count) & (gram.indices > rows)
        rows, columns, counts = rows[kept], gram.indices[kept], gram.data[kept]
    upper = sparse.csr_matrix((counts.astype(np.int64), (rows, columns)), shape=(n_items, n_items))
    upper.sort_indices()
    return upper


def _pairs_by_bits(bits: np.ndarray, min_count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for item in range(len(bits) - 1):
        later = np.arange(item + 1, len(bits))
        counts = common(np.full(len(later), item), later, bits)
        kept = counts >= min_count
        found.append((np.full(int(kept.sum()), item), later[kept], counts[kept]))
    if not found:
        return (np.zeros(0, dtype=np.int64),) * 3
    first, second, counts = (np.concatenate([part[i] for part in found]) for i in range(3))
    return first, second, counts


class Projections:
    """For one product after another, how many rows hold it together with pairs of others."""

    def __init__(self, table: Ordered, bits: np.ndarray | None = None) -> None:
        self._bits, self._values = bits, table.values
        if bits is not None:
            return
        n_items, cells = len(table.items), table.values.nnz
        where = sparse.csr_matrix(
            (np.arange(1, cells + 1), table.values.indices, table.values.indptr), shape=table.values.shape
        ).tocsc()
        self._cells, self._starts = where.data - 1, where.indptr
        self._row_end = np.repeat(table.values.indptr[1:], np.diff(table.values.indptr))
        self._local = np.full(n_items, -1, dtype=np.int32)

    def counts(self, item: int, later: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """Rows with ``item``, ``later[one]`` and ``later[other]``; ``later`` are rarer-first places after ``item``."""
        if self._bits is not None:
            return common(one, other, self._bits[later] & self._bits[item])
        cells = self._cells[self._starts[item] : self._starts[item + 1]]
        start, end = cells + 1, self._row_end[cells]
        start, length = start[end > start + 1], (end - start)[end > start + 1]
        if not len(start):
            return np.zeros(len(one), dtype=np.int64)
        inside = ranges(start, length)
        self._local[later] = np.arange(len(later), dtype=np.int32)
        column = self._local[self._values.indices[inside]]
        self._local[later] = -1
        kept = column >= 0
        row = np.repeat(np.arange(len(start)), length)[kept]
        bits = pack(column[kept], row, len(later), -(-len(start) // 64) * 64)
        return common(one, other, bits)
