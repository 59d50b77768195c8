"""Sweep over k: one factorisation per k, then its stability, one step at a time.

A k that fails is marked and the rest go on. Points leave as they finish, first with what is explained, then again
with their stability, so that a chart fills while the work goes on and a cancelled sweep keeps what it has.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

from segcore.choices.nmf import NMFSpec
from segcore.choices.sweep import RESAMPLES, SweepSpec
from segcore.errors import SegcoreError, SpecError
from segcore.factorization import Factorization, assign, factorize_together
from segcore.factorization.result import check_alive
from segcore.factorization.stability import match, resampled, stability_of
from segcore.factorization.values import check_k, check_values
from segcore.matrix import PurchaseMatrix
from segcore.progress import Step, finished
from segcore.selection.chance import SHUFFLES, explained_beside_chance, gains_of, unevenness
from segcore.selection.points import SweepPoint, sweep_table
from segcore.selection.verdict import Verdict, judge, knee_of

KL_RESAMPLES = 6  # a Kullback–Leibler fit takes ten times as long


@dataclass(frozen=True, eq=False)
class Sweep:
    """All points of a sweep, with the baseline and the choices behind it."""

    points: tuple[SweepPoint, ...]
    baseline: float
    spec: SweepSpec
    matrix_digest: str

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per k, as :func:`segcore.selection.points.sweep_table` describes it."""
        return sweep_table(self.points)

    @property
    def knee(self) -> int | None:
        """Where the gain in explained share falls off; None where the curve hardly bends."""
        return knee_of(self.table["explained_share"].dropna())

    def verdict(self, matrix: PurchaseMatrix) -> Verdict:
        """How many segments to work with; ``matrix`` is the one that was swept."""
        return judge(self.table, self.baseline, matrix.row_word, matrix.shape[1])

    def fit(self, k: int) -> Factorization:
        """Return the stored factorisation for a k.

        Raises
        ------
        SpecError
            This k was not tried, or it failed.
        """
        for point in self.points:
            if point.k == k and point.fit is not None:
                return point.fit
        raise SpecError(
            f"{k} segments were not part of this comparison.", remedy="Run it again with a wider range."
        )


def sweep_k(
    matrix: PurchaseMatrix,
    ks: Iterable[int] = range(2, 11),
    *,
    spec: SweepSpec | None = None,
    resamples: int = RESAMPLES,
    **choices: Any,
) -> Sweep:
    """Try several numbers of segments.

    Parameters
    ----------
    ks : iterable of int
    resamples : int
        0 leaves stability out.
    spec : SweepSpec, optional
        All choices at once, instead of ``ks``, ``resamples`` and ``choices``.
    **choices
        Fields of :class:`NMFSpec`: ``loss``, ``initialisation``, ``restarts``, ``seed`` …
    """
    spec = spec or SweepSpec(tuple(ks), NMFSpec(k=1, **choices), resamples)
    return finished(sweeping(matrix, spec))


def sweeping(matrix: PurchaseMatrix, spec: SweepSpec) -> Generator[Step, None, Sweep]:
    """Sweep as a generator: yields a step after each fit and each resample, returns the Sweep.

    Raises
    ------
    NotEnoughData, SpecError
        The matrix cannot be factorised at all.
    """
    check_values(matrix.values)
    effort = _Effort(spec)
    points: dict[int, SweepPoint] = {}
    baseline = yield from _fit_all(matrix, spec, points, effort)
    if spec.resamples:
        yield from _compare_with_chance(matrix.values, spec, points, effort)
        yield from _check_stability(matrix.values, spec, points, effort)
    return Sweep(tuple(points[k] for k in spec.ks), baseline, spec, matrix.digest)


class _Effort:
    """How far a sweep is: every full fit, shuffle and resample costs about what its segments cost."""

    def __init__(self, spec: SweepSpec) -> None:
        repeats = _resamples(spec) + SHUFFLES + 1 if spec.resamples else 0
        self.of_all = 2.0  # the full fit has more starts and a finer end than a repeat
        self.total = self.of_all + repeats
        self.done = 0.0

    def step(self, share: float, message: str, part: SweepPoint | None = None) -> Step:
        self.done += share
        return Step(min(self.done / self.total, 0.999), message, part)


