"""Frequent itemsets: products, pairs and triples counted here, longer ones by mlxtend, all in whole numbers.

Up to three products, the miner is our own (``counting``, ``triples``): many times quicker than mlxtend's, which is
kept for longer combinations, can be asked for by name, and is what the tests hold ours against.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import sparse

from segcore.choices.rules import Method
from segcore.progress import Step, part_of
from segcore.rules.floor import Counted, count_pairs
from segcore.rules.longer import Found, mine_longer
from segcore.rules.triples import Triples, mine_triples

SHORT_SHARE = 0.6  # of the work where longer combinations follow


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
        The length that was asked for, or the shorter one that had to be kept to.
    floor, floor_longer : int
        Rows that pairs, and combinations of three or more, had to occur in.
    """

    sets: tuple[np.ndarray, ...]
    counts: tuple[np.ndarray, ...]
    max_length: int | None
    floor: int
    floor_longer: int


def frequent_itemsets(
    values: sparse.csr_matrix,
    min_count: int,
    max_itemsets: int,
    max_length: int | None = None,
    method: Method = "own",
    apart: sparse.csr_matrix | None = None,
) -> Generator[Step, None, Itemsets]:
    """Mine a 0/1 table down to ``min_count`` rows, or to the lowest floor at which the combinations fit.

    Parameters
    ----------
    apart : csr_matrix of bool, products × products, symmetric, optional
        Pairs that are never combined, such as an article and its own category.

    Yields
    ------
    Step
        Now and then.
    """
    counted = count_pairs(values, min_count, max_itemsets, apart)
    sets = _pairs_and_singles(counted)
    if max_length == 2 or not counted.pairs.nnz:
        return _itemsets(sets, max_length, counted.count, counted.count)
    room = max(max_itemsets - sum(len(rows) for rows, _ in sets), 0)
    longer_too = (max_length or 4) > 3 or method != "own"
    triples = yield from part_of(mine_triples(counted, room), SHORT_SHARE if longer_too else 1.0)
    items = counted.table.items
    if triples.found:
        rows = np.concatenate(triples.sets)
        sets.append((items[rows], np.concatenate(triples.counts)))
    elif triples.floor > counted.count:
        return _itemsets(sets, 2, counted.count, triples.floor)  # triples there are, but too many to list any
    if not longer_too or not triples.found:
        return _itemsets(sets, max_length, counted.count, triples.floor)
    found = yield from _longer(counted, triples, sets, max_itemsets, max_length, method)
    if apart is not None:
        _keep_apart(found, apart)
    shortened = found.cap < (max_length or max(len(items), 3))
    every = [
        (np.concatenate(found.sets[n]), np.concatenate(found.counts[n]))
        for n in range(1, max(found.sizes, default=0) + 1)
    ]
    low = counted.count if method == "own" else triples.floor
    return _itemsets(every, found.cap if shortened else max_length, low, triples.floor)


def _longer(
    counted: Counted, triples: Triples, sets: list, max_itemsets: int, max_length: int | None, method: Method
) -> Generator[Step, None, Found]:
    """What mlxtend adds: beyond three products, or everything beyond one where it was asked for by name."""
    table, ours = counted.table, method == "own"
    found = Found(max_length or max(len(table.items), 3), max_itemsets)
    for length, (rows, counts) in enumerate(sets if ours else sets[:1], start=1):
        found.add(length, rows, counts)
    firsts = np.bincount(np.concatenate(triples.sets)[:, 0], minlength=len(table.items))
    # A combination of four holds three triples with the same rarest product.
    promising = np.flatnonzero(firsts >= 3) if ours else np.arange(len(table.items))
    work = mine_longer(table, triples.floor, found, method, 4 if ours else 2, promising)
    yield from part_of(work, 1 - SHORT_SHARE, start=SHORT_SHARE)
    return found


def _keep_apart(found: Found, apart: sparse.csr_matrix) -> None:
    """Drop the itemsets that mlxtend, which knows nothing of groups, made of a product and its own."""
    for length in [n for n in found.sizes if n > 1]:
        rows, counts = np.concatenate(found.sets[length]), np.concatenate(found.counts[length])
        kept = np.ones(len(rows), dtype=bool)
        for one, other in combinations(range(length), 2):
            kept &= ~np.asarray(apart[rows[:, one], rows[:, other]]).ravel()
        found.sets[length], found.counts[length] = [rows[kept]], [counts[kept]]
        found.sizes[length] = int(kept.sum())
        if not kept.any():
            del found.sizes[length]


def _pairs_and_singles(counted: Counted) -> list[tuple[np.ndarray, np.ndarray]]:
    table, pairs = counted.table, counted.pairs
    sets = [(table.items[:, None], table.totals)]
    if pairs.nnz:
        rows = np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))
        sets.append((table.items[np.column_stack([rows, pairs.indices])], pairs.data))
    return sets


def _itemsets(sets: list, max_length: int | None, floor: int, floor_longer: int) -> Itemsets:
    """Products ascending in each itemset, itemsets in lexical order."""
    tables = [_in_order(*part) for part in sets if len(part[0])]
    return Itemsets(
        tuple(rows for rows, _ in tables),
        tuple(counts for _, counts in tables),
        max_length,
        floor,
        floor_longer,
    )


def _in_order(rows: np.ndarray, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rows = np.sort(rows.astype(np.int32), axis=1)
    order = np.lexsort(rows.T[::-1])
    return rows[order], counts[order].astype(np.int64)
