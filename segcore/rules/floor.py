"""The safe floor: how far down one may mine before the combinations become too many.

Pairs are counted first by one sparse product XᵀX. A triple can only be frequent where its three pairs are, so the
triangles in the graph of frequent pairs bound the triples from above. The floor rises until singles, pairs and that
bound together fit the cap; nothing is mined before.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse

GRAM_CELLS = 40_000_000  # entries of XᵀX held at once, about half a gigabyte
GIANT_BASKET = 1_000


@dataclass(frozen=True)
class Floor:
    """Where mining starts, and what that costs.

    Attributes
    ----------
    count : int
        Rows a combination must occur in; at least the count asked for.
    max_length : int or None
        Most products in a combination; None where no limit was needed or asked.
    notes : tuple of str
        Plain sentences about what was left out; empty when nothing was.
    """

    count: int
    max_length: int | None
    notes: tuple[str, ...]


def safe_floor(
    values: sparse.csr_matrix,
    min_count: int,
    max_itemsets: int,
    max_length: int | None = None,
    row_word: str = "customers",
) -> Floor:
    """Raise ``min_count`` until the possible combinations of up to three products fit ``max_itemsets``.

    Parameters
    ----------
    values : csr_matrix of 0/1, rows × products
    min_count : int
        Rows asked for, at least 1.
    """
    giants = _giant_note(values, row_word)
    start = _floor_for_gram(values, min_count)
    pairs = pair_counts(values, start)
    singles = np.sort(np.asarray(values.sum(axis=0)).ravel())
    wanted = 2 if max_length == 2 else 3
    count = _lowest(start, pairs, singles, max_itemsets, wanted)
    capped = max_length
    if wanted == 3 and not _graph(pairs, count).nnz and _graph(pairs, start).nnz:
        # Even the most common products make too many triples together: keep their pairs instead of nothing.
        capped, count = 2, _lowest(start, pairs, singles, max_itemsets, 2)
    notes = [*giants]
    if count > min_count:
        notes.append(_floor_note(count, values.shape[0], max_itemsets, row_word, shorter=capped != 2))
    if capped == 2 and max_length != 2 and count <= values.shape[0]:
        notes.append(length_note(2))
    return Floor(count, capped, tuple(notes))


def pair_counts(values: sparse.csr_matrix, min_count: int) -> sparse.csr_matrix:
    """How many rows hold both products, strictly upper triangle, pairs of at least ``min_count`` rows only."""
    totals = np.asarray(values.sum(axis=0)).ravel()
    kept = values[:, np.flatnonzero(totals >= min_count)].astype(np.int64)
    gram = sparse.triu(kept.T @ kept, k=1).tocsr()
    return _graph(gram, min_count, keep_counts=True)


def _lowest(start: int, pairs: sparse.csr_matrix, singles: np.ndarray, cap: int, length: int) -> int:
    """The smallest count from ``start`` on whose combinations fit the cap; they shrink as it rises."""
    low, high = start, max(start, int(singles[-1]) + 1 if singles.size else start)
    while low < high:
        middle = (low + high) // 2
        if _fits(middle, pairs, singles, cap, length):
            high = middle
        else:
            low = middle + 1
    return low


def _fits(count: int, pairs: sparse.csr_matrix, singles: np.ndarray, cap: int, length: int) -> bool:
    """Whether singles, pairs and possible triples at this count stay within the cap."""
    room = cap - int(singles.size - np.searchsorted(singles, count))
    if room < 0 and count <= (singles[-1] if singles.size else 0):
        return False
    edges = int(np.count_nonzero(pairs.data >= count))
    if edges > room:
        return edges == 0
    return length < 3 or edges + triangles(_graph(pairs, count)) <= room


def triangles(upper: sparse.csr_matrix) -> int:
    """Number of triangles in the graph whose strictly upper triangle is given as ones."""
    return int((upper @ upper).multiply(upper).sum())


def _graph(pairs: sparse.csr_matrix, count: int, keep_counts: bool = False) -> sparse.csr_matrix:
    """The pairs of at least ``count`` rows, as ones or with their counts."""
    keep = pairs.data >= count
    rows = np.repeat(np.arange(pairs.shape[0]), np.diff(pairs.indptr))[keep]
    data = pairs.data[keep] if keep_counts else np.ones(int(keep.sum()), dtype=np.int64)
    return sparse.csr_matrix((data, (rows, pairs.indices[keep])), shape=pairs.shape)


def _floor_for_gram(values: sparse.csr_matrix, min_count: int) -> int:
    """The count from which XᵀX fits in memory: a basket of 50,000 products alone would fill it."""
    totals = np.asarray(values.sum(axis=0)).ravel()
    rows = np.repeat(np.arange(values.shape[0]), np.diff(values.indptr))
    count = min_count
    while True:
        kept = totals >= count
        lengths = np.bincount(rows[kept[values.indices]], minlength=1).astype(np.float64)
        if min(float(kept.sum()) ** 2, float(np.sum(lengths**2))) <= GRAM_CELLS:
            return count
        count += max(1, count // 8)


def _giant_note(values: sparse.csr_matrix, row_word: str) -> list[str]:
    """One sentence about rows with so many products that they slow everything down."""
    lengths = np.diff(values.indptr)
    giants = int(np.count_nonzero(lengths > GIANT_BASKET))
    if not giants:
        return []
    one = row_word.removesuffix("s")
    subject = f"One {one} has" if giants == 1 else f"{giants:,} {row_word} have"
    largest = (
        f"{int(lengths.max()):,} products" if giants == 1 else f"up to {int(lengths.max()):,} products each"
    )
    return [f"{subject} {largest}; a list that long says little about what belongs together."]


def _floor_note(count: int, n_rows: int, cap: int, row_word: str, shorter: bool) -> str:
    if count > n_rows:
        return (
            f"No combination was mined: there would be more than {cap:,} even among the products that nearly all "
            f"{row_word} bought. Leave some of these products out."
        )
    said = f"Mined down to {count:,} {row_word}: below that there would be more than {cap:,} combinations."
    return f"{said} Rules of two products alone can go lower." if shorter else said


def length_note(length: int) -> str:
    """The sentence for rules that had to stay short."""
    return f"Rules have at most {length} products: with longer ones there would be too many to list."
