"""A saved study as its data can show it.

A study may have been saved by another hand, or on data that were read otherwise since. A choice its data do not have is
passed over like one an address asks for: the study keeps it, and the pages show what stands in its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from segcore.choices.offered import offered
from segcore.errors import SpecError

if TYPE_CHECKING:
    from segcore.purchases import Purchases


def instead(purchases: Purchases, level: str, weighting: str) -> dict[str, str]:
    """What is shown in place of a level and a weighting that cannot be, by the study's field; empty where both can."""
    from segcore.purchases.levels import level_parts

    found = {}
    try:
        level_parts(purchases, level)
    except SpecError:
        found["level"] = purchases.product_label
    can = offered(purchases.has("amount"), purchases.has("quantity"), False)
    if weighting not in can:
        found["weighting"] = can[0]
    return found
