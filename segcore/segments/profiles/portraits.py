"""Portraits: everything a card says of a segment that takes more than a moment to find."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.choices.matrix import MatrixSpec
from segcore.matrix import PurchaseMatrix
from segcore.progress import Step, part_of
from segcore.purchases import Purchases
from segcore.purchases.attributes import as_categories
from segcore.purchases.levels import level_codes
from segcore.segments.profiles.attributes import profile_attributes
from segcore.segments.profiles.potential import MOST_GROUPS, headroom
from segcore.segments.profiles.significance import Evidence, gathering_evidence
from segcore.segments.segmentation import Segmentation

FEWEST_GROUPS, ENOUGH_GROUPS = 3, 60


@dataclass(frozen=True, eq=False)
class Portraits:
    """What is behind the cards of one segmentation.

    Attributes
    ----------
    evidence : Evidence
        What could be chance, for every segment × product.
    attributes : DataFrame
        From :func:`segcore.segments.profiles.attributes.profile_attributes`; empty where customers have no attributes.
    headroom : DataFrame
        From :func:`segcore.segments.profiles.potential.headroom`.
    grouped_by : str
        What the groups in ``headroom`` are: an attribute of the products, or the level itself.
    orders : Series or None
        Orders of every segment's customers, where the file has orders.
    """

    evidence: Evidence
    attributes: pd.DataFrame
    headroom: pd.DataFrame
    grouped_by: str
    orders: pd.Series | None


def painting(
    purchases: Purchases, matrix: PurchaseMatrix, segmentation: Segmentation, parents: pd.DataFrame
) -> Generator[Step, None, Portraits]:
    """Make the portraits step by step.

    Parameters
    ----------
    parents : DataFrame
        Products × the coarser labels they sit under, from :func:`segcore.segments.names.parents_of`.
    """
    evidence = yield from part_of(gathering_evidence(matrix, segmentation), 0.8)
    yield Step(0.85, "Looking at who they are and what they could still buy")
    grouped_by, groups = _groups(matrix, parents)
    inside = purchases.lines[_counted(purchases, matrix.spec)]
    each = _spent_each(purchases, inside, matrix, groups) if purchases.has("amount") else None
    return Portraits(
        evidence,
        profile_attributes(as_categories(purchases), segmentation),
        headroom(matrix, segmentation, groups, each),
        grouped_by,
        _orders(purchases, inside, segmentation),
    )


def _groups(matrix: PurchaseMatrix, parents: pd.DataFrame) -> tuple[str, pd.Series]:
    """The finest label above the products that a person can oversee; failing that the products themselves."""
    counts = {name: parents[name].nunique() for name in parents}
    fitting = [name for name, n in counts.items() if FEWEST_GROUPS <= n <= ENOUGH_GROUPS]
    if fitting:
        chosen = max(fitting, key=counts.__getitem__)
        return str(chosen), parents[chosen]
    most = np.argsort(-matrix.buyers, kind="stable")[:MOST_GROUPS]
    labels = pd.Series(matrix.products.to_numpy(dtype=object), matrix.products)
    return matrix.spec.level, labels.where(np.isin(np.arange(len(labels)), most), "")


def _counted(purchases: Purchases, spec: MatrixSpec) -> np.ndarray:
    """Lines inside the date window."""
    inside = np.ones(purchases.n_lines, dtype=bool)
    if spec.has_window and purchases.has("date"):
        day = purchases.lines["date"]
        if spec.date_from:
            inside &= (day >= pd.Timestamp(spec.date_from)).to_numpy()
        if spec.date_to:
            inside &= (day < pd.Timestamp(spec.date_to) + pd.Timedelta(days=1)).to_numpy()
    return inside


def _spent_each(
    purchases: Purchases, lines: pd.DataFrame, matrix: PurchaseMatrix, groups: pd.Series
) -> pd.Series:
    """Money per buyer of every group."""
    codes, labels = level_codes(purchases, matrix.spec.level)
    of_label = groups.reindex(labels).fillna("").to_numpy(dtype=object)
    group = pd.Series(of_label[codes[lines["product"].to_numpy()]], name="group")
    table = pd.DataFrame(
        {
            "group": group.to_numpy(),
            "customer": lines["customer"].to_numpy(),
            "amount": lines["amount"].to_numpy(),
        }
    )
    by_group = table.groupby("group").agg(amount=("amount", "sum"), buyers=("customer", "nunique"))
    return by_group["amount"] / by_group["buyers"].clip(lower=1)


def _orders(purchases: Purchases, lines: pd.DataFrame, segmentation: Segmentation) -> pd.Series | None:
    """Distinct orders by segment; None without orders, or where an order is the row itself."""
    if not purchases.has("order") or purchases.row_kind != "customer":
        return None
    pairs = lines[["customer", "order"]].drop_duplicates()
    own = segmentation.assignment.reindex(purchases.customers).fillna(0).to_numpy(dtype=int)
    counted = np.bincount(own[pairs["customer"].to_numpy()], minlength=segmentation.k + 1)[1:]
    return pd.Series(counted, segmentation.sizes.index, name="orders")
