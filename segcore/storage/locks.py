"""Turns between processes: two servers on one workspace must not undo what the other does.

The lock is the system's own, on an open file: it ends with its process, however that ended, and nothing is left to
tidy up. Threads of one process take turns too.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from segcore.errors import StoreError
from segcore.storage.files import make_folder

if TYPE_CHECKING:
    from filelock import BaseFileLock

PATIENCE = 30.0  # seconds after which whoever holds the lock must be hanging: an act takes milliseconds
_LOOK_AGAIN = 0.01  # seconds


@contextmanager
def in_turn(path: Path, patience: float = PATIENCE) -> Iterator[None]:
    """Do something while no other thread and no other process does; whoever has the turn may ask for it again.

    Raises
    ------
    StoreError
        Somebody else keeps the turn for longer than ``patience`` seconds.
    OSError
        The disk refuses the lock's file.
    """
    from filelock import Timeout

    threads, processes = _turns(path.absolute())
    make_folder(path.parent)
    with threads:
        try:
            processes.acquire(timeout=patience, poll_interval=_LOOK_AGAIN)
        except Timeout as error:
            raise _kept_waiting() from error
        try:
            yield
        finally:
            processes.release()


@contextmanager
def alone(path: Path, waiting: Callable[[], None], every: float = 0.5) -> Iterator[None]:
    """Do something long while no other process does; ``waiting`` is called every so many seconds until it can begin."""
    from filelock import Timeout

    lock = _lock(path)
    while not lock.is_locked:
        try:
            lock.acquire(timeout=every)
        except Timeout:
            waiting()
    try:
        yield
    finally:
        lock.release()


def is_taken(path: Path) -> bool:
    """Whether some process holds this lock now."""
    from filelock import Timeout

    if not path.is_file():
        return False
    try:
        with _lock(path).acquire(timeout=0):
            return False
    except Timeout:
        return True


@cache
def _turns(path: Path) -> tuple[threading.RLock, BaseFileLock]:
    return threading.RLock(), _lock(path)


def _lock(path: Path) -> BaseFileLock:
    from filelock import FileLock  # not at the top: a first page paints without it

    return FileLock(path, mode=0o600, thread_local=False)


def _kept_waiting() -> StoreError:
    return StoreError(
        "Another process has been writing in the workspace folder for too long.",
        remedy="Try again; if it stays so, end the other server on this workspace.",
    )
