"""What is asked of the runner, and what it says about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Literal

from segcore.errors import JobError
from segcore.jobs.question import Question
from segcore.storage.store import Store

State = Literal["unknown", "queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Request:
    """A question on its way to a worker process.

    Attributes
    ----------
    question : Question
        What is asked; it alone makes the key.
    title : str
        What is being done, for the person who waits.
    seconds : float or None
        Estimate before the work starts.
    short : bool
        Short requests overtake long ones in the line.
    """

    question: Question[Any]
    title: str = ""
    seconds: float | None = None
    short: bool = False

    @classmethod
    def about(cls, asked: Question[Any], size: Any = None) -> Request:
        """Build the request; ``size``, a ``Size``, is what the estimate looks at, None for no estimate."""
        if size is None:
            return cls(asked, asked.words(), None, asked.overtakes)
        return cls(asked, asked.words(), asked.seconds(size), asked.is_short(size))

    @property
    def task(self) -> str:
        """The kind of work: the registered name of the question."""
        return self.question.name

    def key(self, store: Store) -> str:
        """The key under which the result is, or will be, stored."""
        return self.question.key(store)

    def without_private(self) -> Request:
        """The same request with its secrets forgotten."""
        return replace(self, question=self.question.without_private())


@dataclass(frozen=True)
class Failure:
    """Why a job did not finish: what, where, remedy, as in every error shown to people."""

    what: str
    where: str = ""
    remedy: str = ""

    @property
    def sentence(self) -> str:
        """What, where and remedy as one line of text."""
        return self.error().sentence

    def error(self) -> JobError:
        """The same, to be raised."""
        return JobError(self.what, where=self.where, remedy=self.remedy)


@dataclass(frozen=True)
class Status:
    """A job as seen now.

    Attributes
    ----------
    fraction : float
        Share of the work done, 0 to 1.
    message : str
        What is being done, or where in the line it waits ("2nd in line, about 20 s").
    place : int or None
        1-based place in the line while queued.
    elapsed : float
        Seconds since the work started (0 while queued).
    remaining : float or None
        Estimated seconds until it is done; for a queued job this includes the wait. None where nothing is known.
    parts_count : int
        Finished points that ``store.parts(key)`` gives.
    """

    key: str
    state: State
    fraction: float = 0.0
    message: str = ""
    place: int | None = None
    elapsed: float = 0.0
    remaining: float | None = None
    error: Failure | None = None
    parts_count: int = 0

    @property
    def active(self) -> bool:
        """Whether it is worth asking again soon."""
        return self.state in ("queued", "running")
