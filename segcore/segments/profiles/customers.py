"""One customer: what was bought, which purchases speak for which segment, who is most like this customer."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segcore.matrix import PurchaseMatrix
from segcore.purchases import Purchases
from segcore.purchases.levels import level_codes
from segcore.segments.segmentation import Segmentation

CLOSEST_LOOKED_AT = 400


def find_customers(purchases: Purchases, customers: pd.Index, text: str, most: int = 20) -> list[str]:
    """Customers whose id or name holds this text, exact ones first, then those that begin with it."""
    wanted = " ".join(text.split()).casefold()
    if not wanted:
        return []
    ids = customers.astype(str).str.casefold()
    holds = np.asarray(ids.str.contains(wanted, regex=False))
    begins, exact = np.asarray(ids.str.startswith(wanted)), np.asarray(ids == wanted)
    if purchases.has_customer_names:
        names = pd.Index(purchases.customer_name(customers)).str.casefold()
        holds |= np.asarray(names.str.contains(wanted, regex=False))
        begins |= np.asarray(names.str.startswith(wanted))
        exact |= np.asarray(names == wanted)
    at = np.flatnonzero(holds)
    order = np.lexsort((at, ~begins[at], ~exact[at]))
    return [str(customers[i]) for i in at[order[:most]]]


def purchases_of(purchases: Purchases, customer: str, level: str) -> pd.DataFrame:
    """What a customer bought at a level.

    Returns
    -------
    DataFrame, by product
        ``lines`` and, where the file has them, ``orders``, ``quantity``, ``money``, ``last`` (date); what was bought most
        often first.
    """
    code = purchases.customers.get_loc(customer)
    column = purchases.lines["customer"].to_numpy()
    first, last = np.searchsorted(column, [code, code + 1])
    lines = purchases.lines.iloc[first:last]
    codes, labels = level_codes(purchases, level)
    by = lines.groupby(labels[codes[lines["product"].to_numpy()]])
    found = {"lines": by.size()}
    if purchases.has("order"):
        found["orders"] = by["order"].nunique()
    for source, name in (("quantity", "quantity"), ("amount", "money")):
        if purchases.has(source):
            found[name] = by[source].sum()
    if purchases.has("date"):
        found["last"] = by["date"].max()
    table = pd.DataFrame(found)
    table.index.name = level
    return table.sort_values("lines", ascending=False, kind="stable")


def speaks_for(matrix: PurchaseMatrix, segmentation: Segmentation, customer: str) -> pd.DataFrame:
    """Which segment each purchase of a customer speaks for.

    What the segments reproduce of a product is a sum over segments, score × product score: the largest part says which
    segment the product speaks for.

    Returns
    -------
    DataFrame, by product
        ``segment``, ``part`` (0..1) of what is reproduced, ``weight`` (how much is reproduced); most first. A product
        that no segment of the customer reproduces is missing.
    """
    at = matrix.customers.get_loc(customer)
    bought = matrix.values[at].indices
    w = segmentation.customer_scores.to_numpy()[at]
    parts = w[None, :] * segmentation.product_scores.to_numpy()[bought]
    weight = parts.sum(axis=1)
    live = weight > 0
    numbers = segmentation.product_scores.columns.to_numpy()
    table = pd.DataFrame(
        {
            "segment": numbers[parts[live].argmax(axis=1)] if live.any() else np.zeros(0, dtype=int),
            "part": parts[live].max(axis=1, initial=0.0) / weight[live],
            "weight": weight[live],
        },
        index=matrix.products[bought[live]],
    )
    return table.sort_values("weight", ascending=False, kind="stable")


def nearest(matrix: PurchaseMatrix, segmentation: Segmentation, customer: str, n: int = 5) -> pd.DataFrame:
    """The customers most like one: alike in shares, then in what they bought.

    Returns
    -------
    DataFrame, by customer
        ``likeness`` (cosine of shares), ``same`` (products both bought), ``products`` (bought by the other).
    """
    at = matrix.customers.get_loc(customer)
    shares = segmentation.shares.to_numpy()
    norm = np.linalg.norm(shares, axis=1)
    cosine = np.divide(
        shares @ shares[at], norm * norm[at], out=np.zeros(len(shares)), where=norm * norm[at] > 0
    )
    cosine[at] = -1.0
    few = min(CLOSEST_LOOKED_AT, len(cosine) - 1)
    if few < 1:
        return pd.DataFrame(columns=["likeness", "same", "products"])
    near = np.sort(np.argpartition(-cosine, few - 1)[:few])
    same = np.asarray(matrix.bought[near] @ matrix.bought[at].T.toarray()).ravel()
    either = matrix.products_per_customer[near] + matrix.products_per_customer[at] - same
    rank = np.round(cosine[near], 3) + same / np.maximum(either, 1)
    order = np.argsort(-rank, kind="stable")[:n]
    return pd.DataFrame(
        {
            "likeness": cosine[near][order],
            "same": same[order].astype("int64"),
            "products": matrix.products_per_customer[near][order],
        },
        index=matrix.customers[near[order]],
    )
