"""Guessing which tables describe the products and the customers, and the column they share with the purchases."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Any

from segcore.intake.columns.columns import Guess
from segcore.intake.columns.matrix_shape import Seen
from segcore.intake.columns.vocabulary import words_of
from segcore.intake.values.tidy import tidy

ENOUGH = 20
SAME_NAME, OTHER_NAME = 0.05, 0.6  # shares of common values that make a join; a sample sees only part of them


@dataclass(frozen=True)
class Key:
    """What a table must share with the purchases: the labels of products or customers, and their column."""

    role: str
    column: str | None
    values: frozenset[str]


def key_of(role: str, column: str | None, texts: Iterable[str]) -> Key:
    """The key of a role, its labels compared without case and spaces."""
    return Key(role, column, frozenset(tidy(text).casefold() for text in texts if text.strip()))


@dataclass(frozen=True)
class Joined:
    """Roles, guesses by table and reasons that the joined tables add."""

    roles: Mapping[str, Any]
    columns: Mapping[str, Mapping[str, Guess]]
    reasons: tuple[str, ...]


def join_tables(
    keys: Sequence[Key],
    others: Sequence[Seen],
    fixed: Mapping[str, Any],
    described: Mapping[str, Sequence[str]],
) -> Joined:
    """Find at most one table a key; ``described`` are the attributes already found in the purchases."""
    roles: dict[str, Any] = {f"{role}_attributes": tuple(names) for role, names in described.items()}
    columns: dict[str, Mapping[str, Guess]] = {}
    reasons = []
    for key in keys:
        allowed = [o for o in others if fixed.get(f"{key.role}_table", o.table.name) == o.table.name]
        found = _best([o for o in allowed if o.table.name not in columns], key, fixed.get(f"{key.role}_key"))
        if found is None:
            continue
        other, shared = found
        name = other.table.name
        roles[f"{key.role}_table"] = name
        roles[f"{key.role}_key"] = None if shared == key.column else shared
        if key.role == "product":
            roles["join_on"] = key.column
        old = described.get(key.role, ())
        new = [n for n, p in other.profiles.items() if n != shared and n not in old and p.distinct > 1]
        roles[f"{key.role}_attributes"] = (*old, *new)
        columns[name] = _meaning(other, key.role, shared, set(new))
        reasons.append(f"“{name}” describes the {key.role}s: both tables share “{shared}”.")
    return Joined(roles, columns, tuple(reasons))


def _meaning(other: Seen, role: str, shared: str, used: set[str]) -> dict[str, Guess]:
    result: dict[str, Guess] = {}
    for name in other.table.names:
        if name == shared:
            result[name] = ("key", "both tables share it")
        elif name in used:
            result[name] = (f"{role} attribute", f"its table describes the {role}s")
        else:
            result[name] = ("ignored", "it says the same everywhere, or the purchases say it already")
    return result


def _best(others: Sequence[Seen], key: Key, chosen: str | None) -> tuple[Seen, str] | None:
    """The table and column with most labels in common, each once in the table; or the column that was chosen."""
    for other in others:
        if chosen is not None and chosen in other.profiles:
            return other, chosen
    scored = [
        (points, other, name)
        for other in others
        if not other.table.ragged and key.values
        for name, profile in other.profiles.items()
        if profile.filled and profile.distinct >= 0.9 * profile.filled
        if (points := _points(key, other, name)) > 0
    ]
    if not scored:
        return None
    _, other, name = max(scored, key=lambda item: item[0])
    return other, name


def _points(key: Key, other: Seen, name: str) -> float:
    have = {tidy(text).casefold() for text in other.table.sample.columns[name].texts}
    overlap = max(_overlap(key.values, have), _overlap(_without_zeros(key.values), _without_zeros(have)))
    same = key.column is not None and _squeezed(name) == _squeezed(key.column)
    return overlap + 0.5 * same if overlap > (SAME_NAME if same else OTHER_NAME) else 0.0


def _overlap(wanted: Set[str], have: Set[str]) -> float:
    """Share in common, of the smaller side; 0 where it could be chance, as with 1, 2, 3."""
    common = len(wanted & have)
    if common < ENOUGH and common < 0.5 * len(wanted):
        return 0.0
    return common / max(1, min(len(wanted), len(have)))


def _without_zeros(values: Set[str]) -> set[str]:
    """Spreadsheets take leading zeros off ids in one table and not in the other."""
    return {value.lstrip("0") for value in values}


def _squeezed(name: str) -> str:
    return "".join(words_of(name))
