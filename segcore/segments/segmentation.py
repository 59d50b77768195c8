"""Segments of customers and of products: shares, assignment, sizes, who is mixed, in an order that stays.

Segments are numbered 1…k by size, or keep the numbers of the previous run they go on from. Customers are compared by
shares only; a customer without purchases belongs to no segment; a customer between two keeps the assignment and is
marked.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from segcore.choices.nmf import NMFSpec, at_rest
from segcore.factorization import Factorization, aligned_start, assign, factorize
from segcore.factorization.result import gained
from segcore.factorization.stability import agreement, resampled_bases, stability_of
from segcore.language.words import count, plural
from segcore.matrix import PurchaseMatrix
from segcore.progress import Step, finished

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
        The segment with the largest share; missing means "no purchases", or purchases that no segment explains.
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
    has_purchases : Series of bool, by customer
        Whether anything is filled in the customer's row.
    last_gain : float
        What the search's last round added, relative to what was at stake; not a number where that is not known.
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
    has_purchases: pd.Series
    last_gain: float = float("nan")

    @property
    def k(self) -> int:
        """Number of segments."""
        return self.customer_scores.shape[1]

    @property
    def n_without_purchases(self) -> int:
        """Customers without any purchase; they belong to no segment."""
        return int((~self.has_purchases).sum())

    @property
    def n_outside(self) -> int:
        """Customers with purchases that no segment explains: only few others bought the same."""
        return int((self.assignment.isna() & self.has_purchases).sum())

    @property
    def n_mixed(self) -> int:
        """Customers between two segments."""
        return int(self.mixed_with.notna().sum())

    def warnings(self) -> tuple[str, ...]:
        """What a reader must know before trusting the numbers, in plain sentences."""
        said = []
        if not self.converged:
            said.append(
                f"The search stopped after {count(self.iterations)} rounds before it came to rest{gained(self.last_gain)}."
            )
        for segment in self.dead:
            said.append(
                f"Segment {segment} is empty: it explains nothing. Fewer segments would say the same."
            )
        if self.n_outside:
            row = "customer" if self.row_kind == "customer" else "basket"
            held = "bought" if row == "customer" else "holds" if self.n_outside == 1 else "hold"
            end = "it is" if row == "basket" and self.n_outside == 1 else "they are"
            said.append(f"{plural(self.n_outside, row)} {held} only what no segment explains: {end} in none.")
        if self.stability is not None:
            shaky = [str(s) for s in self.stability.index[self.stability < 0.8] if s not in self.dead]
            if shaky:
                said.append(
                    f"Segment{'s' if len(shaky) > 1 else ''} {', '.join(shaky)} may not come back with other "
                    f"{'customers' if self.row_kind == 'customer' else 'baskets'}: treat with care."
                )
        return tuple(said)


def segment(
    matrix: PurchaseMatrix,
    k: int | None = None,
    *,
    spec: NMFSpec | None = None,
    fit: Factorization | None = None,
    start: pd.DataFrame | None = None,
    resamples: int = 0,
    **choices: Any,
) -> Segmentation:
    """Find k segments of customers and of products, and follow them until nothing moves any more.

    Parameters
    ----------
    k : int
        Number of segments; or give ``spec`` with every choice, or a ``fit`` a sweep has already made.
    start : DataFrame, products × segments, optional
        Product scores of a previous run to go on from, with initialisation "custom". Products are found by label, and
        segments keep their numbers.
    resamples : int
        Resamples of 80 % of the customers behind ``stability`` and ``agreement``; 0 leaves both out.
    **choices
        Fields of :class:`NMFSpec`: ``loss``, ``initialisation``, ``restarts``, ``seed`` …

    Raises
    ------
    SpecError, NotEnoughData
        The choices cannot work on this matrix.
    """
    wanted = fit.spec if fit is not None else spec or NMFSpec(k=k, **choices)  # type: ignore[arg-type]  # no k is refused there
    return finished(segmenting(matrix, wanted, fit=fit, start=start, resamples=resamples))


def segmenting(
    matrix: PurchaseMatrix,
    spec: NMFSpec,
    *,
    fit: Factorization | None = None,
    start: pd.DataFrame | None = None,
    resamples: int = 0,
) -> Generator[Step, None, Segmentation]:
    """:func:`segment` step by step: after the fit and after each resample; returns the Segmentation."""
    yield Step(0.02, "Finding segments")
    if fit is None:
        previous = None if start is None else aligned_start(start, matrix.products)
        fit = factorize(matrix.values, at_rest(spec), start=previous)
    order = _by_size(fit) if start is None else np.arange(fit.spec.k)
    w, h = fit.w[:, order], fit.h[order]
    bases: list[np.ndarray] = []
    for basis in resampled_bases(matrix.values, fit.spec, h, resamples):
        bases.append(basis)
        yield Step(len(bases) / (resamples + 1), "Checking that the same segments come back")
    return _labelled(matrix, fit, w, h, bases, order)


def _by_size(fit: Factorization) -> np.ndarray:
    """Components by number of customers, then by mass, largest first."""
    segments = assign(fit.w)
    sizes = np.bincount(segments[segments >= 0], minlength=fit.w.shape[1])
    return np.lexsort((-fit.w.sum(axis=0), -sizes))


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
    own, product_own = assign(w), assign(h.T, priority=-np.arange(len(h)))
    agree = None
    if bases:
        agree = pd.Series(agreement(matrix.values, bases, own, fit.spec.loss), matrix.customers)
    measured = stability_of(bases)
    position = {component: place + 1 for place, component in enumerate(order)}
    return Segmentation(
        customer_scores=pd.DataFrame(w, matrix.customers, numbers),
        product_scores=pd.DataFrame(h.T, matrix.products, numbers),
        shares=pd.DataFrame(shares, matrix.customers, numbers),
        assignment=_numbered(own, matrix.customers),
        mixed_with=_mixed_with(shares, own, matrix.customers, agree),
        agreement=agree,
        sizes=pd.Series(np.bincount(own[own >= 0], minlength=len(h)), numbers, name="customers"),
        product_shares=pd.DataFrame(product_shares, matrix.products, numbers),
        product_assignment=_numbered(product_own, matrix.products),
        stability=pd.Series(measured.per_segment, numbers) if measured else None,
        error=fit.error,
        explained_share=fit.explained_share,
        iterations=fit.iterations,
        converged=fit.converged,
        dead=tuple(sorted(position[j] for j in fit.dead)),
        spec=fit.spec,
        matrix_digest=matrix.digest,
        row_kind=matrix.row_kind,
        has_purchases=pd.Series(matrix.products_per_customer > 0, matrix.customers, name="has purchases"),
        last_gain=fit.last_gain,
    )


def _numbered(components: np.ndarray, labels: pd.Index) -> pd.Series:
    """Components from 0 as segment numbers from 1; missing where there is none."""
    numbers = pd.Series(pd.array(components + 1, dtype="Int64"), labels, name="segment")
    return numbers.where(components >= 0)


def _mixed_with(shares: np.ndarray, own: np.ndarray, labels: pd.Index, agree: pd.Series | None) -> pd.Series:
    """The second segment where the first hardly leads, or where resamples disagree (README, "Who is mixed")."""
    if shares.shape[1] < 2:
        return _numbered(np.full(len(labels), -1), labels).rename("mixed with")
    others = shares.copy()
    others[np.arange(len(own)), own] = -1.0  # a row without a segment has no share to look at either
    runner_up = others.argmax(axis=1)
    first, second = shares.max(axis=1), others.max(axis=1)
    between = (own >= 0) & (first < MIXED_MARGIN * second)
    if agree is not None:
        between |= (own >= 0) & (agree.to_numpy() < MIXED_AGREEMENT) & (second > 0)
    return _numbered(np.where(between, runner_up, -1), labels).rename("mixed with")


def describe_assignment(
    segmentation: Segmentation, names: dict[int, str], at: np.ndarray | slice = slice(None)
) -> pd.Series:
    """Each customer's segment in words: a name, "between A and B", "in no segment", or "no purchases".

    ``at`` are the positions of the customers asked for; all of them where absent.
    """
    own, other = segmentation.assignment.iloc[at], segmentation.mixed_with.iloc[at]
    named = own.map(names).astype("object")
    between = other.notna()
    second = other.map(names)
    named[between] = "between " + named[between].astype(str) + " and " + second[between].astype(str)
    named[own.isna()] = "in no segment"
    return named.where(segmentation.has_purchases.iloc[at], "no purchases").rename("segment")
