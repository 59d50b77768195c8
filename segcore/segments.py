"""Segments of customers and of products: shares, assignment, sizes, who is mixed, in an order that stays.

Segments are numbered 1…k by size. Customers are compared by shares only; a customer without purchases belongs to no
segment; a customer between two keeps the assignment and is marked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.factorization import Factorization, NMFSpec, factorize
from segcore.matrix import PurchaseMatrix
from segcore.stability import agreement, resampled_bases, stability_of

MIXED_MARGIN = 1.1
MIXED_AGREEMENT = 0.7


@dataclass(frozen=True, eq=False)
class Segmentation:
    """The outcome of one factorisation, labelled.

    Attributes
    ----------
    customer_scores : DataFrame, customers × segments
        W, the customer basis.
    product_scores : DataFrame, products × segments
        H transposed, the product basis; every live column sums to 1.
    shares : DataFrame, customers × segments
        Scores scaled to sum 1 per customer; all 0 for a customer without purchases.
    assignment : Series of Int64, by customer
        The segment with the largest share; missing means "no purchases".
    mixed_with : Series of Int64, by customer
        The second segment of a customer between two; missing for everybody else.
    agreement : Series of float or None
        Share of resamples that agree with the assignment, where resamples were drawn.
    sizes : Series of int, by segment
        Customers assigned.
    product_shares, product_assignment
        The same for products: which segment each product belongs to.
    stability : Series of float or None, by segment
        Mean matched cosine over resamples.
    """

    customer_scores: pd.DataFrame
    product_scores: pd.DataFrame
    shares: pd.DataFrame
    assignment: pd.Series
    mixed_with: pd.Series
    agreement: pd.Series | None
    sizes: pd.Series
    product_shares: pd.DataFrame
    product_assignment: pd.Series
    stability: pd.Series | None
    error: float
    explained_share: float
    iterations: int
    converged: bool
    dead: tuple[int, ...]
    spec: NMFSpec
    matrix_digest: str
    row_kind: str

    @property
    def k(self) -> int:
        """Number of segments."""
        return self.customer_scores.shape[1]

    @property
    def n_without_purchases(self) -> int:
        """Customers that belong to no segment."""
        return int(self.assignment.isna().sum())

    @property
    def n_mixed(self) -> int:
        """Customers between two segments."""
        return int(self.mixed_with.notna().sum())

    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before trusting the numbers, in plain sentences."""
        said = []
        if not self.converged:
            said.append(f"The search stopped after {self.iterations:,} rounds before it came to rest.")
        for segment in self.dead:
            said.append(
                f"Segment {segment} is empty: it explains nothing. Fewer segments would say the same."
            )
        if self.stability is not None:
            shaky = [str(s) for s in self.stability.index[self.stability < 0.8] if s not in self.dead]
            if shaky:
                said.append(
                    f"Segment{'s' if len(shaky) > 1 else ''} {', '.join(shaky)} may not come back with other "
                    "customers: treat with care."
                )
        return tuple(said)


def segment(
    matrix: PurchaseMatrix,
    k: int | None = None,
    *,
    spec: NMFSpec | None = None,
    fit: Factorization | None = None,
    resamples: int = 0,
    **choices: object,
) -> Segmentation:
    """Find k segments of customers and of products.

    Parameters
    ----------
    k : int
        Number of segments; or give ``spec`` with every choice, or a ``fit`` a sweep has already made.
    resamples : int
        Resamples of 80 % of the customers behind ``stability`` and ``agreement``; 0 leaves both out.
    **choices
        Fields of :class:`NMFSpec`: ``loss``, ``initialisation``, ``restarts``, ``seed`` …

    Raises
    ------
    SpecError, NotEnoughData
        The choices cannot work on this matrix.
    """
    if fit is None:
        fit = factorize(matrix.values, spec or NMFSpec(k=k, **choices))  # type: ignore[arg-type]
    order = _by_size(fit)
    w, h = fit.w[:, order], fit.h[order]
    bases = list(resampled_bases(matrix.values, fit.spec, h, resamples)) if resamples else []
    return _labelled(matrix, fit, w, h, bases, order)


