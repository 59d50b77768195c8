"""The runner as one of many people sees it: their own questions, withdrawn without harm to anybody else's."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from segcore.jobs.question import Question
from segcore.jobs.records import Request, Status
from segcore.jobs.runners import Runner


@dataclass(frozen=True)
class Visitor:
    """Asks, looks and cancels in one person's name.

    Attributes
    ----------
    name : str
        What tells this person from all others of this runner.
    is_here : callable
        Whether somebody of this name is still there.
    """

    runner: Runner
    name: str
    is_here: Callable[[str], bool]

    def warm(self) -> None:
        """As ``Runner.warm``."""
        self.runner.warm()

    def ask(self, request: Request | Question[Any], again: bool = False) -> Status:
        """As ``Runner.ask``."""
        return self.runner.ask(request, again, asker=self.name)

    def status(self, key: str) -> Status:
        """As ``Runner.status``."""
        return self.runner.status(key, self.name)

    def cancel(self, key: str) -> Status:
        """As ``Runner.cancel``."""
        return self.runner.cancel(key, self.name, self.is_here)
