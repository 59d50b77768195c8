"""Bought instead: products of one group that are together in fewer baskets than chance would give.

Every pair of common products under one parent is tested with the lower tail of its joint count under the null that
keeps both margins (:mod:`segcore.rules.chance`) and corrected over all pairs tested, whether or not anybody bought
both. Listed are those that survive and whose interval lies below what chance gives.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.choices.rules import RuleSpec
from segcore.purchases import Purchases
from segcore.purchases.levels import level_codes
from segcore.rules.chance import chance_of
from segcore.rules.counting import pair_counts
from segcore.rules.floor import Ordered
from segcore.rules.measures import Counts, lift_interval
from segcore.rules.result import CHANCE
from segcore.rules.tables import RuleTable, rule_table
from segcore.statistics import adjust_log

SURPLUS = 0.05  # of the expected number; so little fewer is not worth calling bought instead
LEAST_EXPECTED = 5.0  # rows chance would give; with fewer, nothing can be told
MOST_ITEMS = 4_000


@dataclass(frozen=True, eq=False)
class Substitutes:
    """Pairs bought instead of each other.

    Attributes
    ----------
    table : DataFrame, the strongest first
        ``one``, ``other``, ``group``, ``n_one``, ``n_other``, ``n_both``, ``expected`` (by popularity and activity),
        ``ratio`` of those found to those expected with its interval ``low``, ``high``, ``p_adjusted``; only pairs
        that survive the correction and whose interval is below 1.
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
    frame = apart_pairs(table, items, group)
    tested = frame.attrs.pop("tested")
    frame["group"] = names[frame["group"]]
    return Substitutes(frame, tested, table.values.shape[0], parent, word)


def apart_pairs(table: RuleTable, items: np.ndarray, group: np.ndarray) -> pd.DataFrame:
    """Pairs of these items within a group that keep apart; ``attrs["tested"]`` says of how many.

    Parameters
    ----------
    items : int array
        Columns of the table.
    group : int array
        The group of each of them.
    """
    totals = np.bincount(table.values.indices, minlength=len(table.items)).astype(np.int64)[items]
    one, other = _pairs_within(group)
    n_rows = table.values.shape[0]
    likely = totals[one] * totals[other] / max(n_rows, 1) >= LEAST_EXPECTED / 2
    one, other = one[likely], other[likely]
    ordered = Ordered(table.values[:, items].tocsr(), items, totals)
    found = pair_counts(ordered, 1)[one, other] if len(one) else np.zeros(0)
    both = np.asarray(found).ravel().astype(np.int64)
    expected, log_p = chance_of(table, 1).fewer(items[one], items[other], both, SURPLUS)
    enough = np.flatnonzero(expected >= LEAST_EXPECTED)
    frame = _frame(Counts(totals[one], totals[other], both, n_rows), expected).iloc[enough]
    frame.insert(0, "one", table.items[items].to_numpy(dtype=object)[one[enough]])
    frame.insert(1, "other", table.items[items].to_numpy(dtype=object)[other[enough]])
    frame.insert(2, "group", group[one[enough]])
    frame["p_adjusted"] = np.exp(adjust_log(log_p[enough]))
    frame = frame[(frame["p_adjusted"] <= CHANCE) & (frame["high"] < 1.0)]
    order = np.lexsort((frame["other"], frame["one"], (frame["n_both"] - frame["expected"]).to_numpy()))
    frame = frame.iloc[order].reset_index(drop=True)
    frame.attrs["tested"] = len(enough)
    return frame


def _frame(counts: Counts, expected: np.ndarray) -> pd.DataFrame:
    """What is known of each pair; the interval is the lift's, held against activity instead of independence."""
    scale = counts.left * counts.right / np.maximum(counts.n * expected, 1e-9)
    low, high = lift_interval(counts)
    return pd.DataFrame(
        {
            "n_one": counts.left, "n_other": counts.right, "n_both": counts.both, "expected": expected,
            "ratio": counts.both / np.maximum(expected, 1e-9), "low": low * scale, "high": high * scale,
        }
    )  # fmt: skip


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
