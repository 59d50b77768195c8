"""The safe floor: how far down one may mine before the combinations become too many.

Pairs are counted exactly before anything is listed, so their floor is the lowest at which they fit. Combinations of
three get a floor of their own while they are mined: whenever more are found than may be kept, it rises to where the
most frequent of them just fit. Both are decided by counts and never by a clock, so the same data give the same list.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from segcore.rules.counting import Ordered, by_rarity, packed, pair_counts

GRAM_CELLS = 40_000_000  # entries of XᵀX held at once, about half a gigabyte
GIANT_BASKET = 1_000
PAIR_SHARE = 2  # pairs may take one part in so many of the combinations allowed


@dataclass(frozen=True)
class Counted:
    """Singles and pairs at their floor, before anything longer is looked for.

    Attributes
    ----------
    table : Ordered
    bits : uint64 array or None
        The table packed, where that is the quickest way.
    pairs : csr_matrix, int64
        Rows with both products, strictly upper triangle in rarity order.
    count : int
        Their floor.
    """

    table: Ordered
    bits: np.ndarray | None
    pairs: sparse.csr_matrix
    count: int


def count_pairs(
    values: sparse.csr_matrix, min_count: int, max_itemsets: int, apart: sparse.csr_matrix | None = None
) -> Counted:
    """Count products and pairs down to ``min_count``, or to where they fit into half of ``max_itemsets``.

    Parameters
    ----------
    values : csr_matrix of 0/1, rows × products
    min_count : int
        Rows asked for, at least 1.
    apart : csr_matrix of bool, products × products, optional
        Pairs that do not count as pairs.
    """
    start = _floor_for_gram(values, min_count)
    table = by_rarity(values, start)
    bits = packed(table.values) if table.few else None
    pairs = pair_counts(table, start, bits)
    if apart is not None:
        pairs = pairs - pairs.multiply(apart[table.items][:, table.items])
        pairs.eliminate_zeros()
    count = max(start, lowest_that_fits(table.totals, max_itemsets // PAIR_SHARE))
    count = max(count, lowest_that_fits(pairs.data, max_itemsets // PAIR_SHARE))
    if count == start:
        return Counted(table, bits, pairs, count)
    kept = np.flatnonzero(table.totals >= count)
    cut = Ordered(table.values[:, kept], table.items[kept], table.totals[kept])
    smaller = pairs[kept][:, kept]
    smaller.data[smaller.data < count] = 0
    smaller.eliminate_zeros()
    return Counted(cut, None if bits is None else bits[kept], smaller, count)


def lowest_that_fits(counts: np.ndarray, cap: int) -> int:
    """The lowest count that at most ``cap`` of these counts reach."""
    if len(counts) <= cap:
        return 0
    reaching = np.cumsum(np.bincount(counts)[::-1])[::-1]
    return int(np.flatnonzero(reaching > cap)[-1]) + 1


def _floor_for_gram(values: sparse.csr_matrix, min_count: int) -> int:
    """The count from which XᵀX fits in memory: a basket of 50,000 products alone would fill it."""
    totals = np.bincount(values.indices, minlength=values.shape[1])
    rows = np.repeat(np.arange(values.shape[0]), np.diff(values.indptr))
    count = min_count
    while True:
        kept = totals >= count
        if float(kept.sum()) ** 2 <= GRAM_CELLS:
            return count
        lengths = np.bincount(rows[kept[values.indices]], minlength=1).astype(np.float64)
        if float(np.sum(lengths**2)) <= GRAM_CELLS:
            return count
        count += max(1, count // 8)
