"""Product scores that later segments go on from, kept by what they are: on every machine under the same key."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from segcore.storage.store import Store
    from segcore.studies.start import Start


def start_key(start: Start, store: Store) -> str:
    """Where product scores to go on from are kept: by what they are, on every machine the same."""
    return store.lasting_key("start", start.digest)


def keep_start(start: Start, store: Store) -> str:
    """Keep product scores that later segments go on from; their key."""
    key = start_key(start, store)
    if not store.has(key):
        store.save(key, start)
    return key
