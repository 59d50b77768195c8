"""A segment's card: what it buys more and less of with how sure that is, and an action that follows from the numbers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.matrix import PurchaseMatrix
from segcore.segments.profiles.products import avoided_products, distinctive_products
from segcore.segments.profiles.significance import Evidence
from segcore.segments.segmentation import Segmentation

SURE, DEFINES, MAYBE, UNTESTED = "beyond chance", "defines them", "could be chance", "not tested"
HALF = 0.5
NOTICEABLE = 110.0  # a smaller index is not worth telling, however sure it is; 90 on the other side
PLAINLY = 150.0  # index from which a product makes a segment where everybody buys everything
STEADY = 0.8
FEWEST_READY, READY_SHARE = 5, 0.03
RICHER, POORER = 1.25, 0.8
MANY_MIXED = 0.25


def bought_more(profile: pd.DataFrame, segment: int, evidence: Evidence | None, n: int) -> pd.DataFrame:
    """The n most relevant products a segment buys noticeably more of, with ``sure``: how sure that is."""
    worth = profile[profile["index"] >= NOTICEABLE]
    full = _parts_of_a_whole(profile[profile["segment"] == segment])
    return _marked(distinctive_products(worth, segment, n), segment, evidence, more=True, full=full)


def _parts_of_a_whole(rows: pd.DataFrame) -> bool:
    """Whether the shares are parts of what is spent; shares of buyers add up to one too where each bought one product."""
    of_buyers = np.allclose(rows["share"] * rows["buyers"].sum(), rows["buyers"])
    return bool(np.isclose(rows["share"].sum(), 1.0)) and not of_buyers


def bought_less(profile: pd.DataFrame, segment: int, evidence: Evidence | None, n: int) -> pd.DataFrame:
    """The n well-known products a segment most clearly buys less of, with ``sure``."""
    rows = avoided_products(profile, segment, n)
    return _marked(rows[rows["index"] <= 200 - NOTICEABLE], segment, evidence, more=False)


def _marked(
    rows: pd.DataFrame, segment: int, evidence: Evidence | None, *, more: bool, full: bool = False
) -> pd.DataFrame:
    if evidence is None:
        return rows.assign(sure="")
    sure = set(evidence.more(segment) if more else evidence.less(segment))
    open_ = set(evidence.defining(segment))
    # The segment does not exist without these: it is made of those that half of it bought, or spends far more on.
    made_of = rows["index"] >= PLAINLY if full else rows["share"] >= HALF
    marks = [
        SURE if product in sure else MAYBE if product not in open_ else DEFINES if core else UNTESTED
        for product, core in zip(rows["product"], made_of, strict=True)
    ]
    return rows.assign(sure=np.array(marks, dtype=object))


def sure_products(rows: pd.DataFrame) -> pd.DataFrame:
    """Those of a list that may be said aloud; all of it while nothing has been tested."""
    return rows[rows["sure"].isin((SURE, DEFINES, ""))]


def setting_apart(rows: pd.DataFrame) -> pd.DataFrame:
    """The one product of a list that tells a segment from the others best: many of them bought it, few others did."""
    said = sure_products(rows)
    told = said["share"] * np.log(np.maximum(said["index"], 1e-9) / 100)
    return said.loc[told.nlargest(1).index]


def taste_mix(segmentation: Segmentation) -> pd.DataFrame:
    """How the customers of each segment divide over all segments: mean shares, segments × segments, rows sum to 1."""
    own = segmentation.assignment
    known = own.notna()
    means = segmentation.shares[known].groupby(own[known].astype(int)).mean()
    return means.reindex(segmentation.sizes.index).fillna(0.0)


def typical_customers(
    matrix: PurchaseMatrix, segmentation: Segmentation, segment: int, n: int = 3
) -> list[str]:
    """The n customers who show a segment best: clearly of it, with many products that belong to it."""
    inside = (segmentation.assignment == segment).fillna(False) & segmentation.mixed_with.isna()
    at = np.flatnonzero(inside.to_numpy())
    if not len(at):
        return []
    share = segmentation.shares[segment].to_numpy()[at]
    worth = share * np.log1p(matrix.products_per_customer[at])
    return [str(matrix.customers[i]) for i in at[np.argsort(-worth, kind="stable")[:n]]]


@dataclass(frozen=True)
class Action:
    """What to do with a segment, and the numbers it follows from, as keys and values a sentence is made of.

    ``kind`` is one of "shaky", "offer", "keep", "grow", "spare", "nothing", "bridge", "lead".
    """

    kind: str
    group: str = ""
    customers: int = 0
    amount: float | None = None
    each: float | None = None
    share: float = 0.0
    share_all: float = 0.0
    buyers: int = 0
    index: float = 0.0


def buys_less(row: pd.Series) -> bool:
    """Whether a segment holds clearly fewer products a customer than everybody does."""
    return bool(row["products_each"] <= POORER * row["products_all"])


def suggested(
    row: pd.Series,
    segment: int,
    segmentation: Segmentation,
    headroom: pd.DataFrame,
    more: pd.DataFrame,
    less: pd.DataFrame | None = None,
) -> Action:
    """The first of these that the numbers support.

    Not steady: do not build on it. Customers whose taste expects a group of products that their segment noticeably
    buys more of and they do not: offer it. Much money for its size: keep; little, or few products: grow. Only
    less of something is sure: spare them that. Nothing is: treat like everybody. Many between two: a bridge. Else lead with what sets them apart.

    Parameters
    ----------
    row : Series
        The segment's row of :func:`segcore.segments.profiles.segment_summary`.
    more, less : DataFrame
        From :func:`bought_more` and :func:`bought_less`.
    """
    stability = segmentation.stability
    if stability is not None and stability[segment] < STEADY:
        return Action("shaky", amount=float(stability[segment]))
    size, sure = int(row["customers"]), len(sure_products(more)) > 0
    ready = headroom.iloc[:0]
    if segmentation.row_kind == "customer" and sure and len(headroom):
        ready = headroom[(headroom["segment"] == segment) & (headroom["index"] >= NOTICEABLE)]
    if len(ready) and ready["customers"].iloc[0] >= max(FEWEST_READY, READY_SHARE * size):
        first = ready.iloc[0]
        known = "amount" in first and np.isfinite(first["amount"]) and first["amount"] > 0
        return Action(
            "offer", str(first["group"]), int(first["customers"]),
            float(first["amount"]) if known else None, float(first["each"]) if known else None,
            buyers=int(first["buyers"]), index=float(first["index"]),
        )  # fmt: skip
    if "amount_share" in row and row["share"] > 0:
        worth = row["amount_share"] / row["share"]
        if worth >= RICHER or worth <= POORER:
            return Action("keep" if worth >= RICHER else "grow", amount=float(row["amount_each"]))
    elif not sure and buys_less(row):
        return Action("grow")
    if not sure:
        return _spare(less)
    if row["mixed"] >= MANY_MIXED * size:
        return Action("bridge", customers=int(row["mixed"]))
    first = setting_apart(more).iloc[0]
    return Action(
        "lead",
        str(first["product"]),
        int(first["buyers"]),
        share=float(first["share"]),
        share_all=float(first["share_all"]),
    )


def _spare(less: pd.DataFrame | None) -> Action:
    """Where nothing is surely bought more: what is surely bought less, if anything."""
    if less is None or not len(surely := sure_products(less)):
        return Action("nothing")
    first = surely.iloc[0]
    return Action(
        "spare",
        str(first["product"]),
        int(first["buyers"]),
        share=float(first["share"]),
        share_all=float(first["share_all"]),
    )
