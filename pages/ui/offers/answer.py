"""The sentence below the title: the best offer for the biggest opportunity, and how offers do against best-sellers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segcore.offers.wording import compared

if TYPE_CHECKING:
    import pandas as pd

    from pages.ui.offers.context import Room
    from pages.ui.parts.view import View

NOTHING_NEW = (
    "Every one of the {n} {rows} already buys every product, so no offer would be new to anybody; "
    "how much they buy is what tells them apart."
)


def nothing_new(view: View) -> bool:
    """Whether everybody bought everything, so that no offer is new to anybody."""
    return view.matrix.values.nnz == view.matrix.shape[0] * view.matrix.shape[1]


def answer(room: Room, table: pd.DataFrame) -> str:
    """The whole answer."""
    if not len(table):
        return "With these exclusions there is nothing left to offer."
    first = room.telling.opportunity(table.iloc[0])
    return first if room.test is None else f"{first} {compared(room.test, room.scorer)}"
