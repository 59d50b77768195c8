"""One scenario from the study's segments to its outcome. It always starts there, never from the step before.

So an undone step gives the very same segments again, and two people who try the same thing see the same thing.
"""

from __future__ import annotations

from collections.abc import Generator
from itertools import count
from typing import Any

import numpy as np
import pandas as pd

from segcore.choices.matrix import MatrixSpec
from segcore.choices.scenarios import Scenario
from segcore.errors import NotEnoughData
from segcore.factorization import Factorization, assign, factorize
from segcore.factorization.held import fresh, refit
from segcore.factorization.start import scaled
from segcore.matrix import PurchaseMatrix, build_matrix
from segcore.progress import Step, finished
from segcore.purchases import Purchases
from segcore.segments import Segmentation, segment
from segcore.segments.names import propose_names
from segcore.whatif.changed import changed_purchases, changed_spec
from segcore.whatif.edits import Draft, edited, locked_by
from segcore.whatif.outcome import (
    Outcome,
    agreement_of,
    amounts_of,
    before_and_after,
    flows_between,
    identified,
)

LEAST_KEPT = 0.25  # of a segment's profile that must be left in the range, or it has nothing to be found by
LEAST_NEW = 0.5  # of a new segment's profile that must lie on the products brought back
FEWEST_NEW = 0.02  # of the customers, and at least three, for a segment to count as new


def trying(
    purchases: Purchases, spec: MatrixSpec, base: Segmentation, scenario: Scenario
) -> Generator[Step, None, Outcome]:
    """Find the segments of a scenario and follow everybody into them.

    Parameters
    ----------
    purchases, spec, base
        The study's data, choices and segments.

    Raises
    ------
    SpecError, NotEnoughData
        The range that is left cannot work.
    """
    yield Step(0.05, "Taking the changed range")
    original = build_matrix(purchases, spec=spec)
    bought = changed_purchases(purchases, scenario.without)
    matrix = build_matrix(bought, spec=changed_spec(spec, scenario)) if scenario.changes_range else original
    yield Step(0.3, "Finding the segments from where they were")
    found, kept = _found(matrix, base, scenario)
    yield Step(0.6, "Making the changes by hand")
    draft = edited(found, matrix, scenario.edits)
    yield Step(0.85, "Following everybody")
    untouched = draft.fit is found.fit and matrix is original and not scenario.k
    segmentation = base if untouched else segment(matrix, fit=draft.fit)
    identity = _identities(segmentation, draft)
    added = {int(n): int(segmentation.sizes[at]) for at, n in identity.items() if n > base.k}
    new = sorted(number for number, size in added.items() if size)
    if len(new) < len(added):
        draft = draft.noted("A segment that was added stays empty: nobody shows its taste most.")
    names = propose_names(bought, matrix, segmentation) if new else {}
    return Outcome(
        scenario=scenario,
        segmentation=segmentation,
        identity=identity,
        likeness=_likeness(base, segmentation, identity),
        kept_taste=kept,
        new=tuple(new),
        merged=draft.merged,
        proposed={int(identity[at]): name for at, name in names.items() if identity[at] in new},
        explained=segmentation.explained_share,
        explained_unedited=found.fit.explained_share,
        explained_before=base.explained_share,
        wobble=_wobble(original, base) if scenario.changes_range and not scenario.k else 0,
        notes=draft.notes,
        **_followed(base, segmentation, identity, draft.merged, (original, matrix)),
    )


def outcome_of(purchases: Purchases, spec: MatrixSpec, base: Segmentation, scenario: Scenario) -> Outcome:
    """As :func:`trying`, at once."""
    return finished(trying(purchases, spec, base, scenario))


def _found(matrix: PurchaseMatrix, base: Segmentation, scenario: Scenario) -> tuple[Draft, pd.Series]:
    """The segments in the changed range, before edits by hand, and what is left of each one's taste."""
    profiles = base.product_scores
    start = profiles.reindex(matrix.products, fill_value=0.0).to_numpy().T
    kept = pd.Series(start.sum(axis=1), profiles.columns, name="kept")
    locked = locked_by(scenario.edits) & set(kept.index[kept > 0])
    made = {edit.makes for edit in scenario.edits}
    last = max(base.k, *made, 0)
    if not (scenario.changes_range or scenario.k):
        return Draft(_as_found(base), tuple(map(int, kept.index)), frozenset(locked), base.k, last + 1), kept
    stays = (kept >= LEAST_KEPT).to_numpy() | kept.index.isin(locked)
    if scenario.k and scenario.k != stays.sum():
        fit, held = _anew(matrix, base, scenario.k, start, sorted(locked))
    elif not stays.any():
        raise NotEnoughData(
            "Of no segment a quarter of its taste is left in this range.",
            remedy="Drop less, or choose a number of segments to look for anew.",
        )
    else:
        held = {row: int(n) for row, n in enumerate(kept.index[stays]) if n in locked}
        free = np.ones((stays.sum(), matrix.shape[1]), dtype=bool)
        free[list(held)] = False
        fit = _with_new(matrix, refit(matrix.values, start[stays], base.spec, free), free, scenario)
    ids = _known_again(profiles, pd.DataFrame(fit.h.T, matrix.products), held, made)
    return Draft(fit, ids, frozenset(locked), base.k, max(last, *ids) + 1), kept


