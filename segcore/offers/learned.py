"""What all scorers learn from purchases, once: popularity, pairs, tastes, best-sellers of each segment."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.choices.offers import MOST_PRODUCTS
from segcore.factorization import assign, project
from segcore.matrix import PurchaseMatrix
from segcore.segments import Segmentation


@dataclass(frozen=True, eq=False)
class Learned:
    """Counts and factors that any scorer can be made from; nothing here has a row per customer.

    Attributes
    ----------
    products : Index
        The p products that can be offered: all of the matrix, or the 3,000 most bought.
    positions : int array, (p,)
        Where they stand among the matrix's products.
    n : int
        Customers it was learned from.
    buyers : int64 array, (p,)
    together : int32 array, (p, p)
        Customers who bought both; the diagonal holds the buyers.
    cell_weight : float64 array, (p,)
        Mean weight of a purchase of each product in the matrix.
    tastes : float64 array, (k, p)
        H, the product basis.
    segment_buyers, segment_sizes : int64 arrays, (k, p) and (k,)
    loss : str
        What H was fitted with.
    matrix_digest : str
    """

    products: pd.Index
    positions: np.ndarray
    n: int
    buyers: np.ndarray
    together: np.ndarray
    cell_weight: np.ndarray
    tastes: np.ndarray
    segment_buyers: np.ndarray
    segment_sizes: np.ndarray
    loss: str
    matrix_digest: str

    @cached_property
    def likeness(self) -> np.ndarray:
        """Cosine between the buyers of two products, float32 (p, p), 0 on the diagonal."""
        length = np.sqrt(np.maximum(self.buyers, 1)).astype(np.float32)
        table = self.together / length[:, None] / length[None, :]
        np.fill_diagonal(table, 0.0)
        return table.astype(np.float32)

    @cached_property
    def confidence(self) -> np.ndarray:
        """Share of the row product's buyers who bought the column product, float32 (p, p).

        0 on the diagonal, and where fewer than 3 customers or 0.5 % of all bought both.
        """
        floor = max(3.0, 0.005 * self.n)
        table = np.where(self.together >= floor, self.together, 0) / np.maximum(self.buyers, 1)[:, None]
        np.fill_diagonal(table, 0.0)
        return table.astype(np.float32)

    @cached_property
    def pair_weights(self) -> np.ndarray:
        """EASE (Steck 2019): the ridge regression of every product on all others, float32 (p, p).

        The ridge is the mean number of buyers of a product, so that it grows with the data.
        """
        gram = self.together.astype(np.float64)
        gram[np.diag_indices_from(gram)] += max(float(self.buyers.mean()), 1.0)
        inverse = np.linalg.inv(gram)
        weights = -inverse / np.diag(inverse)[None, :]
        np.fill_diagonal(weights, 0.0)
        return weights.astype(np.float32)

    @cached_property
    def by_popularity(self) -> np.ndarray:
        """Positions of the products, most bought first: the order in which ties are broken."""
        return np.argsort(-self.buyers, kind="stable")

    def columns(self, table: sparse.csr_matrix) -> sparse.csr_matrix:
        """The columns of a table over the matrix's products that can be offered."""
        return table if len(self.positions) == table.shape[1] else table[:, self.positions]

    def tastes_of(self, bought: sparse.csr_matrix, all_tastes: np.ndarray | None = None) -> np.ndarray:
        """W for new rows of 0/1 purchases over ``products``, (rows, k)."""
        weighted = bought.multiply(self.cell_weight[None, :]).tocsr()
        return project(weighted, self.tastes if all_tastes is None else all_tastes, loss=self.loss)


def learn(matrix: PurchaseMatrix, segmentation: Segmentation) -> Learned:
    """Learn from the purchases and the segments found in them."""
    return learn_from(
        matrix,
        segmentation.product_scores.to_numpy().T,
        segmentation.customer_scores.to_numpy(),
        segmentation.spec.loss,
    )


def learn_from(matrix: PurchaseMatrix, h: np.ndarray, w: np.ndarray, loss: str = "squared") -> Learned:
    """Learn from the purchases and a factorisation of them: H (k, products) and W (customers, k)."""
    positions = most_bought(matrix.buyers)
    bought = matrix.bought[:, positions] if len(positions) < matrix.shape[1] else matrix.bought
    weight = np.asarray(matrix.values.sum(axis=0)).ravel()[positions]
    buyers = matrix.buyers[positions].astype(np.int64)
    own = assign(w)
    member = sparse.csr_matrix(
        (np.ones((own >= 0).sum()), (np.flatnonzero(own >= 0), own[own >= 0])), shape=(len(own), len(h))
    )
    return Learned(
        products=matrix.products[positions],
        positions=positions,
        n=matrix.shape[0],
        buyers=buyers,
        together=pairs_of(bought),
        cell_weight=np.where(buyers > 0, weight / np.maximum(buyers, 1), 1.0),
        tastes=h[:, positions],
        segment_buyers=np.asarray((member.T @ bought).todense()).round().astype(np.int64),
        segment_sizes=np.bincount(own[own >= 0], minlength=len(h)).astype(np.int64),
        loss=loss,
        matrix_digest=matrix.digest,
    )


def most_bought(buyers: np.ndarray, most: int = MOST_PRODUCTS) -> np.ndarray:
    """Positions of the most bought products, in their own order; all where there are no more than ``most``."""
    if len(buyers) <= most:
        return np.arange(len(buyers))
    return np.sort(np.argsort(-buyers, kind="stable")[:most])


def pairs_of(bought: sparse.csr_matrix) -> np.ndarray:
    """Customers who bought both of every two products, int32 (p, p), exact; row by row, as scorers read it."""
    counts = sparse.csr_matrix(
        (np.ones(bought.nnz, dtype=np.int32), bought.indices, bought.indptr), shape=bought.shape
    )
    return (counts.T @ counts).toarray(order="C").astype(np.int32, copy=False)
