"""What a server does every now and then, unasked: remove what nobody needs, and keep the workspace within its limit."""

from __future__ import annotations

import logging
import time

from segcore.errors import StoreError
from segcore.storage import files, uploads, workspace
from segcore.storage.store import Store
from segcore.studies.needed import needed

_log = logging.getLogger(__name__)


def tidy_up(store: Store) -> None:
    """Remove left-over temporary files, uploads that no study names, and the longest unused results if it is full.

    Where a study is damaged nobody can say which uploads and purchases are not its, so they stay; the log says why.
    """
    files.sweep(store.root)
    try:
        kept = needed(store.root)
    except StoreError as error:
        _log.warning("%s", error.sentence)
        return
    for path in kept.damaged:
        _log.warning("The study %s is damaged: files and purchases stay until it is removed.", path)
    if not kept.damaged:
        for digest in uploads.remove_orphans(store.root / "uploads", kept.uploads, time.time()):
            workspace.forget(store, digest)
    freed = workspace.evict(store, kept.keys, spare_sources=bool(kept.damaged))
    if freed:
        _log.info("the workspace was full: %d bytes of old results went", freed)
