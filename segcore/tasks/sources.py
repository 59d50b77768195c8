"""Copying what a database or a folder of this server holds into the uploads."""

from __future__ import annotations

import tempfile
from collections.abc import Generator
from pathlib import Path

from segcore.choices.read_from import ReadFrom
from segcore.choices.study import StudyFile
from segcore.progress import Step
from segcore.sources.allowed import Allowed
from segcore.storage.store import default_store


def fetch(wanted: tuple[ReadFrom, ...], allowed: Allowed) -> Generator[Step, None, tuple[StudyFile, ...]]:
    """Copy sources into the uploads; ``allowed`` may hold passwords and must come as a private argument."""
    from segcore.sources.fetch import Fetched
    from segcore.sources.fetch import fetch as fetched

    kept = []
    with tempfile.TemporaryDirectory(prefix="segcore-", ignore_cleanup_errors=True) as folder:
        for item in fetched(wanted, allowed, Path(folder)):
            if isinstance(item, Fetched):
                with item.path.open("rb") as content:
                    upload = default_store().keep_upload(item.path.name, content)
                item.path.unlink()
                kept.append(StudyFile(upload.stored_name, item.source.name, upload.digest, item.source))
            else:
                yield item
    return tuple(kept)
