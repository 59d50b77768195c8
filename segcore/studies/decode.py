"""From plain JSON back to frozen records, by their annotations; nothing that an annotation does not allow gets through.

What a field may hold besides its type stands in the annotation too (``segcore.choices.bounds``).
"""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from segcore.choices.bounds import MOST_SIGNS, Bound

MOST_ENTRIES = 200_000  # of one list or table
DEEPEST = 20  # of what is kept without being understood
_ARGUMENTS = Union, types.UnionType

Record = TypeVar("Record")


class Misfit(ValueError):
    """A value that its field does not allow; ``where`` names the field, as in ``filters.min_customers``."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where or 'the record'} {what}")
        self.where = where


def record(kind: type[Record], raw: Any, where: str = "") -> Record:
    """Build a record from JSON; fields the JSON lacks take their defaults.

    Parameters
    ----------
    where : str
        The place of the record in what is read, for the error.

    Raises
    ------
    Misfit
        A field is unknown, lacks a value, or holds one of another type, length or range.
    """
    if not isinstance(raw, Mapping):
        raise Misfit(where, "is not a record")
    hints = _hints(kind)  # type: ignore[arg-type]  # a class is hashable, a type variable's bound unknown
    if unknown := raw.keys() - hints.keys():
        raise Misfit(where, f"has a field nobody knows ({len(unknown)})")
    found = {name: _value(hints[name], one, f"{where}.{name}".strip(".")) for name, one in raw.items()}
    try:
        return kind(**found)
    except (
        TypeError,
        ValueError,
    ) as error:  # a field without a default is not there, or the record itself objects
        raise Misfit(where, f"is not complete ({error})") from error


def _value(hint: Any, raw: Any, where: str) -> Any:
    origin, inside = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _bounded(inside[0], inside[1:], raw, where)
    if origin in _ARGUMENTS:
        return _either(inside, raw, where)
    if origin is tuple:
        return tuple(_value(inside[0], one, f"{where}[{n}]") for n, one in enumerate(_listed(raw, where)))
    if origin is Mapping:
        return _table(inside, raw, where)
    if origin is Literal:
        if isinstance(raw, (str, int, type(None))) and (type(raw), raw) in [
            (type(one), one) for one in inside
        ]:
            return raw
        raise Misfit(where, "is none of the values on offer")
    return (
        record(hint, raw, where)
        if isinstance(hint, type) and is_dataclass(hint)
        else _simple(hint, raw, where)
    )


def _simple(hint: Any, raw: Any, where: str) -> Any:
    if hint is Any:
        return _plain(raw, where, DEEPEST)
    if hint is float and type(raw) in (int, float) and math.isfinite(raw):
        return float(raw)
    if hint is str and type(raw) is str:
        return _text(raw, where)
    if hint in (bool, int) and type(raw) is hint:
        return raw
    raise Misfit(where, f"is not {_WORDS.get(hint, 'of a kind that can be kept')}")


def _bounded(hint: Any, bounds: tuple[Any, ...], raw: Any, where: str) -> Any:
    value = _value(hint, raw, where)
    for bound in bounds:
        if isinstance(bound, Bound) and not bound.holds(value):
            raise Misfit(where, "is out of range")
    return value


def _either(hints: tuple[Any, ...], raw: Any, where: str) -> Any:
    """None where that may be, else the one other kind."""
    if raw is None and type(None) in hints:
        return None
    (hint,) = (one for one in hints if one is not type(None))
    return _value(hint, raw, where)


def _listed(raw: Any, where: str) -> list[Any] | tuple[Any, ...]:
    if not isinstance(raw, (list, tuple)):
        raise Misfit(where, "is not a list")
    if len(raw) > MOST_ENTRIES:
        raise Misfit(where, "is too long")
    return raw


def _table(hints: tuple[Any, ...], raw: Any, where: str) -> dict[Any, Any]:
    if not isinstance(raw, Mapping):
        raise Misfit(where, "is not a table")
    if len(raw) > MOST_ENTRIES:
        raise Misfit(where, "is too long")
    return {
        _value(hints[0], _key(hints[0], name, where), where): _value(
            hints[1], one, f"{where}[{str(name)[:40]}]"
        )
        for name, one in raw.items()
    }


def _key(hint: Any, name: Any, where: str) -> Any:
    """A key as its annotation has it: JSON turns numbers that are keys into text."""
    kind = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    if kind is not int or type(name) is int:
        return name
    if not (isinstance(name, str) and name.isascii() and name.isdecimal() and len(name) < 16):
        raise Misfit(where, "has a key that is not a number")
    return int(name)


def _text(raw: str, where: str) -> str:
    try:
        raw.encode("utf-8")
    except UnicodeEncodeError as error:  # half a sign, which no page and no file can show
        raise Misfit(where, "holds half a sign") from error
    return raw


def _plain(raw: Any, where: str, deeper: int) -> Any:
    """Any JSON, as long as it is neither endless nor deep."""
    if raw is None or type(raw) in (bool, int):
        return raw
    if type(raw) is float and math.isfinite(raw):
        return raw
    if type(raw) is str and len(raw) <= MOST_SIGNS:
        return _text(raw, where)
    if deeper and isinstance(raw, (list, tuple)):
        return type(raw)(_plain(one, where, deeper - 1) for one in _listed(raw, where))
    if deeper and isinstance(raw, Mapping) and len(raw) <= MOST_ENTRIES:
        return {_plain(str(name), where, 0): _plain(one, where, deeper - 1) for name, one in raw.items()}
    raise Misfit(where, "is out of range")


_WORDS = {float: "a number", str: "a text", bool: "yes or no", int: "a whole number"}


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)
