"""One split made ready to judge by: what was learned of its earlier part, and the rows of its customers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy import sparse

from segcore.choices.nmf import NMFSpec, afresh
from segcore.factorization import factorize
from segcore.offers.learned import Learned, learn_from
from segcore.offers.split import Split


@dataclass(frozen=True, eq=False)
class Sides:
    """One split made ready: what was learned, and the rows to judge by."""

    learned: Learned
    bought: sparse.csr_matrix
    w: np.ndarray
    hidden: sparse.csr_matrix

    @classmethod
    def of(cls, split: Split, nmf: NMFSpec) -> Sides:
        """Fit tastes to what is left and put everything on the products that can be offered."""
        k = min(nmf.k, *split.train.shape)
        # Segments that went on from earlier ones have seen what is hidden: tastes are looked for afresh.
        fit = factorize(split.train.values, replace(afresh(nmf), k=k))
        learned = learn_from(split.train, fit.h, fit.w, nmf.loss)
        return cls(learned, learned.columns(split.train.bought), fit.w, learned.columns(split.hidden))

    def rows(self, chosen: np.ndarray) -> Sides:
        """Only these customers."""
        return Sides(self.learned, self.bought[chosen], self.w[chosen], self.hidden[chosen])

    @property
    def tested(self) -> np.ndarray:
        """Positions of the customers with something to find and something to go by."""
        return np.flatnonzero((np.diff(self.hidden.indptr) > 0) & (np.diff(self.bought.indptr) > 0))
