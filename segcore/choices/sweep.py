"""What may be chosen about a sweep: which numbers of segments are tried, and how often."""

from __future__ import annotations

from dataclasses import dataclass, field

from segcore.choices.nmf import CUSTOM, NMFSpec
from segcore.errors import SpecError

RESAMPLES = 20


@dataclass(frozen=True)
class SweepSpec:
    """The frozen choices behind a sweep.

    Attributes
    ----------
    ks : tuple of int
        The values of k tried, sorted; 1 is always fitted besides, as the baseline.
    nmf : NMFSpec
        Loss, initialisation, restarts and seed for every k; its own k is not used.
    resamples : int
        How many resamples of 80 % of the customers measure stability; 0 leaves it out.
    """

    ks: tuple[int, ...] = tuple(range(2, 11))
    nmf: NMFSpec = field(default_factory=lambda: NMFSpec(k=1))
    resamples: int = RESAMPLES

    def __post_init__(self) -> None:
        object.__setattr__(self, "ks", tuple(sorted({int(k) for k in self.ks} - {1})))
        if self.resamples < 0:
            raise SpecError("The number of resamples cannot be negative.", remedy="Use 0 or more.")
        if self.nmf.initialisation == CUSTOM:
            raise SpecError(
                "A comparison of several numbers of segments cannot go on from a previous run, which has one.",
                remedy="Choose another start.",
            )
        if not self.ks or self.ks[0] < 1:
            raise SpecError("There is no number of segments to try.", remedy="Try 2 or more.")
