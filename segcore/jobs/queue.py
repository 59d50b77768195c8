"""The line of waiting jobs: people take turns, short before long, nobody waits for ever."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count

SCRIPT = ""  # the asker where nobody says who asks
PATIENCE = 60.0  # seconds after which a long job is no longer overtaken


@dataclass(frozen=True)
class Waiting:
    """One job in the line; ``asked`` in seconds of the same clock as ``now`` below.

    ``sequence`` counts what was asked, ``askers`` are all who wait for it.
    """

    key: str
    sequence: int
    asked: float
    short: bool
    seconds: float | None
    askers: tuple[str, ...] = (SCRIPT,)


def in_order(waiting: Sequence[Waiting], now: float, turns: Mapping[str, int] | None = None) -> list[Waiting]:
    """The line from the front: short (or long-suffering) jobs first, and people take turns among both.

    ``turns`` says when a job of each person was last begun, on the count that ``sequence`` is of.
    """
    had = dict(turns or {})
    later = count(1 + max([*had.values(), *(one.sequence for one in waiting)], default=0))
    first = [one for one in waiting if one.short or now - one.asked > PATIENCE]
    rest = [one for one in waiting if not (one.short or now - one.asked > PATIENCE)]
    return [one for group in (first, rest) for one in _in_turns(group, had, later)]


def _in_turns(group: Sequence[Waiting], had: dict[str, int], later: Iterator[int]) -> Iterator[Waiting]:
    """Always the oldest job of whoever has waited longest since they asked or had a turn; ``had`` is kept up.

    A job that several people wait for is a turn of each of them.
    """
    own: dict[str, list[Waiting]] = {}
    for one in sorted(group, key=lambda one: one.sequence):
        for asker in one.askers:
            own.setdefault(asker, []).append(one)

    def waits_since(asker: str) -> tuple[int, int]:
        oldest = own[asker][0].sequence
        return max(oldest, had.get(asker, 0)), oldest

    while own:
        one = own[min(own, key=waits_since)][0]
        had.update(dict.fromkeys(one.askers, next(later)))
        for asker in one.askers:
            own[asker].remove(one)
        own = {asker: jobs for asker, jobs in own.items() if jobs}
        yield one


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
