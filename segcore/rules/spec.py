"""What to mine, and thresholds as the numbers that were typed.

A threshold is a fraction, not a float: 0.07 of 100 customers is 7 customers, and a rule that sits exactly on it
belongs in. Every comparison here is made between whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Literal

import numpy as np

from segcore.choices.offered import METHODS
from segcore.errors import SpecError

Per = Literal["customer", "order"]
Method = Literal["own", "hmine", "fpgrowth", "fpmax"]
MAX_ITEMSETS = 200_000


@dataclass(frozen=True)
class RuleSpec:
    """The choices behind one list of rules.

    Attributes
    ----------
    level : str
        Product level, as in ``segcore.hierarchy``.
    min_support, min_confidence : float
        Shares from 0 to 1; both inclusive.
    per : {"customer", "order"}
        Whether products count as bought together by one customer or in one order.
    max_length : int or None
        Most products in a rule, both sides together; None for no limit.
    left_out : tuple of str
        Product labels that take no part.
    max_itemsets : int
        Most combinations to keep; the support floor rises until they fit.
    method : {"own", "hmine", "fpgrowth", "fpmax"}
        Who counts: our own miner up to three products and mlxtend beyond, or one of mlxtend's throughout.
    also_level : str
        A coarser level whose groups take part beside the products, "" for none; no rule joins a product with its
        own group.
    most_in_basket : int or None
        Rows with more products than this are left out.
    shuffled : int
        Above 0: every product keeps its number of buyers, but who they are is dealt anew with this seed.
    segment, segmentation : int, str
        Above 0: only the customers of this segment, of the segmentation with this key.
    """

    level: str
    min_support: float = 0.05
    min_confidence: float = 0.5
    per: Per = "customer"
    max_length: int | None = None
    left_out: tuple[str, ...] = ()
    max_itemsets: int = MAX_ITEMSETS
    method: Method = "own"
    also_level: str = ""
    most_in_basket: int | None = None
    shuffled: int = 0
    segment: int = 0
    segmentation: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "left_out", tuple(sorted(map(str, self.left_out))))
        for name, value in (("support", self.min_support), ("confidence", self.min_confidence)):
            if not 0 <= value <= 1:
                raise SpecError(
                    f"The smallest {name} is {value}, but it is a share of customers.",
                    remedy="Choose a number from 0 to 1.",
                )
        if self.per not in ("customer", "order"):
            raise SpecError(f"Rules cannot be counted per {self.per}.", remedy="Choose customer or order.")
        if self.max_length is not None and self.max_length < 2:
            raise SpecError("A rule has at least two products.", remedy="Choose a longest rule of 2 or more.")
        if self.method not in METHODS:
            raise SpecError(
                f"There is no way of counting called {self.method}.",
                remedy=f"Choose one of: {', '.join(METHODS)}.",
            )
        if self.most_in_basket is not None and self.most_in_basket < 2:
            raise SpecError("A basket needs two products to be part of a rule.", remedy="Allow 2 or more.")
        if self.max_itemsets < 1:
            raise SpecError("No combination may be kept.", remedy="Allow at least one combination.")


def as_fraction(threshold: float | int | str | Fraction) -> Fraction:
    """The threshold as the simplest fraction that prints as the number typed.

    Denominators stay under a thousand million, so 0.30000000000000004 from a slider is 3/10 and 1/3 is a third.
    """
    exact = threshold if isinstance(threshold, Fraction) else Fraction(str(threshold))
    return exact.limit_denominator(10**9)


def count_for(share: float | Fraction, n_rows: int) -> int:
    """The smallest whole number of rows that is at least this share of ``n_rows``, and at least one."""
    return max(1, ceil(as_fraction(share) * n_rows))


def at_least(
    numerator: np.ndarray, denominator: np.ndarray | int, threshold: float | int | Fraction
) -> np.ndarray:
    """Whether numerator / denominator ≥ threshold, exactly, for positive whole denominators."""
    limit = as_fraction(threshold)
    top, bottom = limit.numerator, limit.denominator
    numerator = np.asarray(numerator, dtype=np.int64)
    denominator = np.broadcast_to(np.asarray(denominator, dtype=np.int64), numerator.shape)
    if numerator.size == 0:
        return np.zeros(0, dtype=bool)
    if max(int(numerator.max()) * bottom, int(denominator.max()) * abs(top)) < 2**62:
        return numerator * bottom >= denominator * top
    # Too large for 64 bits: floats decide all but the near ties, which are compared as Python's own integers.
    ratio, target = numerator / denominator, float(limit)
    answer = ratio >= target
    for i in np.flatnonzero(np.abs(ratio - target) <= 1e-9 * max(abs(target), 1e-300)):
        answer[i] = int(numerator[i]) * bottom >= int(denominator[i]) * top
    return answer
