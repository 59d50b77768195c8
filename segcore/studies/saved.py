"""Studies on disk: one sealed JSON file each, written as a whole or not at all, with its last versions beside it."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from segcore.choices.study import SCHEMA, Study
from segcore.errors import StoreError
from segcore.storage import locks
from segcore.storage.files import disk_in_words, patiently, write_atomic
from segcore.storage.store import workspace
from segcore.studies.checksum import opened, seal
from segcore.studies.decode import Misfit, record
from segcore.studies.migrations import migrate

VERSIONS_KEPT = 3
MOST_JSON = 4 * 2**20  # bytes of a study as JSON; a file that holds more is none
PAUSE = 20 * 60  # seconds without a change after which the next one begins a new version
_ID = re.compile(r"[A-Za-z0-9_-]{22}")  # what token_urlsafe(16) gives: 128 random bits


def save(study: Study, root: Path | None = None) -> Study:
    """Write a study as a whole; what it was before a pause, or before other data, is kept as a version.

    Raises
    ------
    StoreError
        The disk refuses.
    """
    path = study_path(study.id, root)
    with writing("Your choices could not be saved", root):
        _keep_version(path, study)
        write_atomic(path, to_bytes(study))
    return study


def update(study_id: str, change: Callable[[Study], Study], root: Path | None = None) -> Study:
    """Change the newest state of a study: two tabs, or two servers, that act at once both keep what they did."""
    with writing("Your choices could not be saved", root):
        return save(change(load(study_id, root)), root)


@contextmanager
def writing(what_fails: str, root: Path | None = None) -> Iterator[None]:
    """Have the studies of a workspace to oneself, among threads and processes, and say in words what the disk refuses.

    Raises
    ------
    StoreError
        The disk refuses, or another process keeps the studies for too long.
    """
    with disk_in_words(what_fails), locks.in_turn((root or workspace()) / "locks" / "studies.lock"):
        yield


def load(study_id: str, root: Path | None = None) -> Study:
    """The study with this id, brought to today's schema.

    Raises
    ------
    StoreError
        The id is not one, no such study is here, or its file is damaged or cannot be read.
    """
    path = study_path(study_id, root)
    try:
        content = patiently(path.read_bytes)
    except FileNotFoundError as error:
        raise StoreError(
            "There is no saved study behind this address.",
            remedy="Check the address, or start with your file.",
        ) from error
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(
            f"The study could not be read ({reason}).", remedy="Try again, or open its downloaded file."
        ) from error
    return replace(from_bytes(content), id=study_id)


def exists(study_id: str, root: Path | None = None) -> bool:
    """Whether a study with this id is saved here; any text may be asked."""
    return bool(_ID.fullmatch(study_id)) and study_path(study_id, root).is_file()


def versions(study_id: str, root: Path | None = None) -> tuple[Study, ...]:
    """Earlier states of a study, the newest first; at most ``VERSIONS_KEPT``."""
    found = []
    for path in _version_paths(study_path(study_id, root)):
        try:
            found.append(replace(from_bytes(path.read_bytes()), id=study_id))
        except (StoreError, OSError):
            continue  # a damaged earlier state must not stand in the way of the others
    return tuple(found)


def to_bytes(study: Study) -> bytes:
    """The study as sealed JSON; what could not be read again is not written.

    Raises
    ------
    StoreError
        A field holds what no study may hold, or all of it is too much for one.
    """
    raw = {**asdict(study), "schema": SCHEMA}
    try:
        content = seal(json.dumps(raw, indent=1, sort_keys=True, allow_nan=False).encode("ascii"))
        if len(content) > MOST_JSON:
            raise Misfit("", f"is larger than the {MOST_JSON >> 20} MB a study can hold")
        from_bytes(content)
    except (StoreError, ValueError) as error:
        about = error.where if isinstance(error, StoreError) else str(error)
        raise StoreError(
            "This choice cannot be kept in the study.",
            where=about,
            remedy="What was kept before is unchanged; choose otherwise, or make it shorter.",
        ) from error
    return content


@lru_cache(maxsize=64)  # a page asks for the same study at every widget; nobody writes into one
def from_bytes(content: bytes) -> Study:
    """Read a study of this or any earlier schema; its id is kept (save it under a new one to copy it).

    Raises
    ------
    StoreError
        The file is not a study, is damaged, holds what no study may hold, or comes from a later version.
    """
    try:
        if len(content) > MOST_JSON:
            raise Misfit("", f"is larger than the {MOST_JSON >> 20} MB a study can hold")
        return _build(migrate(plain_json(opened(content))))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise StoreError(
            "This file is not a study, or it is damaged.",
            where=f"at “{error.where}”" if isinstance(error, Misfit) and error.where else "",
            remedy="Choose the file that was downloaded here.",
        ) from error


def plain_json(content: bytes) -> dict[str, Any]:
    """An object of JSON as every program reads it: no NaN, no infinity, no field twice.

    Raises
    ------
    ValueError, RecursionError
        It is not one.
    """
    raw = json.loads(content, parse_constant=_refuse_constant, object_pairs_hook=_without_repeats)
    if not isinstance(raw, dict):
        raise ValueError("not an object")
    return raw


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a field stands twice")
    return found


def study_path(study_id: str, root: Path | None = None) -> Path:
    """Where a study lies.

    Raises
    ------
    StoreError
        The id is not one of ours.
    """
    if not _ID.fullmatch(study_id):
        raise StoreError(
            "This is not the address of a study.", remedy="Check the address, or start with your file."
        )
    return (root or workspace()) / "studies" / f"{study_id}.json"


def _build(raw: Mapping[str, Any]) -> Study:
    known = {one.name for one in fields(Study)}
    return record(Study, {name: value for name, value in raw.items() if name in known})


def _keep_version(path: Path, new: Study) -> None:
    """Keep the state on disk as a version where the new one begins another sitting or other data."""
    try:
        rested = time.time() - path.stat().st_mtime > PAUSE
        content = path.read_bytes()
        if not rested and from_bytes(content).base_digest in ("", new.base_digest):
            return
    except (FileNotFoundError, StoreError):
        return
    number = max((int(one.stem.rsplit(".", 1)[1]) for one in _version_paths(path)), default=0) + 1
    write_atomic(_version_folder(path) / f"{path.stem}.{number}.json", content)
    for old in _version_paths(path)[VERSIONS_KEPT:]:
        old.unlink(missing_ok=True)


def _version_folder(path: Path) -> Path:
    return path.parent / "versions"


def _version_paths(path: Path) -> list[Path]:
    """Files of the earlier states, the newest first."""
    found = _version_folder(path).glob(f"{path.stem}.*.json")
    return sorted(found, key=lambda one: -int(one.stem.rsplit(".", 1)[1]))
