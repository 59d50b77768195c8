"""What a study remembers of offers: the choices behind them, the bundles somebody made, the tests that run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from segcore.choices.bounds import Count, Label, Moment, Name, Number, OneOf, Packed, Range, Share
from segcore.choices.offered import RANKS, SCORERS


@dataclass(frozen=True)
class SavedBundle:
    """A bundle somebody put together for one segment; ``key`` says of which segmentation."""

    key: Name
    segment: Number
    products: tuple[Label, ...] = ()


@dataclass(frozen=True)
class OfferOptions:
    """Choices of the Offers page.

    Attributes
    ----------
    scorer : str
        Who ranks; "" follows the back-test.
    n : int
        Offers for each customer.
    weeks : int or None
        Time that the back-test hides; None lets the data decide.
    tested : int
        Offers a customer gets in the back-test.
    product : str
        The product a target list is for, "" before one is chosen.
    take : int
        Customers taken from that list, 0 while the suggestion is followed.
    """

    scorer: Annotated[str, OneOf(("", *SCORERS))] = ""
    n: Annotated[int, Range(1, 20)] = 3
    offer_bought: bool = False
    recent_days: Annotated[int, Range(0, 3_650)] = 0
    left_out: tuple[Label, ...] = ()
    rank_by: Annotated[str, OneOf(tuple(RANKS))] = "chance"
    margins: Mapping[Label, Annotated[float, Range(0, 1e15)]] = field(default_factory=dict)
    weeks: Annotated[int, Range(0, 520)] | None = None
    tested: Annotated[int, Range(1, 50)] = 10
    product: Label = ""
    take: Count = 0
    bundles: tuple[SavedBundle, ...] = ()


@dataclass(frozen=True)
class TestedSegment:
    """One segment of a test: who got the offer, who was held out, and how many of each bought; −1 before that is known.

    Ids are packed, see ``segcore.choices.packed_ids``.
    """

    segment: Name
    treated: Packed
    held_out: Packed
    n_treated: Count
    n_held_out: Count
    bought_treated: Annotated[int, Range(-1, 2**53)] = -1
    bought_held_out: Annotated[int, Range(-1, 2**53)] = -1

    def __post_init__(self) -> None:
        if self.bought_treated > self.n_treated or self.bought_held_out > self.n_held_out:
            raise ValueError("more bought than there are")


@dataclass(frozen=True)
class OfferTest:
    """One test with a hold-out: planned, running, or read.

    Attributes
    ----------
    id, created : str
    product : str
    base, effect : float
        Share expected to buy without the offer, and the rise hoped for.
    held_share : float
    seed : int
    groups : tuple of TestedSegment
    outcome : str
        The file the outcome was read from, "" before.
    """

    id: Name
    created: Moment
    product: Label
    base: Share
    effect: Annotated[float, Range(-1, 1)]
    held_share: Share
    seed: Count = 0
    groups: tuple[TestedSegment, ...] = ()
    outcome: Name = ""

    def __post_init__(self) -> None:
        if self.outcome and any(min(one.bought_treated, one.bought_held_out) < 0 for one in self.groups):
            raise ValueError("an outcome that nobody counted")

    @property
    def n_treated(self) -> int:
        """Customers who get the offer."""
        return sum(group.n_treated for group in self.groups)

    @property
    def n_held_out(self) -> int:
        """Customers who get none."""
        return sum(group.n_held_out for group in self.groups)
