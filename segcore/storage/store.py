"""The cache on disk: results addressed by their question, so the same question is computed once.

A result is a folder named by its key: ``result.json`` (form, checksums) and one ``.npz`` named by its content. Files
are written under a temporary name, flushed to disk, then renamed: a reader sees the old result or the new one, never
half of one. Two processes that write the same key both succeed; the later one stays. A damaged result counts as
absent: ``has`` says no, and the next ``save`` replaces it.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import sys
import time
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import IO, Any

from segcore.errors import StoreError
from segcore.storage.files import (
    has_living_writer,
    make_private,
    write_atomic,
)
from segcore.storage.result_files import DAMAGED, canonical, marks, read, verified, write, writing_result
from segcore.storage.space import usage
from segcore.storage.uploads import StoredUpload, keep_upload, upload_path, uploads_size

ALGORITHM_VERSION = 17  # raise it when a change alters any number: older results are then no answer any more
USED_EVERY = 300.0  # seconds between two marks of use: eviction thinks in hours
_KEY = re.compile(r"[0-9a-f]{64}")
_PART = re.compile(r"[0-9]{6}")
_log = logging.getLogger(__name__)


def workspace() -> Path:
    """The folder for everything that lasts: environment variable SEGCORE_WORKSPACE, else the user's own data folder."""
    named = os.environ.get("SEGCORE_WORKSPACE", "").strip()
    if named:
        return Path(named).expanduser().absolute()
    if sys.platform == "win32":
        base = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = Path.home() / "Library" / "Application Support"
    else:
        base = Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")
    return base / "segcore"


def default_store() -> Store:
    """The store of this user's workspace; one object a process, so that what was checked stays known."""
    return _store_at(workspace())


@cache
def _store_at(root: Path) -> Store:
    make_private(root)
    return Store(root)


