"""Whose signs numbers are written with: the reader's on a page, English everywhere else.

A page tells once whom to ask. What a job wrote is kept for every reader in English, and restyled where it is shown. No
heavy imports: a first page paints with this module.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache


@dataclass(frozen=True)
class NumberStyle:
    """How somebody writes numbers: the sign between thousands, and the one before decimals."""

    group: str
    point: str


ENGLISH = NumberStyle(",", ".")
_in_english: ContextVar[bool] = ContextVar("in_english", default=False)
_source: Callable[[], NumberStyle] | None = None


def write_numbers_as(source: Callable[[], NumberStyle] | None) -> None:
    """Ask ``source`` for the style of every number from now on; None is English again.

    Pages register their reader's style. Jobs, exports and scripts register nothing, so what they write is English.
    """
    global _source
    _source = source


def number_style() -> NumberStyle:
    """How numbers are written here and now."""
    return ENGLISH if _source is None or _in_english.get() else _source()


@contextmanager
def numbers_in_english() -> Iterator[None]:
    """Write English numbers meanwhile: for what is kept for every reader, or goes into a file."""
    token = _in_english.set(True)
    try:
        yield
    finally:
        _in_english.reset(token)


def written(value: float, form: str) -> str:
    """A number in a format of Python's, such as ``,.2f``, with the reader's signs: ``1,234.50``."""
    return _with_signs(format(value, form), number_style())


def _with_signs(english: str, style: NumberStyle) -> str:
    if style == ENGLISH:
        return english
    return english.replace(",", "\0").replace(".", style.point).replace("\0", style.group)


# Dates, versions and names of files go on where a number would begin or end.
_NUMBER = r"(?<![\w.,/:])(?<!\w-)(?P<number>\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+)(?!\w|[.,/:-]\w)"


def restyled(sentence: str, names: tuple[str, ...] = ()) -> str:
    """A sentence that was kept with English numbers, with the reader's: ``1,234.5`` becomes ``1.234,5`` in German.

    Give it only what a job made, never what was put together for this reader: that would turn signs back. What stands
    between quotes is of a file and stays as it is, and so do ``names``, from ``with_numbers``.
    """
    style = number_style()
    if style == ENGLISH:
        return sentence
    return _written(names).sub(
        lambda found: _with_signs(found[0], style) if found["number"] else found[0], sentence
    )


def with_numbers(names: Iterable[object]) -> tuple[str, ...]:
    """Those of some names that hold a number, such as ``Cola 1.5 l``: sentences may name them without quotes."""
    return tuple(sorted({name for name in map(str, names) if re.search(_NUMBER, name)}))


@lru_cache(maxsize=32)
def _written(names: tuple[str, ...]) -> re.Pattern[str]:
    """What a sentence holds besides words: quotes, these names with the longest first, numbers."""
    named = [rf"(?<!\w){re.escape(name)}" for name in sorted(names, key=len, reverse=True)]
    return re.compile("|".join((r"“[^”]*”", *named, _NUMBER)))
