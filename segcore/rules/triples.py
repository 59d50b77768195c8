"""Combinations of three: every triangle of frequent pairs is counted in the baskets of its rarest product.

The most common products come first, because their combinations are the most frequent: once more are found than may
be kept, the floor rises early and spares the long tail. The floor that is left at the end is the lowest that fits,
whatever the order.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, field

import numpy as np
from scipy import sparse

from segcore.progress import Step
from segcore.rules.counting import Projections, ranges
from segcore.rules.floor import Counted, lowest_that_fits

MOST_WORDS = 12_000_000_000  # 64-bit words one run may AND: about twenty seconds


@dataclass
class Triples:
    """Combinations of three found so far, in places of the rarity order, and the floor they are kept to."""

    floor: int
    cap: int
    sets: list[np.ndarray] = field(default_factory=list)
    counts: list[np.ndarray] = field(default_factory=list)
    found: int = 0

    def add(self, first: int, second: np.ndarray, third: np.ndarray, counts: np.ndarray) -> None:
        """Keep what reaches the floor; raise it once twice as many are held as may be."""
        kept = np.flatnonzero(counts >= self.floor)
        if not len(kept):
            return
        self.sets.append(np.column_stack([np.full(len(kept), first), second[kept], third[kept]]))
        self.counts.append(counts[kept])
        self.found += len(kept)
        if self.found > 2 * self.cap:
            self.fit()

    def fit(self) -> None:
        """Raise the floor to the lowest that at most ``cap`` reach, and let the others go."""
        if not self.counts:
            return
        sets, counts = np.concatenate(self.sets), np.concatenate(self.counts)
        self.floor = max(self.floor, lowest_that_fits(counts, self.cap))
        kept = counts >= self.floor
        self.sets, self.counts, self.found = [sets[kept]], [counts[kept]], int(kept.sum())


def mine_triples(counted: Counted, cap: int) -> Generator[Step, None, Triples]:
    """Find all combinations of three down to the floor of the pairs, or to where ``cap`` of them fit.

    Yields
    ------
    Step
        After each block of products.
    """
    triples = Triples(max(counted.count, _floor_for_time(counted)), cap)
    projections = Projections(counted.table, counted.bits)
    n_items = len(counted.table.items)
    near = _Near(counted.pairs, triples.floor)
    for place in range(n_items - 1, -1, -1):
        if triples.floor > near.floor:
            near = _Near(counted.pairs, triples.floor)
        later, one, other = near.triangles(place)
        if len(one):
            counts = projections.counts(place, later, one, other)
            triples.add(place, later[one], later[other], counts)
        if place % 50 == 0:
            yield Step((n_items - place) / n_items, f"Combining products: {n_items - place} of {n_items}")
    triples.fit()
    return triples


class _Near:
    """The graph of pairs that reach a floor: who goes often enough with whom."""

    def __init__(self, pairs: sparse.csr_matrix, floor: int) -> None:
        self.floor = floor
        kept = pairs.data >= floor
        self._starts = np.concatenate([[0], np.cumsum(kept)])[pairs.indptr]
        self._near = pairs.indices[kept]
        self._local = np.full(pairs.shape[0], -1, dtype=np.int64)

    def triangles(self, place: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The products near this one, and which two of them (places in that list) are near each other."""
        later = self._near[self._starts[place] : self._starts[place + 1]]
        start, length = self._starts[later], self._starts[later + 1] - self._starts[later]
        self._local[later] = np.arange(len(later))
        other = self._local[self._near[ranges(start, length)]]
        self._local[later] = -1
        kept = other >= 0
        return later, np.repeat(np.arange(len(later)), length)[kept], other[kept]


def _words(counted: Counted) -> np.ndarray:
    """64-bit words that hold the baskets of each product."""
    if counted.bits is not None:
        return np.full(len(counted.table.items), counted.bits.shape[1], dtype=np.float64)
    return counted.table.totals / 64 + 1


def _floor_for_time(counted: Counted) -> int:
    """The lowest count at which looking at all triangles stays affordable, judged by pairs per product."""
    pairs, words = counted.pairs, _words(counted)
    rows = np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))
    low, high = counted.count, int(pairs.data.max(initial=counted.count)) + 1
    while low < high:
        middle = (low + high) // 2
        degree = np.bincount(rows[pairs.data >= middle], minlength=pairs.shape[0]).astype(np.float64)
        if float(np.dot(degree * (degree - 1) / 2, words)) <= MOST_WORDS:
            high = middle
        else:
            low = middle + 1
    return low
