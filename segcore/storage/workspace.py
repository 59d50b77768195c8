"""The care of the workspace folder: how big it is, what goes when it is full, and what is removed on request.

Studies and their uploads never go by themselves. Results do, the longest unused first: they can be computed again;
and uploads that no study names any more, after a day.
"""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path

from segcore.storage import locks
from segcore.storage.space import limit, size_of, usage
from segcore.storage.store import Store, job_lock, used_mark

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
    over, freed = usage(store.root).total - most, 0
    for last_used, folder in sorted(_results(store, now)):
        if freed >= over:
            break
        if folder.name in needed or now - last_used < FRESH or locks.is_taken(job_lock(folder)):
            continue
        if spare_sources and _is_source(folder):
            continue
        size = size_of(folder)
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
