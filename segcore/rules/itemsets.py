"""Frequent itemsets: mlxtend's H-mine on one small projected table after another, with integer counts.

Products are taken rarest first; the rows that hold one product, cut to the products after it, make a table that is
small, so memory stays low, progress can be told and the work can be stopped between two tables. mlxtend compares
floats and loses itemsets that sit on the threshold, so it is handed half a row less than the floor, and its supports
are turned back into whole counts.

Depth is guarded: from the number of frequent sets of one length follows a bound on those one longer (Kruskal, 1963;
Katona, 1968), so no call can return more than the cap allows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from math import comb

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.rules.floor import Floor
from segcore.steps import Step

SPLITS_PER_ITEMSET = 6  # candidate rules allowed for each itemset allowed: what triples need
AT_ONCE = 20_000  # itemsets a single deepening call may return without looking in between
DENSE_CELLS = 200_000_000


@dataclass(frozen=True)
class Itemsets:
    """All frequent itemsets up to one length.

    Attributes
    ----------
    sets : tuple of int32 arrays
        ``sets[l - 1]`` holds the itemsets of length l, one a row, products ascending, rows in lexical order.
    counts : tuple of int64 arrays
        Rows that hold each itemset.
    max_length : int or None
        The length that had to be kept to, if any.
    """

    sets: tuple[np.ndarray, ...]
    counts: tuple[np.ndarray, ...]
    max_length: int | None


@dataclass
class _Found:
    """Itemsets collected so far by length, and the length above which none are kept."""

    cap: int
    max_itemsets: int
    sets: dict[int, list[np.ndarray]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[int, list[np.ndarray]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, length: int, sets: np.ndarray, counts: np.ndarray) -> None:
        if length <= self.cap and len(sets):
            self.sets[length].append(sets)
            self.counts[length].append(counts)
            self.sizes[length] += len(sets)
            self._shorten()

    def _shorten(self) -> None:
        """Give up the longest itemsets while there are too many; up to three the floor has made sure of."""
        while self.cap > 3 and self._too_many():
            self.cap = max(3, min(self.cap, max(self.sizes)) - 1)
            for length in [n for n in self.sizes if n > self.cap]:
                del self.sizes[length], self.sets[length], self.counts[length]

    def _too_many(self) -> bool:
        splits = sum(size * (2**length - 2) for length, size in self.sizes.items())
        total = sum(self.sizes.values())
        return total > self.max_itemsets or splits > SPLITS_PER_ITEMSET * self.max_itemsets


def frequent_itemsets(
    values: sparse.csr_matrix, floor: Floor, max_itemsets: int
) -> Generator[Step, None, Itemsets]:
    """Mine the 0/1 table down to the floor, one rarest product after another.

    Yields
    ------
    Step
        After each product.
    """
    totals = np.asarray(values.sum(axis=0)).ravel().astype(np.int64)
    items = np.flatnonzero(totals >= floor.count)
    items = items[np.argsort(totals[items], kind="stable")]
    ordered = values[:, items].tocsr()
    ordered.sort_indices()
    by_item = ordered.tocsc()
    found = _Found(floor.max_length or max(len(items), 3), max_itemsets)
    found.add(1, items[:, None].astype(np.int32), totals[items])
    for position in range(len(items)):
        rows = by_item.indices[by_item.indptr[position] : by_item.indptr[position + 1]]
        _mine_projection(ordered, rows, position, items, floor.count, found)
        yield Step((position + 1) / len(items), f"Combining products: {position + 1} of {len(items)}")
    longest = max(found.sizes, default=0)
    shortened = found.cap < (floor.max_length or max(len(items), 3))
    cap = found.cap if shortened else floor.max_length
    tables = [_sorted(found, length) for length in range(1, longest + 1)]
    return Itemsets(tuple(t[0] for t in tables), tuple(t[1] for t in tables), cap)


def _mine_projection(
    ordered: sparse.csr_matrix, rows: np.ndarray, position: int, items: np.ndarray, count: int, found: _Found
) -> None:
    """Find every itemset whose rarest product is at ``position``."""
    part = ordered[rows]
    pairs = np.bincount(part.indices, minlength=len(items))
    later = np.flatnonzero(pairs >= count)
    later = later[later > position]
    if not len(later) or found.cap < 2:
        return
    head = np.full((len(later), 1), items[position], dtype=np.int32)
    found.add(2, np.hstack([head, items[later, None].astype(np.int32)]), pairs[later].astype(np.int64))
    if len(later) < 2 or found.cap < 3:
        return
    table = _frame(part, later, len(items))
    for length, sets, counts in _deepen(table, count, len(later), found):
        head = np.full((len(sets), 1), items[position], dtype=np.int32)
        found.add(length + 1, np.hstack([head, items[later[sets]].astype(np.int32)]), counts)


def _deepen(
    table: pd.DataFrame, count: int, n_items: int, found: _Found
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Itemsets of the projected table from length 2 on, longer and longer while they stay few enough."""
    depth, size = 1, n_items
    while depth + 1 < found.cap:
        target = _next_depth(size, depth, found)
        if target == depth:
            found.cap = depth + 1
            return
        mined = _hmine(table, count, target)
        for length in range(depth + 1, target + 1):
            if length not in mined:
                return
            yield length, *mined[length]
        depth, size = target, len(mined[target][0])


