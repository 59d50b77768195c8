"""Combinations by mlxtend, on one small projected table after another, always with integer counts.

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
from itertools import combinations
from math import comb

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.choices.rules import Method
from segcore.progress import Step
from segcore.rules.counting import Ordered, pack

SPLITS_PER_ITEMSET = 6  # candidate rules allowed for each itemset allowed: what triples need
AT_ONCE = 20_000  # itemsets a single deepening call may return without looking in between
DENSE_CELLS = 200_000_000


@dataclass
class Found:
    """Itemsets collected so far by length, and the length above which none are kept."""

    cap: int
    max_itemsets: int
    sets: dict[int, list[np.ndarray]] = field(default_factory=lambda: defaultdict(list))
    counts: dict[int, list[np.ndarray]] = field(default_factory=lambda: defaultdict(list))
    sizes: dict[int, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, length: int, sets: np.ndarray, counts: np.ndarray) -> None:
        """Keep itemsets of a length that is still kept."""
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


def mine_longer(
    table: Ordered, count: int, found: Found, method: Method, least: int, promising: np.ndarray
) -> Generator[Step, None, None]:
    """Add every itemset of ``least`` products or more that reaches ``count``, one rarest product after another.

    Parameters
    ----------
    method : {"own", "hmine", "fpgrowth", "fpmax"}
        Which of mlxtend's miners; "own" takes H-mine, its quickest on short itemsets.
    promising : int array
        Places (in the table's order) of the rarest products worth looking at.
    """
    by_item = table.values.tocsc()
    for number, place in enumerate(promising, start=1):
        rows = by_item.indices[by_item.indptr[place] : by_item.indptr[place + 1]]
        _mine_projection(table, rows, int(place), count, found, "hmine" if method == "own" else method, least)
        yield Step(number / len(promising), f"Longer combinations: {number} of {len(promising)}")


def _mine_projection(
    table: Ordered, rows: np.ndarray, place: int, count: int, found: Found, method: str, least: int
) -> None:
    """Find every itemset whose rarest product is at ``place``."""
    part, items = table.values[rows], table.items
    pairs = np.bincount(part.indices, minlength=len(items))
    later = np.flatnonzero(pairs >= count)
    later = later[later > place]
    if not len(later) or found.cap < 2:
        return
    if least <= 2:
        found.add(2, np.column_stack([np.full(len(later), items[place]), items[later]]), pairs[later])
    if len(later) < 2 or found.cap < 3:
        return
    frame = _frame(part, later, len(items))
    for length, sets, counts in _deepen(frame, count, len(later), found, method):
        if length + 1 >= least:
            head = np.full((len(sets), 1), items[place])
            found.add(length + 1, np.hstack([head, items[later[sets]]]), counts)


def _deepen(
    table: pd.DataFrame, count: int, n_items: int, found: Found, method: str
) -> Iterator[tuple[int, np.ndarray, np.ndarray]]:
    """Itemsets of the projected table from length 2 on, longer and longer while they stay few enough."""
    depth, size = 1, n_items
    while depth + 1 < found.cap:
        target = _next_depth(size, depth, found)
        if target == depth:
            found.cap = depth + 1
            return
        mined = _mlxtend(table, count, target, method)
        for length in range(depth + 1, target + 1):
            if length not in mined:
                return
            yield length, *mined[length]
        depth, size = target, len(mined[target][0])


def _next_depth(size: int, depth: int, found: Found) -> int:
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


def _mlxtend(
    table: pd.DataFrame, count: int, max_length: int, method: str
) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Hand one table to mlxtend; itemsets by length as ascending columns with whole counts."""
    from mlxtend import frequent_patterns  # only here: it takes a second to import

    n_rows = len(table)
    mine = getattr(frequent_patterns, method)
    result = mine(table, min_support=(count - 0.5) / n_rows, use_colnames=False, max_len=max_length)
    if method == "fpmax":
        return _parts_of(result["itemsets"], table, max_length)
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


def _parts_of(
    largest: pd.Series, table: pd.DataFrame, max_length: int
) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """Every part of the largest itemsets with its count: mlxtend's ``fpmax`` lists no others, and rules need them."""
    dense = table.sparse.to_dense() if hasattr(table, "sparse") else table
    row, column = np.nonzero(dense.to_numpy())
    bits = pack(column, row, table.shape[1], -(-len(table) // 64) * 64)
    parts: dict[int, set[tuple[int, ...]]] = defaultdict(set)
    for itemset in largest:
        for length in range(1, min(len(itemset), max_length) + 1):
            parts[length].update(combinations(sorted(itemset), length))
    return {length: _counted(np.asarray(sorted(sets)), bits) for length, sets in parts.items()}


def _counted(sets: np.ndarray, bits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    counts = [int(np.bitwise_count(np.bitwise_and.reduce(bits[row])).sum()) for row in sets]
    return sets, np.asarray(counts, dtype=np.int64)
