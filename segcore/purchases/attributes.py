"""What is known of customers beyond their purchases, as few groups a column; it describes segments and never makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from segcore.language.words import restyled

if TYPE_CHECKING:
    from segcore.purchases.record import Purchases

MOST, BANDS = 12, 5
OTHER = "other"


def as_categories(purchases: Purchases, most: int = MOST) -> pd.DataFrame:
    """Customer attributes as a few groups each.

    Numbers with many values fall into up to five bands of about equal size ("18–34"), rare values are gathered as
    "other", and columns in which nearly every customer is alone (an e-mail address) are left out.

    Parameters
    ----------
    purchases : Purchases
    most : int
        Largest number of groups in a column, "other" included.

    Returns
    -------
    DataFrame
        Customers × attributes, text; "" where unknown.
    """
    table = purchases.customer_attributes
    found = {str(name): _groups(table[name], most) for name in table.columns}
    kept = {name: groups for name, groups in found.items() if groups is not None}
    return pd.DataFrame(kept, index=table.index)


def _groups(column: pd.Series, most: int) -> pd.Series | None:
    known = column[column != ""]
    counts = known.value_counts()
    if len(counts) < 2:
        return None
    if len(counts) <= most:
        return column.astype("str")
    numbers = pd.to_numeric(known.str.replace(",", "."), errors="coerce")
    if numbers.notna().mean() > 0.95:
        return _bands(numbers).reindex(column.index).fillna("").astype("str")
    if len(counts) > 0.5 * len(known):
        return None
    ranked = counts.reset_index().sort_values(["count", column.name], ascending=[False, True])
    usual = set(ranked[column.name].head(most - 1))
    return column.where(column.isin(usual) | (column == ""), OTHER).astype("str")


def _bands(numbers: pd.Series) -> pd.Series:
    """Bands of about equal size, each named by the lowest and highest number in it."""
    values = numbers.dropna()
    edges = np.unique(np.quantile(values, np.linspace(0, 1, BANDS + 1)[1:-1], method="higher"))
    band = np.searchsorted(edges, values, side="right")
    limits = values.groupby(band).agg(["min", "max"])
    names = {at: _span(float(row["min"]), float(row["max"])) for at, row in limits.iterrows()}
    return pd.Series(band, index=values.index).map(names)


def restyled_band(value: str) -> str:
    """A band with the reader's numbers; any other value is of the file and stays as it is."""
    try:
        ends = [float(end.replace(",", "")) for end in value.split("–")]
    except ValueError:
        return value
    return restyled(value) if len(ends) == 2 and _span(*ends) == value else value


def _span(low: float, high: float) -> str:
    return f"{low:,.6g}" if low == high else f"{low:,.6g}–{high:,.6g}"
