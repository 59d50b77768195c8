"""One basket on the screen: its segments, how well they describe it, and what is missing from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.factorization import assign
from segcore.matrix.weighting import volume_of
from segcore.purchases import Purchases
from segcore.purchases.cells import Cells
from segcore.purchases.levels import level_cells, level_codes
from segcore.segments import MIXED_MARGIN, shares_of
from segcore.whatif.fixed_model import Frozen, fit_of

OFFERS = 5


@dataclass(frozen=True, eq=False)
class BasketAnswer:
    """What the segments say to a basket.

    Attributes
    ----------
    shares : Series by segment
        How the basket divides over the segments, summing to 1; all 0 for an empty basket.
    segment : int or None
        The largest share; None where no segment explains anything of it.
    mixed_with : int or None
        The second segment, where the first hardly leads.
    fit : float
        Part of the basket that the segments reproduce, 0..1.
    expected : Series by product
        Purchases the segments expect of whoever has this basket; 1 is one usual purchase.
    offers : DataFrame, indexed by product
        What is expected most and not in the basket, best first: ``expected``, ``segment`` (the one that expects it
        most) and ``part`` of the expectation that comes from it.
    """

    products: tuple[str, ...]
    shares: pd.Series
    segment: int | None
    mixed_with: int | None
    fit: float
    expected: pd.Series
    offers: pd.DataFrame

    @property
    def is_mixed(self) -> bool:
        """Whether it stands between two segments."""
        return self.mixed_with is not None


def basket_of(
    frozen: Frozen,
    products: Mapping[str, float | None] | list[str] | tuple[str, ...],
    *,
    offers: int = OFFERS,
) -> BasketAnswer:
    """Answer a basket by exact projection on the frozen tastes.

    Parameters
    ----------
    products : mapping or sequence of str
        Labels at the level; as a mapping, with how much of each (pieces or money, whatever the weighting counts), None
        for as much as is usual. Products the segments do not know are left out.
    """
    given = dict(products) if isinstance(products, Mapping) else dict.fromkeys(products)
    known = {name: volume for name, volume in given.items() if name in frozen.products}
    values = frozen.values(_cells(frozen, known))
    scores = frozen.scores(values)
    shares = shares_of(scores)[0]
    own = int(assign(scores, frozen.priority)[0])
    second = _second(shares, own)
    expected = _expected(frozen, scores[0])
    return BasketAnswer(
        products=tuple(known),
        shares=pd.Series(shares, frozen.segments, name="share"),
        segment=None if own < 0 else int(frozen.segments[own]),
        mixed_with=None if second < 0 else int(frozen.segments[second]),
        fit=float(np.nan_to_num(fit_of(values, scores, frozen.basis)[0])),
        expected=expected,
        offers=_offers(frozen, scores[0], expected, list(known), offers),
    )


def purchases_of(frozen: Frozen, purchases: Purchases, customer: str) -> dict[str, float]:
    """What a real customer bought of the products that count, with how much of each, largest first.

    Raises
    ------
    KeyError
        There is no such customer.
    """
    codes = int(purchases.customers.get_loc(customer))
    _, labels = level_codes(purchases, frozen.spec.level)
    cells = level_cells(purchases, frozen.spec.level, (frozen.spec.date_from, frozen.spec.date_to))
    own = slice(int(cells.indptr[codes]), int(cells.indptr[codes + 1]))
    volume = volume_of(cells, frozen.spec.weighting)[own]
    bought = {str(name): float(much) for name, much in zip(labels[cells.indices[own]], volume, strict=True)}
    kept = {name: much for name, much in bought.items() if name in frozen.products}
    return dict(sorted(kept.items(), key=lambda pair: -pair[1]))


def _cells(frozen: Frozen, basket: Mapping[str, float | None]) -> Cells:
    """The basket as one customer's cells; pieces and money alike hold the volume the weighting counts."""
    places = frozen.products.get_indexer(pd.Index(list(basket), dtype=frozen.products.dtype))
    usual = frozen.usual.volume[places]
    volume = np.array(
        [typical if much is None else much for much, typical in zip(basket.values(), usual, strict=True)],
        dtype=np.float64,
    )
    return Cells(
        np.array([0, len(places)]), places.astype(np.int32), (1, len(frozen.products)),
        np.ones(len(places)), None, volume, volume,
    )  # fmt: skip


def _expected(frozen: Frozen, scores: np.ndarray) -> pd.Series:
    """Weighted purchases expected of each product, over what one usual purchase of it weighs."""
    return pd.Series((scores @ frozen.basis) / _one_purchase(frozen), frozen.products, name="expected")


def _one_purchase(frozen: Frozen) -> np.ndarray:
    """What a usual purchase of every product weighs, each alone in a basket."""
    p = len(frozen.products)
    alone = Cells(
        np.arange(p + 1), np.arange(p, dtype=np.int32), (p, p), np.ones(p), None,
        frozen.usual.volume, frozen.usual.volume,
    )  # fmt: skip
    return np.maximum(frozen.values(alone).diagonal(), 1e-12)


def _offers(
    frozen: Frozen, scores: np.ndarray, expected: pd.Series, basket: list[str], most: int
) -> pd.DataFrame:
    free = expected[(expected > 1e-12) & ~expected.index.isin(basket)]
    best = free.nlargest(most, keep="first")
    places = frozen.products.get_indexer(best.index)
    made = scores[:, None] * frozen.basis[:, places]
    strongest = made.argmax(axis=0)
    part = made.max(axis=0) / np.maximum(made.sum(axis=0), 1e-300)
    return pd.DataFrame(
        {"expected": best.to_numpy(), "segment": frozen.segments[strongest].to_numpy(), "part": part},
        index=best.index.rename("product"),
    )


def _second(shares: np.ndarray, own: int) -> int:
    if own < 0 or len(shares) < 2:
        return -1
    others = shares.copy()
    others[own] = -1.0
    second = int(others.argmax())
    return second if shares[own] < MIXED_MARGIN * shares[second] else -1
