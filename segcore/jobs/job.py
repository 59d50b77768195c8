"""One job as the table keeps it: the question, who asks it, and how far it has come."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace

from segcore.jobs.queue import SCRIPT
from segcore.jobs.records import Failure, Request, State


@dataclass(frozen=True)
class Job:
    """One line of the table; times on the monotonic clock.

    Attributes
    ----------
    askers : tuple of str
        Who wants the result, the first to ask first.
    withdrawn : frozenset of str
        Who wanted it and does not any more; for them it is cancelled, also while it runs for others.
    """

    key: str
    request: Request
    sequence: int
    asked: float
    askers: tuple[str, ...] = (SCRIPT,)
    withdrawn: frozenset[str] = frozenset()
    state: State = "queued"
    started: float = 0.0
    ended: float = 0.0
    failure: Failure | None = None
    attempts: int = 0
    gone: float | None = None  # since when its process has not been seen
    process: tuple[int, str] | None = None  # number and birth of what has to end with a stopped job

    @property
    def run(self) -> str:
        """What tells this run of the question from any other, in this process or an earlier one."""
        return f"{os.getpid()}-{self.asked:.6f}-{self.sequence}-{self.attempts}"

    @property
    def active(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in ("queued", "running")

    def joined_by(self, asker: str) -> Job:
        """The same job with one more who wants it."""
        return replace(self, askers=(*self.askers, asker), withdrawn=self.withdrawn - {asker})

    def without(self, asker: str) -> Job:
        """The same job with one who does not want it any more."""
        askers = tuple(other for other in self.askers if other != asker)
        return replace(self, askers=askers, withdrawn=self.withdrawn | {asker})
