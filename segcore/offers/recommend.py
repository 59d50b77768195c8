"""The next offer for a customer, for a basket, for everybody."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.choices.offers import OfferSpec
from segcore.errors import SpecError
from segcore.matrix import PurchaseMatrix
from segcore.offers.blocked import blocked_pairs
from segcore.offers.chance import Chance
from segcore.offers.learned import Learned, learn
from segcore.offers.reasons import Reasons
from segcore.offers.score import best, block_out, blocks, score
from segcore.progress import Step
from segcore.segments import Segmentation


def next_offers(
    matrix: PurchaseMatrix,
    segmentation: Segmentation,
    customer: str | None = None,
    *,
    basket: Sequence[str] | None = None,
    spec: OfferSpec | None = None,
    learned: Learned | None = None,
    chance: Chance | None = None,
    worth: np.ndarray | None = None,
    blocked: sparse.csr_matrix | None = None,
    names: Mapping[int, str] | None = None,
) -> pd.DataFrame:
    """What to offer next to one customer, or to somebody with this basket.

    Parameters
    ----------
    customer : str
        A label of the matrix's customers; or give ``basket``, labels of products.
    learned : Learned, optional
        What ``learn(matrix, segmentation)`` gives; made here where it is left out.
    chance : Chance, optional
        From a back-test, for the column ``chance``.
    worth : ndarray, optional
        What a sale of each product of ``learned`` counts, see :func:`worth_of`; needs ``chance``.
    blocked : csr_matrix, optional
        Pairs not to offer, see :func:`blocked_pairs`; what was bought, where it is left out.
    names : mapping, optional
        Segment number to name, for the reasons.

    Returns
    -------
    DataFrame, indexed by rank from 1
        ``product``, ``score`` (comparable within the customer only), ``chance`` (NaN without a back-test), ``why``.

    Raises
    ------
    SpecError
        An unknown customer or product, or neither customer nor basket.
    """
    spec = spec or OfferSpec()
    learned = learned or learn(matrix, segmentation)
    row = _row(matrix, segmentation, learned, customer, basket)
    if blocked is not None and customer is not None:
        taken = learned.columns(blocked[matrix.customers.get_loc(customer)])
    else:
        taken = sparse.csr_matrix(row.bought.shape) if spec.offer_bought else row.bought
    offers, scores, chances = rank_block(learned, spec, row, taken, chance, worth)
    places = offers[0][offers[0] >= 0]
    why = Reasons(learned, spec.scorer, names or {}, matrix.spec.level, matrix.row_word)
    return pd.DataFrame(
        {
            "product": learned.products[places].to_numpy(),
            "score": scores[0, places],
            "chance": chances[0, places] if chances is not None else np.full(len(places), np.nan),
            "why": [why.why(row.bought.indices, row.w[0], int(place)) for place in places],
        },
        index=pd.RangeIndex(1, len(places) + 1, name="rank"),
    )


@dataclass(frozen=True, eq=False)
class Rows:
    """Some customers as scorers see them: 0/1 purchases over the products of a ``Learned``, and their scores W."""

    bought: sparse.csr_matrix
    w: np.ndarray


def _row(
    matrix: PurchaseMatrix,
    segmentation: Segmentation,
    learned: Learned,
    customer: str | None,
    basket: Sequence[str] | None,
) -> Rows:
    if customer is not None:
        if customer not in matrix.customers:
            raise SpecError(
                f"“{customer}” is not among the {matrix.row_word}.", remedy="Choose one from the list."
            )
        at = matrix.customers.get_loc(customer)
        w = segmentation.customer_scores.iloc[[at]].to_numpy()
        return Rows(learned.columns(matrix.bought[at]).tocsr(), w)
    if basket is None:
        raise SpecError("Nobody to make an offer to.", remedy="Give a customer or a basket.")
    places = learned.products.get_indexer(list(dict.fromkeys(map(str, basket))))
    known = np.sort(places[places >= 0])
    if len(known) < len(places):
        unknown = next(
            str(p) for p, at in zip(dict.fromkeys(map(str, basket)), places, strict=True) if at < 0
        )
        raise SpecError(
            f"“{unknown}” is not a product that can be offered.", remedy="Choose one from the list."
        )
    bought = sparse.csr_matrix(
        (np.ones(len(known)), known, np.array([0, len(known)])), shape=(1, len(learned.products))
    )
    return Rows(bought, learned.tastes_of(bought))


def rank_block(
    learned: Learned,
    spec: OfferSpec,
    rows: Rows,
    taken: sparse.csr_matrix,
    chance: Chance | None = None,
    worth: np.ndarray | None = None,
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Offers of a block of customers: positions (rows, n) with −1 where nothing is left, scores, chances.

    ``-inf`` in the scores marks what must not be offered.
    """
    scores = score(learned, spec.scorer, rows.bought, rows.w)
    chances = chance.of(scores, learned, rows.bought) if chance is not None else None
    ranked = scores
    if worth is not None and chances is not None:
        ranked = chances * worth[None, :]
    elif worth is not None:
        raise SpecError(
            "Money needs a chance to be multiplied with, and there is no back-test yet.",
            remedy="Wait for the back-test, or rank by chance.",
        )
    ranked = ranked.copy()
    block_out(ranked, taken)
    if spec.left_out:
        ranked[:, learned.products.isin(spec.left_out)] = -np.inf
    offers = best(ranked, learned, spec.n)
    if chances is not None and worth is None:
        # The score says which n; among these the likelier comes first, so that order and chance agree.
        picked = np.where(offers >= 0, np.take_along_axis(chances, np.maximum(offers, 0), axis=1), -1.0)
        offers = np.take_along_axis(offers, np.argsort(-picked, axis=1, kind="stable"), axis=1)
    scores[~np.isfinite(ranked)] = -np.inf
    return offers, scores, chances


