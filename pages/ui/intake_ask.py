"""The Data page's own questions to the job runner."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from segcore.jobs import Request
from segcore.words import duration, size

if TYPE_CHECKING:
    from segcore.intake import Roles

Files = tuple[tuple[str, str], ...]


def extend(files: Files, roles: Roles) -> Request:
    """Ask for the place of a further file beside those already read."""
    return Request.of(
        "segcore.tasks.data:extend", files=files, roles=roles, title="Looking at the further file", seconds=2,
        short=True,
    )  # fmt: skip


def estimate(files: Files, request: Request) -> str:
    """How much there is to read and how long that takes, said before the work begins."""
    whole = sum(Path(path).stat().st_size for _, path in files if Path(path).is_file())
    return f"{size(whole)} to read: {duration(request.seconds)}."
