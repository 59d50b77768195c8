"""Progress of a running job: one small file in its folder, readable from any process at any time."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from segcore.files import patiently, write_atomic

NAME = "progress.json"


@dataclass(frozen=True)
class Progress:
    """The latest word of a worker; ``run`` tells this run of a question from an earlier one."""

    run: str
    pid: int
    fraction: float
    message: str


def write(folder: Path, progress: Progress) -> None:
    """Replace the file as a whole."""
    write_atomic(folder / NAME, json.dumps(asdict(progress)).encode(), durable=False)


def read(folder: Path, run: str) -> Progress | None:
    """The latest word of this run; None before its first."""
    try:
        progress = Progress(**json.loads(patiently((folder / NAME).read_bytes)))
    except (OSError, ValueError, TypeError):  # not yet written
        return None
    return progress if progress.run == run else None
