"""Exact non-negative least squares for many rows at once: block principal pivoting (Kim & Park 2011).

Each row guesses which of its k scores are positive, solves for those, and exchanges the wrong guesses until the
optimality conditions hold. Rows are sorted by their guess: those that guess alike share one inverse and are solved by
one product, so that a warm start costs little more than checking it, and only rows that guessed wrong are solved again.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

SETTLED = 1e-11  # what may be left over of a solution, relative to the row
ROUNDING = 1e-12  # a violation smaller than this, relative to the row, is rounding
FULL_EXCHANGES = 3
MOST_ROUNDS = 200
WORTH_AN_INVERSE = 4  # rows that guess alike; for fewer, solving each is cheaper


def nnls(
    cross: np.ndarray, gram: np.ndarray, positive: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Minimise ½ xᵀ G x − cᵀ x over x ≥ 0 for every column c of ``cross``.

    Parameters
    ----------
    cross : ndarray, (k, n)
        H · rowsᵀ.
    gram : ndarray, (k, k)
        H · Hᵀ; components of length 0 get score 0.
    positive : ndarray of bool, (k, n), optional
        A guess of which scores are positive, such as those of a nearby solution.

    Returns
    -------
    scores : ndarray, (k, n)
    solved : ndarray of bool, (n,)
        False for the rare row whose guesses had not settled after many rounds.
    """
    k, n = cross.shape
    live = np.diag(gram) > 0
    guess = np.zeros((k, n), dtype=bool) if positive is None else positive & live[:, None]
    scores, wrong = _attempt(cross, gram, guess, live)
    todo = np.flatnonzero(wrong.any(axis=0))
    wrong, rest, part = wrong[:, todo], cross[:, todo], guess[:, todo]
    fewest = np.full(len(todo), k + 1)
    patience = np.full(len(todo), FULL_EXCHANGES)
    for _ in range(MOST_ROUNDS):
        if not len(todo):
            break
        part, fewest, patience = _exchanged(part, wrong, fewest, patience)
        scores[:, todo], wrong = _attempt(rest, gram, part, live)
        still = wrong.any(axis=0)
        todo, fewest, patience = todo[still], fewest[still], patience[still]
        wrong, rest, part = wrong[:, still], rest[:, still], part[:, still]
    solved = np.ones(n, dtype=bool)
    solved[todo] = False
    return np.maximum(scores, 0.0, out=scores), solved


def _attempt(
    cross: np.ndarray, gram: np.ndarray, guess: np.ndarray, live: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Solve each row on its guess; say where a score said to be positive is negative, or one said to be 0 wants to grow."""
    order, edges = _by_guess(guess)
    cross, guess = np.take(cross, order, axis=1), np.take(guess, order, axis=1)
    patterns = guess[:, edges[:-1]].T
    try:
        scores, slack = _by_inverses(cross, gram, guess, patterns, edges)
    except LinAlgError:
        scores = _one_by_one(cross, gram, patterns, edges)
        slack = np.where(guess, 0.0, gram @ scores - cross)
    floor = -ROUNDING * np.abs(scores).max(axis=0, initial=0.0)
    slack_limit = -ROUNDING * np.abs(cross).max(axis=0, initial=0.0)
    wrong = (scores < floor) | ((slack < slack_limit) & live[:, None])
    back = np.empty_like(order)
    back[order] = np.arange(len(order))
    return np.take(scores, back, axis=1), np.take(wrong, back, axis=1)


def _by_guess(guess: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An order that puts rows of one guess together, and where each guess begins, with the end of the last."""
    k, n = guess.shape
    if k <= 16:
        key = ((1 << np.arange(k, dtype=np.int64)) @ guess).astype(np.uint16)  # sorted by digits, in no time
    elif k <= 62:
        key = (1 << np.arange(k, dtype=np.int64)) @ guess
    else:
        packed = np.ascontiguousarray(np.packbits(guess, axis=0).T)
        key = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
        key = np.unique(key, return_inverse=True)[1]
    order = np.argsort(key, kind="stable")
    key = key[order]
    begins = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if n else np.zeros(0, dtype=np.int64)
    return order, np.append(begins, n)


def _exchanged(
    guess: np.ndarray, wrong: np.ndarray, fewest: np.ndarray, patience: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Exchange all wrong guesses while that helps; else only the last one, which is slow and cannot cycle."""
    count = wrong.sum(axis=0)
    better = count < fewest
    fewest = np.where(better, count, fewest)
    patience = np.where(better, FULL_EXCHANGES, patience - 1)
    last = len(wrong) - 1 - wrong[::-1].argmax(axis=0)
    only_last = np.zeros_like(wrong)
    only_last[last, np.arange(len(last))] = True
    return guess ^ np.where(patience < 0, only_last, wrong), fewest, patience


def _by_inverses(
    cross: np.ndarray, gram: np.ndarray, guess: np.ndarray, patterns: np.ndarray, edges: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Scores, and the slope off each guess, all guesses in one batch: what is off a guess becomes the identity.

    Raises
    ------
    LinAlgError
        A guess is singular, or so close to it that one refinement does not settle the solution.
    """
    solve = _solver(gram, patterns, edges)
    scores = solve(cross)
    allowed = SETTLED * np.abs(cross).max(axis=0, initial=0.0)
    for _ in range(2):
        slack = gram @ scores
        slack -= cross
        missing = slack * guess
        if (np.abs(missing).max(axis=0, initial=0.0) <= allowed).all():
            slack -= missing
            return scores, slack
        scores -= solve(missing)
    raise LinAlgError("nearly singular")


def _solver(gram: np.ndarray, patterns: np.ndarray, edges: np.ndarray):
    """A function from right sides (k, n), sorted by guess, to solutions that are 0 off the guess."""
    on = patterns[:, :, None] & patterns[:, None, :]
    system = np.where(on, gram, np.eye(len(gram)))
    counts = np.diff(edges)
    many = np.flatnonzero(counts >= WORTH_AN_INVERSE)
    inverses = np.linalg.inv(system[many]) * on[many]
    few = np.flatnonzero(np.repeat(counts < WORTH_AN_INVERSE, counts))
    alone = np.repeat(np.arange(len(counts)), counts)[few]
    systems, inside = system[alone], patterns[alone]

    def solve(target: np.ndarray) -> np.ndarray:
        scores = np.empty_like(target)
        for inverse, start, end in zip(inverses, edges[many].tolist(), edges[many + 1].tolist(), strict=True):
            np.matmul(inverse, target[:, start:end], out=scores[:, start:end])
        if len(alone):
            scores[:, few] = np.linalg.solve(systems, (np.take(target, few, axis=1).T * inside)[:, :, None])[
                :, :, 0
            ].T
        return scores

    return solve


def _one_by_one(cross: np.ndarray, gram: np.ndarray, patterns: np.ndarray, edges: np.ndarray) -> np.ndarray:
    scores = np.zeros_like(cross)
    for pattern, start, end in zip(patterns, edges[:-1], edges[1:], strict=True):
        on = np.flatnonzero(pattern)
        if len(on):
            scores[on, start:end] = _solve(gram[np.ix_(on, on)], cross[on, start:end])
    return scores


def _solve(gram: np.ndarray, cross: np.ndarray) -> np.ndarray:
    try:
        return cho_solve(cho_factor(gram, check_finite=False), cross, check_finite=False)
    except LinAlgError:  # two components alike: any split between them is optimal, take the smallest
        return np.linalg.lstsq(gram, cross, rcond=None)[0]
