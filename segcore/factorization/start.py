"""Where a factorisation starts: from the singular vectors of the data, at random, or where a previous run ended.

To go on from a previous run on other data: ``start = aligned_start(product_scores, products)`` brings its product
scores (products × segments) into the order of the new matrix by label, then
``factorize(values, NMFSpec(k, initialisation="custom"), start=start)``; or both at once with
``segcore.segments.segment(matrix, spec=NMFSpec(k, initialisation="custom"), start=product_scores)``. The segments keep
the order they had.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import ArpackError, svds

from segcore.choices.nmf import CUSTOM, NMFSpec
from segcore.errors import SpecError
from segcore.factorization.threads import one_thread
from segcore.factorization.values import Problem, shifted

DENSE_CELLS = 4_000_000
NARROW = (
    64  # up to this many rows or columns a small dense decomposition is faster and more exact than ARPACK
)

SMALL_CELLS = 20_000  # stored cells up to which ten starts of ten k cost about a second
SMALL_RESTARTS = 10
GAP = 1e-3  # of a row's mean: what a multiplicative update needs where a previous run left nothing

Directions = tuple[np.ndarray, np.ndarray, np.ndarray]


class Origin(NamedTuple):
    """What all starts of a sweep share: leading directions, a previous run's product scores, what of them may change."""

    directions: Directions | None
    previous: np.ndarray | None
    free: np.ndarray | None = None

    def within(self, problem: Problem, specs: Sequence[NMFSpec]) -> Origin:
        """Bring given directions to the unit of a problem, or find those that the specs need."""
        if self.directions is not None:
            u, s, vt = self.directions
            return self._replace(directions=(u, shifted(s, -problem.exponent), vt))
        needy = [spec.k for spec in specs if spec.initialisation not in ("random", CUSTOM)]
        return self._replace(directions=leading_directions(problem.unit, max(needy)) if needy else None)


