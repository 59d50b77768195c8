"""What may be chosen about a matrix: level, weighting, filters."""

from __future__ import annotations

from dataclasses import dataclass

from segcore.choices.offered import WEIGHTINGS
from segcore.errors import SpecError


@dataclass(frozen=True)
class MatrixSpec:
    """The frozen choices behind a matrix: level, weighting and filters.

    Attributes
    ----------
    level : str
        The product label, one attribute, or several joined by " + ".
    weighting : str
        One of :data:`segcore.matrix.weighting.WEIGHTINGS`.
    min_customers : int
        Leave out products with fewer buyers.
    min_products : int
        Leave out customers with fewer products; at 0 or 1 nobody is left out, and a customer whose purchases were
        all filtered away stays as an empty row ("no purchases").
    left_out : tuple of str
        Products (labels at this level) left out by name.
    date_from, date_to : str or None
        First and last day counted, ISO dates, both inclusive.
    max_products : int
        Leave out customers with more products; 0 leaves nobody out.
    cap_products : int
        A customer with more products weighs as much as one with this many, whatever the weighting: the row is scaled
        by √(cap / products), so that its squared length falls as its products would; 0 caps nobody.
    """

    level: str
    weighting: str = "balanced"
    min_customers: int = 1
    min_products: int = 1
    left_out: tuple[str, ...] = ()
    date_from: str | None = None
    date_to: str | None = None
    max_products: int = 0
    cap_products: int = 0

    def __post_init__(self) -> None:
        left_out = (self.left_out,) if isinstance(self.left_out, str) else self.left_out
        object.__setattr__(self, "left_out", tuple(sorted(set(map(str, left_out)))))
        if self.weighting not in WEIGHTINGS:
            raise SpecError(
                f"There is no weighting called “{self.weighting}”.",
                remedy=f"Choose one of: {', '.join(WEIGHTINGS)}.",
            )
        if min(self.min_customers, self.min_products, self.max_products, self.cap_products) < 0:
            raise SpecError("A number of products or customers cannot be negative.", remedy="Use 0 or more.")
        for name in ("date_from", "date_to"):
            object.__setattr__(self, name, _iso_day(getattr(self, name)))
        if self.date_from and self.date_to and self.date_from > self.date_to:
            raise SpecError("The date window ends before it begins.", remedy="Swap the two dates.")

    @property
    def has_window(self) -> bool:
        """Whether only some days count."""
        return self.date_from is not None or self.date_to is not None


def _iso_day(day: object) -> str | None:
    """One spelling per day, so that days compare as text and equal windows have equal digests."""
    if day is None or day == "":
        return None
    import pandas as pd  # not at the top: a study is read before anything is computed

    moment = pd.to_datetime(day, errors="coerce")
    if pd.isna(moment):
        raise SpecError(f"“{day}” is not a date.", remedy="Write it as 2026-03-31.")
    return moment.strftime("%Y-%m-%d")
