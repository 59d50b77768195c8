"""How studies saved by earlier versions are brought to today's schema."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from segcore.choices.study import SCHEMA
from segcore.errors import StoreError

# From version n to n + 1, on plain JSON: a pure function each, never changed once released.
MIGRATIONS: dict[int, Callable[[dict[str, Any]], dict[str, Any]]] = {
    1: dict,  # version 2 only adds choices, which all have a default
}


def migrate(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Bring the JSON of an earlier schema to today's, one version at a time.

    Raises
    ------
    StoreError
        It was written by a later version.
    """
    raw = dict(raw)
    if type(raw["schema"]) is not int or raw["schema"] < min(MIGRATIONS, default=SCHEMA):
        raise ValueError("unknown schema")
    if raw["schema"] > SCHEMA:
        raise StoreError(
            "This study was saved by a newer version.", remedy="Update this program, then open it."
        )
    while raw["schema"] < SCHEMA:
        raw = {**MIGRATIONS[raw["schema"]](raw), "schema": raw["schema"] + 1}
    return raw
