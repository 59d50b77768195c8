"""What comes of a scenario: who moves, which segment dissolves or appears, what happens to size and money.

Segments of a run are numbered by size, so their numbers mean nothing in another run. Here each keeps an identity: the
number of the study's segment that it matches, or the next free one where it matches none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment

from segcore.choices.scenarios import Scenario
from segcore.matrix import PurchaseMatrix
from segcore.segments import Segmentation
from segcore.segments.compare import AGREEMENT_WORDS, adjusted_rand_index, cross_tab

SAME_TASTE = 0.5  # cosine of product profiles below which a segment is another one
NONE = 0  # stands for "in no segment" wherever identities are counted


@dataclass(frozen=True, eq=False)
class Outcome:
    """The segments under a scenario, held against the study's.

    Attributes
    ----------
    identity : Series of int, by segment number of ``segmentation``
        Number of the study's segment it is, or a later one where it is new.
    likeness : Series of float, by identity
        Cosine with the profile of the study's segment it is; missing for new ones.
    kept_taste : Series of float, by segment of the study
        Part of its profile that is still in the range, 0..1.
    gone : tuple of int
        Segments of the study that dissolve.
    new : tuple of int
        Identities that appear.
    merged : mapping of int to tuple of int
        Identities that stand for several, put together by hand.
    proposed : mapping of int to str
        Names for the new identities.
    table : DataFrame, by identity
        ``before`` and ``after`` customers and, where the file has money, ``amount_before`` and ``amount_after``.
    flows : DataFrame
        ``from`` and ``to`` (identities, 0 for none), ``customers``, ``stays``.
    agreement : float
        Adjusted Rand index with the study's segments, over customers in a segment of both; NaN where nobody is.
    explained, explained_unedited, explained_before : float
        Explained share now; with the same range before edits by hand; and of the study's segments on their own range.
    wobble : int
        Customers that change segment when the study's segments are found again with nothing changed at all; what a
        scenario moves beyond them it moves itself.
    notes : tuple of str
        Edits that could not be made, in plain sentences.
    """

    scenario: Scenario
    segmentation: Segmentation
    identity: pd.Series
    likeness: pd.Series
    kept_taste: pd.Series
    gone: tuple[int, ...]
    new: tuple[int, ...]
    merged: Mapping[int, tuple[int, ...]]
    proposed: Mapping[int, str]
    table: pd.DataFrame
    flows: pd.DataFrame
    agreement: float
    explained: float
    explained_unedited: float
    explained_before: float
    wobble: int
    notes: tuple[str, ...]

    @property
    def assignment(self) -> pd.Series:
        """Identity of each customer's segment; missing for none."""
        return self.segmentation.assignment.map(self.identity).astype("Int64")

    @property
    def compared(self) -> int:
        """Customers in a segment before and after."""
        inside = self.flows[(self.flows["from"] != NONE) & (self.flows["to"] != NONE)]
        return int(inside["customers"].sum())

    @property
    def moved(self) -> int:
        """Of those, the ones in another segment than before."""
        inside = self.flows[(self.flows["from"] != NONE) & (self.flows["to"] != NONE)]
        return int(inside.loc[~inside["stays"], "customers"].sum())

    @property
    def lost(self) -> int:
        """Customers in a segment before and in none after."""
        rows = self.flows[(self.flows["from"] != NONE) & (self.flows["to"] == NONE)]
        return int(rows["customers"].sum())

    @property
    def gained(self) -> int:
        """Customers in no segment before and in one after."""
        rows = self.flows[(self.flows["from"] == NONE) & (self.flows["to"] != NONE)]
        return int(rows["customers"].sum())


def agreement_in_words(agreement: float) -> str:
    """How alike two groupings of the same customers are: "almost the same" … "quite different"."""
    if not np.isfinite(agreement):
        return "not to be compared"
    return next(words for least, words in AGREEMENT_WORDS if agreement >= least)


def identified(
    reference: pd.DataFrame, profiles: pd.DataFrame, least: float = SAME_TASTE
) -> tuple[list[int | None], list[float]]:
    """Match segments to earlier ones by optimal assignment on the cosine of their profiles.

    Parameters
    ----------
    reference, profiles : DataFrame, products × segments
        Aligned by label; a product one of them lacks counts as not bought there.

    Returns
    -------
    list of int or None, list of float
        For every column of ``profiles`` the column of ``reference`` it is, None below ``least``; and the cosine.
    """
    products = reference.index.union(profiles.index)
    old, new = (_unit(table.reindex(products, fill_value=0.0).to_numpy()) for table in (reference, profiles))
    cosine = new.T @ old
    rows, columns = linear_sum_assignment(-cosine)
    found: list[int | None] = [None] * profiles.shape[1]
    alike = [float("nan")] * profiles.shape[1]
    for row, column in zip(rows, columns, strict=True):
        if cosine[row, column] >= least:
            found[row], alike[row] = int(reference.columns[column]), float(cosine[row, column])
    return found, alike


