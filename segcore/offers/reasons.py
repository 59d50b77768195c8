"""Why this offer: one sentence with counts, made from what the scorer went by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from segcore.language.words import count, join_and, of, percent, readable
from segcore.offers.learned import Learned

NEARLY = 0.6  # a second product is named where it says at least this part of what the first says
_PAIRS = {"blend": "likeness", "similar": "likeness", "all_pairs": "pair_weights", "rules": "confidence"}
_TASTE = ("blend", "taste", "segment_popular")


@dataclass(frozen=True, eq=False)
class Reasons:
    """Sentences for one scorer.

    Attributes
    ----------
    names : mapping of segment number to name
    level : str
        The product level, to name products that are bare numbers.
    row_word : str
        Plural of what a row is.
    """

    learned: Learned
    scorer: str
    names: Mapping[int, str] = field(default_factory=dict)
    level: str = ""
    row_word: str = "customers"
    _names: dict[int, str] = field(default_factory=dict, init=False, repr=False)
    _columns: dict[int, np.ndarray] = field(default_factory=dict, init=False, repr=False)
    _said: dict[tuple[int, int, str], str] = field(default_factory=dict, init=False, repr=False)

    def why(self, own: np.ndarray, w: np.ndarray, product: int) -> str:
        """Why this product (a position) for somebody with these purchases (positions) and these scores."""
        parts = []
        if self.scorer in _PAIRS:
            parts.append(self._from_purchases(own, product))
        if self.scorer in _TASTE:
            parts.append(self._from_segment(w, product, after=bool(parts and parts[0])))
        said = "; ".join(part for part in parts if part)
        return f"{said or self._from_everybody(product)}."

    def _from_purchases(self, own: np.ndarray, product: int) -> str:
        """The one or two bought products that speak loudest for this one."""
        own = own[own != product]
        if not len(own):
            return ""
        says = self._speaking_for(product)[own]
        loud = np.argsort(-says, kind="stable")[: 1 if self.scorer == "rules" else 2]
        top = [int(own[i]) for i in loud if says[i] > 0 and says[i] >= NEARLY * says[loud[0]]]
        if not top:
            return ""
        if len(top) == 1:
            return f"Bought {self.product(top[0])}: {self._also(top[0], product, 'its ')}"
        each = join_and([self._also(i, product, "the ") for i in top])
        return (
            f"Bought {join_and([self.product(i) for i in top])}: {each} also bought {self.product(product)}"
        )

    def _speaking_for(self, product: int) -> np.ndarray:
        """What every product says for this one; one column in one piece, as a list asks for it customer by customer."""
        if product not in self._columns:
            pairs = getattr(self.learned, _PAIRS[self.scorer])
            # A regression may weigh products together that nobody bought together: no reason to tell.
            together = self.learned.together[:, product] > 0
            self._columns[product] = np.where(together, pairs[:, product], 0.0)
        return self._columns[product]

    def _also(self, item: int, product: int, whose: str) -> str:
        """How many buyers of one product bought the other too; many customers of a list share the words."""
        asked = (item, product, whose)
        if asked not in self._said:
            self._said[asked] = self._also_in_words(*asked)
        return self._said[asked]

    def _also_in_words(self, item: int, product: int, whose: str) -> str:
        both, buyers = int(self.learned.together[item, product]), int(self.learned.buyers[item])
        named = "" if whose == "its " else f" of {self.product(item)}"
        also = f" also bought {self.product(product)}" if whose == "its " else ""
        noun = "buyer" if buyers == 1 else "buyers"
        return (
            f"{count(both)} of {whose}{count(buyers)} {noun}{named} ({percent(both / buyers, buyers)}){also}"
        )

    def _from_segment(self, w: np.ndarray, product: int, after: bool) -> str:
        """The segment that speaks for the product: share of the customer × score of the product."""
        parts = w * self.learned.tastes[:, product]
        if self.scorer == "segment_popular":
            parts = w
        # A segment without customers, or without a buyer of the product, is no reason to tell.
        parts = np.where(self.learned.segment_buyers[:, product] > 0, parts, 0.0)
        if not parts.max(initial=0.0) > 0:
            return ""
        segment = int(parts.argmax())
        counts = of(
            int(self.learned.segment_buyers[segment, product]), int(self.learned.segment_sizes[segment])
        )
        name = self.names.get(segment + 1, str(segment + 1))
        return (
            f"so did {counts} of the segment “{name}”"
            if after
            else f"{counts} of the segment “{name}” bought it"
        )

    def _from_everybody(self, product: int) -> str:
        counts = of(int(self.learned.buyers[product]), self.learned.n)
        return f"{counts} {self.row_word} bought {self.product(product)}"

    def product(self, position: int) -> str:
        """A product as a sentence names it."""
        if position not in self._names:
            self._names[position] = readable(str(self.learned.products[position]), self.level)
        return self._names[position]