def _fit_all(
    matrix: PurchaseMatrix, spec: SweepSpec, points: dict[int, SweepPoint], effort: _Effort
) -> Generator[Step, None, float]:
    """Fit every k together; a point leaves as its k comes to rest. Returns the baseline, explained by k = 1."""
    possible = []
    for k in spec.ks:
        try:
            check_k(matrix.values, k)
            possible.append(k)
        except SegcoreError as error:
            points[k] = SweepPoint(k, None, (), None, error.sentence)
    baseline, each = np.nan, effort.of_all / (len(possible) + 1)
    specs = [replace(spec.nmf, k=k) for k in (1, *possible)]
    try:
        for fits in factorize_together(matrix.values, specs, sample=True):
            if not fits:
                yield effort.step(0.0, "Finding segments")
            for fit in fits:
                if fit.spec.k == 1:
                    baseline = fit.explained_share
                    continue
                points[fit.spec.k] = _point_of(fit)
                yield effort.step(each, f"Fitted {fit.spec.k} segments", points[fit.spec.k])
    except MemoryError:
        for k in possible:
            points.setdefault(
                k, SweepPoint(k, None, (), None, f"There is not enough memory for {k} segments. Try fewer.")
            )
    return baseline


def _compare_with_chance(
    values: sparse.csr_matrix, spec: SweepSpec, points: dict[int, SweepPoint], effort: _Effort
) -> Iterator[Step]:
    explained = []
    for share in explained_beside_chance(values, spec.ks, spec.nmf):
        explained.append(share)
        yield effort.step(1.0, "Comparing with purchases dealt out by lot")
    gains, uneven = gains_of(explained), unevenness(values)
    for k, *measured in zip(spec.ks, gains.own, gains.by_chance, gains.beyond, strict=True):
        own, by_chance, beyond = (float(one) if np.isfinite(one) else None for one in measured)
        points[k] = replace(
            points[k], gain=own, gain_by_chance=by_chance, beyond_chance=beyond, unevenness=uneven
        )


def _check_stability(
    values: sparse.csr_matrix, spec: SweepSpec, points: dict[int, SweepPoint], effort: _Effort
) -> Iterator[Step]:
    """Match every resample to the full fits; the points leave again with their stability."""
    fits = {k: fit for k in spec.ks if (fit := points[k].fit) is not None}
    aligned: dict[int, list[np.ndarray]] = {k: [] for k in fits}
    for number, bases in enumerate(
        resampled(values, [fit.spec for fit in fits.values()], _resamples(spec)), start=1
    ):
        for k, h in bases.items():
            aligned[k].append(h[match(fits[k].h, h)])
        yield effort.step(1.0, f"Checking stability, resample {number} of {_resamples(spec)}")
    for k in fits:
        measured = stability_of(aligned[k])
        if measured is not None:
            points[k] = replace(points[k], stability=tuple(float(s) for s in measured.per_segment))
        yield effort.step(0.0, "Checking stability", points[k])


def _resamples(spec: SweepSpec) -> int:
    return spec.resamples if spec.nmf.loss == "squared" else min(spec.resamples, KL_RESAMPLES)


def _point_of(fit: Factorization) -> SweepPoint:
    try:
        check_alive(fit)
    except SegcoreError as error:
        return SweepPoint(fit.spec.k, None, (), None, error.sentence)
    segments = assign(fit.w)
    sizes = np.bincount(segments[segments >= 0], minlength=fit.spec.k)
    total = np.maximum(fit.w.sum(axis=0), 1e-300)
    held = [float(fit.w[segments == j, j].sum() / total[j]) for j in range(fit.spec.k)]
    return SweepPoint(fit.spec.k, fit, tuple(int(s) for s in sizes), None, held=tuple(held))
