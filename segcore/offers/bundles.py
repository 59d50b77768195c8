"""Bundles for a segment: products its customers buy together more than chance, whom they reach, what they may bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.errors import SpecError
from segcore.matrix import PurchaseMatrix
from segcore.offers.chance import Chance, buyers_range
from segcore.offers.copurchase import members, propose
from segcore.offers.learned import Learned
from segcore.offers.score import blocks, score
from segcore.purchases import Purchases
from segcore.purchases.levels import level_cells, level_codes
from segcore.segments import Segmentation
from segcore.statistics import fit_margins, joint_counts


@dataclass(frozen=True)
class Bundle:
    """Products to sell together to one segment, in counts of its customers.

    Attributes
    ----------
    size : int
        Customers of the segment.
    all_bought, some_bought : int
        Who bought every product of it, and who bought some but not all: the latter could complete it.
    elsewhere : int
        Customers outside the segment who bought every product.
    sure : bool
        Whether it survives the test against chance; False also for a bundle that somebody put together.
    by_chance : float
        How many would have bought all by chance, with every customer buying as many products and every product as
        often bought in the segment as they are.
    typical_spend : float or None
        Median money that those who bought all of it spent on it; None without amounts or buyers.
    expected, low, high : float, int, int
        Purchases of a missing product among those who bought some, and the 95 % range; 0 without a back-test.
    money_low, money_high : float or None
        The range at usual prices; None without amounts or a back-test.
    """

    segment: int
    products: tuple[str, ...]
    size: int
    all_bought: int
    some_bought: int
    elsewhere: int
    by_chance: float
    sure: bool = False
    typical_spend: float | None = None
    expected: float = 0.0
    low: int = 0
    high: int = 0
    money_low: float | None = None
    money_high: float | None = None


def audience(
    matrix: PurchaseMatrix, segmentation: Segmentation, segment: int, products: Sequence[str]
) -> np.ndarray:
    """Positions of the segment's customers who bought some of the products but not all."""
    rows = members(segmentation, segment)
    number = _bought_of(matrix, products)[rows]
    return rows[(number > 0) & (number < len(products))]


def _bought_of(matrix: PurchaseMatrix, products: Sequence[str]) -> np.ndarray:
    """How many of the products each customer bought."""
    places = matrix.products.get_indexer(list(products))
    if (places < 0).any() or len(set(products)) < 2:
        raise SpecError("A bundle needs two different products of this level.", remedy="Choose two or more.")
    return np.asarray(matrix.bought[:, places].sum(axis=1)).ravel().astype(int)


def judge_bundle(
    purchases: Purchases,
    matrix: PurchaseMatrix,
    segmentation: Segmentation,
    learned: Learned,
    segment: int,
    products: Sequence[str],
    chance: Chance | None = None,
    prices: pd.Series | None = None,
) -> Bundle:
    """Count a bundle's customers, and what completing it may bring.

    Raises
    ------
    SpecError
        Fewer than two products, or one that is not at this level.
    """
    products = tuple(products)
    number, rows = _bought_of(matrix, products), members(segmentation, segment)
    every = number == len(products)
    inside = np.zeros(len(number), dtype=bool)
    inside[rows] = True
    bundle = Bundle(
        segment=int(segment),
        products=products,
        size=len(rows),
        all_bought=int((every & inside).sum()),
        some_bought=int(((number > 0) & ~every & inside).sum()),
        elsewhere=int((every & ~inside).sum()),
        by_chance=_by_chance(matrix, rows, products),
        typical_spend=_typical_spend(purchases, matrix, np.flatnonzero(every & inside), products),
    )
    if chance is None:
        return bundle
    some = audience(matrix, segmentation, segment, products)
    return _promising(bundle, matrix, segmentation, learned, some, chance, prices)


def _by_chance(matrix: PurchaseMatrix, rows: np.ndarray, products: tuple[str, ...]) -> float:
    """Customers of the segment who would hold all; rows of an exact size are so for two, nearly for more."""
    if not len(rows):
        return 0.0
    at, null = matrix.products.get_indexer(list(products)), fit_margins(matrix.bought[rows])
    if len(at) == 2:
        return float(joint_counts(null, at[:1], at[1:]).expected[0])
    return float(null.strata.rows @ null.strata.chance[:, null.column_class[at]].prod(axis=1))


def _promising(
    bundle: Bundle,
    matrix: PurchaseMatrix,
    segmentation: Segmentation,
    learned: Learned,
    some: np.ndarray,
    chance: Chance,
    prices: pd.Series | None,
) -> Bundle:
    """The bundle with purchases of what is missing, as a range, and the money in it at usual prices."""
    places = learned.products.get_indexer(list(bundle.products))
    places = places[places >= 0]
    bought, w = learned.columns(matrix.bought)[some], segmentation.customer_scores.to_numpy()[some]
    money = None if prices is None else np.nan_to_num(prices.reindex(learned.products[places]).to_numpy())
    expected = variance = value = 0.0
    open_pairs = 0
    for block in blocks(*bought.shape):
        cells = chance.of(score(learned, chance.scorer, bought[block], w[block]), learned, bought[block])[
            :, places
        ]
        missing = np.asarray(bought[block][:, places].todense()) == 0
        cells = np.where(missing, cells, 0.0)
        expected += float(cells.sum())
        variance += float((cells * (1 - cells)).sum())
        open_pairs += int(missing.sum())
        value += 0.0 if money is None else float((cells * money[None, :]).sum())
    low, high = buyers_range(expected, variance, chance, open_pairs)
    each = value / expected if money is not None and expected > 0 else None
    return replace(
        bundle,
        expected=expected,
        low=low,
        high=high,
        money_low=None if each is None else low * each,
        money_high=None if each is None else high * each,
    )


def _typical_spend(
    purchases: Purchases, matrix: PurchaseMatrix, rows: np.ndarray, products: tuple[str, ...]
) -> float | None:
    if not purchases.has("amount") or not len(rows):
        return None
    window = (matrix.spec.date_from, matrix.spec.date_to)
    cells = level_cells(purchases, matrix.spec.level, window)
    columns = level_codes(purchases, matrix.spec.level)[1].get_indexer(list(products))
    customers = purchases.customers.get_indexer(matrix.customers[rows])
    assert cells.amount is not None
    table: sparse.csr_matrix = cells.csr(cells.amount)[customers][:, columns]
    return float(np.median(np.asarray(table.sum(axis=1)).ravel()))


def overlap(audiences: Sequence[np.ndarray]) -> np.ndarray:
    """Customers in every two audiences, int64 (bundles, bundles); the diagonal holds their sizes."""
    return np.array(
        [[len(np.intersect1d(one, other)) for other in audiences] for one in audiences], dtype=np.int64
    )


def bundles_of(
    purchases: Purchases,
    matrix: PurchaseMatrix,
    segmentation: Segmentation,
    learned: Learned,
    segment: int,
    chance: Chance | None = None,
    prices: pd.Series | None = None,
) -> tuple[Bundle, ...]:
    """The proposals for a segment, judged: those that survive chance, else the strongest ones, marked."""
    sure = propose(matrix, segmentation, learned, segment)
    found = sure or propose(matrix, segmentation, learned, segment, level=1.0)
    judged = (
        judge_bundle(purchases, matrix, segmentation, learned, segment, products, chance, prices)
        for products in found
    )
    return tuple(replace(bundle, sure=bool(sure)) for bundle in judged)
