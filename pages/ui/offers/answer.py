"""The sentence below the title: the best offer for the biggest opportunity, and how offers do against best-sellers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from segcore.offers import buyers_range, worth_of
from segcore.offers.wording import compared, counted, range_words
from segcore.words import count, number_word, offering, readable

if TYPE_CHECKING:
    import pandas as pd

    from pages.ui.offers.room import Room
    from pages.ui.view import View
    from segcore.offers import Everyone


NOTHING_NEW = (
    "Every one of the {n} {rows} already buys every product, so no offer would be new to anybody; "
    "how much they buy is what tells them apart."
)


def nothing_new(view: View) -> bool:
    """Whether everybody bought everything, so that no offer is new to anybody."""
    return view.matrix.values.nnz == view.matrix.shape[0] * view.matrix.shape[1]


def opportunities(room: Room, everyone: Everyone) -> pd.DataFrame:
    """Every segment × product that is among somebody's offers, the most promising first.

    ``value`` is what the order is by: purchases expected of those whose offers hold it, times money where that was
    chosen; without a back-test, how many those are.
    """
    table = everyone.by_segment
    table = table[table["among"] > 0]
    if room.chance is None:
        value = table["among"].astype(float)
        low = high = np.full(len(table), np.nan)
    else:
        value = table["expected"]
        spans = [
            buyers_range(e, v, room.chance, int(n))
            for e, v, n in zip(table["expected"], table["variance"], table["among"], strict=True)
        ]
        low, high = (np.array([span[at] for span in spans], dtype=float) for at in (0, 1))
    worth = worth_of(everyone.products, room.spec, room.prices)
    if worth is not None:
        value = value * worth[everyone.products.get_indexer(table["product"])]
    table = table.assign(value=value, low=low, high=high)
    return table.sort_values(["value", "among"], ascending=False, kind="stable")


def first_sentence(room: Room, best: pd.Series) -> str:
    """The biggest opportunity with its base."""
    view = room.view
    product = readable(str(best["product"]), view.study.level)
    name = view.names[int(best["segment"])]
    each = f"one of the {number_word(room.spec.n)} best offers" if room.spec.n > 1 else "the best offer"
    who = counted(int(best["among"]), int(best["size"]), f"{room.view.matrix.row_word} there")
    to = f"{offering(product)} to the segment “{name}”: it is {each} for {who}"
    if room.chance is None:
        return f"{to}."
    span = range_words(int(best["low"]), int(best["high"]))
    if room.test.days:
        return f"{to}, and {span} of them are due to buy it within {count(room.test.days)} days."
    return f"{to}, and for {span} of them it would be the next new product."


def answer(room: Room, table: pd.DataFrame) -> str:
    """The whole answer."""
    if not len(table):
        return "With these exclusions there is nothing left to offer."
    first = first_sentence(room, table.iloc[0])
    return first if room.test is None else f"{first} {compared(room.test, room.scorer)}"
