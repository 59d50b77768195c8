"""What of a profile could be chance.

Segments are made from the very purchases they are then described by, so a plain test of "who is in the segment"
against "who bought it" proves nothing: in pure noise it calls nearly every segment special. Here a product is tested
only with segments that were found without it. The products are dealt into eight hands; each hand is left out in turn,
the segments are found anew from the other products, matched to the real ones by product scores, and then it is tested
whether their customers bought the hand's products more or less often than chance would have it. Chance knows how many
products each customer buys: without that, everything would look special to whoever buys much. Where no segment like
the real one exists without a hand, the segment consists of these products, and nothing is claimed about them.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse, stats

from segcore.choices.nmf import afresh
from segcore.errors import SegcoreError
from segcore.factorization import assign, factorize
from segcore.factorization.stability import match, repeat_restarts
from segcore.matrix import PurchaseMatrix
from segcore.progress import Step, finished
from segcore.segments.profiles.products import FULL
from segcore.segments.segmentation import Segmentation
from segcore.statistics import adjust, fit_margins, group_counts, group_tails, two_sided

HANDS = 8
MOST_CUSTOMERS = 20_000  # a sample this large tells everything that is worth telling
ALIKE = 0.6  # cosine from which a segment found without a hand of products is the same segment
LEVEL = 0.05


@dataclass(frozen=True, eq=False)
class Evidence:
    """What could be chance in every segment × product.

    Attributes
    ----------
    table : DataFrame
        ``segment``, ``product``, ``p``, ``adjusted`` (Benjamini–Hochberg over all rows), ``more`` (bought more, not
        less), ``tested`` (false where the segment does not exist without the product: then p is 1).
    customers : int
        Customers the tests were made with.
    """

    table: pd.DataFrame
    customers: int
    level: float = LEVEL

    def more(self, segment: int) -> list[str]:
        """Products the segment buys more of than chance would have it."""
        return self._beyond(segment, more=True)

    def less(self, segment: int) -> list[str]:
        """Products the segment buys less of than chance would have it."""
        return self._beyond(segment, more=False)

    def defining(self, segment: int) -> list[str]:
        """Products the segment does not exist without."""
        rows = self._of(segment)
        return rows.loc[~rows["tested"], "product"].tolist()

    def _beyond(self, segment: int, *, more: bool) -> list[str]:
        rows = self._of(segment)
        sure = (rows["adjusted"] <= self.level) & (rows["more"] == more)
        return rows.loc[sure, "product"].tolist()

    def _of(self, segment: int) -> pd.DataFrame:
        return self.table[self.table["segment"] == segment]


def gather_evidence(matrix: PurchaseMatrix, segmentation: Segmentation) -> Evidence:
    """Test every product in every segment."""
    return finished(gathering_evidence(matrix, segmentation))


def gathering_evidence(matrix: PurchaseMatrix, segmentation: Segmentation) -> Generator[Step, None, Evidence]:
    """Test every product in every segment, one hand of products a step."""
    values = _sampled(matrix.values, segmentation.spec.seed)
    h = segmentation.product_scores.to_numpy().T
    hand = _hands(values)
    p, more = np.ones(h.shape), np.zeros(h.shape, dtype=bool)
    tested = np.zeros(h.shape, dtype=bool)
    for number in np.unique(hand):
        yield Step(number / (hand.max() + 1), "Checking what could be chance")
        out = hand == number
        found = _without(values, h, out, segmentation)
        if found is None:
            continue
        own, alike = found
        p[:, out], more[:, out] = _tests(values, out, own, len(h), matrix.density > FULL)
        tested[:, out] = alike[:, None]
    p[~tested] = 1.0
    k, products = h.shape
    table = pd.DataFrame(
        {
            "segment": np.repeat(segmentation.sizes.index.to_numpy(), products),
            "product": np.tile(matrix.products.to_numpy(), k),
            "p": p.ravel(),
            "adjusted": adjust(p).ravel(),
            "more": more.ravel(),
            "tested": tested.ravel(),
        }
    )
    return Evidence(table, values.shape[0])


def _sampled(values: sparse.csr_matrix, seed: int) -> sparse.csr_matrix:
    n = values.shape[0]
    if n <= MOST_CUSTOMERS:
        return values
    return values[np.sort(np.random.default_rng(seed).choice(n, MOST_CUSTOMERS, replace=False))]


def _hands(values: sparse.csr_matrix) -> np.ndarray:
    """The hand of every product; best-sellers are dealt first, so that no hand holds them all."""
    buyers = np.bincount(values.indices, minlength=values.shape[1])
    hand = np.empty(len(buyers), dtype=np.int64)
    hand[np.argsort(-buyers, kind="stable")] = np.arange(len(buyers)) % min(HANDS, len(buyers))
    return hand


def _without(
    values: sparse.csr_matrix, h: np.ndarray, out: np.ndarray, segmentation: Segmentation
) -> tuple[np.ndarray, np.ndarray] | None:
    """Segment (from 0) of every customer by the other products, and which segments are still there; None for none."""
    rest = values[:, ~out]
    # Segments that went on from earlier ones have no start on fewer products: they are looked for afresh.
    spec = replace(afresh(segmentation.spec), restarts=repeat_restarts(rest, segmentation.spec))
    try:
        fit = factorize(rest, spec)
    except SegcoreError:
        return None  # too few products are left to find as many segments
    reference = h[:, ~out]
    order = match(reference, fit.h)
    found = fit.h[order]
    norms = np.linalg.norm(reference, axis=1) * np.linalg.norm(found, axis=1)
    cosine = np.divide((reference * found).sum(axis=1), norms, out=np.zeros(len(h)), where=norms > 0)
    return assign(fit.w[:, order]), cosine >= ALIKE


def _tests(
    values: sparse.csr_matrix, out: np.ndarray, own: np.ndarray, k: int, by_amount: bool
) -> tuple[np.ndarray, np.ndarray]:
    """P and direction of every segment × product of a hand, beside a chance that knows how much everybody buys."""
    known = own >= 0
    values, own = values[known], own[known]
    if by_amount:
        return _by_amount(values[:, out].toarray(), own, k)  # a few products, by the look of the matrix
    null = fit_margins(values).of_products(out)
    member = sparse.csr_matrix((np.ones(len(own)), (own, np.arange(len(own)))), shape=(k, len(own)))
    inside = np.rint((member @ (values[:, out] != 0)).toarray()).astype(np.int64)
    expected = group_counts(null, own, k).expected
    tails = group_tails(null, own, inside)
    return np.exp(two_sided(tails.log_upper, tails.log_lower)), inside > expected


def _by_amount(values: np.ndarray, own: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Where everybody buys everything: Mann & Whitney (1947), how much the segment buys against how much the rest does."""
    p, more = np.ones((k, values.shape[1])), np.zeros((k, values.shape[1]), dtype=bool)
    for segment in range(k):
        inside, rest = values[own == segment], values[own != segment]
        if len(inside) and len(rest):
            found = stats.mannwhitneyu(inside, rest, axis=0, method="asymptotic")
            p[segment] = np.nan_to_num(found.pvalue, nan=1.0)
            more[segment] = found.statistic > len(inside) * len(rest) / 2
    return p, more
