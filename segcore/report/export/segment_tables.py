"""The tables of a segmentation as they are shown and sent: every customer, every product, every profile, in words."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from segcore.matrix import PurchaseMatrix
from segcore.purchases import Purchases
from segcore.segments import Segmentation, describe_assignment

NAME = "Name"
DIGITS = 6  # of a share; further ones differ from processor to processor, and a study repeated should give its bytes


def share_columns(names: Mapping[int, str]) -> dict[int, str]:
    """A column name for each segment's shares, which no segment name can make equal to another column."""
    return {number: f"share of {name}" for number, name in names.items()}


def customer_table(
    purchases: Purchases,
    matrix: PurchaseMatrix,
    segmentation: Segmentation,
    names: Mapping[int, str],
    at: np.ndarray | slice = slice(None),
) -> pd.DataFrame:
    """Every customer with the name in the file, the segment in words, products, money and shares.

    ``at`` are the positions of the customers wanted, where not all are: a screen shows few of a million.
    """
    table = segmentation.shares.iloc[at].round(DIGITS).rename(columns=share_columns(names))
    table.insert(0, "segment", describe_assignment(segmentation, dict(names), at))
    table.insert(1, "products", matrix.products_per_customer[at])
    if matrix.customer_amount is not None:
        table.insert(2, "money", matrix.customer_amount[at])
    if purchases.has_customer_names:
        table.insert(0, NAME, purchases.customer_name(table.index))
    return table


def product_table(
    matrix: PurchaseMatrix, segmentation: Segmentation, names: Mapping[int, str]
) -> pd.DataFrame:
    """Every product with its segment, its buyers and its shares."""
    table = segmentation.product_shares.round(DIGITS).rename(columns=share_columns(names))
    home = segmentation.product_assignment.map(names).astype("object").fillna("no purchases")
    table.insert(0, "segment", home)
    table.insert(1, "buyers", matrix.buyers)
    return table


def profile_table(profile: pd.DataFrame, names: Mapping[int, str]) -> pd.DataFrame:
    """What every segment buys, the most relevant first: buyers, shares, index."""
    ordered = profile[profile["buyers"] > 0].sort_values(
        ["segment", "relevance", "product"], ascending=[True, False, True], kind="stable"
    )
    return pd.DataFrame(
        {
            "segment": ordered["segment"].map(names).to_numpy(),
            "product": ordered["product"].to_numpy(),
            "buyers": ordered["buyers"].to_numpy(),
            "buyers in all": ordered["buyers_all"].to_numpy(),
            "share of the segment": ordered["share"].to_numpy(),
            "share of all": ordered["share_all"].to_numpy(),
            "index": ordered["index"].round(1).to_numpy(),
        }
    )
