"""Folders of the server that the host allows: what lies in them, and that nothing outside them is ever opened."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

from segcore.errors import SourceError
from segcore.language.words import count
from segcore.sources.allowed import Folder

PARQUET = (".parquet", ".parq", ".pq")
TABLES = (".csv", ".tsv", ".txt", ".xlsx", ".xls", ".xlsm", ".xlsb", ".ods")
DEEPEST = 6
MOST_ENTRIES = 500
MOST_FILES = 5_000


@dataclass(frozen=True)
class Entry:
    """Something in a folder that can be read.

    Attributes
    ----------
    item : str
        Path below the folder, "." for the folder itself.
    files : int
        Parquet files in it where it is a folder; 0 where it is a file itself.
    size : int
        Bytes.
    """

    item: str
    files: int
    size: int


def listed(folder: Folder) -> tuple[Entry, ...]:
    """Files that can be read, and folders that hold parquet files; partitions of one table are not listed apart.

    Raises
    ------
    SourceError
        The folder cannot be looked into.
    """
    root = _root(folder)
    found: list[Entry] = []
    for place, names, files in _walk(root, DEEPEST):
        here = place.relative_to(root).as_posix()
        sizes = {name: (place / name).stat().st_size for name in files}
        parquet = [name for name in files if name.lower().endswith(PARQUET)]
        partitions = [name for name in names if "=" in name]
        if partitions or len(parquet) > 1 or (parquet and here != "."):
            parts = list(_parquet_below(place))
            found.append(Entry(here, len(parts), sum(part.stat().st_size for part in parts)))
            names[:] = [name for name in names if name not in partitions]
        inside = TABLES if len(parquet) > 1 else (*TABLES, *PARQUET)
        found += [Entry(_below(here, n), 0, size) for n, size in sizes.items() if n.lower().endswith(inside)]
        if len(found) > MOST_ENTRIES:
            break
    return tuple(sorted(found, key=lambda entry: (not entry.files, entry.item))[:MOST_ENTRIES])


def place_of(folder: Folder, item: str) -> Path:
    """Where an item lies, once it is certain that it lies inside the folder.

    Raises
    ------
    SourceError
        It names or leads to a place outside, or is not there.
    """
    pure = (PurePosixPath(item), PureWindowsPath(item))
    if "\0" in item or any(one.is_absolute() or one.drive or ".." in one.parts for one in pure):
        raise _outside(folder, item)
    root = _root(folder)
    try:
        place = (root / item).resolve(strict=True)
    except (OSError, RuntimeError):
        raise SourceError(
            f"“{item}” is not there any more.", where=folder.name, remedy="Choose another file or folder."
        ) from None
    if not place.is_relative_to(root):
        raise _outside(folder, item)
    return place


def parquet_files(folder: Folder, item: str) -> list[Path]:
    """The parquet files of an item, in order; each lies inside the folder.

    Raises
    ------
    SourceError
        There is none, there are too many, or one of them is a link that leads outside.
    """
    place, root = place_of(folder, item), _root(folder)
    files = [place] if place.is_file() else list(_parquet_below(place))
    if not files:
        raise SourceError(
            "There is no parquet file in this folder.", where=item, remedy="Choose another folder."
        )
    if len(files) > MOST_FILES:
        raise SourceError(
            f"This folder has over {count(MOST_FILES)} parquet files.",
            where=item,
            remedy="Choose a folder inside it.",
        )
    for file in files:
        if not file.resolve().is_relative_to(root):
            raise _outside(folder, str(file.relative_to(root)))
    return files


def _parquet_below(place: Path) -> Iterator[Path]:
    for inner, _, names in _walk(place):
        yield from (inner / name for name in names if name.lower().endswith(PARQUET))


def _walk(root: Path, deepest: int | None = None) -> Iterator[tuple[Path, list[str], list[str]]]:
    """Folders, top down and in order, without hidden ones and without following links to folders."""
    for place, names, files in os.walk(root, followlinks=False):
        here = Path(place)
        deep = len(here.relative_to(root).parts)
        end = deepest is not None and deep >= deepest
        names[:] = [] if end else sorted(name for name in names if name[0] not in "._")
        yield here, names, sorted(n for n in files if n[0] not in "._" and (here / n).is_file())


def _below(here: str, name: str) -> str:
    return name if here == "." else f"{here}/{name}"


def _root(folder: Folder) -> Path:
    try:
        return Path(folder.path).resolve(strict=True)
    except (OSError, RuntimeError):
        raise SourceError(
            "This folder cannot be looked into.",
            where=folder.name,
            remedy="Ask whoever runs this server to check the settings.",
        ) from None


def _outside(folder: Folder, item: str) -> SourceError:
    return SourceError(
        f"“{item}” is outside the folder this server may read.",
        where=folder.name,
        remedy="Choose something inside it.",
    )
