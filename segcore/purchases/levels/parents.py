"""Which labels of a coarser level a label stands under, how often, and which one counts where one must.

The stated default: the parent that most purchase lines name; among equals the one that sorts first. A parent the file
does not know counts only where nothing else does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from segcore.purchases.levels.text import UNKNOWN

if TYPE_CHECKING:
    from segcore.purchases.record import Purchases

_LINES: WeakKeyDictionary[Purchases, np.ndarray] = WeakKeyDictionary()


def lines_of_products(purchases: Purchases) -> np.ndarray:
    """Purchase lines of each product, (products,)."""
    if purchases not in _LINES:
        _LINES[purchases] = np.bincount(
            purchases.lines["product"].to_numpy(), minlength=len(purchases.products)
        )
    return _LINES[purchases]


def candidates_of(
    purchases: Purchases, child: tuple[np.ndarray, pd.Index], parent: tuple[np.ndarray, pd.Index]
) -> pd.DataFrame:
    """Every pair of a label and a parent that some product has; the default parent of each label first.

    Parameters
    ----------
    child, parent : (codes, labels)
        As ``level_codes`` gives them.

    Returns
    -------
    DataFrame
        ``child`` and ``parent`` (codes), ``products``, ``lines``.
    """
    width = max(len(parent[1]), 1)
    pairs, place = np.unique(child[0].astype(np.int64) * width + parent[0], return_inverse=True)
    table = pd.DataFrame(
        {
            "child": pairs // width,
            "parent": pairs % width,
            "products": np.bincount(place, minlength=len(pairs)),
            "lines": np.bincount(place, weights=lines_of_products(purchases), minlength=len(pairs)).astype(
                np.int64
            ),
        }
    )
    known = parent[1].to_numpy()[table["parent"].to_numpy()] != UNKNOWN
    order = np.lexsort((table["parent"], -table["lines"], ~known, table["child"]))
    return table.iloc[order].reset_index(drop=True)


def parents_of_labels(
    purchases: Purchases, child: tuple[np.ndarray, pd.Index], parent: tuple[np.ndarray, pd.Index]
) -> np.ndarray:
    """The code of the parent each label goes to where it must go to one, (child labels,)."""
    first = candidates_of(purchases, child, parent).drop_duplicates("child")
    found = np.zeros(len(child[1]), dtype=np.int64)
    found[first["child"].to_numpy()] = first["parent"].to_numpy()
    return found
