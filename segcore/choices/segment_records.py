"""What a study remembers of segments: who they are, what people called them, and what the room thought of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from segcore.choices.bounds import Count, Label, Name, Number, OneOf, Sentence, Share


@dataclass(frozen=True)
class Identity:
    """A segment as people know it, in whichever run it turns up: its name and colour stay with what it buys.

    Attributes
    ----------
    colour : int
        Place on the palette from 1, 0 beyond it.
    edited : bool
        Whether a person gave the name; otherwise it was proposed at ``balance``.
    profiles : dict
        By product level, the scores of its strongest products when it was first seen there.
    """

    id: Count
    name: Name
    colour: Number
    description: Sentence = ""
    edited: bool = False
    balance: Share = 0.25
    profiles: Mapping[Label, Mapping[Label, float]] = field(default_factory=dict)


@dataclass(frozen=True)
class Names:
    """What a person called the segments of one segmentation; ``key`` says of which.

    ``identities`` and ``colours`` say which :class:`Identity` each segment is and which place on the palette it has.
    """

    key: Name = ""
    names: Mapping[Number, Name] = field(default_factory=dict)
    descriptions: Mapping[Number, Sentence] = field(default_factory=dict)
    identities: Mapping[Number, Count] = field(default_factory=dict)
    colours: Mapping[Number, Number] = field(default_factory=dict)


ANSWERS = ("yes", "no", "unsure")
Answer = Annotated[str, OneOf(("", *ANSWERS))]


@dataclass(frozen=True)
class Vote:
    """What people in the room think of one segmentation; ``key`` says of which, "" is not answered yet.

    Attributes
    ----------
    nameable, distinct, recognised : {"", "yes", "no", "unsure"}
        Can we name the segments, are they distinct, does the business see itself?
    """

    key: Name
    k: Number
    nameable: Answer = ""
    distinct: Answer = ""
    recognised: Answer = ""

    def __post_init__(self) -> None:
        if not {self.nameable, self.distinct, self.recognised} <= {"", *ANSWERS}:
            raise ValueError("not an answer")

    @property
    def answers(self) -> tuple[str, str, str]:
        """The three answers, in the order they are asked."""
        return (self.nameable, self.distinct, self.recognised)
