"""The Data page's own questions to the job runner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.ui.parts import cached
from segcore.jobs import Request
from segcore.language.words import duration, size

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
    whole = cached.store().uploads_size(stored for _, stored in files)
    return f"{size(whole)} to read: {duration(request.seconds)}."
