"""Several descents at once: every k, restart or start shares the two sparse products of an iteration.

A sparse product costs mostly the reading of its indices; done once for all factors stacked, it costs a third of done
apart. Customers pass in blocks that stay in the cache: product, moves, and what they add to the next product. Each
problem is hierarchical alternating least squares (Cichocki & Phan 2009) with a few inner sweeps per product (Gillis &
Glineur 2012), extrapolated while that pays and set back when it does not (Ang & Gillis 2019). The error comes from
Gram matrices; W · H is never formed. A problem leaves when three iterations in a row are calm.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import cast

import numpy as np
from scipy import sparse

from segcore.factorization.row_updates import at_stake, dot, gram_of, leapt, sweep_rows

CALM_ITERATIONS = 3
NO_LEAP = 0.02
EXACT = 1e-10  # share of the squared norm left over at which a fit is as good as exact
BLOCK = 8192  # customers that pass together

Parts = list[np.ndarray | None]  # of W transposed, one for each block; None: without a start


class Descent:
    """One problem on its way down.

    Parameters
    ----------
    w : ndarray, (n, k), or None
        Without one, customers start from least squares on H, by the product that their first move needs anyway.
    h : ndarray, (k, p)
    free : ndarray of bool, (k, p), optional
        Entries of H that may change; the others are held at their value. All of them when left out.

    Attributes
    ----------
    w, h : ndarray, (n, k) and (k, p)
        The last point whose error was measured.
    squared_error : float
    iterations : int
    converged : bool
        Whether it came to rest.
    last_gain : float
        Gain of the last iteration that gained, relative to what is at stake.
    in_blocks : bool
        Whether a block of customers can move without the others.
    """

    in_blocks = True

    def __init__(
        self, w: np.ndarray | None, h: np.ndarray, dtype: type, free: np.ndarray | None = None
    ) -> None:
        whole: np.ndarray | None = None if w is None else np.ascontiguousarray(w.T, dtype=dtype)
        self.w_now: Parts = [whole]
        self.w_ahead = self.w_now
        self.h_now: np.ndarray = np.ascontiguousarray(h, dtype=dtype)
        self.h_ahead = self.h_now
        self.held = None if free is None else ~free
        self.reached = (self.w_now, self.h_now)
        self.squared_error, self.last_gain = np.inf, 1.0
        self.leap, self.ceiling = 0.5, 1.0
        self.calm = self.iterations = 0
        self.converged = False

    @property
    def w(self) -> np.ndarray:
        """Customer factor, (n, k)."""
        return _joined(self.reached[0]).T

    @property
    def h(self) -> np.ndarray:
        """Product factor, (k, p)."""
        return self.reached[1]

    @property
    def objective(self) -> float:
        """What goes down; by it the best of several starts is chosen."""
        return self.squared_error

    def divide(self, edges: list[int]) -> None:
        """Lay W out in blocks of customers, before the first move."""
        if self.w_now[0] is None:
            parts: Parts = [None] * (len(edges) - 1)
        else:
            whole = _joined(self.w_now)
            parts = [np.ascontiguousarray(whole[:, a:b]) for a, b in pairwise(edges)]
        self.w_now = self.w_ahead = parts
        self.reached = (parts, self.h_now)

    def begin(self) -> None:
        """Before the customers move: keep the parts of the point reached, whatever becomes of the new ones."""
        self.w_now, self.w_ahead = list(self.w_now), list(self.w_ahead)
        self.gram_h, self.gram_w = gram_of(self.h_ahead), np.zeros_like(self.h_ahead, shape=())

    def move_customers(self, block: int, cross: np.ndarray) -> np.ndarray:
        """Improve a block of W for the present H, given H · Vᵀ, and leap on; return where it leapt."""
        new = sweep_rows(self.standing(block, cross), cross, self.gram_h)
        ahead = self.leap_on(block, new)
        self.gram_w = self.gram_w + gram_of(ahead)
        return ahead

    def standing(self, block: int, cross: np.ndarray) -> np.ndarray:
        """Where a block of customers stands; without a start, least squares on H with what is negative set to 0."""
        here = self.w_ahead[block]
        return np.maximum(np.linalg.pinv(self.gram_h) @ cross, 0.0) if here is None else here

    def leap_on(self, block: int, new: np.ndarray) -> np.ndarray:
        """Go to a new point of a block and leap beyond it; there is no direction to leap in at the start."""
        before = self.w_now[block]
        ahead = new if before is None else leapt(new, before, self.leap)
        self.w_now[block], self.w_ahead[block] = new, ahead
        return ahead

    def move_products(self, cross: np.ndarray, total: float, tolerance: float) -> None:
        """Improve H for the present W, given Wᵀ · V; measure; leap on, or go back where the last leap overshot."""
        gram = self.gram_w
        new = sweep_rows(self.h_ahead, cross, gram, self.held)
        error = total - 2.0 * dot(cross, new) + dot(gram, gram_of(new))
        self.iterations += 1
        if error > self.squared_error:
            # Without a leap no step can lose: what then looks like a loss is rounding, and no more can be gained.
            is_calm = error - self.squared_error <= tolerance * at_stake(error, total) or self.leap < NO_LEAP
            self.calm = self.calm + 1 if is_calm else 0
            self._go_back()
            return
        best = self.squared_error
        self.last_gain = (best - error) / at_stake(error, total) if np.isfinite(best) else 1.0
        self.calm = self.calm + 1 if self.last_gain <= tolerance else 0
        self.h_ahead = leapt(new, self.h_now, self.leap)
        self.h_now, self.reached, self.squared_error = new, (self.w_ahead, new), max(error, 0.0)
        self._dare()

    def _go_back(self) -> None:
        """The last leap overshot: return to the best point and leap less far."""
        self.w_now = self.w_ahead = self.reached[0]
        self.h_now = self.h_ahead = self.reached[1]
        self.ceiling, self.leap = self.leap, self.leap / 1.5

    def _dare(self) -> None:
        """The last leap paid: leap a little farther."""
        self.leap, self.ceiling = min(self.ceiling, self.leap * 1.05), min(1.0, self.ceiling * 1.01)


def hals(
    values: sparse.csr_matrix, problems: Sequence[Descent], *, max_iterations: int, tolerance: float
) -> Iterator[list[Descent]]:
    """Move all problems until they rest; yield after every iteration those that just came to rest.

    Parameters
    ----------
    values : csr_matrix, (n, p), float32 or float64
        The work is done in its precision, which the problems share.
    tolerance : float
        Gain under which an iteration is calm, relative to what is at stake.
    """
    total = float(np.einsum("i,i->", values.data, values.data, dtype=np.float64))
    moving = list(problems)
    n, p = values.shape
    parts = -(-n // max(BLOCK, p)) if all(problem.in_blocks for problem in moving) else 1
    edges = [n * part // parts for part in range(parts + 1)]
    for problem in moving:
        problem.divide(edges)
    blocks = [_rows(values, start, end) for start, end in pairwise(edges)]
    cells = max(block.shape[0] for block in blocks) * sum(len(problem.h_now) for problem in moving)
    room = (np.empty(cells, dtype=values.dtype), np.empty(cells, dtype=values.dtype))
    for _ in range(max_iterations):
        cross = _pass(blocks, moving, room)
        for problem, own in zip(moving, _shared_out(cross, moving), strict=True):
            problem.move_products(own, total, tolerance)
        for problem in moving:
            problem.converged = problem.calm >= CALM_ITERATIONS or problem.objective <= EXACT * total
        yield [problem for problem in moving if problem.converged]
        moving = [problem for problem in moving if not problem.converged]
        if not moving:
            return


def _joined(parts: Parts) -> np.ndarray:
    """All of W, transposed, once no block is without a start any more."""
    return np.concatenate(cast(list[np.ndarray], parts), axis=1)


def _rows(values: sparse.csr_matrix, start: int, end: int) -> sparse.csr_matrix:
    """Some of the rows, without a copy of what is in them."""
    first, last = values.indptr[start], values.indptr[end]
    inside = (values.data[first:last], values.indices[first:last], values.indptr[start : end + 1] - first)
    return sparse.csr_matrix(inside, shape=(end - start, values.shape[1]), copy=False)


def _pass(
    blocks: list[sparse.csr_matrix], problems: list[Descent], room: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """Move the customers of all problems, block by block; return Wᵀ · V of all, stacked, (sum of k, p).

    ``room`` is where a block's product and scores are laid out, again and again: new memory costs more than the copy.
    """
    for problem in problems:
        problem.begin()
    stacked = np.concatenate([problem.h_ahead.T for problem in problems], axis=1)
    cross = np.zeros_like(stacked, shape=())
    for number, block in enumerate(blocks):
        n, k = block.shape[0], stacked.shape[1]
        product, scores = room[0][: n * k].reshape(k, n), room[1][: n * k].reshape(n, k)
        np.copyto(product, (block @ stacked).T)
        moved = [
            problem.move_customers(number, own)
            for problem, own in zip(problems, _shared_out(product, problems), strict=True)
        ]
        np.concatenate([part.T for part in moved], axis=1, out=scores)
        cross = cross + block.T @ scores  # a view: no copy, and a faster product than a transposed copy
    return np.ascontiguousarray(cross.T)


def _shared_out(stacked: np.ndarray, problems: list[Descent]) -> Iterator[np.ndarray]:
    """To each problem its own rows."""
    at = 0
    for problem in problems:
        k = len(problem.h_now)
        yield stacked[at : at + k]
        at += k
