"""Sweep over k: one factorisation per k, then its stability, one step at a time.

A k that fails is marked and the rest go on. Points leave as they finish, first with what is explained, then again
with their stability, so that a chart fills while the work goes on and a cancelled sweep keeps what it has.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from segcore.chance import SHUFFLES, beyond_chance, explained_beside_chance
from segcore.errors import SegcoreError, SpecError
from segcore.factorization import Factorization, NMFSpec, assign, factorize
from segcore.factorization.fit import check_values
from segcore.factorization.start import leading_directions
from segcore.matrix import PurchaseMatrix
from segcore.selection import knee_of
from segcore.stability import RESAMPLES, resampled_bases, stability_of
from segcore.steps import Step

KL_RESAMPLES = 6  # a Kullback–Leibler fit takes ten times as long


@dataclass(frozen=True)
class SweepSpec:
    """The frozen choices behind a sweep.

    Attributes
    ----------
    ks : tuple of int
        The values of k tried, sorted; 1 is always fitted besides, as the baseline.
    nmf : NMFSpec
        Loss, initialisation, restarts and seed for every k; its own k is not used.
    resamples : int
        How many resamples of 80 % of the customers measure stability; 0 leaves it out.
    """

    ks: tuple[int, ...] = tuple(range(2, 11))
    nmf: NMFSpec = field(default_factory=lambda: NMFSpec(k=1))
    resamples: int = RESAMPLES

    def __post_init__(self) -> None:
        object.__setattr__(self, "ks", tuple(sorted({int(k) for k in self.ks} - {1})))
        if self.resamples < 0:
            raise SpecError("The number of resamples cannot be negative.", remedy="Use 0 or more.")
        if not self.ks or self.ks[0] < 1:
            raise SpecError("There is no number of segments to try.", remedy="Try 2 or more.")


@dataclass(frozen=True, eq=False)
class SweepPoint:
    """One k: the fit or the sentence that says why there is none; its stability and gain over chance once measured."""

    k: int
    fit: Factorization | None
    sizes: tuple[int, ...]
    stability: tuple[float, ...] | None
    failure: str = ""
    beyond_chance: float | None = None


@dataclass(frozen=True, eq=False)
class Sweep:
    """All points of a sweep, with the baseline and the choices behind it."""

    points: tuple[SweepPoint, ...]
    baseline: float
    spec: SweepSpec
    matrix_digest: str

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per k: error, explained share, iterations, converged, smallest segment, stability, failure.

        ``beyond_chance`` is how much more the last segment adds than on shuffled data, in standard deviations of chance.
        """
        return sweep_table(self.points)

    @property
    def knee(self) -> int | None:
        """Where the gain in explained share falls off; None where the curve hardly bends."""
        return knee_of(self.table["explained_share"].dropna())

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


def sweep_table(points: Iterable[SweepPoint]) -> pd.DataFrame:
    """Tabulate points; the last one of each k counts, so an unfinished sweep can be shown as it stands."""
    latest = {point.k: point for point in points}
    rows = [_row(latest[k]) for k in sorted(latest)]
    columns = [*_row(SweepPoint(1, None, (), None))]
    return pd.DataFrame(rows, columns=columns).set_index("k")


def _row(point: SweepPoint) -> dict[str, object]:
    fit, total = point.fit, sum(point.sizes)
    return {
        "k": point.k,
        "error": fit.error if fit else np.nan,
        "explained_share": fit.explained_share if fit else np.nan,
        "iterations": fit.iterations if fit else 0,
        "converged": bool(fit and fit.converged),
        "last_gain": fit.last_gain if fit else np.nan,
        "smallest": min(point.sizes, default=0),
        "smallest_share": min(point.sizes) / total if total else np.nan,
        "stability_worst": min(point.stability) if point.stability else np.nan,
        "stability_mean": float(np.mean(point.stability)) if point.stability else np.nan,
        "beyond_chance": np.nan if point.beyond_chance is None else point.beyond_chance,
        "restart_spread": _spread(fit.restart_errors) if fit else np.nan,
        "dead": len(fit.dead) if fit else 0,
        "failure": point.failure,
    }


