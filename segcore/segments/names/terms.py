"""What could name a segment: parents its products share, words they share, products; and how many it reaches.

A term stands for products: a parent for all below it, a word for all whose label holds it. Its *reach* is the share of a
segment's customers who bought any of them, its *lift* how much larger a part of the segment's purchases it is than of
everybody's. Parts of purchases, not buyers, are compared, because who buys more of everything buys more of each thing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.matrix import PurchaseMatrix
from segcore.segments.names.speech import (
    LONGEST,
    can_be_said,
    in_a_calm_voice,
    says_something,
    shouting,
    spoken,
    stem,
    words_of,
)
from segcore.segments.profiles import FULL, members, naming_products
from segcore.segments.segmentation import Segmentation

SPEAKING = 40  # products of a segment whose words are tried
LONGEST_PHRASE = 2  # words
CAUTION = 2.0  # purchases as many as by chance, added before a lift is taken
PARENT, PHRASE, WORD, PRODUCT, REMNANT = "parent", "phrase", "word", "product", "remnant"
Key = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Terms:
    """All terms that could name a segment of a run.

    Attributes
    ----------
    texts, kinds : tuple of str, (t,)
        What is said, and whether it is a parent, phrase, word, product, or what an abbreviated product leaves to say.
    products : sparse array, (products, t)
        1 where a product belongs to a term.
    reach : array, (k, t)
        Share of each segment's customers who bought any of the term's products.
    part, lift, excess : arrays, (k, t)
        Part of the segment's purchases that are the term's, that part against everybody's (few purchases cannot drive
        it far), and how many standard deviations of a Poisson count lie between.
    """

    texts: tuple[str, ...]
    kinds: tuple[str, ...]
    products: sparse.csc_array
    reach: np.ndarray
    part: np.ndarray
    lift: np.ndarray
    excess: np.ndarray

    def overlap(self, segment_purchases: np.ndarray, one: int, other: int) -> float:
        """How much of a term's purchases in a segment, float array (products,), belongs to another term too."""
        mine, its = (self.products[:, [at]].toarray().ravel() * segment_purchases for at in (one, other))
        return float(np.minimum(mine, its).sum() / max(mine.sum(), 1e-12))


def terms_of(
    matrix: PurchaseMatrix, segmentation: Segmentation, profile: pd.DataFrame, parents: pd.DataFrame
) -> Terms:
    """Gather the terms of a run's most telling products, and measure them.

    Parameters
    ----------
    profile : DataFrame
        From :func:`segcore.segments.profiles.profile_products`.
    parents : DataFrame
        Products × the coarser labels they sit under.
    """
    labels = list(matrix.products)
    telling = _telling(segmentation, profile)
    found = [*_parents(parents), *_words(labels, telling), *_products(labels, telling)]
    loud = shouting(labels)
    texts = tuple(in_a_calm_voice(text, everything_shouts=loud) for text, _, _ in found)
    kinds, inside = tuple(kind for _, kind, _ in found), [at for *_, at in found]
    mask = sparse.csc_array(
        (
            np.ones(sum(map(len, inside)), dtype=np.float32),
            np.concatenate([*inside, np.zeros(0)]).astype(np.int64),
            np.concatenate([[0], np.cumsum([len(at) for at in inside])]).astype(np.int64),
        ),
        shape=(len(labels), len(found)),
    )
    return Terms(texts, kinds, mask, *_measured(matrix, segmentation, mask))


def purchases_by_segment(matrix: PurchaseMatrix, segmentation: Segmentation) -> np.ndarray:
    """How often each segment bought each product, float array (k, products); how much where all bought everything."""
    values = matrix.values if matrix.density > FULL else matrix.bought
    return np.asarray((values.T @ members(segmentation)).T, dtype=float)


def _telling(segmentation: Segmentation, profile: pd.DataFrame) -> set[str]:
    numbers = [int(number) for number in segmentation.sizes.index]
    return {product for n in numbers for product in naming_products(profile, n, SPEAKING)["product"]}


def _parents(parents: pd.DataFrame) -> Iterator[tuple[str, str, np.ndarray]]:
    for column in parents:
        for value, at in parents.groupby(column, sort=True).indices.items():
            if str(value).strip().casefold() not in ("", "unknown") and can_be_said(str(value)):
                yield str(value).strip(), PARENT, np.sort(at)


def _words(labels: list[str], telling: set[str]) -> Iterator[tuple[str, str, np.ndarray]]:
    """Words and phrases that at least two labels share, in the form in which most of them write it."""
    wanted = {key for label in telling for key, _ in _phrases(label)}
    at: dict[Key, list[int]] = defaultdict(list)
    forms: dict[Key, Counter[str]] = defaultdict(Counter)
    for place, label in enumerate(labels):
        for key, form in dict(_phrases(label)).items():
            if key in wanted:
                at[key].append(place)
                forms[key][form] += 1
    for key in sorted(at):
        if len(at[key]) >= 2:
            usual = min(forms[key], key=lambda form: (-forms[key][form], form))
            yield usual, PHRASE if len(key) > 1 else WORD, np.array(at[key])


def _phrases(label: str) -> Iterator[tuple[Key, str]]:
    words = words_of(label)
    for long in range(1, LONGEST_PHRASE + 1):
        for first in range(len(words) - long + 1):
            phrase = [
                word for word in words[first : first + long] if word is not None and says_something(word)
            ]
            if len(phrase) == long:
                yield tuple(map(stem, phrase)), " ".join(phrase)


def _products(labels: list[str], telling: set[str]) -> Iterator[tuple[str, str, np.ndarray]]:
    for place, label in enumerate(labels):
        if label in telling and 0 < len(spoken(label)) <= LONGEST:
            kind = PRODUCT if can_be_said(label) or spoken(label) in label else REMNANT
            yield spoken(label), kind, np.array([place])


def _measured(
    matrix: PurchaseMatrix, segmentation: Segmentation, mask: sparse.csc_array
) -> Iterable[np.ndarray]:
    """Reach, part, lift and excess of every term in every segment, float arrays (k, t)."""
    member, inside = members(segmentation), purchases_by_segment(matrix, segmentation)
    touched = (matrix.bought @ mask) > 0
    reach = np.asarray((touched.T @ member).T, dtype=float) / np.maximum(member.sum(axis=0), 1.0)[:, None]
    of_term, whole = (
        np.asarray(inside @ mask, dtype=float),
        np.maximum(inside.sum(axis=1, keepdims=True), 1e-12),
    )
    by_chance = whole * of_term.sum(axis=0) / max(inside.sum(), 1e-12)
    lift = (of_term + CAUTION) / (by_chance + CAUTION)
    excess = (of_term - by_chance) / np.sqrt(np.maximum(by_chance, 1e-12))
    return reach, of_term / whole, lift, excess
