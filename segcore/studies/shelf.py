"""All studies of a workspace: list, copy, put away and take back, delete for good."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from segcore.choices.study import Study, StudyFile
from segcore.errors import StoreError
from segcore.storage.files import make_folder
from segcore.storage.store import workspace
from segcore.studies.links import frozen
from segcore.studies.needed import in_damaged
from segcore.studies.saved import from_bytes, load, save, study_path, versions, writing


def listed(search: str = "", root: Path | None = None) -> tuple[Study, ...]:
    """Every readable study with data, the last changed first; with ``search`` those whose name or files hold it."""
    found = [study for study in _readable((root or workspace()) / "studies") if study.files]
    wanted = search.casefold().strip()
    matching = [
        study
        for study in found
        if wanted in " ".join([study.name, *(file.name for file in study.files)]).casefold()
    ]
    return tuple(sorted(matching, key=lambda study: study.updated, reverse=True))


@dataclass(frozen=True)
class Unreadable:
    """A saved study that cannot be read: the name of its file, and what is wrong in it where that is known."""

    name: str
    where: str


def unreadable(root: Path | None = None) -> tuple[Unreadable, ...]:
    """Saved studies that are damaged, or hold what no study may; they are set aside where they lie."""
    found = []
    for path in sorted(((root or workspace()) / "studies").glob("*.json")):
        try:
            from_bytes(path.read_bytes())
        except (StoreError, OSError) as error:
            found.append(Unreadable(path.name, getattr(error, "where", "")))
    return tuple(found)


def of_files(digests: frozenset[str], root: Path | None = None) -> tuple[Study, ...]:
    """Studies made from exactly these files, known by their content; the last changed first."""
    return tuple(s for s in listed(root=root) if frozenset(file.digest for file in s.files) == digests)


def copy(study: Study, name: str, root: Path | None = None) -> Study:
    """The same work under a new id and name; nothing that happens to one happens to the other."""
    now = datetime.now(UTC).isoformat(timespec="microseconds")
    return save(replace(study, id=secrets.token_urlsafe(16), name=name, created=now, updated=now), root)


def put_away(study_id: str, root: Path | None = None) -> None:
    """Take a study off the list; ``take_back`` undoes it. Its files and results stay.

    Raises
    ------
    StoreError
        It is not there any more, or the disk refuses.
    """
    path = study_path(study_id, root)
    with writing("The study could not be deleted", root):
        make_folder(_away(path).parent)
        try:
            os.replace(path, _away(path))
        except FileNotFoundError as error:
            raise StoreError(
                "This study is not on the list any more.", remedy="Somebody else may have deleted it."
            ) from error


def take_back(study_id: str, root: Path | None = None) -> Study:
    """Put a study back on the list.

    Raises
    ------
    StoreError
        It was not put away, is deleted for good by now, or the disk refuses.
    """
    path = study_path(study_id, root)
    with writing("The study could not be taken back", root):
        try:
            os.replace(_away(path), path)
        except FileNotFoundError as error:
            raise StoreError(
                "This study was deleted for good.", remedy="Open its downloaded file."
            ) from error
        return load(study_id, root)


def put_away_ones(root: Path | None = None) -> tuple[Study, ...]:
    """Studies that can be taken back."""
    return tuple(_readable((root or workspace()) / "studies" / "away"))


def delete(study_id: str, forget: Callable[[str], None], root: Path | None = None) -> tuple[str, ...]:
    """Delete a study for good, with the uploads and results that no other study needs.

    Parameters
    ----------
    forget : callable
        Called with each digest of data or of a file that no study needs any more; removes what was computed from it.

    Returns
    -------
    tuple of str
        Stored names of the uploads that were removed.

    Raises
    ------
    StoreError
        The disk refuses.
    """
    base, path = root or workspace(), study_path(study_id, root)
    with writing("The study could not be deleted", root):
        gone = [*versions(study_id, root), *_read([path, _away(path)])]
        for one in (path, _away(path), *(path.parent / "versions").glob(f"{path.stem}.*.json")):
            one.unlink(missing_ok=True)
        kept = [*_readable(base / "studies"), *_readable(base / "studies" / "away")]
        kept += [one for study in kept for one in versions(study.id, root)]
        kept += [study for study in frozen(root) if study.id != study_id]
        damaged = in_damaged(root).digests
        unneeded = {file.stored for file in _files(gone) if file.digest not in damaged}
        unneeded -= {"", *(file.stored for file in _files(kept))}
        for stored in unneeded:
            (base / "uploads" / Path(stored).name).unlink(missing_ok=True)
    for digest in _contents(gone) - _contents(kept) - damaged:
        forget(digest)
    return tuple(sorted(unneeded))


def _files(found: list[Study]) -> list[StudyFile]:
    """Every upload of some studies, those of new customers too."""
    return [file for study in found for file in (*study.files, *study.pending, *study.newcomers)]


def _contents(found: list[Study]) -> set[str]:
    """Digests of the data and of the files of some studies."""
    files = {file.digest for file in _files(found)}
    return (files | {one for study in found for one in (study.data_digest, study.base_digest)}) - {""}


def _away(path: Path) -> Path:
    return path.parent / "away" / path.name


def _readable(folder: Path) -> list[Study]:
    return _read(sorted(folder.glob("*.json")))


def _read(paths: list[Path]) -> list[Study]:
    found = []
    for path in paths:
        try:
            found.append(replace(from_bytes(path.read_bytes()), id=path.stem))
        except (StoreError, OSError):
            continue  # opening it by its link says what is wrong; a list shows what can be opened
    return found
