"""Purchases without any association, made in ways that the null does not know; and pairs planted in them."""

import numpy as np
from scipy import sparse


def _table(rows: list[np.ndarray], products: int) -> sparse.csr_matrix:
    indptr = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    indices = np.concatenate([*rows, np.zeros(0, dtype=np.int64)])
    table = sparse.csr_matrix((np.ones(len(indices)), indices, indptr), shape=(len(rows), products))
    table.sort_indices()
    return table


def zipf(products: int, steepness: float = 0.8) -> np.ndarray:
    share = 1.0 / np.arange(3, products + 3) ** steepness
    return share / share.sum()


def orders(
    rng: np.random.Generator, sizes: np.ndarray, products: int, steepness: float = 0.6
) -> sparse.csr_matrix:
    """Every order takes its products one after another, by their shares of what is left (not the null's law)."""
    share = zipf(products, steepness)
    wait = rng.exponential(size=(len(sizes), products)) / share  # the first arrivals are such a draw
    first = np.argsort(wait, axis=1)
    return _table([first[row, :size] for row, size in enumerate(sizes)], products)


def sizes_geometric(rng: np.random.Generator, n: int) -> np.ndarray:
    """One, and a geometric number more."""
    return rng.geometric(0.5, n)


def log_normal_customers(
    rng: np.random.Generator, n: int, products: int, sd: float = 1.0, mean: float = 12.0
) -> sparse.csr_matrix:
    """Customers of log-normal activity make a Poisson number of purchases of products by Zipf's law."""
    activity = mean * rng.lognormal(-sd * sd / 2, sd, n)
    bought = rng.poisson(activity[:, None] * zipf(products)) > 0
    return sparse.csr_matrix(bought.astype(np.float64))


def sampled_customers(
    rng: np.random.Generator, n: int, products: int, sd: float = 1.0, mean: float = 25.0
) -> sparse.csr_matrix:
    """The same for large tables, never written out: each purchase picks a product, twice the same counts once."""
    activity = np.maximum(np.rint(mean * rng.lognormal(-sd * sd / 2, sd, n)), 1).astype(np.int64)
    row = np.repeat(np.arange(n), activity)
    column = rng.choice(products, len(row), p=zipf(products))
    table = sparse.csr_matrix((np.ones(len(row)), (row, column)), shape=(n, products))
    table.data[:] = 1.0
    return table


def planted(
    rng: np.random.Generator, table: sparse.csr_matrix, pairs: np.ndarray, strength: float
) -> sparse.csr_matrix:
    """Who bought the first of a pair also buys the second, this often."""
    dense = table.toarray() > 0
    for one, other in pairs:
        dense[:, other] |= dense[:, one] & (rng.random(len(dense)) < strength)
    return sparse.csr_matrix(dense.astype(np.float64))