def starts(
    values: sparse.csr_matrix, spec: NMFSpec, origin: Origin
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield the starts: the named one first, then random ones, each with its own seeded generator."""
    if origin.previous is not None:
        yield previous_start(values, origin.previous, spec.loss, origin.free)
        return
    restarts = spec.restarts or (SMALL_RESTARTS if values.nnz <= SMALL_CELLS and spec.k > 1 else 1)
    mean = float(values.data.sum()) / (values.shape[0] * values.shape[1])
    for number in range(restarts):
        if number == 0 and spec.initialisation != "random" and origin.directions is not None:
            yield nndsvd(origin.directions, spec.k, mean if spec.initialisation == "nndsvda" else 0.0)
        else:
            generator = np.random.default_rng([spec.seed, spec.k, number])
            yield random_start(values.shape, spec.k, mean, generator)


@one_thread
def leading_directions(values: sparse.csr_matrix, k: int) -> Directions:
    """Return the k largest singular triplets, largest first, the same on every repeat.

    One decomposition serves a whole sweep: its first j triplets are the ones a start with j segments needs. Signs
    are fixed so that the largest entry of each right vector is positive.
    """
    n, p = values.shape
    narrow = min(n, p)
    if n * p <= DENSE_CELLS and (narrow <= NARROW or k >= narrow - 1):
        u, s, vt = np.linalg.svd(values.toarray(), full_matrices=False)
    elif narrow <= NARROW or k >= narrow - 1:
        u, s, vt = _from_gram(values)
    else:
        try:
            u, s, vt = svds(values, k=k, v0=np.random.default_rng(0).random(narrow) + 0.1, rng=0)
        except ArpackError:  # no convergence on a degenerate spectrum
            u, s, vt = _from_gram(values)
    order = np.argsort(-s, kind="stable")[:k]
    u, s, vt = np.nan_to_num(u[:, order]), np.nan_to_num(s[order]), np.nan_to_num(vt[order])
    sign = np.where(np.take_along_axis(vt, np.abs(vt).argmax(axis=1)[:, None], axis=1) < 0, -1.0, 1.0)
    return u * sign.ravel(), s, vt * sign


def _from_gram(values: sparse.csr_matrix) -> Directions:
    """All singular triplets from the Gram matrix of the narrow side, which has at most a few thousand rows."""
    if values.shape[0] < values.shape[1]:
        u, s, vt = _from_gram(values.T.tocsr())
        return vt.T, s, u.T
    squares, v = np.linalg.eigh((values.T @ values).toarray())
    s = np.sqrt(np.maximum(squares, 0.0))
    u = values @ v
    # Below this the square root is rounding noise, and dividing by it would blow the noise up.
    alive = s > 1e-7 * s.max(initial=0.0)
    return u[:, alive] / s[alive], s[alive], v.T[alive]


def nndsvd(directions: Directions, k: int, fill: float) -> tuple[np.ndarray, np.ndarray]:
    """Non-negative double SVD start (Boutsidis & Gallopoulos 2008), gaps filled with ``fill`` (0: NNDSVD).

    Of each pair of singular vectors the positive or the negative halves are kept, whichever carry more.
    """
    u, s, vt = directions
    w, h = np.zeros((u.shape[0], k)), np.zeros((k, vt.shape[1]))
    root = np.sqrt(s[0])
    w[:, 0], h[0] = root * np.abs(u[:, 0]), root * np.abs(vt[0])
    for j in range(1, min(k, len(s))):
        halves = [(np.maximum(sign * u[:, j], 0.0), np.maximum(sign * vt[j], 0.0)) for sign in (1.0, -1.0)]
        norms = [(np.linalg.norm(a), np.linalg.norm(b)) for a, b in halves]
        best = int(norms[1][0] * norms[1][1] > norms[0][0] * norms[0][1])
        (left, right), (left_norm, right_norm) = halves[best], norms[best]
        if left_norm * right_norm == 0 or s[j] <= 1e-12 * s[0]:
            continue
        scale = np.sqrt(s[j] * left_norm * right_norm)
        w[:, j], h[j] = scale * left / left_norm, scale * right / right_norm
    if fill > 0:
        w[w < 1e-9], h[h < 1e-9] = fill, fill
    return w, h


def random_start(
    shape: tuple[int, int], k: int, mean: float, generator: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Absolute normal entries whose product has the mean of the data."""
    scale = np.sqrt(max(mean, 1e-12) / k)
    w = scale * np.abs(generator.standard_normal((shape[0], k)))
    h = scale * np.abs(generator.standard_normal((k, shape[1])))
    return w, h


def aligned_start(product_scores: pd.DataFrame, products: pd.Index) -> np.ndarray:
    """The product scores of a previous run as a start for a matrix with these products.

    Parameters
    ----------
    product_scores : DataFrame, products × segments
        As in ``Segmentation.product_scores``; its index names the products.
    products : Index
        Products of the new matrix, in its order.

    Returns
    -------
    ndarray, (segments, products)
        Products are found by label; one that the previous run did not know starts at its segment's mean.

    Raises
    ------
    SpecError
        Labels stand twice, or no product is known.
    """
    if not product_scores.index.is_unique:
        raise SpecError(
            "Some products stand twice in the previous run.",
            remedy="Give one row of scores for each product.",
        )
    if not product_scores.index.isin(products).any():
        raise SpecError(
            "None of these products was part of the previous run.",
            remedy="Choose the level of the previous run, or start anew.",
        )
    known = product_scores.reindex(products)
    return known.fillna(known.mean()).to_numpy(dtype=np.float64).T


def check_start(
    start: np.ndarray | None, spec: NMFSpec, products: int, free: np.ndarray | None = None
) -> None:
    """Refuse a start that cannot be gone on from, in words.

    Raises
    ------
    SpecError
    """
    if spec.initialisation != CUSTOM:
        if start is not None or free is not None:
            raise SpecError(
                "A previous run was given, but the choices start anew.", remedy="Choose the start “custom”."
            )
        return
    if start is None:
        raise SpecError(
            "To go on from a previous run, its product scores are needed.",
            remedy="Give them, or choose another start.",
        )
    if np.shape(start) != (spec.k, products):
        raise SpecError(
            f"The previous run has scores for {' × '.join(map(str, np.shape(start)))} segments and products, "
            f"these choices need {spec.k} × {products}.",
            remedy="Use as many segments as before, and bring the products into line.",
        )
    if not np.isfinite(start).all() or (start < 0).any() or not start.any():
        raise SpecError(
            "The scores of the previous run are not numbers from 0.", remedy="Use them as they were saved."
        )
    if free is not None and (free.dtype != bool or free.shape != np.shape(start)):
        raise SpecError(
            "What is held does not fit the scores of the previous run.",
            remedy="Say of every score whether it may change.",
        )


def previous_start(
    values: sparse.csr_matrix, start: np.ndarray, loss: str, free: np.ndarray | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Go on from a previous product basis: customers by least squares on it."""
    h = scaled(start)
    if loss != "squared":
        raised = np.maximum(h, GAP * h.mean(axis=1, keepdims=True))
        h = raised if free is None else np.where(free, raised, h)
    w = near_scores(values, h)
    return (w if loss == "squared" else np.maximum(w, GAP * w.mean())), h


def scaled(basis: np.ndarray) -> np.ndarray:
    """Rows scaled to sum 1; empty ones stay empty."""
    total = basis.sum(axis=1, keepdims=True)
    return basis / np.where(total > 0, total, 1.0)


def near_scores(values: sparse.csr_matrix, h: np.ndarray) -> np.ndarray:
    """Scores good enough to go on from: least squares on a fixed H with what is negative set to 0, (n, k)."""
    cross = values @ np.ascontiguousarray(h.T, dtype=values.dtype)
    return np.maximum(cross @ np.linalg.pinv(h @ h.T).astype(values.dtype), 0.0)
