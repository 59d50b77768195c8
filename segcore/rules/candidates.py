"""Every rule that the frequent itemsets allow, as whole counts in arrays: no loop over rules anywhere.

An itemset of length L gives 2^L − 2 rules, one for each way to divide it in two. A division is a bit mask over the
itemset's products; the counts of both sides are looked up by position, because every part of a frequent itemset is
frequent itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from segcore.rules.chance import Chance
from segcore.rules.evidence import Evidence
from segcore.rules.itemsets import Itemsets
from segcore.rules.significance import log_upper_tail

USUAL_GAIN = (
    1.1  # a longer rule must say a tenth more than each shorter one; those that do not are not tested
)


@dataclass(frozen=True)
class Candidates:
    """All divisions of all itemsets: one entry a rule.

    Attributes
    ----------
    length, itemset, mask : integer arrays
        The rule's itemset as (length, row in ``Itemsets.sets[length - 1]``), and which of its products are on the
        left, as bits.
    n_antecedent, n_consequent, n_both : int64 arrays
    log_p : float64 array
        Logarithm of the chance of this rule if all rows bought as much as each other and its sides had nothing to do
        with each other (Fisher's exact test).
    log_p_worst : float64 array
        The same under the null that keeps both margins; for longer rules, of the product that adds least, among the
        rows that hold the rest of its side.
    log_p_adjusted : float64 array
        That corrected over all rules of as many products (Benjamini & Hochberg); both directions are one test.
    expected : float64 array
        Rows with both sides that the null explains; for longer rules, the most that their parts explain.
    improvement : float64 array
        Confidence above that of the best rule with a part of the left side, nothing included.
    gain : float64 array
        Lift relative to the highest lift of a rule with one product less on either side, at least 1.
    redundant : bool array
        A proper part of the left side predicts the same right side at least as well.
    """

    length: np.ndarray
    itemset: np.ndarray
    mask: np.ndarray
    n_antecedent: np.ndarray
    n_consequent: np.ndarray
    n_both: np.ndarray
    log_p: np.ndarray
    log_p_worst: np.ndarray
    log_p_adjusted: np.ndarray
    expected: np.ndarray
    improvement: np.ndarray
    gain: np.ndarray
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


def all_candidates(itemsets: Itemsets, n_rows: int, chance: Chance) -> Candidates:
    """Divide every itemset of two products or more in every way, and test every division."""
    index = SubsetIndex(itemsets)
    blocks = list(_blocks(itemsets, index, n_rows, chance))
    if not blocks:
        whole, real = np.zeros(0, dtype=np.int64), np.zeros(0)
        columns = [*[whole] * 6, *[real] * 6, np.zeros(0, dtype=bool)]
        return Candidates(*columns)
    columns = [np.concatenate([block[i] for block in blocks]) for i in range(len(blocks[0]))]
    return Candidates(*columns)


def _blocks(
    itemsets: Itemsets, index: SubsetIndex, n_rows: int, chance: Chance
) -> Iterator[tuple[np.ndarray, ...]]:
    """One block of rules for every length and mask; the best confidence of the shorter rules is carried along."""
    shorter: dict[int, np.ndarray] = {}
    for length in range(2, len(itemsets.sets) + 1):
        ids = index.of_masks(length)
        full = 2**length - 1
        where = np.arange(len(ids[full]))
        count = [np.full(len(where), n_rows, dtype=np.int64)]
        count += [itemsets.counts[mask.bit_count() - 1][ids[mask]] for mask in range(1, full + 1)]
        gains = {mask: _gain(count, mask, full ^ mask, n_rows) for mask in range(1, full)}
        evidence = Evidence(itemsets.sets[length - 1], count, gains, chance)
        adjusted = evidence.adjusted(count_tested(itemsets, length))
        best: dict[int, np.ndarray] = {}
        for mask in range(1, full):
            other = full ^ mask
            confidence = count[full] / count[mask]
            general = _best_of_shorter(mask, full, ids, shorter)
            best[mask] = np.maximum(confidence, general)
            improvement = confidence - np.maximum(general, count[other] / max(n_rows, 1))
            yield (
                np.full(len(where), length, dtype=np.int8), where, np.full(len(where), mask), count[mask],
                count[other], count[full], log_upper_tail(n_rows, count[mask], count[other], count[full]),
                evidence.log_p(mask), adjusted[min(mask, other)], evidence.expected(mask), improvement,
                gains[mask], general >= confidence,
            )  # fmt: skip
        shorter = best


def _gain(count: list[np.ndarray], left: int, right: int, n_rows: int) -> np.ndarray:
    """The rule's lift over the highest lift it has with one product less, at least over 1."""
    shorter = np.ones(len(count[left]))
    for bit in range((left | right).bit_length()):
        a, c = left & ~(1 << bit), right & ~(1 << bit)
        if a and c and (a, c) != (left, right):
            np.maximum(shorter, count[a | c] * n_rows / (count[a] * count[c]), out=shorter)
    return count[left | right] * n_rows / (count[left] * count[right]) / shorter


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
    edges: Iterable[int] = np.flatnonzero(np.diff(groups[order], prepend=-1)) if len(order) else []
    for start, end in pairwise([*edges, len(order)]):
        rows = order[start:end]
        length, mask = int(lengths[rows[0]]), int(masks[rows[0]])
        sets = itemsets.sets[length - 1][candidates.itemset[chosen[rows]]]
        inside = [bit for bit in range(length) if mask >> bit & 1]
        outside = [bit for bit in range(length) if not mask >> bit & 1]
        left[rows[:, None], np.arange(len(inside))] = sets[:, inside]
        right[rows[:, None], np.arange(len(outside))] = sets[:, outside]
    return left, right


def count_tested(itemsets: Itemsets, length: int) -> int:
    """How many rules of so many products were possible: pairs of disjoint frequent itemsets, in whichever direction.

    Counted by inclusion and exclusion over the parts two itemsets may share, so infrequent unions count as tested.
    """
    found = len(itemsets.sets)
    index = SubsetIndex(itemsets)
    degrees = {size: _degrees(itemsets, index, size) for size in range(1, min(found, length - 1) + 1)}
    total = 0
    for a in degrees:
        c = length - a
        if c not in degrees:
            continue
        total += len(itemsets.sets[a - 1]) * len(itemsets.sets[c - 1])
        for shared in range(1, min(a, c) + 1):
            overlap = int(np.dot(degrees[a][shared], degrees[c][shared]))
            total += overlap if shared % 2 == 0 else -overlap
    return total // 2


def _degrees(itemsets: Itemsets, index: SubsetIndex, length: int) -> dict[int, np.ndarray]:
    """For every part size, in how many itemsets of ``length`` each frequent itemset of that size lies."""
    ids = index.of_masks(length)
    degrees = {size: np.zeros(len(itemsets.sets[size - 1]), dtype=np.int64) for size in range(1, length + 1)}
    for mask in range(1, 2**length):
        size = mask.bit_count()
        degrees[size] += np.bincount(ids[mask], minlength=len(degrees[size]))
    return degrees
