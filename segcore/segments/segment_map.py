"""Where customers stand on a flat map: each between the segments' corners, as near to each as its shares say."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.segments.compare import overlap
from segcore.segments.segmentation import Segmentation

MOST_POINTS = 5_000


@dataclass(frozen=True, eq=False)
class Places:
    """The map.

    Attributes
    ----------
    customers : DataFrame, by customer
        ``x``, ``y``, ``segment``, ``mixed``, ``share`` of the largest segment.
    corners : DataFrame, by segment
        ``x``, ``y`` on the unit circle; segments with like tastes are neighbours.
    per_point : int
        Customers one point stands for: every n-th is drawn where there are too many.
    """

    customers: pd.DataFrame
    corners: pd.DataFrame
    per_point: int


def places_by_shares(segmentation: Segmentation, most: int = MOST_POINTS) -> Places:
    """Mean of the corners, weighted by shares (Hoffman et al. 1997, a radial map); the same input gives the same map."""
    order = _round_the_circle(overlap(segmentation).to_numpy())
    first = np.pi if len(order) == 2 else np.pi / 2  # two segments: from left to right
    angle = first - 2 * np.pi * np.arange(len(order)) / len(order)
    points = np.zeros((len(order), 2))
    points[order] = np.column_stack([np.cos(angle), np.sin(angle)])
    numbers = segmentation.shares.columns
    own = segmentation.assignment
    at = np.flatnonzero(own.notna().to_numpy())
    at = at[np.lexsort((at, own.to_numpy(dtype=float, na_value=0)[at]))]
    step = max(1, -(-len(at) // most))
    at = np.sort(at[::step])
    shares = segmentation.shares.to_numpy()[at]
    place = shares @ points
    customers = pd.DataFrame(
        {
            "x": place[:, 0],
            "y": place[:, 1],
            "segment": own.to_numpy()[at],
            "mixed": segmentation.mixed_with.notna().to_numpy()[at],
            "share": shares.max(axis=1, initial=0.0),
        },
        index=own.index[at],
    )
    return Places(customers, pd.DataFrame(points, numbers, ["x", "y"]), step)


def _round_the_circle(alike: np.ndarray) -> list[int]:
    """Segments in an order in which each stands beside the one most like it, from the largest on."""
    order = [0]
    while len(order) < len(alike):
        left = [j for j in range(len(alike)) if j not in order]
        order.append(max(left, key=lambda j: (alike[order[-1], j], -j)))
    return order
