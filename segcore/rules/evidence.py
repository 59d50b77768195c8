"""Which divisions of an itemset chance could have made: pairs by their tail, longer ones against their best parts."""

from __future__ import annotations

import numpy as np

from segcore.rules.chance import Chance
from segcore.statistics import adjust_log

USUAL_GAIN = (
    1.1  # a longer rule must say a tenth more than each shorter one; those that do not are not tested
)


class Evidence:
    """Tests of the divisions of all itemsets of one length, each made once; masks say which products stand left."""

    def __init__(
        self, sets: np.ndarray, count: list[np.ndarray], gains: dict[int, np.ndarray], chance: Chance
    ) -> None:
        self._sets, self._count, self._chance = sets, count, chance
        self._full = len(count) - 1
        self._known: dict[tuple[int, int, int], tuple[np.ndarray, np.ndarray]] = {}
        most = np.max([*gains.values(), np.zeros(len(sets))], axis=0)
        self._worth = np.flatnonzero(most >= USUAL_GAIN)

    def log_p(self, left: int) -> np.ndarray:
        """The weakest evidence that any product belongs into the rule with this left side; both ways the same."""
        return np.max([log_p for _, log_p in self._tests(left)], axis=0)

    def expected(self, left: int) -> np.ndarray:
        """The most rows that the parts of the rule explain."""
        return np.max([expected for expected, _ in self._tests(left)], axis=0)

    def adjusted(self, tested: int) -> dict[int, np.ndarray]:
        """Logarithms corrected over all divisions of this length, by the smaller mask."""
        masks = [mask for mask in range(1, self._full) if mask < self._full ^ mask]
        found = adjust_log(np.array([self.log_p(mask) for mask in masks]), tested)
        return dict(zip(masks, found, strict=True))

    def _tests(self, left: int) -> list[tuple[np.ndarray, np.ndarray]]:
        right = self._full ^ left
        if self._full == 3:
            return [self._pairs()]
        asked = []
        for side, opposite in ((left, right), (right, left)):
            if side.bit_count() > 1:
                bits = [1 << bit for bit in range(side.bit_length()) if side >> bit & 1]
                asked += [(bit, opposite, side ^ bit) for bit in bits]
        return [self._adds(*masks) for masks in asked]

    def _pairs(self) -> tuple[np.ndarray, np.ndarray]:
        if (1, 2, 0) not in self._known:
            self._known[1, 2, 0] = self._chance.more(self._sets[:, 0], self._sets[:, 1], self._count[3])
        return self._known[1, 2, 0]

    def _adds(self, one: int, other: int, rest: int) -> tuple[np.ndarray, np.ndarray]:
        """Do ``one`` and ``other`` go together among the rows that hold ``rest``? Where no part is clearly beaten: no."""
        key = (min(one, other), max(one, other), rest)
        if key not in self._known:
            some = self._worth
            masks = {"one": key[0], "other": key[1], "rest": rest}
            left, right, beside = (self._sets[some][:, _bits(mask)] for mask in masks.values())
            expected, log_p = self._count[self._full].astype(np.float64), np.zeros(len(self._sets))
            expected[some], log_p[some] = self._chance.adds(
                left, right, beside, lambda *names: self._count[sum(masks[name] for name in names)][some]
            )
            self._known[key] = expected, log_p
        return self._known[key]


def _bits(mask: int) -> list[int]:
    return [bit for bit in range(mask.bit_length()) if mask >> bit & 1]
