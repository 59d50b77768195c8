"""The care of the workspace folder: how big it is, what goes when it is full, and what is removed on request.

Studies and their uploads never go by themselves. Results do, the longest unused first: they can be computed again;
and uploads that no study names any more, after a day.
"""

from __future__ import annotations

import json
import logging
import math
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from segcore.errors import StoreError
from segcore.storage import locks
from segcore.storage.files import make_folder
from segcore.storage.store import Store, job_lock, used_mark

LIMIT_GB = 20.0
FRESH = 3600.0  # seconds for which a result is not removed: somebody may be looking at it
SKEW = 600.0  # seconds by which the clock of another machine on the same folder may be ahead
# How a result's text names them: by the registered name, and by the path that versions before there were names wrote.
_SOURCES = tuple(
    f'"{mark}":"{name}"'.encode()
    for mark, names in (
        ("n", ("purchases", "loaded", "edited")),
        (
            "c",
            ("segcore.purchases.record:Purchases", "segcore.tasks.data:Loaded", "segcore.tasks.data:Edited"),
        ),
    )
    for name in names
)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Usage:
    """Bytes in the workspace, by what they are."""

    root: str
    uploads: int
    results: int
    studies: int
    limit: int

    @property
    def total(self) -> int:
        """All bytes."""
        return self.lasting + self.results

    @property
    def lasting(self) -> int:
        """Bytes that do not go by themselves."""
        return self.uploads + self.studies

    @property
    def room(self) -> int:
        """Bytes left for further files: results make room, files and studies do not."""
        return max(0, self.limit - self.lasting)


def limit() -> int:
    """Bytes the workspace may take: environment variable SEGCORE_WORKSPACE_GB, else 20 GB."""
    try:
        asked = float(os.environ.get("SEGCORE_WORKSPACE_GB", "") or LIMIT_GB)
    except ValueError:
        asked = LIMIT_GB
    return int((asked if math.isfinite(asked) and asked > 0 else LIMIT_GB) * 2**30)


def usage(store: Store, results: bool = True) -> Usage:
    """What the workspace holds, from the folder listing alone; without ``results`` only what does not go by itself."""
    root = store.root
    counted = _size(root / "results") if results else 0
    return Usage(
        str(root), _size(root / "uploads"), counted, _size(root / "studies") + _size(root / "links"), limit()
    )


def make_private(root: Path) -> None:
    """Have the workspace, and let nobody but its owner look into it; where the system has no such rights, only have it.

    Raises
    ------
    StoreError
        The folder cannot be made: the disk is read-only, or something else has its name.
    """
    try:
        make_folder(root)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(
            f"The workspace folder {root} cannot be made ({reason}).",
            remedy="Name a folder that can be written with SEGCORE_WORKSPACE.",
        ) from error
    try:
        root.chmod(0o700)
    except OSError as error:  # a folder shared on purpose by an administrator stays as it is
        _log.warning("the workspace %s cannot be made private: %s", root, error)


def evict(
    store: Store,
    needed: frozenset[str],
    most: int | None = None,
    now: float | None = None,
    *,
    spare_sources: bool = False,
) -> int:
    """Remove the longest unused results until the workspace fits its limit; bytes freed.

    Parameters
    ----------
    needed : frozenset of str
        Keys that stay whatever their age: the data of studies.
    most, now : optional
        The limit in bytes and the time, where they are not today's.
    spare_sources : bool
        Also leave every result that holds purchases: a study is damaged, and nobody can say which are its.
    """
    most, now = limit() if most is None else most, time.time() if now is None else now
    over, freed = usage(store).total - most, 0
    for last_used, folder in sorted(_results(store, now)):
        if freed >= over:
            break
        if folder.name in needed or now - last_used < FRESH or locks.is_taken(job_lock(folder)):
            continue
        if spare_sources and _is_source(folder):
            continue
        size = _size(folder)
        shutil.rmtree(folder, ignore_errors=True)
        freed += size
    return freed


def forget(store: Store, digest: str) -> int:
    """Remove every result that was computed from the data with this digest; how many there were."""
    removed = 0
    for _, folder in _results(store, time.time()):
        if digest in _digests(folder):
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def _digests(folder: Path) -> tuple[str, ...]:
    try:
        return tuple(json.loads((folder / "about.json").read_bytes())["digests"])
    except (OSError, ValueError, KeyError, TypeError):
        return ()


def _is_source(folder: Path) -> bool:
    """Whether a result holds what was read from a file; a damaged one is worth nothing."""
    try:
        return any(name in (folder / "result.json").read_bytes() for name in _SOURCES)
    except OSError:
        return False


def _results(store: Store, now: float) -> list[tuple[float, Path]]:
    """Every result with the moment it was last used."""
    folders = [folder for folder in (store.root / "results").glob("??/*") if folder.is_dir()]
    return [(_last_used(folder, now), folder) for folder in folders]


def _last_used(folder: Path, now: float) -> float:
    """When a result was last used; a mark from the future says nothing, or it would stay for ever."""
    for path in (used_mark(folder), folder / "result.json", folder):
        try:
            marked = path.stat().st_mtime
        except OSError:
            continue
        if marked - now < SKEW:
            return min(marked, now)
    return 0.0


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue  # removed while we look
    return total
