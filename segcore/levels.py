"""Level: one attribute of the products, a combination of several, or the product itself; which label each carries."""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from segcore.errors import SpecError
from segcore.purchases import natural_order

if TYPE_CHECKING:
    from segcore.purchases import Purchases

COMBINE = " + "
UNKNOWN = "unknown"


def level_parts(purchases: Purchases, level: str) -> tuple[str, ...]:
    """The attributes a level is made of; empty for the product itself.

    Raises
    ------
    SpecError
        A part is not an attribute of the products in this file.
    """
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


def level_codes(purchases: Purchases, level: str) -> tuple[np.ndarray, pd.Index]:
    """Which label each product carries at a level.

    Returns
    -------
    codes : ndarray of int32, (products,)
    labels : Index of text, sorted; a combination reads "Pinot Noir (Germany)"
    """
    known = _CODES.setdefault(purchases, {})
    if level not in known:
        known[level] = _make_codes(purchases, level)
    return known[level]


_CODES: WeakKeyDictionary[Purchases, dict[str, tuple[np.ndarray, pd.Index]]] = WeakKeyDictionary()


def _make_codes(purchases: Purchases, level: str) -> tuple[np.ndarray, pd.Index]:
    parts = level_parts(purchases, level)
    if not parts:
        labels = purchases.products.index
        return np.arange(len(labels), dtype=np.int32), labels
    codes, unique = pd.factorize(_combined_labels(purchases.products, parts).to_numpy(dtype=object))
    order = natural_order(unique)
    rank = np.empty(len(order), dtype=np.int32)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank[codes], pd.Index(unique[order], dtype="str", name=level)


def _combined_labels(products: pd.DataFrame, parts: tuple[str, ...]) -> pd.Series:
    columns = [products[part].replace("", UNKNOWN) for part in parts]
    if len(columns) == 1:
        return columns[0]
    inside = columns[1]
    for column in columns[2:]:
        inside = inside + ", " + column
    return columns[0] + " (" + inside + ")"