_SUMS = ("open", "first", "among", "expected", "variance")
_WHOLE = 3  # of them are counts


@dataclass(frozen=True, eq=False)
class Everyone:
    """Offers of all customers, and what they add up to in each segment.

    Attributes
    ----------
    offers : int32 array, (customers, n)
        Positions in ``products``; −1 where nothing is left to offer.
    chances : float32 array, (customers, n)
        NaN without a back-test.
    by_segment : DataFrame, one row a segment × product
        ``segment``, ``product``, ``open`` (customers of the segment it can be offered to), ``first`` (customers
        whose first offer it is), ``among`` (whose n offers hold it), ``expected`` and ``variance`` (sums of chance,
        and of chance × (1 − chance), over the latter), ``buyers`` and ``size`` (customers of the segment who bought
        it, and all), ``buyers_all``.
    """

    customers: pd.Index
    products: pd.Index
    offers: np.ndarray
    chances: np.ndarray
    by_segment: pd.DataFrame
    spec: OfferSpec
    matrix_digest: str


def offering(
    matrix: PurchaseMatrix,
    segmentation: Segmentation,
    learned: Learned,
    spec: OfferSpec,
    chance: Chance | None = None,
    worth: np.ndarray | None = None,
    blocked: sparse.csr_matrix | None = None,
) -> Generator[Step, None, Everyone]:
    """Offers of everybody, a block of customers at a time."""
    taken = learned.columns(blocked_pairs(matrix, spec) if blocked is None else blocked)
    bought, w = learned.columns(matrix.bought), segmentation.customer_scores.to_numpy()
    own = segmentation.assignment.fillna(0).to_numpy(dtype=int)
    n, p, k = matrix.shape[0], len(learned.products), segmentation.k
    offers = np.full((n, min(spec.n, p)), -1, dtype=np.int32)
    chances = np.full(offers.shape, np.nan, dtype=np.float32)
    sums = np.zeros((5, k + 1, p))  # in the order of _SUMS
    for block in blocks(n, p):
        yield Step(0.05 + 0.9 * block.start / max(n, 1), "Ranking offers for everybody")
        some = Rows(bought[block], w[block])
        places, scores, chosen = rank_block(learned, spec, some, taken[block], chance, worth)
        offers[block, : places.shape[1]] = places
        if chosen is not None:
            picked = np.take_along_axis(chosen, np.maximum(places, 0), axis=1)
            chances[block] = np.where(places >= 0, picked, np.nan)
        _add_up(sums, own[block], np.isfinite(scores), chosen, places)
    table = _segment_table(sums, learned, segmentation)
    return Everyone(matrix.customers, learned.products, offers, chances, table, spec, matrix.digest)


def _add_up(
    sums: np.ndarray, own: np.ndarray, is_open: np.ndarray, chances: np.ndarray | None, places: np.ndarray
) -> None:
    """Add a block to the sums of each segment; row 0 takes those in none."""
    member = sparse.csr_matrix(
        (np.ones(len(own)), (own, np.arange(len(own)))), shape=(sums.shape[1], len(own))
    )
    sums[0] += member @ is_open
    for place in range(places.shape[1]):
        row = np.flatnonzero(places[:, place] >= 0)
        cell = (own[row], places[row, place])
        np.add.at(sums[2], cell, 1.0)
        if place == 0:
            np.add.at(sums[1], cell, 1.0)
        if chances is not None:
            chance = chances[row, places[row, place]]
            np.add.at(sums[3], cell, chance)
            np.add.at(sums[4], cell, chance * (1 - chance))


def _segment_table(sums: np.ndarray, learned: Learned, segmentation: Segmentation) -> pd.DataFrame:
    k, p = segmentation.k, len(learned.products)
    columns: dict[str, np.ndarray] = {
        "segment": np.repeat(segmentation.sizes.index.to_numpy(), p),
        "product": np.tile(learned.products.to_numpy(), k),
    }
    columns |= {
        name: sums[at, 1:].ravel().astype("int64") if at < _WHOLE else sums[at, 1:].ravel()
        for at, name in enumerate(_SUMS)
    }
    columns |= {
        "buyers": learned.segment_buyers.ravel(),
        "size": np.repeat(learned.segment_sizes, p),
        "buyers_all": np.tile(learned.buyers, k),
    }
    return pd.DataFrame(columns)