def _next_depth(size: int, depth: int, found: _Found) -> int:
    """How deep to go next: as far as the bound on new itemsets stays small, at least one further if it may."""
    bound, total, target = size, 0, depth
    while target + 1 < found.cap:
        bound = kruskal_katona(bound, target)
        total += bound
        limit = AT_ONCE if target > depth else found.max_itemsets
        if total > limit and target + 1 > 2:  # length 3 is what the floor has already made sure of
            break
        target += 1
        if bound == 0:
            break
    return target


def kruskal_katona(size: int, length: int) -> int:
    """Most sets of ``length + 1`` that can exist over a family of ``size`` sets of ``length`` holding all their parts."""
    bound, k = 0, length
    while size > 0 and k > 0:
        top = k
        while comb(top + 1, k) <= size:
            top += 1
        bound += comb(top, k + 1)
        size -= comb(top, k)
        k -= 1
    return bound


def _frame(part: sparse.csr_matrix, later: np.ndarray, n_items: int) -> pd.DataFrame:
    """The projected table as mlxtend takes it: dense where that is small, which is up to 6 times faster."""
    if part.shape[0] * len(later) > DENSE_CELLS:
        return pd.DataFrame.sparse.from_spmatrix(part[:, later].astype(bool))
    column = np.full(n_items, -1, dtype=np.int64)
    column[later] = np.arange(len(later))
    rows = np.repeat(np.arange(part.shape[0]), np.diff(part.indptr))
    columns = column[part.indices]
    dense = np.zeros((part.shape[0], len(later)), dtype=bool)
    dense[rows[columns >= 0], columns[columns >= 0]] = True
    return pd.DataFrame(dense)


def _hmine(table: pd.DataFrame, count: int, max_length: int) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Hand one table to mlxtend; itemsets by length as ascending columns with whole counts."""
    from mlxtend.frequent_patterns import hmine  # only here: it takes a second to import

    n_rows = len(table)
    result = hmine(table, min_support=(count - 0.5) / n_rows, use_colnames=False, max_len=max_length)
    by_length: dict[int, list[list[int]]] = defaultdict(list)
    supports: dict[int, list[float]] = defaultdict(list)
    for itemset, support in zip(result["itemsets"], result["support"], strict=True):
        by_length[len(itemset)].append(sorted(itemset))
        supports[len(itemset)].append(support)
    return {
        length: (
            np.asarray(sets, dtype=np.int64),
            np.rint(np.asarray(supports[length], dtype=np.float64) * n_rows).astype(np.int64),
        )
        for length, sets in by_length.items()
    }


def _sorted(found: _Found, length: int) -> tuple[np.ndarray, np.ndarray]:
    """All itemsets of one length, products ascending in each, rows in lexical order."""
    sets = np.sort(np.concatenate(found.sets[length]), axis=1)
    order = np.lexsort(sets.T[::-1])
    return sets[order], np.concatenate(found.counts[length])[order]
