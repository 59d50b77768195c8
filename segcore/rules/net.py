"""Where products and rules stand in a picture of the net: the same rules always give the same picture.

Products that rules connect attract each other and all others repel (Fruchterman & Reingold, 1991), from a circle and
not from chance. Parts without a connection are laid out alone and set side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse
from scipy.sparse.csgraph import connected_components

from segcore.rules.result import Rules

ROUNDS = 300
STRETCH = 1.8  # names are wider than tall
NAME = (1.7, 0.42)  # room a name takes
SHELF = 9.0  # width of the picture in edges
GAP = 0.9  # between parts, in lengths of an edge
TOWARDS = 0.62  # how far from left to right a rule's dot stands: nearer to what is bought as well


@dataclass(frozen=True, eq=False)
class RuleNet:
    """Positions in the plane, one unit about one edge.

    Attributes
    ----------
    items : int array
        Products in the net, positions in ``Rules.items``.
    item_xy : float array, (items, 2)
    rule_xy : float array, (rules, 2)
        The dot of each rule, in the order given.
    edges : int array, (edges, 3)
        Rule (place), item (place), 1 where the edge goes from the rule's dot to its right side, else 0.
    """

    items: np.ndarray
    item_xy: np.ndarray
    rule_xy: np.ndarray
    edges: np.ndarray


def rule_net(rules: Rules, positions: np.ndarray) -> RuleNet:
    """Lay out the rules at ``positions``: some dozens, or nothing can be read."""
    left, right = rules.antecedent[positions], rules.consequent[positions]
    members = np.hstack([left, right])
    items = np.unique(members[members >= 0])
    edges = np.concatenate([_edges(left, items, 0), _edges(right, items, 1)])
    both = _ties(members, items)
    xy = np.zeros((len(items), 2))
    n_parts, part = connected_components(both, directed=False)
    parts = sorted((np.flatnonzero(part == p) for p in range(n_parts)), key=len, reverse=True)
    shelves = _Shelves(SHELF)
    for chosen in parts:
        place = _springs(both[chosen][:, chosen].toarray() > 0)
        xy[chosen] = shelves.add(place)
    return RuleNet(items, xy, _dots(xy, edges, len(positions)), edges)


def _edges(side: np.ndarray, items: np.ndarray, to_right: int) -> np.ndarray:
    rule, column = np.nonzero(side >= 0)
    item = np.searchsorted(items, side[rule, column])
    return np.column_stack([rule, item, np.full(len(rule), to_right)])


def _ties(members: np.ndarray, items: np.ndarray) -> sparse.csr_matrix:
    rule, column = np.nonzero(members >= 0)
    item = np.searchsorted(items, members[rule, column])
    holds = sparse.csr_matrix((np.ones(len(rule)), (item, rule)), shape=(len(items), len(members)))
    ties = (holds @ holds.T).tocsr()
    ties.setdiag(0)
    ties.eliminate_zeros()
    return ties


def _springs(tied: np.ndarray) -> np.ndarray:
    """Positions of one connected part; two products lie side by side."""
    n = len(tied)
    if n == 1:
        return np.zeros((1, 2))
    if n == 2:
        return np.array([[0.0, 0.0], [1.4 * STRETCH, 0.0]])
    # The busiest product first, its neighbours around it: a good start needs little pulling.
    order = np.argsort(-tied.sum(axis=1), kind="stable")
    angle = np.empty(n)
    angle[order] = 2 * np.pi * np.arange(n) / n
    xy = np.column_stack([np.cos(angle), np.sin(angle)]) * np.sqrt(n) / 2
    xy[order[0]] = 0.01
    # A product tied to many pulls each of them less, so that the middle does not collapse.
    ties = tied.sum(axis=1).astype(np.float64)
    pull = tied / np.sqrt(np.outer(ties, ties)) * np.sqrt(ties.mean())
    for turn in range(ROUNDS):
        apart = xy[:, None] - xy[None]
        distance = np.maximum(np.hypot(apart[..., 0], apart[..., 1]), 0.05)
        push = 1 / distance**2 - pull * distance
        move = (apart * push[..., None]).sum(axis=1)
        length = np.maximum(np.hypot(move[:, 0], move[:, 1]), 1e-9)
        heat = 0.4 * (1 - turn / ROUNDS)
        xy = xy + move / length[:, None] * np.minimum(length, heat)[:, None]
    return _apart(xy * (STRETCH, 1.0))


def _apart(xy: np.ndarray) -> np.ndarray:
    """Push names that would lie on one another up and down, a little at a time."""
    for _ in range(80):
        apart = xy[:, None] - xy[None]
        near = (np.abs(apart[..., 0]) < NAME[0]) & (np.abs(apart[..., 1]) < NAME[1])
        np.fill_diagonal(near, False)
        if not near.any():
            break
        # Of two at the same height the one listed first goes up.
        way = np.where(
            apart[..., 1] == 0,
            np.sign(np.subtract.outer(np.arange(len(xy)), np.arange(len(xy)))),
            np.sign(apart[..., 1]),
        )
        xy = xy + np.column_stack([np.zeros(len(xy)), 0.04 * np.where(near, way, 0).sum(axis=1)])
    return xy


class _Shelves:
    """Parts side by side from the left, a new shelf below where one is full."""

    def __init__(self, width: float) -> None:
        self._width, self._x, self._y, self._deep = width, 0.0, 0.0, 0.0

    def add(self, xy: np.ndarray) -> np.ndarray:
        size = np.ptp(xy, axis=0) + GAP
        if self._x > 0 and self._x + size[0] > self._width:
            self._x, self._y, self._deep = 0.0, self._y - self._deep, 0.0
        moved = xy - xy.min(axis=0) + (self._x, self._y - size[1])
        self._x += size[0] + GAP / 2
        self._deep = max(self._deep, size[1])
        return moved


def _dots(xy: np.ndarray, edges: np.ndarray, n_rules: int) -> np.ndarray:
    """Between the middle of the left side and the middle of the right one."""
    dots = np.empty((n_rules, 2))
    for rule in range(n_rules):
        own = edges[edges[:, 0] == rule]
        one, other = (xy[own[own[:, 2] == side, 1]].mean(axis=0) for side in (0, 1))
        dots[rule] = one + TOWARDS * (other - one)
    return dots
