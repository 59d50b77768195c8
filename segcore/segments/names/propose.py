"""Names proposed for segments: what they buy beyond everybody's, in words that can be said aloud; short and unique."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from segcore.language.words import readable
from segcore.matrix import PurchaseMatrix
from segcore.purchases import Purchases
from segcore.segments.names.parents import parents_of
from segcore.segments.names.speech import FUNCTION_WORDS, LONGEST, in_a_calm_voice, spoken, stem
from segcore.segments.names.terms import (
    PARENT,
    PHRASE,
    PRODUCT,
    REMNANT,
    Terms,
    purchases_by_segment,
    terms_of,
)
from segcore.segments.names.terms import WORD as SINGLE_WORD
from segcore.segments.profiles import BALANCE, members, naming_products, profile_products
from segcore.segments.segmentation import Segmentation

LOOKED_AT = 5
OFFERED = 12  # terms of a segment from which it may be named
PAIR = " & "
LEAST_REACH = (
    0.25  # of the segment's customers: a name that fits fewer would be contradicted by the first of them
)
LEAST_LIFT = 1.2
CLEAR_LIFT = (
    1.5  # asked of a second term, and of those who buy little: they are light buyers before anything common
)
LEAST_EXCESS = 2.0  # standard deviations
HALF = 0.5
LIGHT_BELOW, HEAVY_ABOVE = 0.75, 1.5  # mean purchases a customer against everybody's
# A parent says what its products have in common, two words more than one, a whole label as much as two words.
BONUS = {PARENT: 0.15, PHRASE: 0.12, PRODUCT: 0.05, SINGLE_WORD: 0.0, REMNANT: -0.3}
MOST_WORDS, LONG_WINDED = 3, 0.25
EVERYTHING, LIGHT, HEAVY = "A bit of everything", "Light buyers", "Heavy buyers"


@dataclass(frozen=True, eq=False)
class _Run:
    """What is known of all segments of a run when they are named; arrays (k, …) in the order of their numbers."""

    terms: Terms
    profile: pd.DataFrame
    bought: np.ndarray
    is_light: np.ndarray
    is_heavy: np.ndarray
    codes_alone: bool
    level: str
    balance: float


def propose_names(
    purchases: Purchases,
    matrix: PurchaseMatrix,
    segmentation: Segmentation,
    balance: float = BALANCE,
) -> dict[int, str]:
    """Return a name for every segment number.

    A parent that products share (a varietal, a category), words their labels share, or a product: the one that most of
    the segment bought and that is clearly more of its purchases than of everybody's, on the balance of popular and
    distinctive. Codes, numbers, packaging and abbreviations are left out. A segment that nothing sets apart is called
    by how much it buys.
    """
    return unique_names(draft_names(purchases, matrix, segmentation, balance))


def draft_names(
    purchases: Purchases,
    matrix: PurchaseMatrix,
    segmentation: Segmentation,
    balance: float = BALANCE,
) -> dict[int, list[str]]:
    """Candidate names of every segment, best first; two segments may want the same."""
    profile = profile_products(matrix, segmentation, balance)
    terms = terms_of(matrix, segmentation, profile, parents_of(purchases, matrix))
    each = _purchases_each(matrix, segmentation)
    found = _Run(
        terms, profile, purchases_by_segment(matrix, segmentation),
        each < LIGHT_BELOW, each > HEAVY_ABOVE, not any(map(spoken, matrix.products)), matrix.spec.level, balance,
    )  # fmt: skip
    return {int(number): _drafts(found, int(number)) for number in segmentation.sizes.index}


def _purchases_each(matrix: PurchaseMatrix, segmentation: Segmentation) -> np.ndarray:
    """Different products a customer bought in each segment, against the mean of all in segments; (k,)."""
    member = members(segmentation)
    per_customer = np.diff(matrix.bought.indptr)
    sizes = member.sum(axis=0)
    everybody = float(per_customer @ member.sum(axis=1)) / max(float(sizes.sum()), 1.0)
    return (per_customer @ member) / np.maximum(sizes, 1.0) / max(everybody, 1e-12)


def _drafts(found: _Run, number: int) -> list[str]:
    """Candidate names of a segment, best first: a term that says it, with a second where needed, else how it buys."""
    at = number - 1
    if not found.bought[at].any():
        return [f"Segment {number}"]
    ranked = _ranked(found, at)
    named = [name for best in ranked[:OFFERED] for name in _with_a_second(found, at, best, ranked)]
    return [*dict.fromkeys([*named, *_plain(found, number, nothing_apart=not ranked)]), f"Segment {number}"]


def _ranked(found: _Run, at: int) -> list[int]:
    """Terms that enough of the segment bought and that are more of its purchases than of everybody's, best first."""
    terms, score = found.terms, _relevance(found.terms, at, (1 + 2 * found.balance) / 3)
    least = CLEAR_LIFT if found.is_light[at] else LEAST_LIFT
    fits = (terms.reach[at] >= LEAST_REACH) & (terms.lift[at] >= least) & (terms.excess[at] >= LEAST_EXCESS)
    return sorted(np.flatnonzero(fits).tolist(), key=lambda t: (-score[t], terms.texts[t]))