def _unit(scores: np.ndarray) -> np.ndarray:
    norm = np.linalg.norm(scores, axis=0)
    return scores / np.where(norm > 0, norm, 1.0)


def beside(other: Outcome, one: Outcome) -> dict[int, int]:
    """The number under which each segment of one scenario stands beside another scenario.

    The study's segments keep theirs. New ones were numbered in each scenario by itself: two are one segment only where
    their tastes are alike, and else the later one takes a number that is free.
    """
    new = [outcome.identity.index[outcome.identity.isin(outcome.new)] for outcome in (one, other)]
    first, second = (
        outcome.segmentation.product_scores[list(numbers)].set_axis(outcome.identity[numbers], axis=1)
        for outcome, numbers in zip((one, other), new, strict=True)
    )
    found, _ = identified(first, second) if first.shape[1] and second.shape[1] else ([None] * len(new[1]), [])
    free = max([*one.table.index, *other.table.index]) + 1
    numbers = {int(number): int(number) for number in other.table.index if number not in other.new}
    for number, known in zip(second.columns, found, strict=True):
        numbers[int(number)] = free if known is None else known
        free += known is None
    return numbers


def flows_between(
    before: pd.Series,
    after: pd.Series,
    merged: Mapping[int, Sequence[int]] | None = None,
    parted: Mapping[int, Sequence[int]] | None = None,
) -> pd.DataFrame:
    """Customers from each identity before to each after, those in none of them too.

    Parameters
    ----------
    before, after : Series of Int64, by customer
        Identities; a customer missing from one of the two is in no segment there.
    merged : mapping, optional
        Whoever was in one of these stays where they were put together.
    parted : mapping, optional
        Those put together before: whoever goes back to one of the parts stays as well.
    """
    everybody = before.index.union(after.index)
    one, other = (s.reindex(everybody).fillna(NONE).astype("int64") for s in (before, after))
    counts = pd.DataFrame({"from": one.to_numpy(), "to": other.to_numpy()}).value_counts(sort=False)
    table = counts.rename("customers").reset_index().sort_values(["from", "to"], ignore_index=True)
    together = {(int(part), int(whole)) for whole, parts in (merged or {}).items() for part in parts}
    together |= {(int(whole), int(part)) for whole, parts in (parted or {}).items() for part in parts}
    stays = [
        start == end or (start, end) in together
        for start, end in zip(table["from"], table["to"], strict=True)
    ]
    table = table.assign(customers=table["customers"].astype("int64"), stays=np.array(stays, dtype=bool))
    return table[~((table["from"] == NONE) & (table["to"] == NONE))].reset_index(drop=True)


def before_and_after(
    before: pd.Series,
    after: pd.Series,
    identities: Sequence[int],
    amounts: tuple[pd.Series | None, pd.Series | None] = (None, None),
) -> pd.DataFrame:
    """Customers, and money where it is known, of each identity before and after."""
    table = pd.DataFrame(index=pd.Index(sorted(identities), name="segment", dtype="int64"))
    for name, assignment, amount in (("before", before, amounts[0]), ("after", after, amounts[1])):
        counts = assignment.dropna().astype("int64").value_counts()
        table[name] = counts.reindex(table.index, fill_value=0).astype("int64")
        if amount is not None:
            spent = amount.groupby(assignment.reindex(amount.index)).sum()
            table[f"amount_{name}"] = spent.reindex(table.index, fill_value=0.0).astype("float64")
    return table


def amounts_of(matrix: PurchaseMatrix) -> pd.Series | None:
    """Money by customer, where the file has it."""
    return None if matrix.customer_amount is None else pd.Series(matrix.customer_amount, matrix.customers)


def agreement_of(a: pd.Series, b: pd.Series) -> tuple[float, int]:
    """Adjusted Rand index of two groupings, and over how many customers; NaN over nobody."""
    if not len(a.index.intersection(b.index)):
        return float("nan"), 0
    counts, _ = cross_tab(a, b)
    compared = int(counts.to_numpy().sum())
    return (adjusted_rand_index(counts.to_numpy()) if compared else float("nan")), compared
