"""What is asked of the runner, and what it says about it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from segcore.errors import JobError
from segcore.jobs.question import Question
from segcore.storage.store import Store

State = Literal["unknown", "queued", "running", "done", "failed", "cancelled"]


@dataclass(frozen=True)
class Request:
    """A question for a worker process.

    Attributes
    ----------
    task : str
        ``"module:function"``, a generator function that yields Steps and returns the result.
    arguments : tuple of (name, value)
        Keyword arguments; anything ``segcore.storage.codec`` can store. They alone, with the task, make the key.
    title : str
        What is being done, for the person who waits.
    seconds : float or None
        Estimate before the work starts.
    short : bool
        Short requests overtake long ones in the line.
    private : tuple of (name, value)
        Further arguments, such as a password, that reach the task through memory alone: no part of the key, of what is
        written down, or of ``repr``.
    question : Question or None
        What is asked, in the form that replaces tasks; the other fields then follow from it.
    """

    task: str
    arguments: tuple[tuple[str, object], ...] = ()
    title: str = ""
    seconds: float | None = None
    short: bool = False
    private: tuple[tuple[str, object], ...] = field(default=(), repr=False, compare=False)
    question: Question[Any] | None = None

    @classmethod
    def about(cls, asked: Question[Any], size: Any = None) -> Request:
        """Build a request for a question; ``size``, a ``Size``, is what its estimate looks at, None for no estimate."""
        seconds = None if size is None else asked.seconds(size)
        short = asked.overtakes if size is None else asked.is_short(size)
        return cls(asked.name, (), asked.words(), seconds, short, asked.private(), asked)

    def without_private(self) -> Request:
        """The same request with its secrets forgotten."""
        return replace(self, private=(), question=self.question and self.question.without_private())

    @classmethod
    def of(
        cls,
        task: str,
        /,
        *,
        title: str = "",
        seconds: float | None = None,
        short: bool = False,
        **arguments: object,
    ) -> Request:
        """Build a request from keyword arguments of the task."""
        return cls(task, tuple(sorted(arguments.items())), title, seconds, short)

    def with_private(self, **arguments: object) -> Request:
        """The same question with arguments that must not be written down."""
        return replace(self, private=tuple(arguments.items()))

    def key(self, store: Store) -> str:
        """The key under which the result is, or will be, stored."""
        if self.question is not None:
            return self.question.key(store)
        return store.key(f"job {self.task}", **dict(self.arguments))


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
