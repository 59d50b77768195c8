"""What may be chosen about offers: who ranks the products, what is never offered, what a rank is worth."""

from __future__ import annotations

from dataclasses import dataclass

from segcore.choices.offered import RANKS, SCORERS
from segcore.errors import SpecError

DEFAULT, BASELINE = "blend", "popular"
MOST_PRODUCTS = 3_000  # a table of all pairs of more would not fit a small machine


@dataclass(frozen=True)
class OfferSpec:
    """The frozen choices behind a list of offers.

    Attributes
    ----------
    scorer : str
        One of :data:`SCORERS`. Lift is not among them: ranked by lift, hidden purchases are found less often than
        with plain best-sellers.
    n : int
        Offers for each customer.
    offer_bought : bool
        Whether what a customer already bought may be offered again.
    recent_days : int
        With ``offer_bought``: days in which nothing is offered again; 0 for none.
    left_out : tuple of str
        Products that are never offered: out of stock, gifts.
    rank_by : {"chance", "price", "margin"}
    margins : tuple of (product, margin)
        Money earned with one sale; a product without one counts 0 when ranked by margin.
    """

    scorer: str = DEFAULT
    n: int = 5
    offer_bought: bool = False
    recent_days: int = 0
    left_out: tuple[str, ...] = ()
    rank_by: str = "chance"
    margins: tuple[tuple[str, float], ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "left_out", tuple(sorted(set(map(str, self.left_out)))))
        object.__setattr__(self, "margins", tuple(sorted((str(p), float(m)) for p, m in self.margins)))
        for value, known, what in ((self.scorer, SCORERS, "way to rank"), (self.rank_by, RANKS, "order")):
            if value not in known:
                raise SpecError(
                    f"There is no {what} called “{value}”.", remedy=f"Choose one of: {', '.join(known)}."
                )
        if self.n < 1:
            raise SpecError("At least one offer is needed.", remedy="Ask for 1 or more.")
        if self.recent_days < 0:
            raise SpecError("A number of days cannot be negative.", remedy="Use 0 or more.")


@dataclass(frozen=True)
class BackTestSpec:
    """The frozen choices behind a back-test.

    Attributes
    ----------
    n : int
        Offers a customer gets; a hit is a hidden purchase among them.
    weeks : int or None
        Length of the hidden time; None lets the data decide. 0 hides one purchase of every customer instead, as
        does a file without dates.
    seed : int
    resamples : int
        Bootstrap resamples of the customers behind every interval.
    """

    n: int = 10
    weeks: int | None = None
    seed: int = 0
    resamples: int = 1_000

    def __post_init__(self) -> None:
        if self.n < 1 or self.resamples < 1 or self.seed < 0:
            raise SpecError(
                "This back-test cannot be run.", remedy="Use at least 1 offer, 1 resample, a seed from 0."
            )
        if self.weeks is not None and self.weeks < 0:
            raise SpecError("The hidden time cannot be negative.", remedy="Use 0 or more weeks.")
