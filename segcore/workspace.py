"""The care of the workspace folder: how big it is, what goes when it is full, and what is removed on request.

Studies and uploads never go by themselves. Results do, the longest unused first: they can be computed again.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path

from segcore.store import Store, used_mark

LIMIT_GB = 20.0
FRESH = 3600.0  # seconds for which a result is not removed: somebody may be looking at it
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
        return self.uploads + self.results + self.studies


def limit() -> int:
    """Bytes the workspace may take: environment variable SEGCORE_WORKSPACE_GB, else 20 GB."""
    try:
        return int(float(os.environ.get("SEGCORE_WORKSPACE_GB", "") or LIMIT_GB) * 2**30)
    except ValueError:
        return int(LIMIT_GB * 2**30)


def usage(store: Store) -> Usage:
    """What the workspace holds, from the folder listing alone."""
    sizes = (_size(store.root / part) for part in ("uploads", "results", "studies"))
    return Usage(str(store.root), *sizes, limit())


def make_private(root: Path) -> None:
    """Let nobody but its owner look into the workspace; a no-op where the system has no such rights."""
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        root.chmod(0o700)
    except OSError as error:  # a folder shared on purpose by an administrator stays as it is
        _log.warning("the workspace %s cannot be made private: %s", root, error)


def evict(store: Store, needed: frozenset[str], most: int | None = None, now: float | None = None) -> int:
    """Remove the longest unused results until the workspace fits its limit; bytes freed.

    Parameters
    ----------
    needed : frozenset of str
        Keys that stay whatever their age: the data of studies.
    most, now : optional
        The limit in bytes and the time, where they are not today's.
    """
    most, now = limit() if most is None else most, time.time() if now is None else now
    over, freed = usage(store).total - most, 0
    for last_used, folder in sorted(_results(store)):
        if freed >= over:
            break
        if folder.name in needed or now - last_used < FRESH:
            continue
        size = _size(folder)
        shutil.rmtree(folder, ignore_errors=True)
        freed += size
    return freed


def forget(store: Store, digest: str) -> int:
    """Remove every result that was computed from the data with this digest; how many there were."""
    removed = 0
    for _, folder in _results(store):
        if digest in _digests(folder):
            shutil.rmtree(folder, ignore_errors=True)
            removed += 1
    return removed


def _digests(folder: Path) -> tuple[str, ...]:
    try:
        return tuple(json.loads((folder / "about.json").read_bytes())["digests"])
    except (OSError, ValueError, KeyError):
        return ()


def _results(store: Store) -> list[tuple[float, Path]]:
    """Every result with the moment it was last used."""
    folders = [folder for folder in (store.root / "results").glob("??/*") if folder.is_dir()]
    return [(_last_used(folder), folder) for folder in folders]


def _last_used(folder: Path) -> float:
    for path in (used_mark(folder), folder / "result.json", folder):
        try:
            return path.stat().st_mtime
        except OSError:
            continue
    return 0.0


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue  # removed while we look
    return total
