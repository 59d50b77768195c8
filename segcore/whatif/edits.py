"""Segments changed by hand: merged, split, held, or defined by products somebody names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from segcore.choices.scenarios import Edit
from segcore.errors import SegcoreError
from segcore.factorization import Factorization, assign, factorize
from segcore.factorization.held import fresh, refit
from segcore.factorization.start import scaled
from segcore.matrix import PurchaseMatrix


@dataclass(frozen=True, eq=False)
class Draft:
    """Segments while they are being changed: a fit whose rows have identities.

    Attributes
    ----------
    ids : tuple of int
        Identity of each row of H.
    locked : frozenset of int
        Identities whose profile must not change.
    own : int
        The study's segments are 1 to this.
    next_id : int
        The identity the next new segment gets where its edit names none.
    merged : dict
        Identities that stand for several.
    notes : tuple of str
        What could not be done.
    """

    fit: Factorization
    ids: tuple[int, ...]
    locked: frozenset[int]
    own: int
    next_id: int
    merged: dict[int, tuple[int, ...]] = field(default_factory=dict)
    pinned: tuple[tuple[int, tuple[int, ...]], ...] = ()  # identity and columns
    notes: tuple[str, ...] = ()

    @property
    def sizes(self) -> np.ndarray:
        """Customers of each row."""
        own = assign(self.fit.w)
        return np.bincount(own[own >= 0], minlength=len(self.ids))

    def number_for(self, edit: Edit) -> int:
        """The identity of the segment an edit adds."""
        return edit.makes or self.next_id

    def noted(self, sentence: str) -> Draft:
        """The same, with something said."""
        return replace(self, notes=(*self.notes, sentence))


def edited(draft: Draft, matrix: PurchaseMatrix, edits: tuple[Edit, ...]) -> Draft:
    """Make the edits one after the other; one that is not possible is said and left out."""
    for edit in edits:
        draft = _MAKE[edit.kind](draft, matrix, edit)
    return draft


def _merge(draft: Draft, matrix: PurchaseMatrix, edit: Edit) -> Draft:
    """One profile in place of several: their mean by weight, then the best one with all others held."""
    rows = [draft.ids.index(number) for number in edit.segments if number in draft.ids]
    if len(rows) < 2:
        return draft.noted("A segment that was to be merged is not there any more.")
    weight = draft.fit.w[:, rows].sum(axis=0)
    together = scaled((weight @ draft.fit.h[rows])[None, :])
    # One of the study's own leads, so that nobody reads of it as a segment that appears.
    sizes = draft.sizes
    lead = draft.ids[max(rows, key=lambda row: (draft.ids[row] <= draft.own, sizes[row], -row))]
    others = [row for row in range(len(draft.ids)) if row not in rows]
    basis = np.vstack([draft.fit.h[others], together])
    free = np.zeros(basis.shape, dtype=bool)
    free[-1] = True
    parts = tuple(part for row in rows for part in draft.merged.get(draft.ids[row], (draft.ids[row],)))
    ids = (*(draft.ids[row] for row in others), lead)
    return replace(
        draft,
        fit=refit(matrix.values, basis, draft.fit.spec, free & _may_hold(draft, ids, basis.shape)),
        ids=ids,
        merged={n: p for n, p in draft.merged.items() if n in ids} | {lead: tuple(sorted(set(parts)))},
    )


def _split(draft: Draft, matrix: PurchaseMatrix, edit: Edit) -> Draft:
    """Two segments found among the customers of one, then the best two with all others held."""
    number = edit.segments[0]
    if number not in draft.ids:
        return draft.noted("The segment that was to be split is not there any more.")
    row = draft.ids.index(number)
    inside = matrix.values[np.flatnonzero(assign(draft.fit.w) == row)]
    try:
        pair = factorize(inside, fresh(draft.fit.spec, 2)).h
    except SegcoreError:
        return draft.noted("A segment has too few customers or products to be split.")
    unit = [h / max(np.linalg.norm(h), 1e-300) for h in (*pair, draft.fit.h[row])]
    if unit[1] @ unit[2] > unit[0] @ unit[2]:
        pair = pair[::-1]
    others = [at for at in range(len(draft.ids)) if at != row]
    basis = np.vstack([draft.fit.h[others], pair])
    free = np.zeros(basis.shape, dtype=bool)
    free[-2:] = True
    second = draft.number_for(edit)
    ids = (*(draft.ids[at] for at in others), number, second)
    return replace(
        draft,
        fit=refit(matrix.values, basis, draft.fit.spec, free & _may_hold(draft, ids, basis.shape)),
        ids=ids,
        next_id=max(draft.next_id, second + 1),
        merged={n: parts for n, parts in draft.merged.items() if n != number},
    )


def _pin(draft: Draft, matrix: PurchaseMatrix, edit: Edit) -> Draft:
    """A further segment that starts from these products, which then belong to no other."""
    columns = matrix.products.get_indexer(pd.Index(edit.products, dtype=matrix.products.dtype))
    columns = {int(at) for at in columns if at >= 0}
    if not columns:
        return draft.noted("None of the products that were to define a segment is in the range.")
    columns = tuple(
        sorted(columns - {at for number, held in draft.pinned if number in draft.ids for at in held})
    )
    if not columns:
        return draft.noted("These products define another segment already.")
    seed = np.zeros((1, matrix.shape[1]))
    seed[0, list(columns)] = np.asarray(matrix.values[:, list(columns)].sum(axis=0)).ravel()
    mine = draft.number_for(edit)
    ids = (*draft.ids, mine)
    draft = replace(draft, pinned=(*draft.pinned, (mine, columns)))
    free = _may_hold(draft, ids, (len(ids), matrix.shape[1]))
    for row, number in enumerate(ids):
        free[row] &= number not in draft.locked
    basis = np.vstack([draft.fit.h, scaled(seed)])
    for number, held in draft.pinned:
        for row, other in enumerate(ids):
            if other != number and other not in draft.locked:
                basis[row, list(held)] = 0.0
    return replace(
        draft,
        fit=refit(matrix.values, basis, draft.fit.spec, free),
        ids=ids,
        next_id=max(draft.next_id, mine + 1),
    )


def _may_hold(draft: Draft, ids: tuple[int, ...], shape: tuple[int, int]) -> np.ndarray:
    """Which entries no pin keeps empty: a pinned product belongs to its own segment alone."""
    may = np.ones(shape, dtype=bool)
    for number, columns in draft.pinned:
        for row, other in enumerate(ids):
            if other != number and number in ids:
                may[row, list(columns)] = False
    return may


def _lock(draft: Draft, matrix: PurchaseMatrix, edit: Edit) -> Draft:
    """Nothing to do at its turn: what is locked was held from the start."""
    return draft


_MAKE: dict[str, Callable[[Draft, PurchaseMatrix, Edit], Draft]] = {
    "merge": _merge,
    "split": _split,
    "pin": _pin,
    "lock": _lock,
}


def locked_by(edits: tuple[Edit, ...]) -> frozenset[int]:
    """Segments somebody locked."""
    return frozenset(number for edit in edits if edit.kind == "lock" for number in edit.segments)
