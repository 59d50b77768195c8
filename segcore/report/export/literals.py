"""Values as Python text: the one way into the repeat script. What is no plain value is refused, never printed.

A study may come from anybody, and its script runs on a colleague's computer. Text is therefore written as Python's own
``repr`` of an exact ``str``, which escapes quotes, line ends, lone surrogates and whatever else does not print; a
record only by a name from a list of ours.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from typing import Any

from segcore.errors import SpecError

# The records a script may name, and where it finds them.
RECORDS: Mapping[str, str] = {
    "Roles": "segcore.intake.columns.roles",
    "MatrixSpec": "segcore.choices.matrix",
    "NMFSpec": "segcore.choices.nmf",
    "RuleSpec": "segcore.choices.rules",
    "LevelEdits": "segcore.choices.level_edits",
    "ProductMap": "segcore.choices.level_edits",
    "Rename": "segcore.choices.level_edits",
    "OneParent": "segcore.choices.level_edits",
    "Move": "segcore.choices.level_edits",
}
_LARGEST = (
    2**63
)  # whole numbers of a file and of numpy are smaller, and Python refuses to print very long ones


def literal(value: object) -> str:
    """The value as Python text that reads back equal; of a record only what is not at its default.

    Raises
    ------
    SpecError
        It is neither text, a finite number, a truth value, None, a collection of these nor a record of ours.
    """
    value = _plain(value)
    if value is None or type(value) in (bool, str):
        return repr(value)
    if type(value) is int and abs(value) <= _LARGEST:
        return repr(value)
    if type(value) is float and math.isfinite(value):
        return repr(value)
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(name)}: {literal(one)}" for name, one in value.items()) + "}"
    if type(value) is list:
        return f"[{', '.join(map(literal, value))}]"
    if type(value) is tuple:
        return f"({', '.join(map(literal, value))}{',' * (len(value) == 1)})"
    return f"{record_name(value)}({', '.join(_given(value))})"


def comment(text: str) -> str:
    """The text as a comment of one line: nothing in it ends the line or turns its direction."""
    return "# " + " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def record_name(value: object) -> str:
    """The name of the record's class, which must be the very class of this name in the list.

    Raises
    ------
    SpecError
        It is another one.
    """
    kind = type(value)
    name = kind.__name__
    if name in RECORDS and getattr(sys.modules.get(RECORDS[name]), name, None) is kind:
        return name
    raise SpecError(
        "The repeat script cannot hold one of the choices: it is neither text nor a number.",
        remedy="Choose anew on the page it belongs to.",
    )


def _plain(value: Any) -> Any:
    """A number, truth value or text of numpy as Python's own."""
    if type(value).__module__ != "numpy" or getattr(value, "shape", None) != ():
        return value
    return value.item()


def _given(record: Any) -> list[str]:
    """Fields as arguments, without what is at its default."""
    written = {field.name: literal(getattr(record, field.name)) for field in fields(record)}
    return [
        f"{field.name}={written[field.name]}"
        for field in fields(record)
        if written[field.name] != _default(field)
    ]


def _default(field: Field) -> str | None:
    """The default as it would be written; None where there is none."""
    if field.default is not MISSING:
        return literal(field.default)
    return literal(field.default_factory()) if field.default_factory is not MISSING else None
