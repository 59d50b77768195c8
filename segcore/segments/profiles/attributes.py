"""Who the customers of a segment are: attributes that are more or less frequent among them than among everybody.

Attributes never make segments, so a plain exact test is an honest one; it is corrected over every attribute, value and
segment together.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from segcore.segments.profiles.counts import exact_test, index_interval
from segcore.segments.segmentation import Segmentation
from segcore.statistics import adjust

COLUMNS = ["segment", "attribute", "value", "customers", "known", "customers_all", "known_all", "index", "low", "high",
           "p", "adjusted", "more"]  # fmt: skip
MOST_VALUES = 30


def profile_attributes(categories: pd.DataFrame, segmentation: Segmentation) -> pd.DataFrame:
    """Every value of every attribute in every segment.

    Parameters
    ----------
    categories : DataFrame
        Customers × attributes as text, "" where unknown; unknown ones are left out of the counting.

    Returns
    -------
    DataFrame
        ``segment``, ``attribute``, ``value``, ``customers`` with it among the ``known`` of the segment, the same for all
        (``customers_all`` of ``known_all``), ``index`` with its 95 % interval ``low`` … ``high``, ``p``, ``adjusted``
        (Benjamini–Hochberg over all rows), ``more``.
    """
    parts = [
        table
        for name in categories.columns
        if (table := _one(str(name), categories[name], segmentation)) is not None
    ]
    if not parts:
        return pd.DataFrame(columns=COLUMNS)
    found = pd.concat(parts, ignore_index=True)
    return found.assign(adjusted=adjust(found["p"].to_numpy()))[COLUMNS]


def _one(name: str, column: pd.Series, segmentation: Segmentation) -> pd.DataFrame | None:
    assignment = segmentation.assignment
    values = column.reindex(assignment.index).fillna("").astype("str")
    use = (assignment.notna() & (values != "")).to_numpy()
    codes, labels = pd.factorize(values[use], sort=True)
    if not 2 <= len(labels) <= MOST_VALUES:
        return None
    own, k = assignment[use].to_numpy(dtype=int) - 1, segmentation.k
    inside = np.zeros((k, len(labels)), dtype=np.int64)
    np.add.at(inside, (own, codes), 1)
    sizes, totals, n = inside.sum(axis=1), inside.sum(axis=0), int(inside.sum())
    p, more = exact_test(inside, sizes, totals, n)
    low, high = index_interval(inside, sizes, totals, n)
    share = inside / np.maximum(sizes, 1)[:, None]
    return pd.DataFrame(
        {
            "segment": np.repeat(segmentation.sizes.index.to_numpy(), len(labels)),
            "attribute": name,
            "value": np.tile(labels.to_numpy(dtype=object), k),
            "customers": inside.ravel(),
            "known": np.repeat(sizes, len(labels)),
            "customers_all": np.tile(totals, k),
            "known_all": n,
            "index": (100 * share / (totals / n)).ravel(),
            "low": low.ravel(),
            "high": high.ravel(),
            "p": p.ravel(),
            "more": more.ravel(),
        }
    )


def stands_out(table: pd.DataFrame, segment: int, level: float = 0.05, n: int = 4) -> pd.DataFrame:
    """The values that set a segment apart beyond chance, the clearest first."""
    own = table[table["segment"] == segment]
    # Of two values the one is what the other is not: only what there is more of is said.
    mirrored = (own.groupby("attribute")["value"].transform("size") == 2) & (own["index"] < 100)
    rows = own[(own["adjusted"] <= level) & ~mirrored]
    return rows.sort_values(["adjusted", "p", "attribute", "value"], kind="stable").head(n)
