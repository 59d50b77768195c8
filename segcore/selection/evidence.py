"""The lines of evidence on k, read off a sweep: elbow, chance, stability, size, and the thresholds they are held to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

UNSHAKEN, FIRM, STABLE, NEARLY = 0.95, 0.9, 0.8, 0.7
SMALLEST_SHARE = 0.02
BEND = 0.03
UNEVEN = (
    2.0  # times as much as if all bought alike, from which groups would tell heavy buyers from light ones
)
BEYOND_CHANCE = 4.0  # standard deviations; the best of several tries on noise seldom passes 3
MOST_OF_PRODUCTS = 2 / 3  # more segments than this share of the products say little more than the products do
OWN, SHARED = 0.6, 0.4  # a segment of which its own customers hold less than 0.4 is what everybody buys


@dataclass(frozen=True, eq=False)
class Evidence:
    """The lines a verdict is read from.

    Attributes
    ----------
    fitted : DataFrame indexed by k
        The rows of the sweep's table that could be fitted.
    knee : int or None
    ceiling : int or None
        Last k whose further segment beats chance, 1 where none does; None where chance was not measured.
    small, trivial, shared : tuple of int
        Every k at which a segment is too small, there are nearly as many segments as products, or one segment is
        what everybody buys.
    """

    fitted: pd.DataFrame
    baseline: float
    row_word: str
    knee: int | None
    ceiling: int | None
    small: tuple[int, ...]
    trivial: tuple[int, ...]
    shared: tuple[int, ...]

    @property
    def worst(self) -> pd.Series:
        """Stability of the worst segment, by k, as far as measured."""
        return self.fitted["stability_worst"].dropna()

    @property
    def held(self) -> pd.Series:
        """Least share of a segment's scores that its own customers hold, by k; empty where not measured."""
        return self.fitted.get("held_by_members", pd.Series(dtype=float)).dropna()

    @property
    def is_uneven(self) -> bool:
        """Whether some buy so much and others so little that groups would form of that alone."""
        return bool((self.fitted.get("unevenness", pd.Series(dtype=float)) >= UNEVEN).any())

    @property
    def usable(self) -> pd.Series:
        """The same without those k that are too small or trivial."""
        return self.worst.drop([k for k in (*self.small, *self.trivial) if k in self.worst.index])

    @property
    def last(self) -> int:
        """Largest k tried."""
        return int(self.fitted.index.max())


def knee_of(curve: pd.Series) -> int | None:
    """Return the k farthest above the chord from the first to the last point (Satopää et al. 2011).

    Parameters
    ----------
    curve : Series indexed by k
        Rising with k, such as the explained share. Both axes are scaled to 0..1 first.

    Returns
    -------
    int or None
        None with fewer than three points, or where the curve bends by less than 3 % of its height.
    """
    if len(curve) < 3 or curve.iloc[-1] <= curve.iloc[0]:
        return None
    k = curve.index.to_numpy(dtype=float)
    share = curve.to_numpy(dtype=float)
    above = (share - share[0]) / (share[-1] - share[0]) - (k - k[0]) / (k[-1] - k[0])
    best = int(np.argmax(above))
    return int(curve.index[best]) if above[best] >= BEND else None


def ceiling_of(beyond_chance: pd.Series) -> int | None:
    """Return the last k up to which every further segment beats chance; 1 where the first one does not.

    A step that a poor start has cheated of its gain is bridged where the next one makes up for it.
    """
    measured = beyond_chance.dropna()
    if not len(measured):
        return None
    above, last = measured.to_numpy(), 1
    for place, k in enumerate(measured.index):
        if above[place] >= BEYOND_CHANCE:
            last = int(k)
            continue
        following = above[place + 1] if place + 1 < len(above) else -np.inf
        if above[place] + following < 2 * BEYOND_CHANCE:
            break
    return last


def most_by_chance(table: pd.DataFrame) -> pd.Series:
    """What a further segment adds at most where there is nothing to find, by k; NaN where that was not measured.

    The gain by chance and four standard deviations of it. Its spread is one for all k, relative to the gain.
    """
    excess = table["gain"] / table["gain_by_chance"] - 1.0
    spread = (excess / table["beyond_chance"]).replace([np.inf, -np.inf], np.nan).median()
    return table["gain_by_chance"] * (1.0 + BEYOND_CHANCE * spread)


def weigh_up(table: pd.DataFrame, baseline: float, row_word: str, n_products: int | None) -> Evidence:
    """Read the lines of evidence off a sweep's table."""
    fitted = table[table["failure"] == ""]

    def where(rows: pd.Series) -> tuple[int, ...]:
        return tuple(int(k) for k in fitted.index[rows])

    ks = pd.Series(fitted.index, fitted.index)
    return Evidence(
        fitted=fitted,
        baseline=baseline,
        row_word=row_word,
        knee=knee_of(fitted["explained_share"].dropna()),
        ceiling=ceiling_of(fitted["beyond_chance"]) if "beyond_chance" in fitted else None,
        small=where(fitted["smallest_share"] < SMALLEST_SHARE),
        trivial=where(ks > MOST_OF_PRODUCTS * n_products) if n_products else (),
        shared=where(fitted["held_by_members"] < SHARED) if "held_by_members" in fitted else (),
    )
