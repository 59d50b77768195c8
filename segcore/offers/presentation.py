"""Offers in words and tables, the same on screen and in everything that is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segcore.language.words import count, join_and, number_word, of, offering, percent, readable
from segcore.offers.blocked import worth_of
from segcore.offers.chance import buyers_range
from segcore.offers.wording import counted, range_words

if TYPE_CHECKING:
    from segcore.choices.offers import OfferSpec
    from segcore.offers.backtest import BackTest
    from segcore.offers.bundles import Bundle
    from segcore.offers.chance import Chance
    from segcore.offers.recommend import Everyone
    from segcore.offers.targets import Cut, TargetList


@dataclass(frozen=True, eq=False)
class Telling:
    """What offers are worded with.

    Attributes
    ----------
    names : mapping of segment number to name
    level, row_word : str
    customers : int
        Rows of the matrix.
    test : BackTest or None
        None before there is one; chances and ranges are then left out.
    prices : Series or None
        Usual price by product, None where the file has no amounts.
    """

    names: Mapping[int, str]
    level: str
    row_word: str
    customers: int
    spec: OfferSpec
    test: BackTest | None = None
    prices: pd.Series | None = None

    @property
    def chance(self) -> Chance | None:
        """How a score becomes a chance."""
        return None if self.test is None else self.test.chances[self.spec.scorer]

    def product(self, label: object) -> str:
        """A product as a sentence names it."""
        return readable(str(label), self.level)

    def opportunities(self, everyone: Everyone) -> pd.DataFrame:
        """Every segment × product that is among somebody's offers, the most promising first.

        ``value`` is what the order is by: purchases expected of those whose offers hold it, times money where that
        was chosen; without a back-test, how many those are. ``low`` and ``high`` are the 95 % range of buyers.
        """
        table = everyone.by_segment
        table = table[table["among"] > 0]
        if self.chance is None:
            value = table["among"].astype(float)
            low = high = np.full(len(table), np.nan)
        else:
            value = table["expected"]
            spans = [
                buyers_range(e, v, self.chance, int(n))
                for e, v, n in zip(table["expected"], table["variance"], table["among"], strict=True)
            ]
            low, high = (np.array([span[at] for span in spans], dtype=float) for at in (0, 1))
        worth = worth_of(everyone.products, self.spec, self.prices)
        if worth is not None:
            value = value * worth[everyone.products.get_indexer(table["product"])]
        table = table.assign(value=value, low=low, high=high)
        return table.sort_values(["value", "among"], ascending=False, kind="stable")

    def best_of(self) -> str:
        """How many offers each customer gets, as a place among them."""
        n = self.spec.n
        return "the best offer" if n == 1 else f"one of the {number_word(n)} best offers"

    def opportunity(self, row: pd.Series) -> str:
        """One row of :meth:`opportunities` with its base."""
        who = counted(int(row["among"]), int(row["size"]), f"{self.row_word} there")
        to = (
            f"{offering(self.product(row['product']))} to the segment “{self.names[int(row['segment'])]}”: "
            f"it is {self.best_of()} for {who}"
        )
        if self.test is None:
            return f"{to}."
        span = range_words(int(row["low"]), int(row["high"]))
        if self.test.days:
            return f"{to}, and {span} of them are due to buy it within {count(self.test.days)} days."
        return f"{to}, and for {span} of them it would be the next new product."

    def offers(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Rows of :meth:`opportunities` as people read them."""
        shown = pd.DataFrame(
            {
                "offer": [self.product(p) for p in rows["product"]],
                "a best offer for": rows["among"].to_numpy(),
            }
        )
        if self.chance is not None:
            shown["likely buyers"] = [
                range_words(int(a), int(b)) for a, b in zip(rows["low"], rows["high"], strict=True)
            ]
        if self.prices is not None:
            shown["usual price"] = self.prices.reindex(rows["product"]).round(2).to_numpy()
        shown["why"] = [
            f"{of(int(b), int(size))} of the segment bought it, {percent(b_all / self.customers, self.customers)} of everybody"
            for b, size, b_all in zip(rows["buyers"], rows["size"], rows["buyers_all"], strict=True)
        ]
        return shown

    def bundle(self, segment: int, proposed: Sequence[Bundle]) -> str:
        """The strongest bundle of a segment in a sentence, or that there is none."""
        name, word = self.names[segment], self.row_word
        if not proposed:
            return f"No two products are bought together more often than expected by the {word} of “{name}”."
        first = proposed[0]
        told = (
            f"{counted(first.all_bought, first.size, word)} of “{name}” bought {join_and([self.product(p) for p in first.products])} "
            f"together, where independent purchases would give {about(first.by_chance)}"
        )
        reach = f"{count(first.some_bought)} more bought some of it and could complete it"
        if not first.sure:
            return (
                f"Nothing here is bought together clearly more than chance. The strongest: {told}; {reach}."
            )
        return f"{told}; {reach}."

    def bundles(self, bundles: Sequence[Bundle], kept: int, *, spend: bool) -> pd.DataFrame:
        """Bundles as people read them; the first ``kept`` were put together by a person, ``spend`` where money is known."""
        marks = ["yours"] * kept + ["more than chance" if b.sure else "may be chance" for b in bundles[kept:]]
        table = pd.DataFrame(
            {
                "bundle": [", ".join(self.product(p) for p in b.products) for b in bundles],
                "note": marks,
                "bought all": [of(b.all_bought, b.size) for b in bundles],
                "by chance": [about(b.by_chance) for b in bundles],
                "could complete it": [b.some_bought for b in bundles],
                "elsewhere": [b.elsewhere for b in bundles],
            }
        )
        if spend:
            table["typical spend on it"] = [b.typical_spend for b in bundles]
        if self.chance is not None:
            table["likely purchases"] = [range_words(b.low, b.high) for b in bundles]
            if self.prices is not None:
                table["worth"] = [
                    ""
                    if b.money_low is None or b.money_high is None
                    else f"{count(b.money_low)} to {count(b.money_high)}"
                    for b in bundles
                ]
        return table

    def target(self, target: TargetList, promise: Cut) -> str:
        """What a target list promises, with its base."""
        base = f"{counted(target.buyers, target.customers, self.row_word)} bought {self.product(target.product)} already"
        # Offered again, it goes to those who bought it too: the list is not of the others.
        others = "" if target.spec.offer_bought else "other "
        if target.chance is None:
            on = "is" if promise.customers == 1 else "are"
            who = f"{count(promise.customers)} of the {others}{count(promise.possible)}"
            return f"{base}; {who}{' who can get it' if not others else ''} {on} on the list."
        span = range_words(promise.low, promise.high)
        then = (
            f"{span} are likely to buy it within {count(self.test.days)} days even unasked"
            if self.test is not None and self.test.days
            else f"{span} would take it if each took one new product"
        )
        of_all = "" if others else " who can get it"
        return (
            f"{base}. Of the first {count(promise.customers)} of the {others}{count(promise.possible)}{of_all}, {then}: "
            f"{percent(promise.reach, promise.possible)} of all such buyers. "
            "Only a test with a hold-out tells what the offer adds."
        )

    def list_table(self, target: TargetList, n: int) -> pd.DataFrame:
        """The list to take away: customer, segment, share, offer, chance, reason."""
        first = target.table.head(n)
        table = first[["share"]].copy()
        table.insert(0, "segment", [self.names.get(int(s), "in no segment") for s in first["segment"]])
        table["offer"] = target.product
        if target.chance is not None:
            table["chance"] = first["chance"]
        table["reason"] = first["why"]
        table.index.name = target.table.index.name or self.row_word.removesuffix("s")
        return table


def about(expected: float) -> str:
    """An expected number of customers: whole, or under one."""
    return count(expected) if expected >= 0.5 else "under 1"
