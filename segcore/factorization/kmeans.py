"""K-means beside NMF: the comparison the slides teach, on the same matrix with scaled columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

DENSE_CELLS = 20_000_000  # above this, columns are scaled but not centred, so that the data stay sparse


@dataclass(frozen=True, eq=False)
class KMeansResult:
    """Hard clusters of customers: labels 1…k by size, and the sum of squared errors."""

    labels: np.ndarray
    sse: float
    k: int


def scaled(values: sparse.csr_matrix) -> np.ndarray | sparse.csr_matrix:
    """Columns with variance 1, and mean 0 where the matrix is small enough to be dense."""
    n, p = values.shape
    if n * p <= DENSE_CELLS:
        dense = values.toarray()
        spread = dense.std(axis=0)
        return (dense - dense.mean(axis=0)) / np.where(spread > 0, spread, 1.0)
    mean = np.asarray(values.mean(axis=0)).ravel()
    square = np.asarray(values.multiply(values).mean(axis=0)).ravel()
    spread = np.sqrt(np.maximum(square - mean**2, 0.0))
    return (values @ sparse.diags(1.0 / np.where(spread > 0, spread, 1.0))).tocsr()


def kmeans(values: sparse.csr_matrix, k: int, *, seed: int = 333, restarts: int = 10) -> KMeansResult:
    """Cluster customers on scaled columns; the best of ``restarts`` k-means++ starts (Lloyd)."""
    return _cluster(scaled(values), k, seed, restarts)


def kmeans_sweep(
    values: sparse.csr_matrix, ks: Iterable[int] = range(1, 11), *, seed: int = 333, restarts: int = 10
) -> Iterator[KMeansResult]:
    """Yield one result per k; k = 1 is the spread of the data itself."""
    data = scaled(values)
    for k in ks:
        if k <= values.shape[0]:
            yield _cluster(data, k, seed, restarts)


def _cluster(data: np.ndarray | sparse.csr_matrix, k: int, seed: int, restarts: int) -> KMeansResult:
    from sklearn.cluster import KMeans

    fitted = KMeans(k, n_init=restarts, random_state=seed).fit(data)
    sizes = pd.Series(fitted.labels_).value_counts()
    number = {label: position + 1 for position, label in enumerate(sizes.index)}
    return KMeansResult(np.array([number[label] for label in fitted.labels_]), float(fitted.inertia_), k)
