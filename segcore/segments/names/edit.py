"""Names as a person writes them: tidied, never empty, never twice; or read from a file of two columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

LONGEST = 80


@dataclass(frozen=True)
class NamesRead:
    """What a file of names says of these segments; ``unknown`` are the lines that fit none."""

    names: Mapping[int, str]
    descriptions: Mapping[int, str]
    unknown: tuple[str, ...]


def clean_names(names: Mapping[int, str], proposed: Mapping[int, str]) -> dict[int, str]:
    """Names as edited by a person: trimmed, never empty, never twice."""
    cleaned: dict[int, str] = {}
    for number, fallback in proposed.items():
        wanted = " ".join(str(names.get(number, fallback)).split())[:LONGEST] or fallback
        name, again = wanted, 2
        while name in cleaned.values():
            name, again = f"{wanted} {again}", again + 1
        cleaned[number] = name
    return cleaned


def read_names(rows: Sequence[Sequence[str]], current: Mapping[int, str]) -> NamesRead:
    """Names from lines of a file: segment (its number or its name now), new name and, if there is one, description.

    Parameters
    ----------
    rows : sequence of sequences of str
        The lines, a header included or not: a first line that fits no segment is taken for one.
    current : dict
        Names now, by number.
    """
    by_name = {_folded(name): number for number, name in current.items()}
    names, descriptions, unknown = {}, {}, []
    for place, row in enumerate(rows):
        cells = [" ".join(str(cell).split()) for cell in row]
        if len(cells) < 2 or not any(cells):
            continue
        number = by_name.get(_folded(cells[0]), _number(cells[0], current))
        if number is None:
            if place:
                unknown.append(cells[0])
        elif cells[1]:
            names[number] = cells[1]
            if len(cells) > 2 and cells[2]:
                descriptions[number] = cells[2]
    return NamesRead(names, descriptions, tuple(unknown))


def _number(text: str, current: Mapping[int, str]) -> int | None:
    """``3``, ``3.0`` and ``Segment 3`` are segment 3."""
    bare = text.casefold().removeprefix("segment").strip().removesuffix(".0")
    return int(bare) if bare.isascii() and bare.isdigit() and int(bare) in current else None


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()
