"""What may be chosen about rules: which are mined, and which of those are shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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


@dataclass(frozen=True)
class RuleFilter:
    """Which rules to show; every part narrows further, and the defaults keep all.

    Attributes
    ----------
    min_support, min_confidence, min_lift : float
        Inclusive.
    max_length : int or None
        Most products in a rule, both sides together.
    require, require_left, require_right : tuple of str
        Every one of these products is in the rule, on the left, on the right.
    exclude, exclude_left, exclude_right : tuple of str
        None of these products is.
    single_consequent : bool
        Only rules with one product on the right.
    one_to_one : bool
        Only rules with one product on each side.
    survives_chance : bool
        Only rules that survive the correction at 5 %.
    hide_redundant : bool
        Only rules that no shorter left side predicts as well.
    min_gain : float
        Only rules whose lift is so many times that of every rule with one product less.
    min_beyond : float
        Only rules held by so many times the rows that popularity and activity explain.
    one_direction : bool
        Of a rule and its reverse only the one with the higher confidence.
    """

    min_support: float = 0.0
    min_confidence: float = 0.0
    min_lift: float = 0.0
    max_length: int | None = None
    require: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    require_left: tuple[str, ...] = ()
    require_right: tuple[str, ...] = ()
    exclude_left: tuple[str, ...] = ()
    exclude_right: tuple[str, ...] = ()
    single_consequent: bool = False
    one_to_one: bool = False
    survives_chance: bool = False
    hide_redundant: bool = False
    min_gain: float = 0.0
    min_beyond: float = 0.0
    one_direction: bool = False
