"""One step of long work: what a generator yields, so that whoever runs it can show progress or stop asking."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass, replace
from typing import Any, TypeVar

Result = TypeVar("Result")


@dataclass(frozen=True)
class Step:
    """How far the work is, and what was just finished.

    Attributes
    ----------
    fraction : float
        Share of the work done, 0 to 1.
    message : str
        What is being done, as a person would say it.
    part : object or None
        A finished piece worth keeping if the work is stopped here.
    """

    fraction: float
    message: str
    part: object | None = None


def finished(work: Generator[Any, None, Result]) -> Result:
    """Run work to its end, whoever may or may not watch, and hand back what it returns."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def part_of(
    work: Generator[Step, None, Result], share: float, start: float = 0.0
) -> Generator[Step, None, Result]:
    """Pass the steps of a piece of work on as a part of a larger one, which has come ``start`` far when it begins."""
    while True:
        try:
            step = next(work)
        except StopIteration as end:
            return end.value
        yield replace(step, fraction=start + share * step.fraction)
