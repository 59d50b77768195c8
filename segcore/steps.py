"""One step of long work: what a generator yields, so that whoever runs it can show progress or stop asking."""

from __future__ import annotations

from dataclasses import dataclass


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
