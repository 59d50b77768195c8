"""Measures of rules from whole counts, under mlxtend's names.

All come from four counts: rows with the left side, with the right side, with both, and all rows. Each is one
division of whole numbers where it can be, so equal rules get equal measures and lift is symmetric to the last bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from segcore.statistics.intervals import Z

NAMES = (
    "antecedent support",
    "consequent support",
    "support",
    "confidence",
    "lift",
    "representativity",
    "leverage",
    "conviction",
    "zhangs_metric",
    "jaccard",
    "certainty",
    "kulczynski",
)


@dataclass(frozen=True)
class Counts:
    """The four counts of each rule: int64 arrays, and the number of rows (one for all, or one for each)."""

    left: np.ndarray
    right: np.ndarray
    both: np.ndarray
    n: int | np.ndarray


def measure(counts: Counts, name: str) -> np.ndarray:
    """One measure for every rule, float64.

    Raises
    ------
    KeyError
        The name is not one of :data:`NAMES`.
    """
    return _MEASURES[name](counts)


def lift_interval(counts: Counts) -> tuple[np.ndarray, np.ndarray]:
    """Lowest and highest lift that 95 % certainty allows.

    The logarithm of the lift is taken as normal; its variance by the delta method over the four cells is
    1/both − 1/left − 1/right + (2·lift − 1)/n. Half a row is added to each count, so that none is zero.
    """
    both, left, right = counts.both + 0.5, counts.left + 1.0, counts.right + 1.0
    n = counts.n + 2.0
    lift = both * n / (left * right)
    variance = 1 / both - 1 / left - 1 / right + (2 * lift - 1) / n
    reach = np.exp(Z * np.sqrt(np.maximum(variance, 0.0)))
    return lift / reach, lift * reach


def _lift(c: Counts) -> np.ndarray:
    return (c.both * c.n) / (c.left * c.right)


def _leverage(c: Counts) -> np.ndarray:
    """P(left and right) − P(left) P(right) (Piatetsky-Shapiro, 1991)."""
    return (c.both * c.n - c.left * c.right) / (float(c.n) * c.n)


def _conviction(c: Counts) -> np.ndarray:
    """How much rarer the rule fails than under independence; infinite where it never fails (Brin et al., 1997)."""
    misses = c.left - c.both
    never = misses == 0
    return np.where(never, np.inf, (c.n - c.right) * c.left / np.where(never, 1, misses * c.n))


def _zhang(c: Counts) -> np.ndarray:
    """Association from −1 to 1 (Zhang, 2000); 0 where one side is in every row."""
    gain = c.both * c.n - c.left * c.right
    scale = np.maximum(c.both * (c.n - c.left), c.left * (c.right - c.both))
    return np.where(scale == 0, 0.0, gain / np.where(scale == 0, 1, scale))


def _certainty(c: Counts) -> np.ndarray:
    """Confidence above the right side's share, relative to what is left to gain."""
    gain = c.both * c.n - c.left * c.right
    room = c.left * (c.n - c.right)
    return np.where(room == 0, 0.0, gain / np.where(room == 0, 1, room))


_MEASURES = {
    "antecedent support": lambda c: c.left / max(c.n, 1),
    "consequent support": lambda c: c.right / max(c.n, 1),
    "support": lambda c: c.both / max(c.n, 1),
    "confidence": lambda c: c.both / c.left,
    "lift": _lift,
    "representativity": lambda c: np.ones(len(c.both)),  # nothing is missing in a 0/1 table
    "leverage": _leverage,
    "conviction": _conviction,
    "zhangs_metric": _zhang,
    "jaccard": lambda c: c.both / (c.left + c.right - c.both),
    "certainty": _certainty,
    "kulczynski": lambda c: (c.both / c.left + c.both / c.right) / 2,
}
