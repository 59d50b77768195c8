"""What a kept field may hold, said once in its annotation: ``k: Annotated[int, Range(1, 20)]``.

A record that comes from outside, or back from the disk, is checked against these by ``segcore.studies.decode``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Protocol, runtime_checkable

MOST_SIGNS = 32_767  # of a label: what the longest cell of a spreadsheet holds


@runtime_checkable
class Bound(Protocol):
    """Something a value of the right type must fulfil besides."""

    def holds(self, value: object) -> bool:
        """Whether the value is within the bound."""
        ...


@dataclass(frozen=True)
class Length:
    """At most so many signs or entries."""

    most: int

    def holds(self, value: object) -> bool:
        """Whether a text or a collection is short enough."""
        return len(value) <= self.most  # type: ignore[arg-type]  # the field it bounds is a text or a collection


@dataclass(frozen=True)
class Range:
    """From ``least`` to ``most``, both inclusive."""

    least: float
    most: float

    def holds(self, value: object) -> bool:
        """Whether a number lies inside."""
        return self.least <= value <= self.most  # type: ignore[operator]  # the field it bounds is a number


@dataclass(frozen=True)
class Form:
    """A text that the whole pattern matches; where ``optional``, "" too."""

    pattern: str
    optional: bool = True

    def holds(self, value: object) -> bool:
        """Whether a text has the form."""
        return (self.optional and value == "") or bool(re.fullmatch(self.pattern, str(value)))


@dataclass(frozen=True)
class OneOf:
    """One of the values on offer."""

    allowed: tuple[str, ...]

    def holds(self, value: object) -> bool:
        """Whether a value is on offer."""
        return value in self.allowed


@dataclass(frozen=True)
class Time:
    """A moment as ISO text, or a day alone; where ``optional``, "" too."""

    day_only: bool = False
    optional: bool = False

    def holds(self, value: object) -> bool:
        """Whether a text names a day of the calendar, or a moment."""
        if self.optional and value == "":
            return True
        try:
            if self.day_only:  # in the one form that sorts as text
                return date.fromisoformat(str(value)).isoformat() == value and str(value) > "0002"
            # A year from either end of the calendar every zone can be reckoned with.
            return 1 < datetime.fromisoformat(str(value)).year < 9999
        except ValueError:
            return False


Name = Annotated[str, Length(200)]
Label = Annotated[str, Length(MOST_SIGNS)]  # a product, customer, column or level as its file spells it
Sentence = Annotated[str, Length(20_000)]
Packed = Annotated[str, Length(4 * 2**20)]  # compressed text, so that a study stays quick to read
Moment = Annotated[str, Time()]
MomentOrNone = Annotated[str, Time(optional=True)]
Day = Annotated[str, Time(day_only=True)]
Share = Annotated[float, Range(0, 1)]
Count = Annotated[int, Range(0, 2**53)]
Number = Annotated[int, Range(0, 10_000)]  # of a segment
Digest = Annotated[str, Form("[0-9a-f]{32}")]  # of purchases
FileDigest = Annotated[str, Form("[0-9a-f]{64}")]
Key = Annotated[str, Form("[0-9a-f]{64}")]  # of a result in the store
StoredName = Annotated[str, Form(r"[0-9a-f]{64}(\.[a-z0-9]{1,8})?")]  # of an upload
StudyId = Annotated[str, Form("[A-Za-z0-9_-]{22}", optional=False)]