def _relevance(terms: Terms, at: int, weight: float) -> np.ndarray:
    """λ log reach + (1 − λ) log lift of every term (Sievert & Shirley 2014), and a little for its kind; (t,)."""
    bonus = [BONUS[kind] for kind in terms.kinds]
    windy = [LONG_WINDED * (len(text.split()) > MOST_WORDS) for text in terms.texts]
    spread = weight * np.log(terms.reach[at] + 1e-9) + (1 - weight) * np.log(terms.lift[at])
    return spread + np.array(bonus) - np.array(windy)


def _with_a_second(found: _Run, at: int, best: int, ranked: list[int]) -> Iterator[str]:
    """A term that half of the segment bought says it alone; a narrower one with another that says something else."""
    texts, terms = found.terms.texts, found.terms
    if terms.reach[at, best] < HALF:
        distinct = _relevance(
            terms, at, BALANCE
        )  # beside a first, what tells the segment apart counts for more
        for other in sorted(ranked, key=lambda t: (-distinct[t], texts[t])):
            both = PAIR.join((texts[best], texts[other]))
            fits = len(both) <= LONGEST and not sound_alike(texts[best], texts[other])
            clear = terms.lift[at, other] >= CLEAR_LIFT
            if fits and clear and terms.overlap(found.bought[at], other, best) <= HALF:
                yield both
                break
    yield texts[best]


def _plain(found: _Run, number: int, *, nothing_apart: bool) -> list[str]:
    """Names for a segment that no term sets apart, or whose terms others have: how much it buys, then its products."""
    at, rows = number - 1, naming_products(found.profile, number, LOOKED_AT)
    if found.codes_alone:  # nothing else is known of the products
        return _codes(rows["product"].tolist(), found.level)
    much = LIGHT if found.is_light[at] else HEAVY if found.is_heavy[at] else EVERYTHING
    known = rows.loc[rows["share"] >= LEAST_REACH, "product"]
    said = [in_a_calm_voice(spoken(product)) or readable(product, found.level) for product in known]
    pairs = [PAIR.join(pair) for pair in pairwise(said) if not sound_alike(*pair)]
    plain = [much, EVERYTHING] if nothing_apart else []
    return [*plain, *(pair for pair in pairs if len(pair) <= LONGEST), *said]


def _codes(products: list[str], level: str) -> list[str]:
    """Names from products that are codes: bare numbers in pairs, with the column's name said once."""
    named = [readable(product, level) for product in products]
    pairs = [PAIR.join((named[0], other)) for other in products[1:]]
    numbers = _only_numbers(products)
    return [*(pairs[:1] if numbers else ()), *named, *pairs[numbers:]]


def _only_numbers(products: list[str]) -> bool:
    return bool(products) and not any(sign.isalpha() for product in products for sign in product)


def unique_names(drafts: dict[int, list[str]], taken: Collection[str] = ()) -> dict[int, str]:
    """Give each segment its best name that sounds like no other's, the largest segment choosing first.

    Parameters
    ----------
    taken : collection of str
        Names that other segments of the same cut have already.
    """
    used, names = [name for name in taken if name.strip()], {}
    for number, candidates in drafts.items():
        numbered = (f"Segment {number}" + " again" * extra for extra in range(len(drafts) + len(used) + 1))
        options = [name for name in candidates if name.strip() and not name.startswith("Segment ")]
        unlike = (name for name in options if not any(sound_alike(name, other) for other in used))
        other_words = (name for name in (*options, *numbered) if not any(same_words(name, o) for o in used))
        names[number] = next(unlike, None) or next(other_words)
        used.append(names[number])
    return names


def sound_alike(one: str, other: str) -> bool:
    """Whether people would mix two names up: the same words, or the same word in front."""
    mine, its = _stems(one), _stems(other)
    return same_words(one, other) or mine[:1] == its[:1]


def same_words(one: str, other: str) -> bool:
    """Whether two names are the same words, in whatever order and number."""
    return one.casefold() == other.casefold() or set(_stems(one)) == set(_stems(other))


def _stems(name: str) -> list[str]:
    parts = [part for part in re.findall(r"[\w'’-]+", name) if part.casefold() not in FUNCTION_WORDS]
    return [stem(part) for part in parts]
