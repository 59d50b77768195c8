"""Bought instead: products of one group that are together in fewer baskets than chance would give.

Every pair of common products under one parent is tested with the lower tail of the hypergeometric distribution and
corrected over all pairs tested, whether or not anybody bought both.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.choices.rules import RuleSpec
from segcore.purchases import Purchases
from segcore.purchases.levels import level_codes
from segcore.rules.counting import pair_counts
from segcore.rules.floor import Ordered
from segcore.rules.measures import Counts, lift_interval, measure
from segcore.rules.result import CHANCE
from segcore.rules.significance import adjust, log_lower_tail
from segcore.rules.tables import rule_table

LEAST_EXPECTED = 5.0  # rows chance would give; with fewer, nothing can be told
MOST_ITEMS = 4_000


@dataclass(frozen=True, eq=False)
class Substitutes:
    """Pairs bought instead of each other.

    Attributes
    ----------
    table : DataFrame, the strongest first
        ``one``, ``other``, ``group``, ``n_one``, ``n_other``, ``n_both``, ``expected``, ``lift``, ``lift_low``,
        ``lift_high``, ``p_adjusted``; only pairs that survive the correction.
    tested : int
        Pairs under one parent that were tested.
    """

    table: pd.DataFrame
    tested: int
    n_rows: int
    parent: str
    row_word: str


def find_substitutes(purchases: Purchases, spec: RuleSpec, parent: str) -> Substitutes:
    """Find what is bought instead of what, within the groups of a coarser level.

    Raises
    ------
    SpecError
        An unknown level, or orders asked for where the file has none.
    """
    word = purchases.row_word if spec.per == "customer" else "orders"
    table = rule_table(purchases, spec, word)
    totals = np.bincount(table.values.indices, minlength=len(table.items)).astype(np.int64)
    items = np.sort(np.argsort(-totals, kind="stable")[:MOST_ITEMS])
    group, names = _group_of(purchases, spec.level, parent, table.items[items])
    one, other = _pairs_within(group)
    n_rows = table.values.shape[0]
    count = totals[items]
    enough = count[one] * count[other] / max(n_rows, 1) >= LEAST_EXPECTED
    one, other = one[enough], other[enough]
    ordered = Ordered(table.values[:, items].tocsr(), items, count)
    found = pair_counts(ordered, 1)[one, other] if len(one) else np.zeros(0)
    both = np.asarray(found).ravel().astype(np.int64)
    counts = Counts(count[one], count[other], both, n_rows)
    adjusted = adjust(np.exp(log_lower_tail(n_rows, counts.left, counts.right, both)), len(one))
    apart = np.flatnonzero((adjusted <= CHANCE) & (both * n_rows < counts.left * counts.right))
    frame = _frame(counts, adjusted, apart, (table.items[items], one, other), names[group[one]])
    return Substitutes(frame, len(one), n_rows, parent, word)


def _frame(
    counts: Counts, adjusted: np.ndarray, found: np.ndarray, pairs: tuple, group: np.ndarray
) -> pd.DataFrame:
    items, one, other = pairs
    low, high = lift_interval(counts)
    expected = counts.left * counts.right / max(counts.n, 1)
    frame = pd.DataFrame(
        {
            "one": items.to_numpy(dtype=object)[one], "other": items.to_numpy(dtype=object)[other],
            "group": group, "n_one": counts.left, "n_other": counts.right, "n_both": counts.both,
            "expected": expected, "lift": measure(counts, "lift"), "lift_low": low, "lift_high": high,
            "p_adjusted": adjusted,
        }
    ).iloc[found]  # fmt: skip
    order = np.lexsort((frame["other"], frame["one"], (frame["n_both"] - frame["expected"]).to_numpy()))
    return frame.iloc[order].reset_index(drop=True)


def _group_of(
    purchases: Purchases, level: str, parent: str, items: pd.Index
) -> tuple[np.ndarray, np.ndarray]:
    """The group each item lies in (the one most of its articles are in), and the groups' names."""
    fine, labels = level_codes(purchases, level)
    coarse, names = level_codes(purchases, parent)
    table = sparse.csr_matrix((np.ones(len(fine)), (fine, coarse)), shape=(len(labels), len(names)))
    best = np.asarray(table.argmax(axis=1)).ravel()
    return best[labels.get_indexer(items)], names.to_numpy(dtype=object)


def _pairs_within(group: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All pairs of places with the same group, the lower place first."""
    one, other = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
    for number in np.unique(group):
        members = np.flatnonzero(group == number)
        first, second = np.triu_indices(len(members), 1)
        one.append(members[first])
        other.append(members[second])
    return np.concatenate(one), np.concatenate(other)
