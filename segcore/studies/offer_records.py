"""What a study remembers of offers: the choices behind them, the bundles somebody made, the tests that run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class SavedBundle:
    """A bundle somebody put together for one segment; ``key`` says of which segmentation."""

    key: str
    segment: int
    products: tuple[str, ...] = ()


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

    scorer: str = ""
    n: int = 3
    offer_bought: bool = False
    recent_days: int = 0
    left_out: tuple[str, ...] = ()
    rank_by: str = "chance"
    margins: Mapping[str, float] = field(default_factory=dict)
    weeks: int | None = None
    tested: int = 10
    product: str = ""
    take: int = 0
    bundles: tuple[SavedBundle, ...] = ()


@dataclass(frozen=True)
class TestedSegment:
    """One segment of a test: who got the offer, who was held out, and how many of each bought; −1 before that is known.

    Ids are packed, see ``segcore.offers.experiment.pack_ids``.
    """

    segment: str
    treated: str
    held_out: str
    n_treated: int
    n_held_out: int
    bought_treated: int = -1
    bought_held_out: int = -1


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

    id: str
    created: str
    product: str
    base: float
    effect: float
    held_share: float
    seed: int = 0
    groups: tuple[TestedSegment, ...] = ()
    outcome: str = ""

    @property
    def n_treated(self) -> int:
        """Customers who get the offer."""
        return sum(group.n_treated for group in self.groups)

    @property
    def n_held_out(self) -> int:
        """Customers who get none."""
        return sum(group.n_held_out for group in self.groups)
