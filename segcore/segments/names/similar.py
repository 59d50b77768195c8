"""How alike two segments' tastes are, also where they were found at different product levels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from scipy.optimize import linear_sum_assignment

from segcore.choices.segment_records import Identity
from segcore.errors import SpecError
from segcore.purchases import Purchases
from segcore.purchases.levels import level_codes
from segcore.segments.segmentation import Segmentation

Profile = Mapping[str, float]

SAME = 0.6  # cosine from which two segments of different runs are called the same
KEPT_PRODUCTS = 80
DIGITS = 4


def profile_of(segmentation: Segmentation) -> dict[int, dict[str, float]]:
    """The strongest products of every segment with their scores, to be kept in a study; an empty segment has none."""
    kept = {}
    for number in segmentation.product_scores.columns:
        scores = segmentation.product_scores[number]
        scores = scores[scores > 0].nlargest(KEPT_PRODUCTS)
        kept[int(number)] = {str(name): float(f"{value:.{DIGITS}g}") for name, value in scores.items()}
    return kept


def similarity(a: Sequence[Profile], b: Sequence[Profile]) -> np.ndarray:
    """Cosine of every profile in ``a`` with every one in ``b``, (a, b), 0..1."""
    names = sorted({name for profile in (*a, *b) for name in profile})
    place = {name: position for position, name in enumerate(names)}
    one, other = (_unit(profiles, place) for profiles in (a, b))
    return np.clip(one @ other.T, 0.0, 1.0)


def _unit(profiles: Sequence[Profile], place: Mapping[str, int]) -> np.ndarray:
    rows = np.zeros((len(profiles), len(place)))
    for row, profile in enumerate(profiles):
        rows[row, [place[name] for name in profile]] = list(profile.values())
    norm = np.linalg.norm(rows, axis=1, keepdims=True)
    return rows / np.where(norm > 0, norm, 1.0)


def match_identities(
    found: Mapping[int, Profile], level: str, known: Sequence[Identity], purchases: Purchases
) -> dict[int, tuple[Identity, float]]:
    """Which known segment each segment of a new run is, by optimal assignment on cosine.

    Parameters
    ----------
    found : dict
        Number → profile of the new run, from :func:`profile_of`, at ``level``.
    known : sequence of Identity
        Those seen before; one that was never seen at this level is translated through the products both levels label.

    Returns
    -------
    dict
        Number → (identity, cosine); a segment unlike any known one is left out: it is new.
    """
    numbers = list(found)
    cosine = np.zeros((len(numbers), len(known)))
    for column, identity in enumerate(known):
        mine, theirs = _on_common_ground(found, level, identity, purchases)
        if theirs:
            cosine[:, column] = similarity([mine[number] for number in numbers], [theirs])[:, 0]
    # What is not alike enough must not draw a better pair apart.
    rows, columns = linear_sum_assignment(-np.where(cosine >= SAME, cosine, 0.0))
    return {
        numbers[row]: (known[column], float(cosine[row, column]))
        for row, column in zip(rows, columns, strict=True)
        if cosine[row, column] >= SAME
    }


def _on_common_ground(
    found: Mapping[int, Profile], level: str, identity: Identity, purchases: Purchases
) -> tuple[Mapping[int, Profile], Profile]:
    """Both sides at one level: the new one where the identity was seen there, else the coarser of the two."""
    if level in identity.profiles:
        return found, identity.profiles[level]
    known = {other: n for other in identity.profiles if (n := _labels(purchases, other))}
    here = _labels(purchases, level)
    if not known or not here:
        return found, {}
    other = max(sorted(known), key=known.__getitem__)  # the finest says most
    profile = identity.profiles[other]
    if known[other] > here:
        return found, _translated(profile, other, level, purchases)
    return {n: _translated(one, level, other, purchases) for n, one in found.items()}, profile


def _labels(purchases: Purchases, level: str) -> int:
    """How many products a level tells apart; 0 where this file has no such level."""
    try:
        return len(level_codes(purchases, level)[1])
    except SpecError:
        return 0


def _translated(profile: Profile, level: str, to: str, purchases: Purchases) -> Profile:
    """Scores at one level as scores at another; a label under several is divided by purchase lines."""
    from_codes, from_labels = level_codes(purchases, level)
    to_codes, to_labels = level_codes(purchases, to)
    lines = np.bincount(purchases.lines["product"], minlength=len(from_codes)).astype(float)
    known = from_labels.get_indexer(list(profile))
    score = np.zeros(len(from_labels))
    score[known[known >= 0]] = np.array(list(profile.values()))[known >= 0]
    total = np.bincount(from_codes, lines, minlength=len(from_labels))
    each = score[from_codes] * lines / np.maximum(total[from_codes], 1.0)
    moved = np.bincount(to_codes, each, minlength=len(to_labels))
    return {str(to_labels[at]): float(moved[at]) for at in np.flatnonzero(moved)}
