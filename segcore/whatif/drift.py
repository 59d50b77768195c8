"""Whether a segmentation describes new customers as well as it would have described strangers before.

Segments describe the customers they were found on a little too well. So the earlier customers are described anew as
strangers would be: each half by segments found on the other half. Newcomers are held against those of them with about
as many products, because a small basket is easier or harder to describe than a large one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse
from scipy.stats import norm, rankdata

from segcore.choices.nmf import NMFSpec
from segcore.errors import SegcoreError
from segcore.factorization.held import refit
from segcore.purchases import Purchases
from segcore.whatif.fixed_model import fit_of

FEWEST_ALIKE = 20  # earlier customers with about as many products
CLEARLY_LESS = 0.5  # of the lines of an earlier customer: a little fewer are matched by size alone
SURE = 0.01
WORSE, MUCH_WORSE = 0.58, 0.75


@dataclass(frozen=True)
class Drift:
    """How often a newcomer is described worse than an earlier customer with about as many products.

    Attributes
    ----------
    worse : float
        Share of such comparisons, 0..1; 0.5 is no difference. Ties count half.
    p : float
        One-sided p-value of the stratified rank test (van Elteren 1960).
    verdict : str
        "" for no clear difference, "worse", "much worse".
    """

    worse: float
    p: float

    @property
    def verdict(self) -> str:
        """What to say."""
        if not self.p < SURE or self.worse < WORSE:
            return ""
        return "much worse" if self.worse >= MUCH_WORSE else "worse"

    @property
    def is_open(self) -> bool:
        """Whether nothing can be said: they look worse, but so few could be chance, or nobody is there to compare."""
        return not self.verdict and not self.worse < WORSE


def equal_exposure(earlier: Purchases, arriving: Purchases) -> Purchases:
    """Earlier purchases thinned to what a file like the new one would hold of them.

    A month of anybody is described worse than a year. So every earlier customer keeps as many days as the new file
    spans, from a day of their own by lot, which evens out seasons; without dates, where the new customers
    have clearly fewer lines, as large a share of theirs as brings them to that number. Where the new file holds more, nothing is thinned.
    """
    rng, codes = np.random.default_rng(0), earlier.lines["customer"].to_numpy()
    if earlier.date_span is not None and arriving.date_span is not None:
        first, last = (day.normalize() for day in earlier.date_span)
        since, until = (day.normalize() for day in arriving.date_span)
        days, room = (until - since).days + 1, (last - first).days + 1
        if days >= room:
            return earlier
        start = rng.integers(0, room - days + 1, len(earlier.customers))[codes]
        day = (earlier.lines["date"].dt.normalize() - first).dt.days.to_numpy()
        keep = (day >= start) & (day < start + days)
    else:
        each, now = (p.n_lines / max(p.lines["customer"].nunique(), 1) for p in (earlier, arriving))
        if now >= CLEARLY_LESS * each:
            return earlier
        keep = rng.random(len(codes)) < now / each
    return (
        replace(earlier, lines=earlier.lines[keep], digest=f"{earlier.digest} thinned")
        if keep.any()
        else earlier
    )


def fit_as_strangers(
    values: sparse.csr_matrix, basis: np.ndarray, spec: NMFSpec, seen: sparse.csr_matrix | None = None
) -> np.ndarray:
    """How well each customer is described by segments found without them, (rows,).

    ``seen`` is what is described of each row of ``values``, if not all of it.
    NaN for an empty row, and for a half whose other half is too small to find as many segments in.
    """
    seen = values if seen is None else seen
    fit = np.full(values.shape[0], np.nan)
    first = np.random.default_rng(spec.seed).permutation(values.shape[0]) % 2 == 0
    for half in (first, ~first):
        if not (values[~half].nnz and seen[half].nnz):
            continue
        try:
            there = refit(values[~half], basis, spec)
        except SegcoreError:
            continue
        own = refit(seen[half], there.h, spec, np.zeros(basis.shape, dtype=bool))
        fit[half] = fit_of(seen[half], own.w, own.h)
    return fit


def drift_of(now: tuple[np.ndarray, np.ndarray], before: tuple[np.ndarray, np.ndarray]) -> Drift:
    """Hold newcomers against earlier customers.

    Parameters
    ----------
    now, before : pair of ndarray
        Fit (NaN where there is none) and number of products of each customer.
    """
    fits, sizes = zip(*[(f[np.isfinite(f)], s[np.isfinite(f)]) for f, s in (now, before)], strict=True)
    if not len(fits[0]) or not len(fits[1]):
        return Drift(float("nan"), float("nan"))
    classes = [np.searchsorted(_bounds(sizes[1]), size, side="left") for size in sizes]
    score = usual = variance = wins = pairs = 0.0
    for number in np.unique(classes[0]):
        new, old = (fit[kind == number] for fit, kind in zip(fits, classes, strict=True))
        m, n = len(new), len(old)
        if not n:
            continue
        ranks = rankdata(np.concatenate([new, old]))
        worse = m * n + m * (m + 1) / 2 - ranks[:m].sum()  # pairs in which the newcomer is described worse
        ties = np.unique(ranks, return_counts=True)[1]
        spread = m * n / 12 * (m + n + 1 - (ties**3 - ties).sum() / max((m + n) * (m + n - 1), 1))
        weight = 1 / (m + n + 1)
        score, usual = score + weight * worse, usual + weight * m * n / 2
        variance += weight**2 * spread
        wins, pairs = wins + worse / n, pairs + m
    if not pairs or variance <= 0:
        return Drift(0.5, 1.0)
    return Drift(wins / pairs, float(norm.sf((score - usual) / np.sqrt(variance))))


def _bounds(sizes: np.ndarray) -> np.ndarray:
    """Upper ends of classes of basket size, each with enough earlier customers; the last one is open."""
    bounds, inside = [], 0
    ends = np.unique(2 ** np.arange(0, 1 + int(np.ceil(np.log2(max(sizes.max(), 2))))))
    for low, high in zip([0, *ends[:-1]], ends, strict=True):
        inside += int(((sizes > low) & (sizes <= high)).sum())
        if inside >= FEWEST_ALIKE and (sizes > high).sum() >= FEWEST_ALIKE:
            bounds.append(int(high))
            inside = 0
    return np.array(bounds, dtype=np.int64)
