"""What a test brought: buyers in both arms, the difference with its interval, and when it is too early to tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segcore.errors import UnclearColumns
from segcore.language.words import count, of, plural, signed

if TYPE_CHECKING:
    from segcore.choices.offer_records import TestedSegment

Z = NormalDist().inv_cdf(0.975)
YES = frozenset({"1", "1.0", "true", "yes", "y", "x", "bought", "ja", "j", "oui", "si", "sí", "wahr"})
NO = frozenset({"", "0", "0.0", "false", "no", "n", "nein", "non", "-", "falsch", "not bought"})
FEWEST = 5  # buyers and non-buyers, in all, before a difference says anything
MATCHED = 0.02  # of a column's ids on the list, for it to be the column of ids: a sales file holds others too


@dataclass(frozen=True)
class Uplift:
    """Two arms compared.

    Attributes
    ----------
    difference, low, high : float
        Share of buyers among the treated minus that among the held out, and its 95 % interval.
    """

    treated: int
    bought_treated: int
    held: int
    bought_held: int
    difference: float
    low: float
    high: float

    @property
    def enough(self) -> bool:
        """Whether there is enough to speak of a difference at all."""
        bought = self.bought_treated + self.bought_held
        return (
            min(self.treated, self.held) >= FEWEST
            and min(bought, self.treated + self.held - bought) >= FEWEST
        )

    @property
    def extra(self) -> tuple[float, float]:
        """Buyers the offer itself brought among the treated, lowest and highest."""
        return self.low * self.treated, self.high * self.treated


def wilson(found: int, n: int) -> tuple[float, float]:
    """The 95 % score interval of a share (Wilson 1927)."""
    if n <= 0:
        return 0.0, 1.0
    share = found / n
    centre = share + Z**2 / (2 * n)
    half = Z * sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return max(0.0, (centre - half) / (1 + Z**2 / n)), min(1.0, (centre + half) / (1 + Z**2 / n))


def uplift(bought_treated: int, treated: int, bought_held: int, held: int) -> Uplift:
    """The difference of two shares with Newcombe's interval (1998, method 10: two score intervals combined)."""
    p1 = bought_treated / treated if treated else 0.0
    p2 = bought_held / held if held else 0.0
    (l1, u1), (l2, u2) = wilson(bought_treated, treated), wilson(bought_held, held)
    low = p1 - p2 - sqrt((p1 - l1) ** 2 + (u2 - p2) ** 2)
    high = p1 - p2 + sqrt((u1 - p1) ** 2 + (p2 - l2) ** 2)
    return Uplift(treated, bought_treated, held, bought_held, p1 - p2, max(low, -1.0), min(high, 1.0))


def verdict(result: Uplift, row_word: str = "customers") -> str:
    """What may be said of a test, in one sentence."""
    treated = f"{of(result.bought_treated, result.treated)} with the offer"
    held = f"{of(result.bought_held, result.held)} without"
    span = f"{signed(100 * result.low)} to {signed(100 * result.high)} points"
    if not result.enough:
        return f"Not enough data: {treated} and {held} bought, too few to tell a difference from luck."
    if result.low <= 0 <= result.high:
        return (
            f"Not enough data to tell: {treated} and {held} bought; the offer changed buying by {span}, "
            "which includes no change."
        )
    few, many = sorted(round(abs(value)) for value in result.extra)
    extra = count(few) if few == many else f"{count(few)} to {count(many)}"
    did = "brought" if result.low > 0 else "cost"
    return (
        f"The offer {did} {extra} purchases among {plural(result.treated, row_word.removesuffix('s'), row_word)}: "
        f"{treated} bought and {held}, a difference of {span}."
    )


def uplift_of(groups: Sequence[TestedSegment]) -> Uplift:
    """Both arms of some segments of a test, taken together."""
    return uplift(
        sum(g.bought_treated for g in groups), sum(g.n_treated for g in groups),
        sum(g.bought_held_out for g in groups), sum(g.n_held_out for g in groups),
    )  # fmt: skip


