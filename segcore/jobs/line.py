"""The line of waiting jobs: first come first served, short before long, nobody waits for ever."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PATIENCE = 60.0  # seconds after which a long job is no longer overtaken


@dataclass(frozen=True)
class Waiting:
    """One job in the line; ``asked`` in seconds of the same clock as ``now`` below."""

    key: str
    sequence: int
    asked: float
    short: bool
    seconds: float | None


def in_order(waiting: Sequence[Waiting], now: float) -> list[Waiting]:
    """The line from the front: short (or long-suffering) jobs first, each group as it came."""
    return sorted(waiting, key=lambda one: (not (one.short or now - one.asked > PATIENCE), one.sequence))


def waits(line: Sequence[Waiting], busy: Sequence[float | None], slots: int) -> list[float | None]:
    """Seconds until each job in the line can start; None from the first point where nothing is known.

    ``busy`` holds the remaining seconds of each running job, None where unknown.
    """
    free: list[float | None] = [*busy, *([0.0] * max(0, slots - len(busy)))]
    found: list[float | None] = []
    for one in line:
        if any(moment is None for moment in free):
            found.append(None)
            continue
        soonest = min(range(len(free)), key=lambda slot: free[slot] or 0.0)
        start = free[soonest] or 0.0
        found.append(start)
        free[soonest] = None if one.seconds is None else start + one.seconds
    return found


def place_in_words(place: int, wait: float | None) -> str:
    """Place and wait as a person reads them: "2nd in line, about 20 s"."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10 if place % 100 not in (11, 12, 13) else 0, "th")
    where = "Next in line" if place == 1 else f"{place}{ending} in line"
    return where if wait is None else f"{where}, {duration_in_words(wait)}"


def duration_in_words(seconds: float) -> str:
    """About how long, no more exact than it can be known."""
    if seconds < 2:
        return "a moment"
    if seconds < 10:
        return f"about {seconds:.0f} s"
    if seconds < 90:
        return f"about {round(seconds / 5) * 5:.0f} s"
    return f"about {seconds / 60:.0f} min"
