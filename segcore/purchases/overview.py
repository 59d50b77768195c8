"""The first look at purchases: what sells best, when it was bought, and some lines as they were understood."""

from __future__ import annotations

import numpy as np
import pandas as pd

from segcore.language.words import plural
from segcore.purchases.levels import level_codes
from segcore.purchases.record import Purchases

_DAYS_A_MONTH = 365.25 / 12
_SHORT = 62  # days; below, a span is told in days


def best_sellers(purchases: Purchases, level: str, n: int = 10) -> pd.Series:
    """The n products most customers bought.

    Returns
    -------
    Series
        Customers by product, most first, equal ones in label order; whoever buys twice counts once.
    """
    codes, labels = level_codes(purchases, level)
    product = codes[purchases.lines["product"].to_numpy()].astype(np.int64)
    pairs = np.unique(purchases.lines["customer"].to_numpy().astype(np.int64) * len(labels) + product)
    buyers = pd.Series(np.bincount(pairs % len(labels), minlength=len(labels)), index=labels, name="buyers")
    return buyers.sort_values(ascending=False, kind="stable").head(n)


def lines_by_month(purchases: Purchases) -> pd.Series:
    """Purchase lines in every month from the first to the last, months without any included; empty without dates.

    Returns
    -------
    Series
        Counts, indexed by the first day of the month.
    """
    if purchases.date_span is None:
        return pd.Series(dtype="int64", index=pd.DatetimeIndex([]), name="lines")
    month = purchases.lines["date"].dropna().to_numpy().astype("datetime64[M]")
    first = month.min()
    counts = np.bincount((month - first).astype(np.int64))
    days = (first + np.arange(len(counts))).astype("datetime64[s]")
    return pd.Series(counts, index=pd.DatetimeIndex(days), name="lines")


def span_words(first: pd.Timestamp, last: pd.Timestamp) -> str:
    """How long the purchases reach: ``45 days``, ``12 months``."""
    days = (last.normalize() - first.normalize()).days + 1
    return plural(days, "day") if days < _SHORT else plural(round(days / _DAYS_A_MONTH), "month")


def preview(purchases: Purchases, n: int = 8) -> pd.DataFrame:
    """The first n lines with their labels, one column for everything that was understood of the file."""
    head = purchases.lines.head(n)
    products = purchases.products.iloc[head["product"].to_numpy()]
    columns = {str(purchases.customers.name): purchases.customers[head["customer"]].to_numpy()}
    if purchases.orders is not None:
        columns["order"] = purchases.orders[head["order"]].to_numpy()
    columns[purchases.product_label] = products.index.to_numpy()
    columns |= {name: products[name].to_numpy() for name in purchases.attributes if name not in columns}
    columns |= {name: head[name].to_numpy() for name in ("date", "quantity", "amount") if purchases.has(name)}
    return pd.DataFrame(columns)
