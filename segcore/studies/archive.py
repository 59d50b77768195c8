"""A study as one file to keep or to send: choices, purchases and what was read, as JSON and plain arrays in a zip.

Nothing in it is a pickle. The last bytes are a checksum over all others, so a damaged copy is noticed wherever the
damage lies, in the zip's own tables too.
"""

from __future__ import annotations

import hashlib
import io
import json
import secrets
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from segcore.errors import StoreError
from segcore.store import Store
from segcore.studies.migrations import SCHEMA
from segcore.studies.record import Study
from segcore.studies.saved import from_bytes, save, to_bytes

EXTENSION = "study"
MIME = "application/zip"
FORMAT = 1
PURCHASES = "purchases"
UPLOADS = "uploads/"
MOST_BYTES = 4 * 2**30  # what a study may unpack to
MOST_UPLOADS = 300 * 2**20  # bytes of uploads that travel along; without them all opens but reading them anew
_DIGITS = 64
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same study gives the same bytes
# RuntimeError: a zip that is encrypted or packed in a way Python does not know.
_WRONG = (ValueError, KeyError, TypeError, EOFError, OSError, zipfile.BadZipFile, RuntimeError)


@dataclass(frozen=True)
class Opened:
    """A study that came as a file, saved here under a new id."""

    study: Study
    has_data: bool


def contents(study: Study) -> dict[str, str]:
    """Name to store key of every result that must travel with a study."""
    from segcore.tasks.data import purchases_key

    keys = {PURCHASES: purchases_key(study.base_digest), "loaded": study.loaded_key}
    # Segments that others go on from cannot be computed again: their own beginning is gone.
    return {**keys, "start": study.sweep.start_key} if study.sweep.start_key else keys


def pack(study: Study, results: dict[str, str], store: Store) -> bytes:
    """The study as one file.

    Parameters
    ----------
    results : dict
        Name to store key of everything that must travel: the purchases and what was read of the file.

    Raises
    ------
    StoreError
        A result is not in the store any more.
    """
    from segcore import codec

    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as box:
        _add(box, "about.json", json.dumps({"format": FORMAT, "schema": SCHEMA, "keys": results}).encode())
        _add(box, "study.json", to_bytes(study))
        for name, key in sorted(results.items()):
            meta, arrays = codec.encode(store.load(key))
            _add(box, f"{name}.json", json.dumps(meta, allow_nan=False).encode("ascii"))
            _add(box, f"{name}.npz", _npz(arrays))
        for stored, path in _uploads(study, store):
            _add(box, UPLOADS + stored, path.read_bytes())
        box.comment = b"0" * _DIGITS
    content = held.getvalue()[:-_DIGITS]
    return content + hashlib.sha256(content).hexdigest().encode("ascii")


def unpack(content: bytes, store: Store, root: Path | None = None) -> Opened:
    """Open a downloaded study under a new id; its data is put in the store.

    Raises
    ------
    StoreError
        It is not a study, a byte of it was changed, or a later version wrote it.
    """
    if not content.startswith(b"PK"):
        return Opened(
            save(_fresh(from_bytes(content)), root), False
        )  # the first version downloaded bare JSON
    try:
        if hashlib.sha256(content[:-_DIGITS]).hexdigest().encode("ascii") != content[-_DIGITS:]:
            raise ValueError("the checksum does not fit")
        with zipfile.ZipFile(io.BytesIO(content)) as box:
            if sum(item.file_size for item in box.infolist()) > MOST_BYTES:
                raise ValueError("it unpacks to more than a study can hold")
            about = json.loads(box.read("about.json"))
            if about["format"] > FORMAT or about["schema"] > SCHEMA:
                raise StoreError(
                    "This study was saved by a newer version.", remedy="Update this program, then open it."
                )
            study = from_bytes(box.read("study.json"))
            for name, key in about["keys"].items():
                _restore(box, name, key, store)
            for entry in box.namelist():
                if entry.startswith(UPLOADS):
                    store.keep_upload(entry, box.read(entry))
    except _WRONG as error:
        raise StoreError(
            f"This file is not a study, or it is damaged ({error}).",
            remedy="Download it again where it was made.",
        ) from error
    return Opened(save(_fresh(study), root), bool(about["keys"]))


def _uploads(study: Study, store: Store) -> list[tuple[str, Path]]:
    """The files of the study, and those of its new customers, by their stored name; none where they are too large."""
    found = {}
    for file in (*study.files, *study.newcomers):
        try:
            found[file.stored] = store.upload_path(file.stored)
        except StoreError:
            continue
    small = sum(path.stat().st_size for path in found.values()) <= MOST_UPLOADS
    return sorted(found.items()) if small else []


def _fresh(study: Study) -> Study:
    return replace(study, id=secrets.token_urlsafe(16), pending=(), pending_roles={})


def _restore(box: zipfile.ZipFile, name: str, key: str, store: Store) -> None:
    import numpy as np

    from segcore import codec

    with np.load(io.BytesIO(box.read(f"{name}.npz")), allow_pickle=False) as held:
        value: Any = codec.decode(
            json.loads(box.read(f"{name}.json")), {one: held[one] for one in held.files}
        )
    if name == PURCHASES:  # where this version looks for them, whatever version packed them
        key = store.key(PURCHASES, digest=value.digest)
    if not store.has(key):
        store.save(key, value)


def _npz(arrays: dict[str, Any]) -> bytes:
    import numpy as np

    held = io.BytesIO()
    np.savez(held, allow_pickle=False, **arrays)
    return held.getvalue()


def _add(box: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    box.writestr(entry, content)