def outcome_table(groups: Sequence[TestedSegment]) -> pd.DataFrame:
    """What a test brought in every segment, in words."""
    rows = []
    for group in groups:
        one = uplift_of((group,))
        unclear = not one.enough or one.low <= 0 <= one.high
        rows.append(
            (
                group.segment,
                of(group.bought_treated, group.n_treated),
                of(group.bought_held_out, group.n_held_out),
                f"{signed(100 * one.low)} to {signed(100 * one.high)}",
                "not enough data" if unclear else "more" if one.low > 0 else "less",
            )
        )
    return pd.DataFrame(
        rows, columns=["segment", "with the offer", "held out", "difference, points", "bought"]
    )


def bought_ids(table: pd.DataFrame, ids: pd.Index) -> tuple[frozenset[str], int]:
    """Who bought, read from a table of text: a column of ids, and perhaps one that says yes or no.

    Parameters
    ----------
    table : DataFrame of text
        Its header may be an id too: a plain list has none.
    ids : Index
        The ids on the list.

    Returns
    -------
    ids that bought, and how many ids of the table are not on the list

    Raises
    ------
    UnclearColumns
        No column holds the list's ids, or all of them are in it and nothing says who of them bought.
    """
    known = set(map(str, ids))
    column = max(table.columns, key=lambda name: _n_known(table[name], known), default=None)
    if column is None or not _holds_ids(table[column], known):
        raise UnclearColumns(
            "No column of this file holds the customers of the test.",
            remedy="The ids must be written as in the list that was downloaded.",
        )
    cells = _ids_of(table[column], known)
    said = _answer_column(table, column, each_once=cells[cells != ""].is_unique)
    yes = (
        np.ones(len(table), dtype=bool)
        if said is None
        else table[said].map(_clean).str.lower().isin(YES).to_numpy()
    )
    listed = cells[yes.tolist()]
    found = {cell for cell in listed if cell in known}
    if said is None and _clean(column) in known:
        found.add(_clean(column))
    if said is None and len(known) > 1 and found == known:
        raise UnclearColumns(
            "Everybody of the test is in this file, and no column says yes or no.",
            remedy="Leave only those in it who bought, or add a column with yes or no.",
        )
    strangers = sum(1 for cell in cells if cell and cell not in known)
    return frozenset(found), strangers


def _n_known(cells: pd.Series, known: set[str]) -> int:
    """How many different ids of the list a column holds."""
    return len(known & set(_ids_of(cells, known)))


def _holds_ids(cells: pd.Series, known: set[str]) -> bool:
    found = _n_known(cells, known)
    return found > 0 and found >= MATCHED * len(set(_ids_of(cells, known)) - {""})


def _ids_of(cells: pd.Series, known: set[str]) -> pd.Series:
    """Ids without the apostrophe that our own lists put before one like ``+49170…``, so that no spreadsheet obeys it."""
    return cells.map(_clean).map(lambda one: one[1:] if one[:1] == "'" and one not in known else one)


def _answer_column(table: pd.DataFrame, ids: str, *, each_once: bool) -> str | None:
    """The column that says yes or no, None where there is none.

    One that only says no means that nobody bought, where everybody stands in the table once; among lines of sales it
    is about something else.
    """
    said = {name: {cell.lower() for cell in table[name].map(_clean)} for name in table.columns if name != ids}
    answers = [name for name, words in said.items() if words <= YES | NO]
    with_yes = [name for name in answers if said[name] & YES]
    only_no = [name for name in answers if each_once and said[name] - {"", "-"}]
    return next(iter([*with_yes, *only_no]), None)


def _clean(cell: object) -> str:
    return (
        ""
        if cell is None or cell is pd.NA or (isinstance(cell, float) and np.isnan(cell))
        else str(cell).strip()
    )
