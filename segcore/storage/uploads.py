"""Uploaded files, kept in the workspace by content: the same file twice is one file."""

from __future__ import annotations

import hashlib
import logging
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from segcore.errors import StoreError
from segcore.storage.files import disk_in_words, write_atomic

_STORED = re.compile(r"[0-9a-f]{64}(\.[a-z0-9]{1,8})?")
GRACE = 86_400.0  # seconds for which an upload stays though no study names it
_CHUNK = 1 << 20
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class StoredUpload:
    """One uploaded file: the person's name for it, and where its bytes are.

    Attributes
    ----------
    name : str
        The name it was uploaded under, for the screen only.
    digest : str
        SHA-256 of its bytes, 64 hex digits.
    path : str
        Where it lies, as absolute text; its name is the digest with the original extension.
    size : int
        Bytes.
    """

    name: str
    digest: str
    path: str
    size: int

    @property
    def stored_name(self) -> str:
        """The file's name in the uploads folder."""
        return Path(self.path).name


def keep_upload(folder: Path, name: str, content: IO[bytes] | bytes, room: int | None = None) -> StoredUpload:
    """Stream an upload to disk, named by its content; memory use does not grow with the file.

    Parameters
    ----------
    room : int, optional
        Bytes that the workspace has left for it; a file that is there already takes none.

    Raises
    ------
    StoreError
        The disk refuses, or there is no room.
    """
    state, size = hashlib.sha256(), 0

    def fill(handle: IO[bytes]) -> None:
        nonlocal size
        for chunk in _chunks(content):
            state.update(chunk)
            size += handle.write(chunk)

    def final(_: Path) -> Path:
        place = folder / (state.hexdigest() + _extension(name))
        if room is not None and size > room and not place.exists():
            raise _no_room(shown_name(name))
        return place

    with disk_in_words("The file could not be kept in the workspace folder", shown_name(name)):
        path = write_atomic(final, fill, folder=folder)
    return StoredUpload(shown_name(name), state.hexdigest(), str(path.absolute()), size)


def remove_orphans(folder: Path, needed: frozenset[str], now: float) -> tuple[str, ...]:
    """Remove the uploads that nobody refers to and that are older than a day.

    Parameters
    ----------
    needed : frozenset of str
        Digests of the files that stay.

    Returns
    -------
    tuple of str
        Digests of the files that went.
    """
    gone = set()
    for path in folder.glob("*"):
        digest = path.name.partition(".")[0]
        try:
            # Somebody may have dropped it just now, and the study that will name it is not saved yet.
            if digest in needed or not _STORED.fullmatch(path.name) or now - path.stat().st_mtime < GRACE:
                continue
            path.unlink()
        except OSError as error:
            _log.warning("upload %s cannot be removed: %s", path.name, error)
            continue
        gone.add(digest)
    return tuple(sorted(gone))


def _no_room(name: str) -> StoreError:
    return StoreError(
        "The workspace has no room left for this file: it is full of files and studies.",
        where=name,
        remedy="Delete studies for good on the Data page, or give it more room with SEGCORE_WORKSPACE_GB.",
    )


def upload_path(folder: Path, stored_name: str) -> Path:
    """Where a kept upload lies.

    Raises
    ------
    StoreError
        The name is not one we gave, or the file is gone.
    """
    path = folder / stored_name
    if not _STORED.fullmatch(stored_name) or not path.is_file():
        raise StoreError("The uploaded file is not in the workspace any more.", remedy="Upload it again.")
    return path


def uploads_size(folder: Path, stored_names: Iterable[str]) -> int:
    """Bytes of some kept uploads together; what is gone, or is no upload, counts nothing."""
    found = (folder / stored for stored in stored_names if _STORED.fullmatch(stored))
    return sum(path.stat().st_size for path in found if path.is_file())


def shown_name(name: str) -> str:
    """The last part of a file name, without control characters."""
    last = re.split(r"[/\\]", name)[-1]
    return "".join(c for c in last if unicodedata.category(c) not in ("Cc", "Cs"))[:200] or "file"


def _extension(name: str) -> str:
    """The original extension where it is a plain one: readers look at it."""
    match = re.search(r"\.([A-Za-z0-9]{1,8})$", shown_name(name))
    return f".{match.group(1).lower()}" if match else ""


def _chunks(content: IO[bytes] | bytes) -> Iterator[bytes]:
    if isinstance(content, bytes | bytearray | memoryview):
        yield content
        return
    while chunk := content.read(_CHUNK):
        yield chunk
