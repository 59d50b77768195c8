"""What somebody tries out on the What if page: a changed range, segments changed by hand, and the way back."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated

from segcore.choices.bounds import Day, Label, Length, Name, Number, OneOf, Range

MOST_STEPS = 60
EDITS = ("merge", "split", "lock", "pin")


@dataclass(frozen=True)
class Group:
    """All products with one value of an attribute: a brand, a category."""

    attribute: Label
    value: Label


@dataclass(frozen=True)
class Edit:
    """One change of the segments by hand.

    Attributes
    ----------
    kind : {"merge", "split", "lock", "pin"}
    segments : tuple of int
        The segments it is about, by the number they had at the start; later ones have the next free numbers.
    products : tuple of str
        Products that must define a segment ("pin").
    makes : int
        Number of the segment it adds ("split", "pin"), whatever else comes and goes; 0 for the next free one.
    """

    kind: Annotated[str, OneOf(EDITS)]
    segments: tuple[Number, ...] = ()
    products: tuple[Label, ...] = ()
    makes: Number = 0

    def __post_init__(self) -> None:
        if self.kind not in EDITS:
            raise ValueError("not an edit")
        if self.kind == "split" and len(self.segments) != 1:
            raise ValueError("one segment is split")


@dataclass(frozen=True)
class Scenario:
    """Everything that is different from the study.

    Attributes
    ----------
    name : str
        "" while it is only tried out.
    base : str
        Which segmentation it starts from.
    left_out, brought_back : tuple of str
        Products (labels at the study's level) dropped in addition, and dropped by the study but counted here.
    without : tuple of Group
        Groups of products that are dropped.
    date_from, date_to : str or None
        Another period, ISO dates, both inclusive; None where the study's own counts.
    min_products : int
        Customers with fewer products are left out; 0 where the study's own minimum counts.
    k : int or None
        Number of segments to look for anew; None keeps the ones that stay.
    edits : tuple of Edit
        In the order they were made.
    """

    name: Name = ""
    base: Name = ""
    left_out: tuple[Label, ...] = ()
    brought_back: tuple[Label, ...] = ()
    without: tuple[Group, ...] = ()
    date_from: Day | None = None
    date_to: Day | None = None
    min_products: Annotated[int, Range(0, 1_000)] = 0
    k: Annotated[int, Range(1, 100)] | None = None
    edits: tuple[Edit, ...] = ()

    @property
    def changes_range(self) -> bool:
        """Whether other products, customers or days count than in the study."""
        return bool(
            self.left_out
            or self.brought_back
            or self.without
            or self.date_from
            or self.date_to
            or self.min_products
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is different."""
        return not (self.changes_range or self.k or self.edits)

    def next_number(self, known: Iterable[int]) -> int:
        """A number for one more segment, that neither the known ones have nor any edit speaks of."""
        spoken_of = {n for edit in self.edits for n in (edit.makes, *edit.segments)}
        return max(spoken_of | set(known), default=0) + 1

    @property
    def question(self) -> Scenario:
        """The same changes without name and base: what is asked of the segments it starts from."""
        return replace(self, name="", base="")


@dataclass(frozen=True)
class Basket:
    """A basket on the screen: its products, and the real customer it began with ("" for none)."""

    products: tuple[Label, ...] = ()
    customer: Label = ""


@dataclass(frozen=True)
class WhatIf:
    """What is being tried out, the steps that led there, and the scenarios kept by name.

    Attributes
    ----------
    steps : tuple of Scenario
        Every state since the start, oldest first; the start itself is not among them.
    at : int
        How many of the steps count now; those after it can be done again.
    kept : tuple of Scenario
        Scenarios with names.
    baskets : tuple of Basket
        The baskets being filled, one or two.
    days : tuple of str
        First and last day of the first and of the second period compared, ISO dates; empty for two halves.
    """

    steps: Annotated[tuple[Scenario, ...], Length(MOST_STEPS)] = ()
    at: Annotated[int, Range(0, MOST_STEPS)] = 0
    kept: tuple[Scenario, ...] = ()
    baskets: Annotated[tuple[Basket, ...], Length(2)] = (Basket(),)
    days: Annotated[tuple[Day, ...], Length(4)] = ()

    def now(self, base: str) -> Scenario:
        """What is tried out on the segmentation with this key; nothing where the steps were made on another."""
        current = self.steps[self.at - 1] if 0 < self.at <= len(self.steps) else Scenario(base=base)
        return current if current.base == base else Scenario(base=base)

    def then(self, scenario: Scenario) -> WhatIf:
        """One step further; what was undone is forgotten."""
        if scenario == self.now(scenario.base):
            return self
        same = tuple(step for step in self.steps[: self.at] if step.base == scenario.base)
        steps = (*same, scenario)[-MOST_STEPS:]
        return replace(self, steps=steps, at=len(steps))

    def can_undo(self, base: str) -> bool:
        """Whether there is a step to take back."""
        return 0 < self.at <= len(self.steps) and self.steps[self.at - 1].base == base

    def can_redo(self, base: str) -> bool:
        """Whether there is a step to do again."""
        return self.at < len(self.steps) and self.steps[self.at].base == base

    def undone(self) -> WhatIf:
        """One step back."""
        return replace(self, at=max(self.at - 1, 0))

    def redone(self) -> WhatIf:
        """One step forward again."""
        return replace(self, at=min(self.at + 1, len(self.steps)))

    def keep(self, scenario: Scenario) -> WhatIf:
        """Keep a scenario under its name; an earlier one with this name and base gives way."""
        others = tuple(one for one in self.kept if (one.name, one.base) != (scenario.name, scenario.base))
        return replace(self, kept=(*others, scenario))

    def forget(self, name: str, base: str) -> WhatIf:
        """Drop a kept scenario."""
        return replace(self, kept=tuple(one for one in self.kept if (one.name, one.base) != (name, base)))
