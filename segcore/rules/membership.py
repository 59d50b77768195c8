"""Sides of rules as arrays of one width, and as rules × products."""

from __future__ import annotations

import numpy as np
from scipy import sparse


def wide(side: np.ndarray, width: int) -> np.ndarray:
    """A side of rules, int array (rules, places), with -1 in as many places more as the width asks."""
    return np.pad(side, ((0, 0), (0, width - side.shape[1])), constant_values=-1)


def membership(side: np.ndarray, n_items: int) -> sparse.csr_matrix:
    """Which product is in which rule's side, bool (products, rules)."""
    rule, place = np.nonzero(side >= 0)
    data = np.ones(len(rule), dtype=bool)
    return sparse.csr_matrix((data, (side[rule, place], rule)), shape=(n_items, len(side)))
