"""Presets: named combinations of choices, by what they are for, with the effect they have on the data at hand."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

import numpy as np
from scipy import sparse

from segcore.choices.nmf import NMFSpec
from segcore.errors import SpecError
from segcore.factorization.assignment import assign
from segcore.factorization.fit import Factorization, factorize_together
from segcore.language.words import percent, plural

LIST_SHARE = 0.8
SMALL = 0.02  # share of customers below which a segment is hard to act on
CLEANER = (
    0.1  # groceries: a list of 38 products becomes 12 for 5 % less explained; twice as much cuts off tastes
)


@dataclass(frozen=True)
class Preset:
    """One named combination.

    Attributes
    ----------
    name : str
        What the study keeps.
    title, purpose : str
        What the screen says: a few words, and one sentence on what it is for.
    weightings : tuple of str
        How cells count; the first that the data allow is taken.
    choices : mapping
        Fields of :class:`NMFSpec` that differ from the standard ones.
    """

    name: str
    title: str
    purpose: str
    weightings: tuple[str, ...]
    choices: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))

    def spec(self, base: NMFSpec) -> NMFSpec:
        """The choices behind a factorisation, on top of k, seed and start as they are."""
        chosen: dict[str, Any] = {**dict.fromkeys(_SET_BY_PRESETS, 0.0), "loss": "squared", **self.choices}
        return replace(base, **chosen)

    def weighting(self, can: Collection[str]) -> str | None:
        """How cells count on data that allow these weightings; None where the preset cannot work."""
        return next((name for name in self.weightings if name in can), None)


_SET_BY_PRESETS = ("sparsity_products", "sparsity_customers", "evenness")
PRESETS: tuple[Preset, ...] = (
    Preset(
        "standard",
        "Standard",
        "Who buys what, with best-sellers held back a little: the place to start.",
        ("balanced", "log_amount", "log_quantity"),
    ),
    Preset(
        "cleaner",
        "Cleaner product lists",
        "For segments that are named or printed: products that hardly belong to a segment leave its list.",
        ("balanced", "log_amount", "log_quantity"),
        MappingProxyType({"sparsity_products": CLEANER}),
    ),
    Preset(
        "spend",
        "By spend",
        "For budgets and ranges: what customers spend money on counts, not only what they buy at all.",
        ("log_amount",),
    ),
    Preset(
        "rare",
        "Rare tastes",
        "For finding niches: unusual products count most, and segments come back less surely.",
        ("rare",),
    ),
)


def preset(name: str) -> Preset:
    """The preset with this name.

    Raises
    ------
    SpecError
        There is none.
    """
    for one in PRESETS:
        if one.name == name:
            return one
    raise SpecError(
        f"There is no preset called “{name}”.", remedy=f"Choose one of: {', '.join(p.name for p in PRESETS)}."
    )


def presets_for(weightings: Collection[str]) -> tuple[Preset, ...]:
    """The presets that can work on data with these weightings, as ``segcore.matrix.weighting.offered`` gives them."""
    return tuple(one for one in PRESETS if one.weighting(weightings) is not None)


def preset_of(spec: NMFSpec, weighting: str, weightings: Collection[str]) -> Preset | None:
    """The preset that these choices are, whatever their k, seed and start; None for choices of one's own."""
    matching = (one for one in presets_for(weightings) if one.weighting(weightings) == weighting)
    return next((one for one in matching if one.spec(spec) == spec), None)


@dataclass(frozen=True)
class Effect:
    """What choices do to the segments of one matrix.

    Attributes
    ----------
    explained_share : float
        Of the matrix as weighted: to be compared within one weighting only.
    list_length : float
        Products that carry 80 % of a segment, the median segment.
    largest_share, smallest_share : float
        Of the customers with purchases.
    outside : int
        Customers with purchases in no segment.
    dead : int
        Segments wiped out.
    """

    explained_share: float
    list_length: float
    largest_share: float
    smallest_share: float
    outside: int
    dead: int


def effect_of(fit: Factorization) -> Effect:
    """Measure one factorisation."""
    segments = assign(fit.w)
    sizes = np.bincount(segments[segments >= 0], minlength=fit.spec.k)
    ordered = -np.sort(-fit.h, axis=1)
    carried = np.cumsum(ordered, axis=1)
    live = carried[:, -1] > 0
    lengths = (carried[live] < LIST_SHARE * carried[live, -1:]).sum(axis=1) + 1
    return Effect(
        explained_share=fit.explained_share,
        list_length=float(np.median(lengths)) if len(lengths) else 0.0,
        largest_share=float(sizes.max() / max(sizes.sum(), 1)),
        smallest_share=float(sizes.min() / max(sizes.sum(), 1)),
        outside=int((segments < 0).sum()),
        dead=len(fit.dead),
    )


def measure(values: sparse.csr_matrix, spec: NMFSpec) -> Effect:
    """Fit and measure; rows without purchases are left away first.

    Raises
    ------
    SpecError, NotEnoughData
        The matrix cannot be factorised at all.
    """
    bought = values[np.asarray(values.sum(axis=1)).ravel() > 0]
    return next(effect_of(fit) for fits in factorize_together(bought, [spec]) for fit in fits)


def effect_sentence(effect: Effect, standard: Effect | None = None, *, comparable: bool = True) -> str:
    """The effect in one sentence, beside that of the standard choices.

    Parameters
    ----------
    comparable : bool
        Whether both were measured under one weighting; explained shares are only compared then.
    """
    length = round(effect.list_length)
    said = (
        f"{plural(length, 'product')} carry a usual segment"
        if length != 1
        else "One product carries a usual segment"
    )
    if standard is not None and round(standard.list_length) != length:
        said += f" instead of {round(standard.list_length)}"
    said += f"; the largest segment holds {percent(effect.largest_share)}"
    if standard is not None and percent(standard.largest_share) != percent(effect.largest_share):
        said += f" instead of {percent(standard.largest_share)}"
    if effect.smallest_share < SMALL and not effect.dead:
        said += f", the smallest only {percent(effect.smallest_share)}"
    if comparable:
        said += f"; {percent(effect.explained_share)} of the pattern is explained"
        if standard is not None and percent(standard.explained_share) != percent(effect.explained_share):
            said += f" instead of {percent(standard.explained_share)}"
    if effect.dead:
        said += f"; {plural(effect.dead, 'segment is', 'segments are')} wiped out: ask for less"
    return f"{said}."
