"""Which customers stand for all of them when there are too many to visit in every iteration."""

from __future__ import annotations

import numpy as np
from scipy import sparse

ABOVE = 100_000  # customers up to which every iteration visits all of them
SHARE, LEAST = 0.1, 20_000
FEWEST_BUYERS = 20
FULL_PASSES = (
    1  # iterations over everybody after the sample has come to rest: more gain under a ten-thousandth
)


def is_sampled(values: sparse.csr_matrix) -> bool:
    """Whether a sweep over this matrix works on a sample first."""
    return values.shape[0] > ABOVE


def sampled_rows(values: sparse.csr_matrix, seed: int) -> np.ndarray:
    """Draw a tenth of the rows, at least 20,000, and add buyers of products that would nearly vanish.

    Returns
    -------
    ndarray of int, sorted
        Every product keeps 20 buyers, or all it has.
    """
    n = values.shape[0]
    generator = np.random.default_rng(seed)
    chosen = np.zeros(n, dtype=bool)
    chosen[generator.choice(n, max(round(SHARE * n), min(LEAST, n)), replace=False)] = True
    kept = np.bincount(values[chosen].indices, minlength=values.shape[1])
    thin = np.flatnonzero(kept < FEWEST_BUYERS)
    columns = values[:, thin].tocsc()
    for place, product in enumerate(thin):
        buyers = columns.indices[columns.indptr[place] : columns.indptr[place + 1]]
        others = buyers[~chosen[buyers]]
        wanted = min(FEWEST_BUYERS - kept[product], len(others))
        if wanted > 0:
            chosen[generator.choice(others, wanted, replace=False)] = True
    return np.flatnonzero(chosen)
