"""Writing files so that a reader, another process or a power cut never meets half of one."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

_log = logging.getLogger(__name__)


def write_atomic(
    path: Path | Callable[[Path], Path],
    fill: bytes | Callable[[BinaryIO], Any],
    *,
    folder: Path | None = None,
    durable: bool = True,
) -> Path:
    """Write under a temporary name, flush to disk (where durable), rename; the final path comes back.

    ``path`` may be a function from the finished temporary file to its final path (in ``folder``), for files named
    by their content.
    """
    home = path.parent if isinstance(path, Path) else folder
    if home is None:
        raise ValueError("a file named by its content needs a folder")
    home.mkdir(parents=True, exist_ok=True)
    temporary = home / f".{secrets.token_hex(8)}.tmp"
    try:
        with temporary.open("wb") as handle:
            if isinstance(fill, bytes):
                handle.write(fill)
            else:
                fill(handle)
            if durable:
                handle.flush()
                os.fsync(handle.fileno())
        final = path if isinstance(path, Path) else path(temporary)
        patiently(lambda: os.replace(temporary, final))
    finally:
        temporary.unlink(missing_ok=True)
    if durable:
        _sync_folder(home)
    return final


def patiently(act: Callable[[], Any], *, tries: int = 40) -> Any:
    """Try again for a second: Windows refuses to replace or open a file in the instant another process has it open."""
    for _ in range(tries - 1):
        try:
            return act()
        except PermissionError:
            time.sleep(0.025)
    return act()


def file_digest(path: Path) -> str:
    """SHA-256 of a file, as 64 hex digits, without holding it in memory."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _sync_folder(folder: Path) -> None:
    """Make the rename itself last; Windows has no such call and does not need it."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    except OSError as error:  # some network file systems refuse; the file itself is safe by then
        _log.debug("folder %s cannot be synced: %s", folder, error)
    finally:
        os.close(handle)
