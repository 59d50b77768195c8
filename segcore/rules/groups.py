"""Rules that belong together: groups of products that rules tie to one another.

Products that no rule connects are never in one group. Where everything hangs together, the net of products is cut
where it is thinnest: neighbours are merged as long as that raises modularity (Clauset, Newman & Moore, 2004). No
random choice is made, so the same rules give the same groups.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from segcore.rules.result import Rules

KEPT_WHOLE = 12  # products up to which a connected group is not cut
RESOLUTIONS = (
    1.0,
    1.25,
    1.5,
    2.0,
)  # of modularity: higher gives smaller groups (Reichardt & Bornholdt, 2006)
MOST_IN_ONE = 0.5


@dataclass(frozen=True, eq=False)
class RuleGroups:
    """Which rule is in which group.

    Attributes
    ----------
    positions : int array
        The rules that were grouped, positions in ``Rules``.
    group : int array, same length
        1 for the group with most rules, 2 for the next …
    products : tuple of int arrays
        Items of each group, the most often named first.
    """

    positions: np.ndarray
    group: np.ndarray
    products: tuple[np.ndarray, ...]

    def __len__(self) -> int:
        return len(self.products)

    def of(self, number: int) -> np.ndarray:
        """Positions of the rules in one group."""
        return self.positions[self.group == number]


def rule_groups(rules: Rules, positions: np.ndarray) -> RuleGroups:
    """Put the rules at ``positions`` (at most some hundreds) into groups."""
    if not len(positions):
        return RuleGroups(positions, np.zeros(0, dtype=np.int64), ())
    net, items = _net(rules, positions)
    label = _communities(net)
    last = rules.consequent[positions, 0]
    place = np.searchsorted(items, last)
    raw = label[place]
    kinds, sizes = np.unique(raw, return_counts=True)
    # Most rules first; of equals, the one whose first rule is stronger.
    first = np.array([np.flatnonzero(raw == kind)[0] for kind in kinds])
    order = np.lexsort((first, -sizes))
    rank = np.empty(int(label.max()) + 1, dtype=np.int64)
    rank[kinds[order]] = np.arange(1, len(kinds) + 1)
    group = rank[raw]
    return RuleGroups(
        positions, group, tuple(_products(rules, positions[group == g]) for g in range(1, len(kinds) + 1))
    )


def _net(rules: Rules, positions: np.ndarray) -> tuple[sparse.csr_matrix, np.ndarray]:
    """Products × products: by how much lift the rules tie them; counts would tie everything to the best-sellers."""
    members = np.hstack([rules.antecedent[positions], rules.consequent[positions]])
    items = np.unique(members[members >= 0])
    weight = np.maximum(rules.lift[positions] - 1.0, 1e-9)
    rule, column = np.nonzero(members >= 0)
    place = np.searchsorted(items, members[rule, column])
    shape = (len(items), len(positions))
    holds = sparse.csr_matrix((weight[rule], (place, rule)), shape=shape)
    ones = sparse.csr_matrix((np.ones(len(rule)), (place, rule)), shape=shape)
    net = (holds @ ones.T).tocsr()
    net.setdiag(0)
    net.eliminate_zeros()
    return net, items


def _communities(net: sparse.csr_matrix) -> np.ndarray:
    """A label for every product: its connected part, cut further where that is large."""
    n_parts, part = connected_components(net, directed=False)
    label = np.empty(net.shape[0], dtype=np.int64)
    following = 0
    for number in range(n_parts):
        members = np.flatnonzero(part == number)
        inside = np.zeros(len(members), dtype=np.int64)
        if len(members) > KEPT_WHOLE:
            inside = _cut(net[members][:, members].toarray())
        label[members] = following + inside
        following += int(inside.max()) + 1
    return label


def _cut(weights: np.ndarray) -> np.ndarray:
    """Cut a net that hangs together, finer and finer until no part holds most of its products."""
    label = np.zeros(len(weights), dtype=np.int64)
    for resolution in RESOLUTIONS:
        label = _merged(weights, resolution)
        if np.bincount(label).max() <= MOST_IN_ONE * len(weights):
            break
    return label


def _merged(weights: np.ndarray, resolution: float) -> np.ndarray:
    """Merge neighbours while modularity grows; labels 0 … g − 1."""
    between = weights / weights.sum()
    label = np.arange(len(between))
    alive = np.ones(len(between), dtype=bool)
    while alive.sum() > 1:
        size = between.sum(axis=1)
        gain = np.where(between > 0, between - resolution * np.outer(size, size), -np.inf)
        np.fill_diagonal(gain, -np.inf)
        one, other = np.unravel_index(int(np.argmax(gain)), gain.shape)
        if not gain[one, other] > 0:
            break
        between[one] += between[other]
        between[:, one] += between[:, other]
        between[other], between[:, other] = 0.0, 0.0
        alive[other] = False
        label[label == other] = one
    return np.unique(label, return_inverse=True)[1]


def _products(rules: Rules, positions: np.ndarray) -> np.ndarray:
    """Products of some rules: those most often on the right first, then those most often named."""
    right = rules.consequent[positions]
    every = np.hstack([rules.antecedent[positions], right])
    items, named = np.unique(every[every >= 0], return_counts=True)
    on_right = np.bincount(right[right >= 0], minlength=int(items.max()) + 1)[items]
    return items[np.lexsort((items, -named, -on_right))]
