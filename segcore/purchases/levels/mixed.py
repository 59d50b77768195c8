"""Mixed level: big sellers stay as they are, the long tail is put together under its parent.

Written "Product ≥ 50 buyers, else Category": every product with at least 50 buyers (over all dates, returns taken off)
stays on its own, the others count as their category. What rolls up is a whole label; where the file puts it under
several parents, it goes to the one most of its lines name.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np

from segcore.errors import SpecError
from segcore.purchases.levels.text import REST

_WRITTEN = re.compile(r"(?P<fine>.+) ≥ (?P<buyers>\d{1,9}) buyers, else (?P<coarse>.+)", re.DOTALL)


@dataclass(frozen=True)
class MixedLevel:
    """The two levels of a mixed one, and the buyers from which a label stays at the fine level."""

    fine: str
    buyers: int
    coarse: str

    def __post_init__(self) -> None:
        if self.buyers < 0:
            raise SpecError("A number of buyers cannot be negative.", remedy="Use 0 or more.")
        if self.fine == self.coarse:
            raise SpecError(
                "A mixed level needs two different levels.",
                remedy="Roll the long tail up to a coarser level.",
            )

    @property
    def text(self) -> str:
        """The one way this level is written."""
        return f"{self.fine} ≥ {self.buyers:d} buyers, else {self.coarse}"


def mixed_parts(level: str, attributes: Collection[str] = ()) -> MixedLevel | None:
    """Read a mixed level from its text; None for any other text, and for an attribute that is called like one."""
    found = _WRITTEN.fullmatch(level)
    if found is None or level in attributes:
        return None
    return MixedLevel(found["fine"], int(found["buyers"]), found["coarse"])


def mix_codes(
    fine: np.ndarray, coarse_of_label: np.ndarray, stays: np.ndarray, n_coarse: int
) -> tuple[np.ndarray, np.ndarray]:
    """Where every product goes: the kept fine labels first, then the coarse ones that take the rest.

    Parameters
    ----------
    fine : ndarray of int, (products,)
        Code of each product's fine label.
    coarse_of_label : ndarray of int, (fine labels,)
        Code of each fine label's parent.
    stays : ndarray of bool, (fine labels,)

    Returns
    -------
    codes : ndarray of int32, (products,)
        Into the fine labels (0 … fine − 1) and, above them, the coarse ones.
    shares_parent : ndarray of bool, (coarse,)
        Whether some label of the coarse one stays apart, so that only the rest is put together.
    """
    target = np.where(stays, np.arange(len(stays)), len(stays) + coarse_of_label)
    shares_parent = np.zeros(n_coarse, dtype=bool)
    shares_parent[coarse_of_label[stays]] = True
    return target[fine].astype(np.int32), shares_parent


def rest_names(coarse: list[str], shares_parent: np.ndarray, taken: set[str]) -> list[str]:
    """What a rolled-up group is called: as its parent, or "(the rest)" of it; never like a label that stays."""
    names = []
    for name, shared in zip(coarse, shares_parent, strict=True):
        name = REST.format(name) if shared or name in taken else name
        while name in taken:
            name = REST.format(name)
        names.append(name)
        taken.add(name)
    return names