def _spread(errors: tuple[float, ...]) -> float:
    """How much worse the worst start is than the best, relative."""
    return (max(errors) - min(errors)) / max(min(errors), 1e-12)


def sweep_k(
    matrix: PurchaseMatrix,
    ks: Iterable[int] = range(2, 11),
    *,
    spec: SweepSpec | None = None,
    resamples: int = RESAMPLES,
    **choices: object,
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
    spec = spec or SweepSpec(tuple(ks), NMFSpec(k=1, **choices), resamples)  # type: ignore[arg-type]
    steps = sweeping(matrix, spec)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def sweeping(matrix: PurchaseMatrix, spec: SweepSpec) -> Generator[Step, None, Sweep]:
    """Sweep as a generator: yields a step after each fit and each resample, returns the Sweep.

    Raises
    ------
    NotEnoughData, SpecError
        The matrix cannot be factorised at all.
    """
    values = matrix.values
    check_values(values)
    widest = min(max(spec.ks), *values.shape)
    directions = leading_directions(values, widest) if spec.nmf.initialisation != "random" else None
    baseline = factorize(values, replace(spec.nmf, k=1), directions).explained_share
    points: dict[int, SweepPoint] = {}
    resamples = _resamples(spec)
    shuffles = SHUFFLES + 1 if resamples else 0
    # A resample is lighter than the full fit and grows with k; a shuffle fits every k.
    total = len(spec.ks) + sum(spec.ks) * (resamples + shuffles) / 5
    done = 0.0
    for k in spec.ks:
        points[k] = _fit_point(matrix, replace(spec.nmf, k=k), directions)
        done += 1
        yield Step(done / total, f"Fitted {k} segments", points[k])
    explained: list[np.ndarray] = []
    for share in explained_beside_chance(values, spec.ks, spec.nmf) if shuffles else ():
        explained.append(share)
        done += sum(spec.ks) / 5
        yield Step(min(done / total, 0.999), "Comparing with purchases dealt out by lot")
    if shuffles:
        for k, above in zip(spec.ks, beyond_chance(explained), strict=True):
            points[k] = replace(points[k], beyond_chance=float(above) if np.isfinite(above) else None)
    for k in spec.ks:
        point, bases = points[k], []
        if point.fit is not None and resamples:
            for h in resampled_bases(values, replace(spec.nmf, k=k), point.fit.h, resamples):
                bases.append(h)
                done += k / 5
                yield Step(min(done / total, 0.999), f"Checking how stable {k} segments are")
        measured = stability_of(bases)
        if measured is not None:
            points[k] = replace(point, stability=tuple(float(s) for s in measured.per_segment))
            yield Step(min(done / total, 0.999), f"{k} segments checked", points[k])
    return Sweep(tuple(points[k] for k in spec.ks), baseline, spec, matrix.digest)


def _resamples(spec: SweepSpec) -> int:
    return spec.resamples if spec.nmf.loss == "squared" else min(spec.resamples, KL_RESAMPLES)


def _fit_point(matrix: PurchaseMatrix, spec: NMFSpec, directions: tuple | None) -> SweepPoint:
    """Fit one k; a failure becomes a sentence on the point."""
    try:
        fit = factorize(matrix.values, spec, directions)
    except SegcoreError as error:
        return SweepPoint(spec.k, None, (), None, error.sentence)
    except MemoryError:
        return SweepPoint(
            spec.k, None, (), None, f"There is not enough memory for {spec.k} segments. Try fewer."
        )
    segments = assign(fit.w)
    sizes = np.bincount(segments[segments >= 0], minlength=spec.k)
    return SweepPoint(spec.k, fit, tuple(int(s) for s in sizes), None)
