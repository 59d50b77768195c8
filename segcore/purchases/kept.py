"""Where purchases are kept once they are read: by their digest, whichever version kept them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from segcore.choices.level_edits import LevelEdits
from segcore.purchases.record import Purchases
from segcore.storage.store import Store, default_store

PURCHASES = "purchases"


def purchases_key(digest: str) -> str:
    """Where the purchases with this digest are kept, whichever version kept them."""
    return _purchases_key(default_store(), digest)


def _purchases_key(store: Store, digest: str) -> str:
    from segcore.storage.codec.legacy import LAST_FILED_BY_KEY, key_of_version

    key = store.lasting_key(PURCHASES, digest)
    store.adopt(key, key_of_version(LAST_FILED_BY_KEY, PURCHASES, {"digest": digest}))
    return key


@dataclass(frozen=True)
class Edited:
    """What is kept of purchases under a changed hierarchy: whose lines they have, and the changes."""

    base: str
    edits: LevelEdits


def load_purchases(digest: str, load: Callable[[str], Purchases] | None = None) -> Purchases:
    """Read purchases back from the store.

    Parameters
    ----------
    load : callable, optional
        Gives the purchases that edited ones were made from, where the caller holds them already.
    """
    found = default_store().load(purchases_key(digest))
    if not isinstance(found, Edited):
        return found
    from segcore.purchases.edited import apply_edits

    return apply_edits((load or load_purchases)(found.base), found.edits)


def keep_edited(base: str, edits: LevelEdits) -> str:
    """Keep a changed hierarchy, once; return the digest of the purchases under it."""
    from segcore.purchases.edited import edited_digest

    digest = edited_digest(base, edits)
    key = purchases_key(digest)
    if digest != base and not default_store().has(key):
        default_store().save(key, Edited(base, edits))
    return digest


def keep_purchases(purchases: Purchases, store: Store | None = None) -> None:
    """Put purchases in the store, once."""
    store = store or default_store()
    key = _purchases_key(store, purchases.digest)
    if not store.has(key):
        store.note_data(key, [purchases.digest])
        store.save(key, purchases)
