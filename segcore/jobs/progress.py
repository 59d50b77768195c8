"""Progress of a running job: one small file in its folder, readable from any process at any time.

Like everything on disk it may have been written by anybody: what is no progress counts as not yet written.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from segcore.files import patiently, write_atomic

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


def write(folder: Path, progress: Progress) -> None:
    """Replace the file as a whole."""
    message = progress.message[:LONGEST].encode(errors="replace").decode()
    said = asdict(progress) | {"message": message}
    write_atomic(folder / NAME, json.dumps(said).encode(), durable=False)


def read(folder: Path, run: str) -> Progress | None:
    """The latest word of this run; None before its first."""
    try:
        said = json.loads(patiently(lambda: _start_of(folder / NAME)))
    except (OSError, ValueError, RecursionError):  # not yet written
        return None
    return Progress(**said) if _is_progress(said) and said["run"] == run else None


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
