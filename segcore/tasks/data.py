"""Looking at files, reading them, fetching a sample; and where purchases are kept once they are read."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from segcore.choices.level_edits import LevelEdits
from segcore.intake import Draft, IntakeReport, Roles, convert
from segcore.intake import extend as extend_roles
from segcore.intake import inspect as inspect_files
from segcore.progress import Step, part_of
from segcore.purchases import Purchases
from segcore.storage.store import Store, default_store
from segcore.storage.uploads import StoredUpload

PURCHASES = "purchases"


@dataclass(frozen=True, eq=False)
class Loaded:
    """What the pages need to know of a file once it is read; the purchases themselves stay in the store.

    Attributes
    ----------
    digest : str
        Content hash of the purchases, the key to them.
    levels : DataFrame
        ``profile_levels`` of the file.
    """

    digest: str
    roles: Roles
    report: IntakeReport
    levels: pd.DataFrame


def purchases_key(digest: str) -> str:
    """Where the purchases with this digest are kept, whichever version kept them."""
    return _purchases_key(default_store(), digest)


def _purchases_key(store: Store, digest: str) -> str:
    from segcore.storage.codec.legacy import key_of_version
    from segcore.studies.cuts import LAST_FILED_BY_KEY

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


Files = tuple[tuple[str, str], ...]  # the person's name for each file, and its name among the uploads


def uploads(files: Files) -> list[tuple[str, str]]:
    """Names and places of uploads; nothing else is ever read, whatever a study says.

    Raises
    ------
    StoreError
        A name is not one we gave, or its file is gone.
    """
    return [(name, str(default_store().upload_path(stored).absolute())) for name, stored in files]


def inspect(files: Files) -> Generator[Step, None, Draft]:
    """Look at files: tables, columns, guessed roles."""
    yield Step(0.1, "Looking at the file")
    return inspect_files(uploads(files))


def extend(files: Files, roles: Roles) -> Generator[Step, None, Roles]:
    """Find the place of files that came later beside those already read."""
    yield Step(0.1, "Looking at the further file")
    return extend_roles(uploads(files), roles)


def read(files: Files, roles: Roles) -> Generator[Step, None, Loaded]:
    """Read files into purchases and measure every level."""
    from segcore.hierarchy import profile_levels

    intake = yield from part_of(convert(uploads(files), roles), 0.8)
    yield Step(0.85, "Keeping the purchases")
    keep_purchases(intake.purchases)
    yield Step(0.92, "Measuring every product level")
    return Loaded(intake.purchases.digest, intake.roles, intake.report, profile_levels(intake.purchases))


def sample(name: str) -> Generator[Step, None, tuple[StoredUpload, ...]]:
    """Write a sample's files into the uploads, as if somebody had dropped them."""
    from segcore.samples import complete_journey_files, wine_merchant_file

    yield Step(0.1, "Fetching the sample")
    with tempfile.TemporaryDirectory(prefix="segcore-") as folder:
        if name == "complete_journey":
            paths = complete_journey_files(folder, form="parquet")
        else:
            paths = (Path(folder) / "wine merchant.csv",)
            wine_merchant_file(paths[0])
        yield Step(0.8, "Keeping the files")
        return tuple(_kept(path) for path in paths)


def _kept(path: Path) -> StoredUpload:
    with path.open("rb") as content:
        return default_store().keep_upload(path.name, content)
