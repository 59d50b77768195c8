"""Who gets it: every customer an offer can be made to, the likeliest buyers first, with a cut-off that can be judged."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.choices.offers import OfferSpec
from segcore.errors import SpecError
from segcore.matrix import PurchaseMatrix
from segcore.offers.blocked import blocked_pairs
from segcore.offers.chance import Chance, buyers_range
from segcore.offers.learned import Learned
from segcore.offers.reasons import Reasons
from segcore.offers.score import blocks, score
from segcore.progress import Step
from segcore.segments import Segmentation

HALF = 0.5
REASONS_AT_ONCE = 5_000


@dataclass(frozen=True, eq=False)
class TargetList:
    """Customers for one offer, likeliest buyers first.

    Attributes
    ----------
    product : str
    table : DataFrame, indexed by customer
        ``segment`` (number, 0 for none), ``share`` (of the customer in that segment), ``score``, ``chance`` (NaN
        without a back-test), ``why``.
    buyers : int
        Customers who bought the product already.
    customers : int
        All customers.
    """

    product: str
    table: pd.DataFrame
    buyers: int
    customers: int
    chance: Chance | None
    spec: OfferSpec
    matrix_digest: str


@dataclass(frozen=True)
class Cut:
    """What the first customers of a list promise.

    Attributes
    ----------
    customers : int
        How many are taken, of ``possible``.
    expected : float
        Buyers among them, summed from their chances; ``low`` to ``high`` is the 95 % range.
    reach : float
        Their part of all buyers expected on the whole list.
    """

    customers: int
    possible: int
    expected: float
    low: int
    high: int
    reach: float


def targeting(
    matrix: PurchaseMatrix,
    segmentation: Segmentation,
    learned: Learned,
    product: str,
    spec: OfferSpec,
    *,
    chance: Chance | None = None,
    blocked: sparse.csr_matrix | None = None,
    names: Mapping[int, str] | None = None,
) -> Generator[Step, None, TargetList]:
    """Rank everybody for one offer, a block of customers at a time.

    Raises
    ------
    SpecError
        The product is not among those that can be offered.
    """
    if product not in learned.products:
        raise SpecError(
            f"“{product}” is not a product that can be offered.", remedy="Choose one from the list."
        )
    at = learned.products.get_loc(product)
    taken = learned.columns(blocked_pairs(matrix, spec) if blocked is None else blocked)
    is_open = np.asarray(taken[:, at].todense()).ravel() == 0
    bought, w = learned.columns(matrix.bought), segmentation.customer_scores.to_numpy()
    scores, chances = np.zeros(matrix.shape[0]), np.full(matrix.shape[0], np.nan)
    for block in blocks(*bought.shape):
        yield Step(0.05 + 0.7 * block.start / max(matrix.shape[0], 1), "Ranking customers")
        cells = score(learned, spec.scorer, bought[block], w[block])
        scores[block] = cells[:, at]
        if chance is not None:
            chances[block] = chance.of(cells, learned, bought[block])[:, at]
    key = scores if chance is None else chances
    order = np.flatnonzero(is_open)
    order = order[np.argsort(-key[order], kind="stable")]
    why = Reasons(learned, spec.scorer, names or {}, matrix.spec.level, matrix.row_word)
    said = yield from _reasons(why, bought, w, at, order)
    own = segmentation.assignment.fillna(0).to_numpy(dtype=int)
    shares = segmentation.shares.to_numpy()
    table = pd.DataFrame(
        {
            "segment": own[order],
            "share": shares.max(axis=1)[order] if shares.shape[1] else 0.0,
            "score": scores[order],
            "chance": chances[order],
            "why": said,
        },
        index=matrix.customers[order],
    )
    return TargetList(product, table, int(learned.buyers[at]), matrix.shape[0], chance, spec, matrix.digest)


def _reasons(
    why: Reasons, bought: sparse.csr_matrix, w: np.ndarray, product: int, order: np.ndarray
) -> Generator[Step, None, list[str]]:
    """Why this product for each of these customers, some thousands at a time."""
    said: list[str] = []
    for start in range(0, len(order), REASONS_AT_ONCE):
        yield Step(0.75 + 0.25 * start / len(order), "Writing the reasons")
        some = order[start : start + REASONS_AT_ONCE]
        said += [why.why(_own(bought, row), w[row], product) for row in some]
    return said


def _own(bought: sparse.csr_matrix, row: int) -> np.ndarray:
    return bought.indices[bought.indptr[row] : bought.indptr[row + 1]]


def cut(target: TargetList, customers: int) -> Cut:
    """What the first ``customers`` of the list promise; zeros without a back-test."""
    chances = target.table["chance"].to_numpy()
    n = int(min(max(customers, 0), len(chances)))
    if target.chance is None or not len(chances):
        return Cut(n, len(chances), 0.0, 0, 0, 0.0)
    first = chances[:n]
    expected = float(first.sum())
    low, high = buyers_range(expected, float((first * (1 - first)).sum()), target.chance, n)
    return Cut(n, len(chances), expected, low, high, expected / max(float(chances.sum()), 1e-12))


def suggested_cut(target: TargetList) -> int:
    """Customers that hold half of the buyers expected on the whole list; half of the list without a back-test."""
    chances = target.table["chance"].to_numpy()
    if target.chance is None or not len(chances):
        return (len(chances) + 1) // 2
    return int(np.searchsorted(np.cumsum(chances), HALF * chances.sum()) + 1)
