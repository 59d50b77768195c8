"""K-means beside NMF: the comparison the slides teach, on the same matrix with scaled columns."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from segcore.errors import SpecError
from segcore.factorization.fit import check_values
from segcore.language.words import count

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
        mean = dense.mean(axis=0)
        return (dense - mean) / _divisor(dense.std(axis=0), mean)
    mean = np.asarray(values.mean(axis=0)).ravel()
    square = np.asarray(values.multiply(values).mean(axis=0)).ravel()
    spread = np.sqrt(np.maximum(square - mean**2, 0.0))
    return (values @ sparse.diags(1.0 / _divisor(spread, mean))).tocsr()


def _divisor(spread: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """The standard deviation, or 1 where a constant column has nothing but rounding noise to blow up."""
    return np.where(spread > 1e-12 * np.abs(mean), spread, 1.0)


def kmeans(values: sparse.csr_matrix, k: int, *, seed: int = 333, restarts: int = 10) -> KMeansResult:
    """Cluster customers on scaled columns; the best of ``restarts`` k-means++ starts (Lloyd).

    Raises
    ------
    SpecError
        More clusters than rows, or values that are not numbers.
    """
    check_values(values)
    if not 1 <= k <= values.shape[0]:
        raise SpecError(
            f"{k} clusters cannot be made of {count(values.shape[0])} rows.", remedy="Use fewer clusters."
        )
    return _cluster(scaled(values), k, seed, restarts)


def kmeans_sweep(
    values: sparse.csr_matrix, ks: Iterable[int] = range(1, 11), *, seed: int = 333, restarts: int = 10
) -> Iterator[KMeansResult]:
    """Yield one result per k; k = 1 is the spread of the data itself."""
    check_values(values)
    data = scaled(values)
    for k in ks:
        if k <= values.shape[0]:
            yield _cluster(data, k, seed, restarts)


def _cluster(data: np.ndarray | sparse.csr_matrix, k: int, seed: int, restarts: int) -> KMeansResult:
    from sklearn.cluster import KMeans
    from sklearn.exceptions import ConvergenceWarning

    with (
        warnings.catch_warnings(),
        threadpool_limits(1),
    ):  # threads cost more than they bring, and change digits
        warnings.simplefilter(
            "ignore", ConvergenceWarning
        )  # fewer distinct rows than clusters: the labels show it
        fitted = KMeans(k, n_init=restarts if k > 1 else 1, random_state=seed).fit(data)
    sizes = np.bincount(fitted.labels_, minlength=k)
    number = np.empty(k, dtype=np.int64)
    number[np.argsort(-sizes, kind="stable")] = np.arange(1, k + 1)
    return KMeansResult(number[fitted.labels_], float(fitted.inertia_), k)
