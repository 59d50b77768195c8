"""Exact non-negative least squares for many rows at once: block principal pivoting (Kim & Park 2011).

Each row guesses which of its k scores are positive, solves for those, and exchanges the wrong guesses until the
optimality conditions hold. Rows with the same guess share one inverse, so that a warm start costs little more than
checking it.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import LinAlgError, cho_factor, cho_solve

SETTLED = 1e-11  # what may be left over of a solution, relative to the row
ROUNDING = 1e-12  # a violation smaller than this, relative to the row, is rounding
FULL_EXCHANGES = 3
MOST_ROUNDS = 200


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
    slack_limit = -ROUNDING * np.abs(cross).max(axis=0, initial=0.0)
    scores, slack = np.zeros((k, n)), np.zeros((k, n))
    todo = np.arange(n)
    fewest = np.full(n, k + 1)
    patience = np.full(n, FULL_EXCHANGES)
    for _ in range(MOST_ROUNDS):
        scores[:, todo], slack[:, todo] = _solve_guesses(cross[:, todo], gram, guess[:, todo])
        wrong = _violations(scores[:, todo], slack[:, todo], guess[:, todo], live, slack_limit[todo])
        open_rows = wrong.any(axis=0)
        todo, wrong = todo[open_rows], wrong[:, open_rows]
        if not len(todo):
            break
        _exchange(guess, todo, wrong, fewest, patience)
    solved = np.ones(n, dtype=bool)
    solved[todo] = False
    return np.maximum(scores, 0.0), solved


def _violations(
    scores: np.ndarray, slack: np.ndarray, guess: np.ndarray, live: np.ndarray, slack_limit: np.ndarray
) -> np.ndarray:
    """Where a score said to be positive is negative, or one said to be 0 wants to grow."""
    floor = -ROUNDING * np.abs(scores).max(axis=0, initial=0.0)
    return (guess & (scores < floor)) | (~guess & (slack < slack_limit) & live[:, None])


def _exchange(
    guess: np.ndarray, todo: np.ndarray, wrong: np.ndarray, fewest: np.ndarray, patience: np.ndarray
) -> None:
    """Exchange all wrong guesses while that helps; else only the last one, which is slow and cannot cycle."""
    count = wrong.sum(axis=0)
    better = count < fewest[todo]
    fewest[todo[better]], patience[todo[better]] = count[better], FULL_EXCHANGES
    patience[todo[~better]] -= 1
    careful = patience[todo] < 0
    last = len(wrong) - 1 - wrong[::-1].argmax(axis=0)
    only_last = np.zeros_like(wrong)
    only_last[last, np.arange(len(todo))] = True
    guess[:, todo] ^= np.where(careful, only_last, wrong)


def _solve_guesses(cross: np.ndarray, gram: np.ndarray, guess: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Solve each row on its guess; rows that guess alike share one inverse."""
    patterns, group = _distinct(guess)
    try:
        scores = _by_inverses(cross, gram, patterns, group)
    except LinAlgError:
        scores = _one_by_one(cross, gram, patterns, group)
    return scores, gram @ scores - cross


def _distinct(guess: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different guesses (patterns, k), and which of them each row makes."""
    k = len(guess)
    if k <= 62:
        key = (1 << np.arange(k, dtype=np.int64)) @ guess
    else:
        packed = np.ascontiguousarray(np.packbits(guess, axis=0).T)
        key = packed.view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, group = np.unique(key, return_index=True, return_inverse=True)
    return guess[:, first].T, group


def _by_inverses(cross: np.ndarray, gram: np.ndarray, patterns: np.ndarray, group: np.ndarray) -> np.ndarray:
    """All patterns in one batch: what is off a pattern becomes the identity, its solution 0.

    Raises
    ------
    LinAlgError
        A pattern is singular, or so close to it that one refinement does not settle the solution.
    """
    on = patterns[:, :, None] & patterns[:, None, :]
    inverse = np.linalg.inv(np.where(on, gram, np.eye(len(gram))))[group]
    inside = patterns[group]
    target = cross.T * inside
    scores = np.einsum("nij,nj->ni", inverse, target)
    allowed = SETTLED * np.abs(target).max(axis=1, initial=0.0)
    for _ in range(2):
        missing = (target - scores @ gram) * inside
        if (np.abs(missing).max(axis=1, initial=0.0) <= allowed).all():
            return (scores * inside).T
        scores += np.einsum("nij,nj->ni", inverse, missing)
    raise LinAlgError("nearly singular")


def _one_by_one(cross: np.ndarray, gram: np.ndarray, patterns: np.ndarray, group: np.ndarray) -> np.ndarray:
    scores = np.zeros_like(cross)
    for number, pattern in enumerate(patterns):
        on, rows = np.flatnonzero(pattern), np.flatnonzero(group == number)
        if len(on):
            scores[np.ix_(on, rows)] = _solve(gram[np.ix_(on, on)], cross[np.ix_(on, rows)])
    return scores


def _solve(gram: np.ndarray, cross: np.ndarray) -> np.ndarray:
    try:
        return cho_solve(cho_factor(gram, check_finite=False), cross, check_finite=False)
    except LinAlgError:  # two components alike: any split between them is optimal, take the smallest
        return np.linalg.lstsq(gram, cross, rcond=None)[0]
