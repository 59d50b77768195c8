"""Which label each product carries at a level."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from segcore.errors import SpecError
from segcore.purchases.cells import finest_cells
from segcore.purchases.levels.mixed import MixedLevel, mix_codes, mixed_parts, rest_names
from segcore.purchases.levels.parents import parents_of_labels
from segcore.purchases.levels.text import COMBINE, UNKNOWN
from segcore.purchases.record import natural_order

if TYPE_CHECKING:
    from segcore.purchases.record import Purchases

Labelled = tuple[np.ndarray, pd.Index]
KEPT = 64  # levels remembered a file: every threshold somebody tried is one


def level_parts(purchases: Purchases, level: str) -> tuple[str, ...]:
    """The attributes a level combines; empty for the product itself and for a mixed level.

    Raises
    ------
    SpecError
        A part is not an attribute of the products in this file.
    """
    mixed = mixed_parts(level, purchases.attributes)
    if mixed is not None:
        for part in (mixed.fine, mixed.coarse):
            level_parts(purchases, part)
            if mixed_parts(part, purchases.attributes):
                raise SpecError("A mixed level cannot be mixed again.", remedy="Choose two plain levels.")
        return ()
    if level == purchases.product_label:
        return ()
    parts = (level,) if level in purchases.attributes else tuple(level.split(COMBINE))
    unknown = [part for part in parts if part not in purchases.attributes]
    if unknown:
        raise SpecError(
            f"This file has no product level called “{unknown[0]}”.",
            remedy=f"Choose from: {', '.join((purchases.product_label, *purchases.attributes))}.",
        )
    return parts


def level_codes(purchases: Purchases, level: str) -> Labelled:
    """Which label each product carries at a level.

    Returns
    -------
    codes : ndarray of int32, (products,)
    labels : Index of text, sorted; a combination reads "Pinot Noir (Germany)"
    """
    purchases = _SAME_LEVELS.get(purchases, purchases)
    known = _CODES.setdefault(purchases, {})
    if level not in known:
        made = _make_codes(purchases, level)
        while len(known) >= KEPT:
            del known[next(iter(known))]
        known[level] = made
    return known[level]


_CODES: WeakKeyDictionary[Purchases, dict[str, Labelled]] = WeakKeyDictionary()
_SAME_LEVELS: WeakKeyDictionary[Purchases, Purchases] = WeakKeyDictionary()


def share_levels(purchases: Purchases, base: Purchases) -> None:
    """Say that these are some lines of others with the same catalogue, so that every product keeps its labels.

    Which labels a mixed level puts together, and what the rest of a group is called, depends on who bought what.
    """
    _SAME_LEVELS[purchases] = _SAME_LEVELS.get(base, base)


def _make_codes(purchases: Purchases, level: str) -> Labelled:
    parts = level_parts(purchases, level)
    mixed = mixed_parts(level, purchases.attributes)
    if mixed is not None:
        return _mixed_codes(purchases, mixed)
    if not parts:
        labels = purchases.products.index
        return np.arange(len(labels), dtype=np.int32), labels
    return codes_of(_combined_labels(purchases.products, parts), level)


def codes_of(labels: pd.Series, level: str = "") -> Labelled:
    """Codes and sorted labels of a column of texts, "" read as unknown."""
    texts = labels.replace("", UNKNOWN).to_numpy(dtype=object)
    codes, found = pd.factorize(texts)
    return _sorted_codes(codes, found, level)


def _sorted_codes(codes: np.ndarray, labels: np.ndarray, level: str) -> Labelled:
    """The same codes, with labels in order."""
    order = natural_order(labels)
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank[codes], pd.Index(np.asarray(labels, dtype=object)[order], dtype="str", name=level)


def _combined_labels(products: pd.DataFrame, parts: tuple[str, ...]) -> pd.Series:
    columns = [products[part].replace("", UNKNOWN) for part in parts]
    if len(columns) == 1:
        return columns[0]
    inside = columns[1]
    for column in columns[2:]:
        inside = inside + ", " + column
    return columns[0] + " (" + inside + ")"


def _mixed_codes(purchases: Purchases, mixed: MixedLevel) -> Labelled:
    fine, coarse = level_codes(purchases, mixed.fine), level_codes(purchases, mixed.coarse)
    cells = finest_cells(purchases).pattern()
    if mixed.fine != purchases.product_label:
        cells = cells.at_level(fine[0], len(fine[1]))
    stays = np.bincount(cells.indices, minlength=len(fine[1])) >= mixed.buyers
    parent = parents_of_labels(purchases, fine, coarse)
    codes, shares_parent = mix_codes(fine[0], parent, stays, len(coarse[1]))
    kept = fine[1].to_numpy(dtype=object)
    rest = rest_names([str(name) for name in coarse[1]], shares_parent, set(kept[stays]))
    used, place = np.unique(codes, return_inverse=True)
    return _sorted_codes(place, np.array([*kept, *rest], dtype=object)[used], mixed.text)
