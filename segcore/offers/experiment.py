"""Test and learn: how many customers a test needs, and who is treated and who is left in peace.

Whoever buys after an offer may have bought anyway. Only customers like them who got no offer tell how many did.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt
from statistics import NormalDist

import numpy as np
import pandas as pd

from segcore.errors import NotEnoughData, SpecError
from segcore.language.words import count, decimal

ALPHA, POWER = 0.05, 0.80
SMALLEST_ARM = 2


def sample_size(
    base: float, effect: float, *, alpha: float = ALPHA, power: float = POWER, ratio: float = 1.0
) -> tuple[int, int]:
    """Customers needed to see an effect: (treated, held out).

    The normal approximation for two proportions without continuity correction (Fleiss, Levin and Paik, Statistical
    Methods for Rates and Proportions, 3rd ed., chapter 4), two-sided.

    Parameters
    ----------
    base : float
        Share who buy without the offer, 0 to 1.
    effect : float
        Hoped-for difference, in the same unit: 0.02 is two points more.
    ratio : float
        Held out ÷ treated.

    Raises
    ------
    SpecError
        Shares outside 0 to 1, or no difference to look for.
    """
    treated, held = base + effect, base
    if not (0 <= held <= 1 and 0 <= treated <= 1) or effect == 0:
        raise SpecError(
            f"From {decimal(100 * held)} % to {decimal(100 * treated)} % is no change a test can look for.",
            remedy="Give shares between 0 and 100 % that differ.",
        )
    if not (0 < alpha < 1 and 0 < power < 1 and ratio > 0):
        raise SpecError("This test cannot be planned.", remedy="Use shares between 0 and 1.")
    normal = NormalDist()
    z_alpha, z_power = normal.inv_cdf(1 - alpha / 2), normal.inv_cdf(power)
    pooled = (treated + ratio * held) / (1 + ratio)
    spread_none = z_alpha * sqrt((1 + 1 / ratio) * pooled * (1 - pooled))
    spread_some = z_power * sqrt(treated * (1 - treated) + held * (1 - held) / ratio)
    n = (spread_none + spread_some) ** 2 / effect**2
    return ceil(n - 1e-9), ceil(n * ratio - 1e-9)


def smallest_effect(base: float, treated: int, held: int) -> float | None:
    """The smallest rise that a test of this size would see, to a hundredth of a point; None where even 100 % is too little."""
    if treated < SMALLEST_ARM or held < SMALLEST_ARM:
        return None
    low, high = 0.0, 1.0 - base
    if high <= 0 or sample_size(base, high, ratio=held / treated)[0] > treated:
        return None
    while high - low > 1e-4:
        middle = (low + high) / 2
        enough = sample_size(base, middle, ratio=held / treated)[0] <= treated
        low, high = (low, middle) if enough else (middle, high)
    return high


def split_list(segments: pd.Series, held_share: float, seed: int = 0) -> pd.DataFrame:
    """Draw who is held out, the same share of every segment.

    Parameters
    ----------
    segments : Series, by customer
        The segment of everybody on the list.
    held_share : float
        Between 0 and 1; every segment's number is rounded so that the total is too.

    Returns
    -------
    DataFrame, indexed like ``segments``
        ``segment``, ``arm`` ("treated" or "held out").

    Raises
    ------
    NotEnoughData
        Fewer than two customers on a side.
    """
    if not 0 < held_share < 1:
        raise SpecError("Some, and not all, must be held out.", remedy="Hold out between 1 and 99 %.")
    n_held = round(held_share * len(segments))
    if min(n_held, len(segments) - n_held) < SMALLEST_ARM:
        raise NotEnoughData(
            f"With {count(len(segments))} on the list, {count(n_held)} would be held out.",
            remedy="Take a longer list or hold out another share.",
        )
    generator = np.random.default_rng(seed)
    held = np.zeros(len(segments), dtype=bool)
    codes, labels = pd.factorize(segments, sort=True)
    places = [np.flatnonzero(codes == code) for code in range(len(labels))]
    for place, number in zip(places, _by_remainder([len(p) for p in places], n_held), strict=True):
        held[generator.permutation(place)[:number]] = True
    return pd.DataFrame(
        {"segment": segments, "arm": np.where(held, "held out", "treated")}, index=segments.index
    )


def _by_remainder(sizes: Sequence[int], total: int) -> list[int]:
    """Divide a total in proportion to sizes, whole numbers, largest remainders first."""
    exact = np.asarray(sizes, dtype=float) * total / max(sum(sizes), 1)
    whole = np.floor(exact + 1e-12).astype(int)
    rest = np.argsort(-(exact - whole), kind="stable")[: total - int(whole.sum())]
    whole[rest] += 1
    return [int(number) for number in whole]
