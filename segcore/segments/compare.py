"""Two segmentations of the same customers side by side: which segments match, what splits, who moves.

The numbers of two cuts mean nothing to each other, so segments are matched first, by optimal assignment on the cosine
of their product scores. Then every customer is counted from the one cut to the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.errors import SpecError
from segcore.factorization.stability import match
from segcore.language.words import count, join_and, of
from segcore.segments.segmentation import Segmentation

PART = 0.2  # a piece of a segment smaller than this is a few people leaving, not a split
FEWEST_IN_PART = 3
MOSTLY = 0.5  # of a new segment that must come out of one older one to call it a split of that one

# Bounds after Steinley (2004), who calls an adjusted Rand index of 0.9 excellent, 0.8 good and 0.65 moderate.
AGREEMENT_WORDS = (
    (0.9, "almost the same"),
    (0.8, "much the same"),
    (0.65, "alike in the main"),
    (0.3, "partly the same"),
    (-np.inf, "quite different"),
)


@dataclass(frozen=True)
class Split:
    """One segment of the first cut and the segments of the second it falls apart into, largest piece first."""

    segment: int
    into: tuple[int, ...]
    customers: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class SplitView:
    """What becomes of the segments of one cut in another.

    Attributes
    ----------
    counts : DataFrame, segments of the first × segments of the second
        Customers in both.
    partners : Series of Int64, by segment of the second
        The segment of the first that matches it; missing for one that is new.
    flows : DataFrame
        ``from``, ``to``, ``customers``, ``stays`` (the two match); only pairs with customers, in order.
    splits : tuple of Split
        Segments of the first of which two or more pieces of a fifth each go apart; the largest loss first.
    moved : int
        Customers whose segment in the second does not match theirs in the first.
    compared : int
        Customers with a segment in both.
    left_out : int
        Customers in a segment of only one of the two, or known to only one of them.
    agreement : float
        Adjusted Rand index (Hubert & Arabie 1985): 1 is the same groups, 0 is what chance gives.
    """

    counts: pd.DataFrame
    partners: pd.Series
    flows: pd.DataFrame
    splits: tuple[Split, ...]
    moved: int
    compared: int
    left_out: int
    agreement: float

    @property
    def moved_share(self) -> float:
        """Share of the compared customers that move, 0..1."""
        return self.moved / max(self.compared, 1)

    @property
    def agreement_in_words(self) -> str:
        """How alike the two cuts are: "almost the same" … "quite different"."""
        return agreement_in_words(self.agreement)

    @property
    def new(self) -> tuple[int, ...]:
        """Segments of the second that match none of the first."""
        return tuple(int(number) for number in self.partners.index[self.partners.isna()])


def split_view(a: Segmentation, b: Segmentation) -> SplitView:
    """Follow the customers of one cut into another.

    Parameters
    ----------
    a, b : Segmentation
        Of the same customers; any number of segments, any weighting.

    Raises
    ------
    SpecError
        The two have no customer, or no product, in common.
    """
    partners = _partners(a, b)
    counts, left_out = cross_tab(a.assignment, b.assignment)
    # Segments without anybody have their row and column too.
    counts = counts.reindex(index=range(1, a.k + 1), columns=range(1, b.k + 1), fill_value=0)
    flows = _flows(counts, partners)
    compared = int(counts.to_numpy().sum())
    moved = int(flows.loc[~flows["stays"], "customers"].sum())
    return SplitView(
        counts, partners, flows, _splits(counts), moved, compared, left_out,
        adjusted_rand_index(counts.to_numpy()),
    )  # fmt: skip


def cross_tab(a: pd.Series, b: pd.Series) -> tuple[pd.DataFrame, int]:
    """Customers by segment of the first and segment of the second, and how many could not be counted.

    Parameters
    ----------
    a, b : Series of Int64
        Segment numbers from 1 by customer; missing for customers in none.

    Raises
    ------
    SpecError
        No customer is in both.
    """
    both = a.index.intersection(b.index)
    if not len(both):
        raise SpecError(
            "These two segmentations have no customer in common.", remedy="Compare two of the same file."
        )
    first, second = a.reindex(both), b.reindex(both)
    known = (first.notna() & second.notna()).to_numpy()
    one, other = first[known].to_numpy(dtype=int), second[known].to_numpy(dtype=int)
    rows, columns = int(a.max()) if a.notna().any() else 0, int(b.max()) if b.notna().any() else 0
    table = np.zeros((rows, columns), dtype=np.int64)
    np.add.at(table, (one - 1, other - 1), 1)
    named = pd.DataFrame(table, range(1, rows + 1), range(1, columns + 1))
    return named, len(a.index.union(b.index)) - int(known.sum())


def adjusted_rand_index(counts: np.ndarray) -> float:
    """Agreement of two partitions from their cross-tab, corrected for chance (Hubert & Arabie 1985).

    1 where both are the same, also where both put everybody in one group or everybody alone.
    """
    pairs, rows, columns, total = (
        float((n * (n - 1) / 2).sum())
        for n in (counts, counts.sum(axis=1), counts.sum(axis=0), np.asarray(counts.sum(), dtype=float))
    )
    by_chance = rows * columns / total if total else 0.0
    most = (rows + columns) / 2
    return 1.0 if most == by_chance else (pairs - by_chance) / (most - by_chance)


def agreement_in_words(index: float) -> str:
    """What an adjusted Rand index says: "almost the same" … "quite different"."""
    return next(words for least, words in AGREEMENT_WORDS if index >= least)


def overlap(segmentation: Segmentation) -> pd.DataFrame:
    """How alike the tastes of every two segments are: cosine of product scores, segments × segments, 0..1."""
    scores = segmentation.product_scores.to_numpy()
    norm = np.linalg.norm(scores, axis=0)
    unit = scores / np.where(norm > 0, norm, 1.0)
    numbers = segmentation.product_scores.columns
    return pd.DataFrame(np.clip(unit.T @ unit, 0.0, 1.0), numbers, numbers)


def most_alike(segmentation: Segmentation) -> tuple[int, int, float] | None:
    """The two segments whose tastes overlap most, with the cosine; None for a single segment."""
    table = overlap(segmentation)
    if len(table) < 2:
        return None
    values = np.where(np.tri(len(table), dtype=bool), -1.0, table.to_numpy())
    one, other = np.unravel_index(int(values.argmax()), values.shape)
    return int(table.index[one]), int(table.index[other]), float(values[one, other])


def split_sentence(
    view: SplitView, names_a: Mapping[int, str], names_b: Mapping[int, str], row_word: str = "customers"
) -> str:
    """The finding in one sentence: what splits into what, and how many move."""
    move = f"{of(view.moved, view.compared)} {row_word} change segment"
    if not view.moved:
        return f"Nobody changes segment: the same {count(view.compared)} {row_word} stay together."
    new = next((number for number in view.new if view.counts[number].any()), None)
    if new is not None:  # an empty segment is new to nobody
        column = view.counts[new]
        source, name = int(column.idxmax()), names_b[new]
        if column.loc[source] < MOSTLY * column.sum():
            return f"“{name}” is new and gathers {row_word} from several segments; {move}."
        into = next((split.into for split in view.splits if split.segment == source), ())
        if new in into:
            return f"“{names_a[source]}” splits into {_quoted(names_b, into)}; {move}."
        return f"“{name}” is new and comes mostly out of “{names_a[source]}”; {move}."
    if view.splits:
        first = view.splits[0]
        return f"“{names_a[first.segment]}” goes apart into {_quoted(names_b, first.into)}; {move}."
    return f"No segment splits; {move}."


def _quoted(names: Mapping[int, str], numbers: tuple[int, ...]) -> str:
    return join_and([f"“{names[number]}”" for number in numbers])


def _partners(a: Segmentation, b: Segmentation) -> pd.Series:
    """For every segment of the second the one of the first it matches, over the products of both."""
    if not len(a.product_scores.index.intersection(b.product_scores.index)):
        raise SpecError(
            "These two segmentations have no product in common.", remedy="Compare two at the same level."
        )
    products = a.product_scores.index.union(b.product_scores.index)
    one, other = (s.product_scores.reindex(products, fill_value=0.0).to_numpy().T for s in (a, b))
    if a.k <= b.k:
        pairs = {int(to) + 1: place + 1 for place, to in enumerate(match(one, other))}
    else:
        pairs = {place + 1: int(of_a) + 1 for place, of_a in enumerate(match(other, one))}
    numbers = b.product_scores.columns
    return pd.Series([pairs.get(int(n), pd.NA) for n in numbers], numbers, dtype="Int64", name="partner")


def _flows(counts: pd.DataFrame, partners: pd.Series) -> pd.DataFrame:
    table = counts.to_numpy()
    one, other = np.nonzero(table)
    stays = partners.reindex(other + 1).fillna(0).to_numpy(dtype=int) == one + 1
    return pd.DataFrame({"from": one + 1, "to": other + 1, "customers": table[one, other], "stays": stays})


def _splits(counts: pd.DataFrame) -> tuple[Split, ...]:
    """Segments with two or more real pieces, those that lose most customers from their largest piece first."""
    found = []
    for segment, row in counts.iterrows():
        least = max(PART * row.sum(), FEWEST_IN_PART)
        pieces = row[row >= least].sort_values(ascending=False, kind="stable")
        if len(pieces) > 1:
            found.append(Split(int(segment), tuple(int(n) for n in pieces.index), tuple(map(int, pieces))))
    return tuple(sorted(found, key=lambda split: -sum(split.customers[1:])))
