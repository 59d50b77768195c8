"""Where purchases are kept once they are read: by their digest, which no version of the program changes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from segcore.choices.level_edits import LevelEdits
from segcore.purchases.record import Purchases
from segcore.storage.store import Store, default_store

PURCHASES = "purchases"


def purchases_key(digest: str, store: Store | None = None) -> str:
    """Where the purchases with this digest are kept, whichever version kept them."""
    from segcore.storage.codec.legacy import LAST_FILED_BY_KEY, key_of_version

    store = store or default_store()
    key = store.lasting_key(PURCHASES, digest)
    store.adopt(key, key_of_version(LAST_FILED_BY_KEY, PURCHASES, {"digest": digest}))
    return key


@dataclass(frozen=True)
class Edited:
    """What is kept of purchases under a changed hierarchy: whose lines they have, and the changes."""

    base: str
    edits: LevelEdits


def load_purchases(
    digest: str, load: Callable[[str], Purchases] | None = None, store: Store | None = None
) -> Purchases:
    """Read purchases back from the store.

    Parameters
    ----------
    load : callable, optional
        Gives the purchases that edited ones were made from, where the caller holds them already.
    """
    store = store or default_store()
    found = store.load(purchases_key(digest, store))
    if not isinstance(found, Edited):
        return found
    from segcore.purchases.edited import apply_edits

    base = load(found.base) if load is not None else load_purchases(found.base, store=store)
    return apply_edits(base, found.edits)


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
    key = purchases_key(purchases.digest, store)
    if not store.has(key):
        store.note_data(key, [purchases.digest])
        store.save(key, purchases)
