"""Every rule that the frequent itemsets allow, as whole counts in arrays: no loop over rules anywhere.

An itemset of length L gives 2^L − 2 rules, one for each way to divide it in two. A division is a bit mask over the
itemset's products; the counts of both sides are looked up by position, because every part of a frequent itemset is
frequent itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from segcore.rules.itemsets import Itemsets


@dataclass(frozen=True)
class Candidates:
    """All divisions of all itemsets: one entry a rule.

    Attributes
    ----------
    length, itemset, mask : integer arrays
        The rule's itemset as (length, row in ``Itemsets.sets[length - 1]``), and which of its products are on the
        left, as bits.
    n_antecedent, n_consequent, n_both : int64 arrays
    redundant : bool array
        A proper part of the left side predicts the same right side at least as well.
    """

    length: np.ndarray
    itemset: np.ndarray
    mask: np.ndarray
    n_antecedent: np.ndarray
    n_consequent: np.ndarray
    n_both: np.ndarray
    redundant: np.ndarray


class SubsetIndex:
    """Finds the row of any part of a frequent itemset among the itemsets of its length."""

    def __init__(self, itemsets: Itemsets) -> None:
        self.itemsets = itemsets
        self._singles = itemsets.sets[0][:, 0].astype(np.int64) if itemsets.sets else np.zeros(0, np.int64)
        self._keys: list[np.ndarray] = [np.arange(len(self._singles))]
        for length in range(2, len(itemsets.sets) + 1):
            sets = itemsets.sets[length - 1]
            prefix = self.of_columns(sets, range(length - 1))
            self._keys.append(self._key(prefix, sets[:, length - 1]))

    def of_columns(self, sets: np.ndarray, columns: range | list[int]) -> np.ndarray:
        """Rows of the parts made of these columns, given in ascending order."""
        ids = np.zeros(len(sets), dtype=np.int64)
        for length, column in enumerate(columns, start=1):
            ids = self.extend(ids, length, sets[:, column])
        return ids

    def extend(self, prefix: np.ndarray, length: int, item: np.ndarray) -> np.ndarray:
        """Rows of prefix ∪ {item} among the itemsets of ``length``, where item comes after the prefix."""
        if length == 1:
            return np.searchsorted(self._singles, item)
        return np.searchsorted(self._keys[length - 1], self._key(prefix, item))

    def of_masks(self, length: int) -> list[np.ndarray]:
        """For every mask over the itemsets of one length, the rows of the part it selects (mask 0: zeros)."""
        sets = self.itemsets.sets[length - 1]
        ids = [np.zeros(len(sets), dtype=np.int64)]
        for mask in range(1, 2**length):
            top = mask.bit_length() - 1
            ids.append(self.extend(ids[mask ^ (1 << top)], mask.bit_count(), sets[:, top]))
        return ids

    def _key(self, prefix: np.ndarray, item: np.ndarray) -> np.ndarray:
        return prefix.astype(np.int64) * (len(self._singles) + 1) + np.searchsorted(self._singles, item)


def all_candidates(itemsets: Itemsets) -> Candidates:
    """Divide every itemset of two products or more in every way."""
    index = SubsetIndex(itemsets)
    blocks = list(_blocks(itemsets, index))
    if not blocks:
        empty = np.zeros(0, dtype=np.int64)
        return Candidates(empty, empty, empty, empty, empty, empty, np.zeros(0, dtype=bool))
    columns = [np.concatenate([block[i] for block in blocks]) for i in range(7)]
    return Candidates(*columns)


def _blocks(itemsets: Itemsets, index: SubsetIndex) -> Iterator[tuple[np.ndarray, ...]]:
    """One block of rules for every length and mask; the best confidence of the shorter rules is carried along."""
    shorter: dict[int, np.ndarray] = {}
    for length in range(2, len(itemsets.sets) + 1):
        both = itemsets.counts[length - 1]
        ids = index.of_masks(length)
        full = 2**length - 1
        best: dict[int, np.ndarray] = {}
        for mask in range(1, full):
            left = itemsets.counts[mask.bit_count() - 1][ids[mask]]
            right = itemsets.counts[(full ^ mask).bit_count() - 1][ids[full ^ mask]]
            confidence = both / left
            general = _best_of_shorter(mask, full, ids, shorter)
            best[mask] = np.maximum(confidence, general)
            where = np.arange(len(both))
            same = np.full(len(both), length, dtype=np.int8)
            yield same, where, np.full(len(both), mask), left, right, both, general >= confidence
        shorter = best


def _best_of_shorter(
    mask: int, full: int, ids: list[np.ndarray], shorter: dict[int, np.ndarray]
) -> np.ndarray:
    """The highest confidence of any rule with the same right side and a proper part of the left."""
    general = np.full(len(ids[0]), -1.0)
    if mask.bit_count() < 2:
        return general
    for bit in range(mask.bit_length()):
        if mask >> bit & 1:
            below = (1 << bit) - 1
            squeezed = (mask & below) | (mask >> (bit + 1) << bit)
            np.maximum(general, shorter[squeezed][ids[full ^ (1 << bit)]], out=general)
    return general


def sides(itemsets: Itemsets, candidates: Candidates, chosen: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Left and right products of the chosen rules: int32, one row a rule, padded at the end with −1."""
    masks, lengths = candidates.mask[chosen], candidates.length[chosen].astype(np.int64)
    on_left = np.bitwise_count(masks).astype(np.int64)
    left = np.full((len(chosen), max(1, int(on_left.max(initial=1)))), -1, dtype=np.int32)
    right = np.full((len(chosen), max(1, int((lengths - on_left).max(initial=1)))), -1, dtype=np.int32)
    groups = lengths << 32 | masks
    order = np.argsort(groups, kind="stable")
    edges = np.flatnonzero(np.diff(groups[order], prepend=-1)) if len(order) else []
    for start, end in pairwise([*edges, len(order)]):
        rows = order[start:end]
        length, mask = int(lengths[rows[0]]), int(masks[rows[0]])
        sets = itemsets.sets[length - 1][candidates.itemset[chosen[rows]]]
        inside = [bit for bit in range(length) if mask >> bit & 1]
        outside = [bit for bit in range(length) if not mask >> bit & 1]
        left[rows[:, None], np.arange(len(inside))] = sets[:, inside]
        right[rows[:, None], np.arange(len(outside))] = sets[:, outside]
    return left, right


