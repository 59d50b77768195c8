"""Writing files so that a reader, another process or a power cut never meets half of one; for their owner's eyes alone."""

from __future__ import annotations

import hashlib
import logging
import os
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from segcore.errors import StoreError
from segcore.storage import writers

LEFT_OVER = 6 * 3600.0  # seconds after which a temporary file is nobody's, unless its writer still lives
FREE_SPACE = "Free some disk space or choose another folder with SEGCORE_WORKSPACE."
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
    make_folder(home)
    temporary = home / f".{writers.mine()}.{secrets.token_hex(8)}.tmp"
    try:
        with open(temporary, "xb", opener=private) as handle:
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


def make_folder(folder: Path) -> None:
    """Have a folder; it, and each folder above that is missing, is made for its owner alone."""
    for one in (*reversed(folder.parents), folder):
        if not one.is_dir():
            one.mkdir(mode=0o700, exist_ok=True)


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


def private(path: str | os.PathLike[str], flags: int) -> int:
    """Open a file as ``open`` does, for its owner alone whatever the process's mask."""
    return os.open(path, flags, 0o600)


@contextmanager
def disk_in_words(what: str, where: str = "", remedy: str = FREE_SPACE) -> Iterator[None]:
    """Say in a sentence what could not be done when the disk is full, read-only or gone.

    Raises
    ------
    StoreError
        In place of the disk's OSError; ``what`` is the sentence without its end.
    """
    try:
        yield
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise StoreError(f"{what} ({reason}).", where=where, remedy=remedy) from error


def sweep(folder: Path, now: float | None = None) -> int:
    """Remove the temporary files that killed writers left in a folder and below; how many there were."""
    now, removed = time.time() if now is None else now, 0
    for path in folder.rglob(".*.tmp"):
        try:
            if now - path.stat().st_mtime > LEFT_OVER and not has_living_writer(path):
                path.unlink()
                removed += 1
        except OSError as error:  # gone by itself, or not ours to remove
            _log.debug("temporary file %s stays: %s", path, error)
    return removed


def has_living_writer(temporary: Path) -> bool:
    """Whether the process that writes this temporary file still runs; no where nobody can say."""
    return writers.ended(temporary.name[1:].removesuffix(".tmp").rpartition(".")[0]) is False


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