def _by_size(fit: Factorization) -> np.ndarray:
    """Components by number of customers, then by mass, largest first."""
    mass = fit.w.sum(axis=0)
    has_purchases = mass_per_row(fit.w) > 0
    sizes = np.bincount(fit.w[has_purchases].argmax(axis=1), minlength=fit.w.shape[1])
    return np.lexsort((-mass, -sizes))


def mass_per_row(scores: np.ndarray) -> np.ndarray:
    """Sum of scores per row."""
    return scores.sum(axis=1)


def shares_of(scores: np.ndarray) -> np.ndarray:
    """Scores scaled to sum 1 per row; rows without any stay 0."""
    total = mass_per_row(scores)[:, None]
    return np.divide(scores, total, out=np.zeros_like(scores), where=total > 0)


def _labelled(
    matrix: PurchaseMatrix, fit: Factorization, w: np.ndarray, h: np.ndarray, bases: list, order: np.ndarray
) -> Segmentation:
    numbers = pd.RangeIndex(1, len(h) + 1, name="segment")
    shares, product_shares = shares_of(w), shares_of(h.T)
    assignment = _assign(shares, matrix.customers)
    agree = pd.Series(agreement(matrix.values, bases, w.argmax(axis=1)), matrix.customers) if bases else None
    measured = stability_of(bases)
    position = {component: place + 1 for place, component in enumerate(order)}
    return Segmentation(
        customer_scores=pd.DataFrame(w, matrix.customers, numbers),
        product_scores=pd.DataFrame(h.T, matrix.products, numbers),
        shares=pd.DataFrame(shares, matrix.customers, numbers),
        assignment=assignment,
        mixed_with=_mixed_with(shares, matrix.customers, agree),
        agreement=agree,
        sizes=assignment.value_counts().reindex(numbers, fill_value=0).astype("int64").rename("customers"),
        product_shares=pd.DataFrame(product_shares, matrix.products, numbers),
        product_assignment=_assign(product_shares, matrix.products),
        stability=pd.Series(measured.per_segment, numbers) if measured else None,
        error=fit.error,
        explained_share=fit.explained_share,
        iterations=fit.iterations,
        converged=fit.converged,
        dead=tuple(sorted(position[j] for j in fit.dead)),
        spec=fit.spec,
        matrix_digest=matrix.digest,
        row_kind=matrix.row_kind,
    )


def _assign(shares: np.ndarray, labels: pd.Index) -> pd.Series:
    """Number of the largest share from 1; missing where all are 0."""
    numbers = (
        pd.array(shares.argmax(axis=1) + 1, dtype="Int64") if shares.shape[1] else pd.array([], dtype="Int64")
    )
    return pd.Series(numbers, labels, name="segment").where(shares.sum(axis=1) > 0)


def _mixed_with(shares: np.ndarray, labels: pd.Index, agree: pd.Series | None) -> pd.Series:
    """The second segment where the first hardly leads, or where resamples disagree (README, "Who is mixed")."""
    if shares.shape[1] < 2:
        return pd.Series(pd.array([pd.NA] * len(labels), dtype="Int64"), labels, name="mixed with")
    ranked = np.argsort(-shares, axis=1, kind="stable")
    first, second = (np.take_along_axis(shares, ranked[:, [place]], axis=1).ravel() for place in (0, 1))
    between = first < MIXED_MARGIN * second
    if agree is not None:
        between |= (agree.to_numpy() < MIXED_AGREEMENT) & (second > 0)
    return pd.Series(pd.array(ranked[:, 1] + 1, dtype="Int64"), labels, name="mixed with").where(between)


def describe_assignment(segmentation: Segmentation, names: dict[int, str]) -> pd.Series:
    """Each customer's segment in words: a name, "between A and B", or "no purchases"."""
    named = segmentation.assignment.map(names).astype("object")
    between = segmentation.mixed_with.notna()
    second = segmentation.mixed_with.map(names)
    named[between] = "between " + named[between].astype(str) + " and " + second[between].astype(str)
    return named.where(segmentation.assignment.notna(), "no purchases").rename("segment")
