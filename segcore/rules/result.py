"""Rules: the frozen result, as arrays of whole counts that any measure can be made from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.choices.rules import RuleSpec
from segcore.rules.measures import NAMES, Counts, lift_interval, measure
from segcore.rules.membership import membership, wide
from segcore.statistics import wilson

CHANCE = 0.05


@dataclass(frozen=True, eq=False)
class Rules:
    """Who buys the antecedent also buys the consequent: one entry a rule in every array.

    In this order: highest lift first, then highest support, then the names of the left and of the right side.

    Attributes
    ----------
    items : Index
        Product labels in sorted order; positions in it are what ``antecedent`` and ``consequent`` hold.
    antecedent, consequent : int32 arrays, (rules, longest side)
        Products of each side, ascending, padded at the end with −1.
    n_antecedent, n_consequent, n_both : int64 arrays
        Rows with the left side, the right side, both.
    n_rows : int
        All rows (customers or orders).
    p_value : float64 array
        Chance of at least ``n_both`` if the two sides had nothing to do with each other and all rows bought as much
        as each other (Fisher's exact test, as arules has it): a second opinion, never called chance on a screen.
    p_improvement : float64 array
        The same where every row keeps its number of products (:mod:`segcore.rules.chance`); for longer rules, of
        the product that adds least, among the rows that hold the rest of its side.
    p_adjusted : float64 array
        ``p_improvement`` after correction over all possible rules of as many products (Benjamini–Hochberg), so that a
        rule survives only where every product in it earns its place; independent of ``min_confidence``.
    expected : float64 array
        Rows with both sides that popularity and activity explain; for longer rules, the most that their parts explain.
    improvement : float64 array
        Confidence above that of the best rule with a part of the left side, or above everybody's share.
    gain : float64 array
        Lift over the highest lift of a rule with one product less on either side, at least over 1.
    redundant : bool array
        A proper part of the left side predicts the same right side at least as well.
    tested : int
        Rules that were possible, both directions as one: every two sides that are frequent at the floor, together
        no longer than the longest combination found.
    itemset_counts : tuple of int
        Combinations found with 1, 2, 3 … products.
    floor, floor_longer : int
        Rows that products and pairs, and combinations of three or more, had to occur in; above the count asked for
        when that was unsafe.
    partial : bool
        Some rules that were asked for were not mined; ``notes`` say which.
    notes : tuple of str
        Plain sentences for the screen.
    row_word : str
        What the rows are, in the plural: customers, orders or baskets.
    """

    items: pd.Index
    antecedent: np.ndarray
    consequent: np.ndarray
    n_antecedent: np.ndarray
    n_consequent: np.ndarray
    n_both: np.ndarray
    n_rows: int
    p_value: np.ndarray
    p_improvement: np.ndarray
    p_adjusted: np.ndarray
    expected: np.ndarray
    improvement: np.ndarray
    gain: np.ndarray
    redundant: np.ndarray
    tested: int
    itemset_counts: tuple[int, ...]
    floor: int
    floor_longer: int
    partial: bool
    notes: tuple[str, ...]
    row_word: str
    spec: RuleSpec
    digest: str = ""

    def __len__(self) -> int:
        return len(self.n_both)

    @property
    def counts(self) -> Counts:
        """The four counts behind every measure."""
        return Counts(self.n_antecedent, self.n_consequent, self.n_both, self.n_rows)

    def measure(self, name: str) -> np.ndarray:
        """One of mlxtend's twelve measures by its name, float64, one value a rule."""
        return measure(self.counts, name)

    @cached_property
    def antecedent_support(self) -> np.ndarray:
        """Share of rows with the left side."""
        return self.measure("antecedent support")

    @cached_property
    def consequent_support(self) -> np.ndarray:
        """Share of rows with the right side."""
        return self.measure("consequent support")

    @cached_property
    def support(self) -> np.ndarray:
        """Share of rows with both sides."""
        return self.measure("support")

    @cached_property
    def confidence(self) -> np.ndarray:
        """Share of the left side's rows that have the right side too."""
        return self.measure("confidence")

    @cached_property
    def lift(self) -> np.ndarray:
        """Confidence over the right side's share of all rows; 1 means no connection."""
        return self.measure("lift")

    @cached_property
    def leverage(self) -> np.ndarray:
        """Share of rows with both sides beyond what independence gives."""
        return self.measure("leverage")

    @cached_property
    def conviction(self) -> np.ndarray:
        """How much rarer the rule fails than under independence; infinite where it never fails."""
        return self.measure("conviction")

    @cached_property
    def extra(self) -> np.ndarray:
        """Rows with both sides beyond what popularity and activity explain."""
        return self.n_both - self.expected

    @cached_property
    def beyond(self) -> np.ndarray:
        """Rows with both sides over those that popularity and activity explain; 1 means no connection."""
        return self.n_both / np.maximum(self.expected, 1e-9)

    @cached_property
    def confidence_interval(self) -> tuple[np.ndarray, np.ndarray]:
        """Lowest and highest confidence that 95 % certainty allows."""
        return wilson(self.n_both, self.n_antecedent)

    @cached_property
    def lift_low(self) -> np.ndarray:
        """The lowest lift that 95 % certainty allows."""
        return lift_interval(self.counts)[0]

    @cached_property
    def lift_high(self) -> np.ndarray:
        """The highest lift that 95 % certainty allows."""
        return lift_interval(self.counts)[1]

    def ranked(self, by: str) -> np.ndarray:
        """All positions, the highest of a measure first, of equals the surer rule; sorted once, as sliders only narrow."""
        if by not in self._ranked:
            value = getattr(self, by).round(9)
            self._ranked[by] = np.lexsort((np.arange(len(self)), -self.confidence, -value))
        return self._ranked[by]

    @cached_property
    def _ranked(self) -> dict[str, np.ndarray]:
        return {}

    @cached_property
    def products(self) -> np.ndarray:
        """Positions in ``items`` of the products that are in any rule, ascending."""
        return np.flatnonzero(np.diff(self.left_of.indptr) + np.diff(self.right_of.indptr))

    @property
    def may_be_chance(self) -> np.ndarray:
        """Whether the rule does not survive the correction at 5 %: a mark, never a reason to hide it."""
        return self.p_adjusted > CHANCE

    @cached_property
    def length(self) -> np.ndarray:
        """Products in the rule, both sides together."""
        return np.count_nonzero(self.antecedent >= 0, axis=1) + np.count_nonzero(self.consequent >= 0, axis=1)

    @cached_property
    def reverse(self) -> np.ndarray:
        """Position of the rule with both sides exchanged, −1 where it is not among these."""
        width = max(self.antecedent.shape[1], self.consequent.shape[1])
        sides = [wide(side, width) for side in (self.antecedent, self.consequent)]
        rows = np.concatenate([np.hstack(sides), np.hstack(sides[::-1])])
        number = np.unique(rows, axis=0, return_inverse=True)[1].ravel()
        at = np.full(int(number.max(initial=-1)) + 1, -1, dtype=np.int64)
        at[number[: len(self)]] = np.arange(len(self))
        return at[number[len(self) :]]

    @cached_property
    def left_of(self) -> sparse.csr_matrix:
        """Products × rules, true where the product is on the left side."""
        return membership(self.antecedent, len(self.items))

    @cached_property
    def right_of(self) -> sparse.csr_matrix:
        """Products × rules, true where the product is on the right side."""
        return membership(self.consequent, len(self.items))

    @cached_property
    def table(self) -> pd.DataFrame:
        """All rules as a DataFrame with mlxtend's columns, then the counts and the marks."""
        return self.rows(np.arange(len(self)))

    def rows(self, positions: np.ndarray) -> pd.DataFrame:
        """Rows of ``table`` without making the others: sets of labels for 400,000 rules take seconds."""
        columns: dict[str, object] = {
            "antecedents": self._frozensets(self.antecedent[positions]),
            "consequents": self._frozensets(self.consequent[positions]),
        }
        some = Counts(
            self.n_antecedent[positions], self.n_consequent[positions], self.n_both[positions], self.n_rows
        )
        columns |= {name: measure(some, name) for name in NAMES}
        columns |= {
            "n_antecedent": self.n_antecedent[positions],
            "n_consequent": self.n_consequent[positions],
            "n_both": self.n_both[positions],
            "n_rows": np.full(len(positions), self.n_rows, dtype=np.int64),
            "p_value": self.p_value[positions],
            "p_improvement": self.p_improvement[positions],
            "p_adjusted": self.p_adjusted[positions],
            "expected": self.expected[positions],
            "improvement": self.improvement[positions],
            "gain": self.gain[positions],
            "redundant": self.redundant[positions],
        }
        return pd.DataFrame(columns, index=positions)

    def _frozensets(self, side: np.ndarray) -> np.ndarray:
        labels = self.items.to_numpy(dtype=object)
        sets = np.empty(len(side), dtype=object)
        sets[:] = [frozenset(labels[row[row >= 0]]) for row in side]
        return sets
