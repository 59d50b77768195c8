"""Studies on disk and as a download: one JSON file, written as a whole or not at all."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from segcore.errors import StoreError
from segcore.files import patiently, write_atomic
from segcore.store import workspace
from segcore.studies.decode import record
from segcore.studies.migrations import migrate
from segcore.studies.record import Study

_ID = re.compile(r"[A-Za-z0-9_-]{22}")  # what token_urlsafe(16) gives: 128 random bits


def save(study: Study, root: Path | None = None) -> Study:
    """Write a study as a whole; of two tabs that save, the later wins.

    Raises
    ------
    StoreError
        The disk refuses.
    """
    try:
        write_atomic(_path(study.id, root), to_bytes(study))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(
            f"Your choices could not be saved ({reason}).",
            remedy="Free some disk space or choose another folder with SEGCORE_WORKSPACE.",
        ) from error
    return study


def load(study_id: str, root: Path | None = None) -> Study:
    """The study with this id, brought to today's schema.

    Raises
    ------
    StoreError
        The id is not one, no such study is here, or its file is damaged.
    """
    path = _path(study_id, root)
    try:
        content = patiently(path.read_bytes)
    except FileNotFoundError as error:
        raise StoreError(
            "There is no saved study behind this address.",
            remedy="Check the address, or start with your file.",
        ) from error
    return replace(from_bytes(content), id=study_id)


def exists(study_id: str, root: Path | None = None) -> bool:
    """Whether a study with this id is saved here; any text may be asked."""
    return bool(_ID.fullmatch(study_id)) and _path(study_id, root).is_file()


def to_bytes(study: Study) -> bytes:
    """The study as one file to download."""
    return json.dumps(asdict(study), indent=1, sort_keys=True, allow_nan=False).encode("ascii")


def from_bytes(content: bytes) -> Study:
    """Open a downloaded study, of this or any earlier schema; its id is kept (save it under a new one to copy it).

    Raises
    ------
    StoreError
        The file is not a study, is damaged, or comes from a later version.
    """
    try:
        raw = json.loads(content)
        if not isinstance(raw, dict):
            raise TypeError("not an object")
        return _build(migrate(raw))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise StoreError(
            "This file is not a study, or it is damaged.", remedy="Choose the file that was downloaded here."
        ) from error


def _build(raw: Mapping[str, Any]) -> Study:
    if not _ID.fullmatch(raw["id"]):
        raise ValueError("not an id")
    known = {one.name for one in fields(Study)}
    return record(Study, {name: value for name, value in raw.items() if name in known})


def _path(study_id: str, root: Path | None) -> Path:
    if not _ID.fullmatch(study_id):
        raise StoreError(
            "This is not the address of a study.", remedy="Check the address, or start with your file."
        )
    return (root or workspace()) / "studies" / f"{study_id}.json"
