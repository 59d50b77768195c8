"""A question for a worker process: what is asked, in words for who waits, how long it takes, and the work itself.

>>> @question("how many", version=1)
... class HowMany(Question["Sweep"]):
...     data: Digest
...     spec: SweepSpec

A question is a frozen record under a registered name. The name and the version go into the key of its answer, the
path of its class never does. Fields that are questions themselves go into the key by their own keys: an answer that
another one starts from is named by what was asked, not by where it lies.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field, fields, replace
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol, TypeVar, dataclass_transform

from segcore.errors import JobError
from segcore.progress import Step

if TYPE_CHECKING:
    from segcore.storage.store import Store

R = TypeVar("R")
Q = TypeVar("Q", bound="Question[Any]")
Steps = Generator[Step, None, R]
Digest = str  # of purchases; a field of this type is what an answer is forgotten with
Files = tuple[tuple[str, str], ...]  # the person's name for each file, and its name among the uploads

HOME = "segcore.questions."  # the one place in the product where questions are registered
_PRIVATE = "private"
_registered: dict[str, type[Question[Any]]] = {}


class Size(Protocol):
    """What an estimate may look at: it knows sizes, and computes nothing that takes long."""

    def purchases(self, data: Digest) -> Any:
        """The purchases with this digest."""

    def matrix(self, data: Digest, spec: Any) -> Any:
        """The matrix of these purchases."""

    def bytes_of(self, stored: Iterable[str]) -> int:
        """Bytes of some uploads together."""


@dataclass(frozen=True)
class Question(ABC, Generic[R]):
    """The base of all questions; ``R`` is what the answer is. Subclasses are made by ``@question``.

    Attributes
    ----------
    name, version : str, int
        What it is registered as. The version rises when this question's answers change their meaning or form.
    overtakes : bool
        Short questions overtake long ones in the line.
    """

    name: ClassVar[str] = ""
    version: ClassVar[int] = 1
    overtakes: ClassVar[bool] = False

    @abstractmethod
    def words(self) -> str:
        """What is being done, for the person who waits."""

    @abstractmethod
    def seconds(self, size: Any) -> float:
        """About how long it takes on two cores; ``size`` is a ``Size``."""

    @abstractmethod
    def work(self, bench: Any) -> Steps[R]:
        """The work, in a worker process: yields a Step after each piece, returns the answer.

        Everything heavy is imported inside; ``bench`` is a ``segcore.questions.bench.Workbench``.
        """

    def is_short(self, size: Any) -> bool:
        """Whether it overtakes long questions; ``size`` is a ``Size``."""
        return self.overtakes

    def key(self, store: Store) -> str:
        """Where the answer is, or will be, stored: from name, version and fields.

        Raises
        ------
        StoreError
            A field cannot be stored.
        """
        asked = {one.name: _keyed(getattr(self, one.name), store) for one in _open_fields(self)}
        return store.key(f"question {self.name} {self.version}", **asked)

    def about(self) -> frozenset[str]:
        """The digests of the data and the files that the answer comes from: it is forgotten with any of them."""
        return frozenset(_digests(self)) - {""}

    def private(self) -> tuple[tuple[str, object], ...]:
        """Fields, such as a password, that reach the work through memory alone: never a key, a file, a sentence."""
        held = ((one.name, getattr(self, one.name)) for one in fields(self) if one.metadata.get(_PRIVATE))
        return tuple((name, value) for name, value in held if value is not None)

    def without_private(self: Q) -> Q:
        """The same question with its secrets forgotten."""
        return replace(self, **dict.fromkeys(dict(self.private()))) if self.private() else self


def private() -> Any:
    """A field that must not be written down; None until it is given."""
    return field(default=None, repr=False, compare=False, metadata={_PRIVATE: True})


@dataclass_transform(frozen_default=True, field_specifiers=(private, field))
def question(name: str, version: int = 1) -> Callable[[type[Q]], type[Q]]:
    """Make a class a frozen record and register it, once, under a name that it keeps for ever."""

    def register(cls: type[Q]) -> type[Q]:
        known = _registered.get(name)
        if known is not None and (known.__module__, known.__qualname__) != (cls.__module__, cls.__qualname__):
            raise JobError(f"Two questions have the name {name!r}.")
        made = dataclass(frozen=True)(cls)
        made.name, made.version = name, version
        _registered[name] = made
        return made

    return register


def check(asked: object, modules: tuple[str, ...] = ()) -> None:
    """Refuse whatever is no registered question of the product, or of one of these modules besides.

    Raises
    ------
    JobError
        It is none.
    """
    cls = type(asked)
    here = cls.__module__.startswith(HOME) or cls.__module__ in modules
    if not (isinstance(asked, Question) and here and _registered.get(asked.name) is cls):
        raise JobError(f"“{cls.__name__}” is not a question of this product.")


def registered() -> dict[str, type[Question[Any]]]:
    """Every question that is registered in this process, by name."""
    return dict(_registered)


def _open_fields(asked: Question[Any]) -> Iterator[Any]:
    return (one for one in fields(asked) if not one.metadata.get(_PRIVATE))


def _keyed(value: Any, store: Store) -> Any:
    if isinstance(value, Question):
        return value.key(store)
    return tuple(_keyed(one, store) for one in value) if type(value) is tuple else value


def _digests(asked: Question[Any]) -> Iterator[str]:
    for one in _open_fields(asked):
        value = getattr(asked, one.name)
        if one.type == "Digest":
            yield value
        elif one.type == "Files":
            yield from (stored.partition(".")[0] for _, stored in value)
        else:
            inner = value if type(value) is tuple else (value,)
            for item in inner:
                if isinstance(item, Question):
                    yield from item.about()
