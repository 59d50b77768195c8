"""Uploaded files, kept in the workspace by content: the same file twice is one file."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from segcore.errors import StoreError
from segcore.files import write_atomic

_STORED = re.compile(r"[0-9a-f]{64}(\.[a-z0-9]{1,8})?")
_CHUNK = 1 << 20


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


def keep_upload(folder: Path, name: str, content: BinaryIO | bytes) -> StoredUpload:
    """Stream an upload to disk, named by its content; memory use does not grow with the file.

    Raises
    ------
    StoreError
        The disk refuses.
    """
    state, size = hashlib.sha256(), 0

    def fill(handle: BinaryIO) -> None:
        nonlocal size
        for chunk in _chunks(content):
            state.update(chunk)
            size += handle.write(chunk)

    try:
        path = write_atomic(lambda _: folder / (state.hexdigest() + _extension(name)), fill, folder=folder)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(
            f"The file could not be kept in the workspace folder ({reason}).",
            where=shown_name(name),
            remedy="Free some disk space or choose another folder with SEGCORE_WORKSPACE.",
        ) from error
    return StoredUpload(shown_name(name), state.hexdigest(), str(path.absolute()), size)


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


def _chunks(content: BinaryIO | bytes) -> Iterator[bytes]:
    if isinstance(content, bytes | bytearray | memoryview):
        yield content
        return
    while chunk := content.read(_CHUNK):
        yield chunk
