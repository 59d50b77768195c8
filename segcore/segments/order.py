"""Row order for heatmaps: by segment, then by how clearly the row belongs to it or by likeness; many rows become few."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.cluster.hierarchy import leaves_list, linkage

MOST_CLUSTERED = 1_200  # rows of one segment; a dendrogram of more takes too long and cannot be seen


def ordered_by_segment(
    shares: pd.DataFrame, assignment: pd.Series, *, strength: pd.DataFrame | None = None
) -> tuple[pd.DataFrame, pd.Series]:
    """Rows grouped by their segment in the order of the columns, the clearest of each first, no purchases last.

    Parameters
    ----------
    shares : DataFrame
        Rows (customers or products) × segments.
    assignment : Series
        Segment of each row, <NA> where it has none; its index covers that of ``shares``.
    strength : DataFrame
        What to sort by within a segment, in the shape of ``shares``; the shares themselves where absent. Products read
        best by score: a product nobody buys can have a share of 1.

    Returns
    -------
    shares, group
        Both in the new order; ``group`` is Int64 with <NA> for no segment. Equal rows keep their order.
    """
    order = segment_order(shares, assignment, strength=strength)
    return shares.iloc[order], _own(shares, assignment).iloc[order]


def segment_order(
    shares: pd.DataFrame, assignment: pd.Series, *, strength: pd.DataFrame | None = None
) -> np.ndarray:
    """Positions of the rows in the order :func:`ordered_by_segment` gives them."""
    n_segments = shares.shape[1]
    block = pd.Index(shares.columns).get_indexer(_own(shares, assignment).to_numpy(dtype=int, na_value=0))
    block = np.where(block < 0, n_segments, block)
    strength = shares if strength is None or strength is shares else strength.reindex(shares.index)
    values = strength.to_numpy(dtype=np.float64)
    own = values[np.arange(len(values)), np.minimum(block, n_segments - 1)] if len(values) else np.zeros(0)
    own = np.where(block == n_segments, 0.0, own)
    return np.lexsort((-own, block))  # a stable sort: equal rows keep their order


def _own(shares: pd.DataFrame, assignment: pd.Series) -> pd.Series:
    """Each row's segment; looking labels up takes a second a million, so only where the rows differ."""
    same = assignment.index is shares.index or assignment.index.equals(shares.index)
    return (assignment if same else assignment.reindex(shares.index)).astype("Int64")


@dataclass(frozen=True, eq=False)
class Rows:
    """What a heatmap draws.

    ``values`` (float32) with the ``labels`` and ``group`` of its rows; ``per_row`` is how many customers or products
    one drawn row stands for, 1 when nothing was averaged. Row i stands for positions ``starts[i]`` up to
    ``starts[i + 1]`` of what was given.
    """

    values: np.ndarray
    labels: list[str]
    group: pd.Series
    per_row: int
    starts: np.ndarray

    def behind(self, label: str) -> slice:
        """Positions of what the row with this label stands for; empty where there is none."""
        if label not in self.labels:
            return slice(0, 0)
        row = self.labels.index(label)
        return slice(int(self.starts[row]), int(self.starts[row + 1]))


def drawn_rows(shares: pd.DataFrame, group: pd.Series, most: int = 400) -> Rows:
    """At most about ``most`` rows: above that, neighbours within a segment are averaged in bins of equal size.

    A bin's label is that of its first row when it stands alone, else "first … last". Every segment keeps at least one
    row, so the result can exceed ``most`` by the number of segments.
    """
    values = shares.to_numpy(dtype=np.float32)
    names = shares.index
    if len(values) <= most:
        starts = np.arange(len(values) + 1)
        return Rows(values, [str(name) for name in names], group.reset_index(drop=True), 1, starts)
    size = -(-len(values) // most)
    code = group.fillna(-1).to_numpy(dtype=np.int64)
    starts = _bin_starts(code, size)
    ends = np.append(starts[1:], len(values))
    means = np.add.reduceat(values.astype(np.float64), starts, axis=0) / (ends - starts)[:, None]
    labels = [
        str(names[a]) if b - a == 1 else f"{names[a]} … {names[b - 1]}"
        for a, b in zip(starts, ends, strict=True)
    ]
    bounds = np.append(starts, len(values))
    return Rows(means.astype(np.float32), labels, group.iloc[starts].reset_index(drop=True), size, bounds)


def _bin_starts(code: np.ndarray, size: int) -> np.ndarray:
    """First positions of bins of ``size`` rows that never cross from one group into the next."""
    edges = np.flatnonzero(np.append(True, code[1:] != code[:-1]))
    ends = np.append(edges[1:], len(code))
    return np.concatenate([np.arange(a, b, size) for a, b in zip(edges, ends, strict=True)])


def top_of_each(shares: pd.DataFrame, group: pd.Series, most: int) -> tuple[pd.DataFrame, pd.Series]:
    """The first ``most`` rows of every segment, in the order given."""
    keep = (group.groupby(group, dropna=False).cumcount() < most).to_numpy()
    return shares[keep], group[keep]


def alike_together(shares: pd.DataFrame, group: pd.Series) -> tuple[pd.DataFrame, pd.Series]:
    """Rows in blocks of segments as given, within each block in the order of a dendrogram (average linkage).

    A block of more than 1,200 rows is ordered by its second segment and how much of it instead: with shares that is
    nearly the same, and it takes no time.
    """
    order = alike_order(shares, group)
    return shares.iloc[order], group.iloc[order]


def alike_order(shares: pd.DataFrame, group: pd.Series) -> np.ndarray:
    """Positions of the rows in the order :func:`alike_together` gives them."""
    values = shares.to_numpy(dtype=np.float64)
    code = group.fillna(-1).to_numpy(dtype=np.int64)
    order = np.arange(len(values))
    for number in np.unique(code):
        block = np.flatnonzero(code == number)
        if 2 < len(block) <= MOST_CLUSTERED:
            order[block] = block[leaves_list(linkage(values[block], "average"))]
        elif len(block) > MOST_CLUSTERED:
            order[block] = block[_by_second(values[block])]
    return order


def _by_second(values: np.ndarray) -> np.ndarray:
    if values.shape[1] < 2:
        return np.arange(len(values))
    ranked = np.argsort(-values, axis=1, kind="stable")
    second = values[np.arange(len(values)), ranked[:, 1]]
    return np.lexsort((-second, ranked[:, 1]))
