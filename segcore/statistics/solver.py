"""The weights of rows and columns under which the expected margins are the given ones.

Rows of more than a few dozen products hold each product independently, p = xy / (1 + xy), as in the bipartite
configuration model (Saracco, Di Clemente, Gabrielli & Squartini 2015, Sci. Rep. 5; Saracco et al. 2017, New J. Phys.
19). Shorter rows have their exact size (:mod:`segcore.statistics.exact_size`), where the row's own weight drops out.
Both kinds share the columns' weights, which maximise one concave likelihood. Classes of rows and of columns with the
same margin are solved once. Newton steps; the curvature of a row is diag(d) − dd'/Σd, exact for long rows and Hájek's
(1964) approximation for short ones, whose steps therefore converge a little slower.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse.linalg import LinearOperator, cg

from segcore.statistics.exact_size import SizeTable, size_table

CLOSE = 2e-10  # largest gap of an expected margin, in rows
MOST_STEPS, MOST_HALVINGS = 150, 12
LONGEST_STEP = 3.0  # of a logarithm, in one step


@dataclass(frozen=True, eq=False)
class Margins:
    """What is to be met, by classes: free of rows and columns that are decided already.

    Attributes
    ----------
    sizes, rows : int arrays, (row classes,)
        Products of a row, ascending, and how many rows have so many.
    degrees, columns : int arrays, (column classes,)
        Rows of a column, and how many columns have so many.
    short : int
        So many of the row classes, the first ones, have their exact size.
    """

    sizes: np.ndarray
    rows: np.ndarray
    degrees: np.ndarray
    columns: np.ndarray
    short: int


@dataclass(frozen=True, eq=False)
class Solved:
    """Chances that meet the margins.

    Attributes
    ----------
    weight : float array, (column classes,)
        y; one common factor is free.
    activity : float array, (long row classes,)
        x.
    table : SizeTable
        Of the short rows; its odds are the weights, scaled.
    chance : float array, (row classes, column classes)
    gap : float
        Largest difference of an expected and a given column margin, in rows.
    """

    weight: np.ndarray
    activity: np.ndarray
    table: SizeTable
    chance: np.ndarray
    gap: float


def solve(margins: Margins) -> Solved:
    """Find the weights; at least one row class and one column class, no margin empty or full."""
    n = int(margins.rows.sum())
    weight = margins.degrees / (n - margins.degrees)
    now = _state(margins, weight)
    for _ in range(MOST_STEPS):
        if now.gap <= CLOSE:
            break
        step = _newton_step(margins, now.chance)
        better = _along(margins, now, step)
        if better is None:
            break  # nothing but rounding is left
        now = better
    return now


def _along(margins: Margins, now: Solved, step: np.ndarray) -> Solved | None:
    """The first of ever shorter steps that brings the expected margins closer."""
    length = min(1.0, LONGEST_STEP / max(float(np.abs(step).max()), 1e-300))
    before = _distance(margins, now.chance)
    for _ in range(MOST_HALVINGS):
        then = _state(margins, now.weight * np.exp(length * step), now.activity)
        if _distance(margins, then.chance) < before:
            return then
        length /= 2
    return None


def _distance(margins: Margins, chance: np.ndarray) -> float:
    """How far the expected margins are from the given ones, in their standard deviations squared."""
    gap = margins.degrees - margins.rows @ chance
    return float(np.sum(margins.columns * gap**2 / margins.degrees))


def _state(margins: Margins, weight: np.ndarray, start: np.ndarray | None = None) -> Solved:
    """Chances under these column weights; the rows' margins are met, the columns' not yet."""
    short = margins.short
    long = _activity(margins.sizes[short:], weight, margins.columns, start)
    grid = long[:, None] * weight
    chance = np.empty((len(margins.sizes), len(weight)))
    chance[short:] = grid / (1.0 + grid)
    table = _short_rows(margins, weight)
    chance[:short] = table.inclusion[margins.sizes[:short]]
    gap = float(np.abs(margins.degrees - margins.rows @ chance).max())
    return Solved(weight, long, table, chance, gap)


def _short_rows(margins: Margins, weight: np.ndarray) -> SizeTable:
    sizes, rows = margins.sizes[: margins.short], margins.rows[: margins.short]
    if not len(sizes):
        return size_table(weight, margins.columns, 0, twins=False)
    usual = np.array([np.average(sizes, weights=rows)])
    scale = _activity(usual, weight, margins.columns, None)[0]
    return size_table(weight * scale, margins.columns, int(sizes[-1]))


def _activity(
    sizes: np.ndarray, weight: np.ndarray, columns: np.ndarray, start: np.ndarray | None
) -> np.ndarray:
    """X of every row class, so that Σ xy / (1 + xy) is its size; Newton steps on its logarithm."""
    if start is None:
        start = sizes / max(float(columns @ weight), 1e-300)
    found = np.array(start, dtype=np.float64)
    for _ in range(MOST_STEPS):
        grid = found[:, None] * weight
        grid /= 1.0 + grid
        miss = sizes - grid @ columns
        slope = (grid - grid**2) @ columns
        step = np.clip(miss / np.maximum(slope, 1e-300), -1.0, 1.0)
        found *= np.exp(step)
        if not len(step) or np.abs(step).max() < 1e-14 or (np.abs(miss) <= 4e-15 * sizes).all():
            break
    return found


def _newton_step(margins: Margins, chance: np.ndarray) -> np.ndarray:
    """Change of the logarithms of the column weights, by conjugate gradients on classes alone."""
    spread = chance - chance**2
    columns, short = margins.columns, margins.short
    for _ in range(3 if short else 0):  # Hájek's d, made to agree with the exact variances of the short rows
        part = spread[:short]
        share = part / np.maximum(part @ columns, 1e-300)[:, None]
        spread[:short] = (chance[:short] - chance[:short] ** 2) / np.maximum(1.0 - share, 0.25)
    spread *= columns
    weight = margins.rows / np.maximum(spread.sum(axis=1), 1e-300)
    diagonal = np.maximum(margins.rows @ spread, 1e-300)

    def curvature(v: np.ndarray) -> np.ndarray:
        return diagonal * v - (weight * (spread @ v)) @ spread

    size = (len(columns), len(columns))
    gap = columns * (margins.degrees - margins.rows @ chance)
    found, _ = cg(
        LinearOperator(size, curvature, dtype=np.float64), gap, rtol=1e-5, maxiter=60,
        M=LinearOperator(size, lambda v: v / diagonal, dtype=np.float64),
    )  # fmt: skip
    return found - np.average(found, weights=columns)
