"""A study as one file to keep or to send: choices, purchases and what was read, as JSON and plain arrays in a zip.

Nothing in it is a pickle. The last bytes are a checksum over all others, so a damaged copy is noticed wherever the
damage lies, in the zip's own tables too. A checksum says nothing of who made the file: everything in it is taken for
a stranger's word until it has proved itself (``segcore.studies.proof``), and nothing is written before all of it has.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from pathlib import Path
from typing import Any

from segcore.choices.study import SCHEMA, Study, StudyFile
from segcore.errors import StoreError
from segcore.storage.store import Store
from segcore.studies.saved import to_bytes

EXTENSION = "study"
MIME = "application/zip"
FORMAT = 1
PURCHASES, LOADED, START = "purchases", "loaded", "start"
UPLOADS = "uploads/"
MOST_UPLOADS = 300 * 2**20  # bytes of uploads that travel along; without them all opens but reading them anew
DIGITS = 64
_CHUNK = 1 << 20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same study gives the same bytes


def contents(study: Study) -> dict[str, str]:
    """Name to store key of every result that must travel with a study."""
    from segcore.purchases.kept import purchases_key

    keys = {PURCHASES: purchases_key(study.base_digest), LOADED: study.loaded_key}
    # Segments that others go on from cannot be computed again: their own beginning is gone.
    return {**keys, START: study.sweep.start_key} if study.sweep.start_key else keys


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
    from segcore.storage import codec
    from segcore.storage.codec import box as arrays_box

    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as box:
        _add(box, "about.json", json.dumps({"format": FORMAT, "schema": SCHEMA, "keys": results}).encode())
        _add(box, "study.json", to_bytes(study))
        for name, key in sorted(results.items()):
            meta, arrays = codec.encode(_travelling(name, store.load(key)))
            _add(box, f"{name}.json", json.dumps(meta, allow_nan=False).encode("ascii"))
            _add(box, f"{name}.npz", arrays_box.pack(arrays))
        for stored, path in _uploads(study, store):
            _add(box, UPLOADS + stored, path.read_bytes())
        box.comment = b"0" * DIGITS
    content = held.getvalue()[:-DIGITS]
    return content + hashlib.sha256(content).hexdigest().encode("ascii")


def _travelling(name: str, value: Any) -> Any:
    """What of a result goes along: of earlier segments only what later ones go on from."""
    from segcore.studies.start import Start

    return Start.of(value.product_scores) if name == START else value


def files_of(study: Study) -> tuple[StudyFile, ...]:
    """The uploads that travel with a study: its own, and those of its new customers."""
    return (*study.files, *study.newcomers)


def _uploads(study: Study, store: Store) -> list[tuple[str, Path]]:
    """The files of the study, and those of its new customers, by their stored name; none where they are too large."""
    found = {}
    for file in files_of(study):
        try:
            found[file.stored] = store.upload_path(file.stored)
        except StoreError:
            continue
    small = sum(path.stat().st_size for path in found.values()) <= MOST_UPLOADS
    return sorted(found.items()) if small else []


def _add(box: zipfile.ZipFile, name: str, content: bytes) -> None:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    box.writestr(entry, content)
