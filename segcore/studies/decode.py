"""From plain JSON back to the frozen records of a study, by their annotations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import is_dataclass
from functools import cache
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Record = TypeVar("Record")


def record(kind: type[Record], raw: Mapping[str, Any]) -> Record:
    """Build a record from JSON; fields the JSON lacks take their defaults.

    Raises
    ------
    KeyError, TypeError, ValueError, AttributeError
        The JSON does not have the record's shape.
    """
    hints = _hints(kind)
    return kind(**{name: _value(hints[name], one) for name, one in raw.items()})


def _value(hint: Any, raw: Any) -> Any:
    if is_dataclass(hint):
        return record(hint, raw)
    origin, inside = get_origin(hint), get_args(hint)
    if origin is tuple:
        return tuple(_value(inside[0], one) for one in raw)
    if origin is Mapping:
        # JSON turns numbers that are keys into text.
        return {inside[0](name): _value(inside[1], one) for name, one in raw.items()}
    return raw


@cache
def _hints(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)