def count_tested(itemsets: Itemsets, longest: int) -> int:
    """How many rules were possible: ordered pairs of disjoint frequent itemsets, together at most ``longest``.

    Counted by inclusion and exclusion over the parts two itemsets may share, so infrequent unions count as tested.
    """
    found = len(itemsets.sets)
    index = SubsetIndex(itemsets)
    degrees = {length: _degrees(itemsets, index, length) for length in range(1, min(found, longest - 1) + 1)}
    total = 0
    for a in degrees:
        for c in degrees:
            if a + c > longest:
                continue
            total += len(itemsets.sets[a - 1]) * len(itemsets.sets[c - 1])
            for shared in range(1, min(a, c) + 1):
                overlap = int(np.dot(degrees[a][shared], degrees[c][shared]))
                total += overlap if shared % 2 == 0 else -overlap
    return total


def _degrees(itemsets: Itemsets, index: SubsetIndex, length: int) -> dict[int, np.ndarray]:
    """For every part size, in how many itemsets of ``length`` each frequent itemset of that size lies."""
    ids = index.of_masks(length)
    degrees = {size: np.zeros(len(itemsets.sets[size - 1]), dtype=np.int64) for size in range(1, length + 1)}
    for mask in range(1, 2**length):
        size = mask.bit_count()
        degrees[size] += np.bincount(ids[mask], minlength=len(degrees[size]))
    return degrees