def _known_again(
    reference: pd.DataFrame, profiles: pd.DataFrame, held: dict[int, int], made: set[int]
) -> tuple[int, ...]:
    """Identity of every profile: held ones are who they were, however little of them is left; others are matched.

    New ones take the free numbers after the study's that no edit gives to a segment of its own.
    """
    loose = [row for row in range(profiles.shape[1]) if row not in held]
    found, _ = identified(reference.drop(columns=list(held.values())), profiles[loose])
    known = held | {row: number for row, number in zip(loose, found, strict=True) if number is not None}
    free = (number for number in count(reference.shape[1] + 1) if number not in made)
    return tuple(known[row] if row in known else next(free) for row in range(profiles.shape[1]))


def _as_found(base: Segmentation) -> Factorization:
    """The study's own segments as a fit."""
    return Factorization(
        w=base.customer_scores.to_numpy(), h=base.product_scores.to_numpy().T, error=base.error,
        explained_share=base.explained_share, iterations=base.iterations, converged=base.converged, last_gain=0.0,
        restart_errors=(base.error,), dead=tuple(n - 1 for n in base.dead), spec=base.spec,
    )  # fmt: skip


def _anew(
    matrix: PurchaseMatrix, base: Segmentation, k: int, start: np.ndarray, locked: list[int]
) -> tuple[Factorization, dict[int, int]]:
    """Another number of segments, from every start; locked ones take the place of those they are most like.

    Returns
    -------
    Factorization, dict of int to int
        The identity of each row that is held.
    """
    fit = factorize(matrix.values, fresh(base.spec, k))
    if not locked:
        return fit, {}
    basis, free = fit.h.copy(), np.ones(fit.h.shape, dtype=bool)
    profiles = scaled(start[[number - 1 for number in locked]])
    places, _ = identified(pd.DataFrame(fit.h.T), pd.DataFrame(profiles.T), least=-1.0)
    held = {place: row for row, place in enumerate(places) if place is not None}
    for place, row in held.items():
        basis[place], free[place] = profiles[row], False
    return refit(matrix.values, basis, base.spec, free), {place: locked[row] for place, row in held.items()}


def _with_new(
    matrix: PurchaseMatrix, fit: Factorization, free: np.ndarray, scenario: Scenario
) -> Factorization:
    """The fit with one segment more, where the products brought back make a taste of their own."""
    back = matrix.products.isin(scenario.brought_back)
    if not back.any() or fit.h.shape[0] >= min(matrix.shape):
        return fit
    seed = np.where(back, np.asarray(matrix.values.sum(axis=0)).ravel(), 0.0)
    basis = np.vstack([fit.h, scaled(seed[None, :])])
    richer = refit(matrix.values, basis, fit.spec, np.vstack([free, np.ones((1, free.shape[1]), dtype=bool)]))
    customers = int((richer.w.argmax(axis=1)[richer.w.max(axis=1) > 0] == len(basis) - 1).sum())
    of_its_own = richer.h[-1, back].sum() >= LEAST_NEW
    return richer if of_its_own and customers >= max(3, FEWEST_NEW * matrix.shape[0]) else fit


def _wobble(original: PurchaseMatrix, base: Segmentation) -> int:
    """Customers that change segment by nothing but looking again from where the segments are."""
    again = refit(original.values, base.product_scores.to_numpy().T, base.spec)
    own = base.assignment.fillna(0).to_numpy(dtype=int) - 1
    return int(((assign(again.w) != own) & (own >= 0)).sum())


def _followed(
    base: Segmentation,
    segmentation: Segmentation,
    identity: pd.Series,
    merged: dict[int, tuple[int, ...]],
    matrices: tuple[PurchaseMatrix, PurchaseMatrix],
) -> dict[str, Any]:
    """Who goes where, sizes and money before and after, and what dissolves."""
    after = segmentation.assignment.map(identity).astype("Int64")
    alive = {int(n) for at, n in identity.items() if segmentation.sizes[at] > 0}
    put_together = {part for parts in merged.values() for part in parts}
    known = [int(n) for n in base.sizes.index]
    first, second = map(amounts_of, matrices)
    return {
        "gone": tuple(n for n in known if n not in alive | put_together and base.sizes[n] > 0),
        "table": before_and_after(base.assignment, after, sorted({*known, *alive}), (first, second)),
        "flows": flows_between(base.assignment, after, merged),
        "agreement": agreement_of(base.assignment, after)[0],
    }


def _identities(segmentation: Segmentation, draft: Draft) -> pd.Series:
    """Identity of each segment number: numbers follow size, so rows are found again by their profile."""
    profiles = segmentation.product_scores.to_numpy().T
    free = list(range(len(draft.ids)))
    found = []
    for profile in profiles:
        row = next(at for at in free if np.array_equal(draft.fit.h[at], profile))
        free.remove(row)
        found.append(draft.ids[row])
    return pd.Series(found, segmentation.sizes.index, name="identity", dtype="int64")


def _likeness(base: Segmentation, segmentation: Segmentation, identity: pd.Series) -> pd.Series:
    """Cosine of each identity's profile with the one it had in the study."""
    products = base.product_scores.index.union(segmentation.product_scores.index)
    one, other = (s.product_scores.reindex(products, fill_value=0.0) for s in (base, segmentation))
    found = {}
    for number, known in identity.items():
        if known in one:
            a, b = one[known].to_numpy(), other[number].to_numpy()
            found[int(known)] = float(a @ b / max(np.linalg.norm(a) * np.linalg.norm(b), 1e-300))
        else:
            found[int(known)] = float("nan")
    return pd.Series(found, name="likeness", dtype="float64")
