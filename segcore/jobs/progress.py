"""Progress of a running job: one small file in its folder, readable from any process at any time.

Whoever waits for another server to answer the same question has a file of its own beside it. Like everything on disk
they may have been written by anybody: what is no progress counts as not yet written.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from segcore.storage import machine
from segcore.storage.files import disk_in_words, patiently, write_atomic

NAME = "progress.json"
LARGEST = 16_384  # bytes of the file
LONGEST = 1_000  # letters of the message
_PIDS = range(1, 2**32)


@dataclass(frozen=True)
class Progress:
    """The latest word of a worker; ``run`` tells this run of a question from an earlier one."""

    run: str
    pid: int
    fraction: float
    message: str


def write(folder: Path, progress: Progress, *, waiting: bool = False) -> None:
    """Replace the file as a whole; ``waiting`` while another process works on the same question.

    Raises
    ------
    StoreError
        The disk refuses.
    """
    path = _waiting(folder, progress.run) if waiting else folder / NAME
    message = progress.message[:LONGEST].encode(errors="replace").decode()
    said = asdict(progress) | {"message": message}
    with disk_in_words("Progress could not be written to the workspace folder"):
        write_atomic(path, json.dumps(said).encode(), durable=False)


def read(folder: Path, run: str) -> Progress | None:
    """The latest word of this run; None before its first."""
    for path in (folder / NAME, _waiting(folder, run)):
        said = _said(path)
        if said is not None and said.run == run:
            return said
    return None


def stop_waiting(folder: Path, run: str) -> None:
    """Remove what a run said while it waited, and what runs did that ended meanwhile."""
    for path in folder.glob(_waiting(folder, "*").name):
        said = _said(path)
        if said is None or said.run == run or not machine.alive(said.pid):
            path.unlink(missing_ok=True)


def is_of_another_server(folder: Path, run: str) -> bool:
    """Whether the latest word on a question is of a run that another server than this run's began."""
    said = _said(folder / NAME)
    return said is not None and said.run.partition("-")[0] != run.partition("-")[0]


def _said(path: Path) -> Progress | None:
    try:
        said = json.loads(patiently(lambda: _start_of(path)))
    except (OSError, ValueError, RecursionError):  # not yet written
        return None
    return Progress(**said) if _is_progress(said) else None


def _waiting(folder: Path, run: str) -> Path:
    return folder / f"waiting-{run}.json"


def _start_of(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LARGEST)


def _is_progress(said: Any) -> bool:
    return (
        isinstance(said, dict)
        and said.keys() == {"run", "pid", "fraction", "message"}
        and isinstance(said["run"], str)
        and type(said["pid"]) is int
        and said["pid"] in _PIDS
        and type(said["fraction"]) in (int, float)
        and 0 <= said["fraction"] <= 1  # false for NaN, too
        and _is_text(said["message"])
    )


def _is_text(message: Any) -> bool:
    """Whether it can be sent to a browser: a lone half of a letter cannot."""
    return (
        isinstance(message, str)
        and len(message) <= LONGEST
        and not any("\ud800" <= c <= "\udfff" for c in message)
    )