class Store:
    """Results, parts of running jobs, and the folders of jobs, below one root folder."""

    def __init__(self, root: Path | str) -> None:
        self.root = Path(root)
        self._checked: dict[str, tuple] = {}
        self._marked: dict[str, float] = {}

    def key(self, kind: str, /, **parts: Any) -> str:
        """SHA-256 (64 hex digits) over the question: its kind, its parts (specs included), the algorithm version."""
        from segcore.storage.codec import keys

        return keys.question_key(kind, ALGORITHM_VERSION, parts)

    def lasting_key(self, kind: str, content: str) -> str:
        """The key of what is no answer but content, known by its digest: no version changes it."""
        return hashlib.sha256(canonical([kind, "lasting", content])).hexdigest()

    def adopt(self, key: str, earlier: str) -> None:
        """Take over what an earlier version stored under another key, where nothing is under this one."""
        old, new = self.folder(earlier), self.folder(key)
        if new.exists() or not old.exists():
            return
        new.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.rename(old, new)
        except OSError as error:  # somebody else was first
            _log.info("stored result %s was not taken over: %s", earlier, error)

    def folder(self, key: str) -> Path:
        """Where everything about one key lies (it need not exist yet)."""
        if not _KEY.fullmatch(key):
            raise StoreError("This is not the key of a stored result.", remedy="Start again from the page.")
        return self.root / "results" / key[:2] / key

    def has(self, key: str) -> bool:
        """Whether an undamaged result is stored; every byte is checked once per process, then size and time."""
        path = self.folder(key) / "result.json"
        try:
            seen = self._checked.get(key)
            if seen is not None and seen == marks(path, path.parent / seen[-1]):
                return True
            arrays = verified(path)[1]
            self._checked[key] = marks(path, arrays)
        except DAMAGED as error:
            if path.exists():
                _log.warning("stored result %s is damaged: %s", key, error)
            return False
        return True

    def save(self, key: str, value: object) -> None:
        """Store a result under its key.

        Raises
        ------
        StoreError
            The value cannot be stored, or the disk refuses.
        """
        write(self.folder(key) / "result.json", value, durable=True)

    def load(self, key: str) -> Any:
        """The stored result.

        Raises
        ------
        StoreError
            Nothing is stored under this key, or it is damaged.
        """
        path = self.folder(key) / "result.json"
        if not path.exists():
            raise StoreError("This result is not stored any more.", remedy="Compute it again.")
        try:
            value = read(path)
        except DAMAGED as error:
            self._checked.pop(key, None)
            raise StoreError(f"A stored result is damaged ({error}).", remedy="Compute it again.") from error
        self.note_use(key)
        return value

    def note_use(self, key: str) -> None:
        """Mark a result as in use now, so that it is not the next to go; seldom enough to cost nothing."""
        now = time.monotonic()
        if now - self._marked.get(key, -USED_EVERY) < USED_EVERY:
            return
        self._marked[key] = now
        try:
            used_mark(self.folder(key)).touch(mode=0o600)
        except OSError as error:  # reading goes on without it
            _log.debug("result %s cannot be marked as used: %s", key, error)

    def note_data(self, key: str, digests: Iterable[str]) -> None:
        """Write down which data a result comes from, so that it can be forgotten with its data.

        Raises
        ------
        StoreError
            The disk refuses.
        """
        with writing_result():
            about = canonical({"digests": sorted(digests)})
            write_atomic(self.folder(key) / "about.json", about, durable=False)

    def save_part(self, key: str, index: int, value: object) -> None:
        """Keep one finished point of a running job."""
        write(self.folder(key) / "parts" / f"{index:06d}.json", value, durable=False)

    def part_indexes(self, key: str) -> list[int]:
        """Numbers of the finished points, in order, without reading them."""
        names = (path.stem for path in (self.folder(key) / "parts").glob("*.json"))
        return sorted(int(name) for name in names if _PART.fullmatch(name))

    def parts(self, key: str) -> list[Any]:
        """The finished points of a running, cancelled or finished job, in order; a damaged one is left out."""
        return list(self._read_parts(key))

    def _read_parts(self, key: str) -> Iterator[Any]:
        for index in self.part_indexes(key):
            try:
                yield read(self.folder(key) / "parts" / f"{index:06d}.json")
            except (
                *DAMAGED,
                StoreError,
            ) as error:  # a point is only a preview of the result: the rest still helps
                _log.warning("part %d of %s cannot be read: %s", index, key, error)

    def clear_parts(self, key: str) -> None:
        """Forget the points of an earlier run, and whatever a killed one left half written.

        For whoever has the job's lock: another process's running job keeps its points.
        """
        folder = self.folder(key)
        for path in (folder / "parts").glob("[0-9]*"):
            path.unlink(missing_ok=True)
        for path in (*folder.glob(".*.tmp"), *(folder / "parts").glob(".*.tmp")):
            if not has_living_writer(path):
                path.unlink(missing_ok=True)

    def keep_upload(self, name: str, content: IO[bytes] | bytes) -> StoredUpload:
        """Keep an uploaded file in the workspace, by content (see ``segcore.storage.uploads``).

        Raises
        ------
        StoreError
            The disk refuses, or the workspace is full of files and studies.
        """
        return keep_upload(self.root / "uploads", name, content, usage(self.root, results=False).room)

    def upload_path(self, stored_name: str) -> Path:
        """Where a kept upload lies; StoreError where it is gone."""
        return upload_path(self.root / "uploads", stored_name)

    def uploads_size(self, stored_names: Iterable[str]) -> int:
        """Bytes of some kept uploads together; one that is gone counts nothing."""
        return uploads_size(self.root / "uploads", stored_names)

    def size(self) -> int:
        """Bytes on disk, from the folder listing alone."""
        return sum(path.stat().st_size for path in self.root.rglob("*") if path.is_file())


def used_mark(folder: Path) -> Path:
    """The empty file of a result whose time says when it was last read."""
    return folder / "used"


def job_lock(folder: Path) -> Path:
    """The file that says whether a process works on a result now."""
    return folder / "job.lock"
