"""Opening a study that came as one file.

A checksum says nothing of who made the file: everything in it is taken for a stranger's word until it has proved itself
(``segcore.studies.proof``), and nothing is written before all of it has.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import secrets
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from segcore.choices.study import SCHEMA, Study
from segcore.errors import SegcoreError, StoreError
from segcore.storage.store import Store
from segcore.studies import entries
from segcore.studies.archive import DIGITS, FORMAT, LOADED, PURCHASES, START, UPLOADS, files_of
from segcore.studies.decode import record
from segcore.studies.saved import MOST_JSON, from_bytes, plain_json, save

if TYPE_CHECKING:
    from segcore.purchases import Purchases

_CHUNK = 1 << 20
# RuntimeError: a zip that is encrypted or packed in a way Python does not know. SegcoreError: a record that objects.
_DAMAGED = (
    ValueError,
    KeyError,
    TypeError,
    AttributeError,
    IndexError,
    OverflowError,
    EOFError,
    OSError,
    RecursionError,
    RuntimeError,
    MemoryError,
    zipfile.BadZipFile,
    zlib.error,
)
_RECORDS = {
    PURCHASES: frozenset({"purchases"}),
    LOADED: frozenset({"loaded", "roles", "intake report", "source file", "finding"}),
    START: frozenset({"start", "segmentation", "nmf spec"}),
}


@dataclass(frozen=True)
class Opened:
    """A study that came as a file, saved here under a new id."""

    study: Study
    has_data: bool


@dataclass(frozen=True, eq=False)
class _Results:
    """What came with a study and has proved itself; None where it did not come."""

    purchases: Purchases | None = None
    loaded: Any = None
    start: Any = None


def unpack(source: bytes | Path, store: Store, root: Path | None = None) -> Opened:
    """Open a downloaded study under a new id; its data is put in the store, under keys that are made here.

    Raises
    ------
    StoreError
        It is not a study, a byte of it was changed, a part of it is not what it says, or a later version wrote it.
    """
    try:
        with _stream(source) as stream:
            if not stream.read(2).startswith(b"PK"):  # the first version downloaded bare JSON
                stream.seek(0)
                study, results = _without_results(from_bytes(stream.read(MOST_JSON + 1))), _Results()
            else:
                study, results = _opened(stream, store)
    except _DAMAGED as error:
        raise StoreError(
            f"This file is not a study, or it is damaged ({_reason(error)}).",
            remedy="Download it again where it was made.",
        ) from error
    _keep(results, store)
    return Opened(save(_fresh(study), root), results.purchases is not None)


def _opened(stream: BinaryIO, store: Store) -> tuple[Study, _Results]:
    """Check every part, then take the uploads in; nothing else is written yet."""
    _check_sum(stream)
    with zipfile.ZipFile(stream) as box:
        named = entries.checked(box)
        about = plain_json(entries.read(box, "about.json", MOST_JSON))
        if not all(type(about.get(name)) is int for name in ("format", "schema")):
            raise ValueError("it does not say which version wrote it")
        if about["format"] > FORMAT or about["schema"] > SCHEMA:
            raise StoreError(
                "This study was saved by a newer version.", remedy="Update this program, then open it."
            )
        study = from_bytes(entries.read(box, "study.json", MOST_JSON))
        results = _proven(box, named, study)
        referred = {file.stored for file in files_of(study)}
        uploads = {name for name in named if name.startswith(UPLOADS)}
        if not uploads <= {UPLOADS + stored for stored in referred}:
            raise ValueError("it holds a file that nothing refers to")
        for name in sorted(uploads):
            entries.check_digest(box, name, name.removeprefix(UPLOADS)[:DIGITS])
        for name in sorted(uploads):
            with box.open(name) as content:
                store.keep_upload(name, content)
    return _rekeyed(study, results, store), results


def _proven(box: zipfile.ZipFile, named: frozenset[str], study: Study) -> _Results:
    """What came with the study, each part checked against the others."""
    from segcore.purchases.edited import edited_digest
    from segcore.studies import proof

    proof.check_packed(study)
    _check_roles(study)
    if f"{PURCHASES}.json" not in named:
        if named & {f"{LOADED}.json", f"{START}.json"}:
            raise ValueError("the purchases are missing")
        return _Results()
    purchases = proof.proven_purchases(_decoded(box, PURCHASES))
    if study.data_digest != edited_digest(purchases.digest, study.level_edits):
        raise ValueError("the purchases are not those of the study")
    if study.level_edits.base not in ("", purchases.digest):
        raise ValueError("the changes of the hierarchy are of other purchases")
    loaded = start = None
    if f"{LOADED}.json" in named:
        loaded = proof.proven_loaded(_decoded(box, LOADED), purchases)
    if f"{START}.json" in named:
        start = proof.proven_start(_decoded(box, START), study.sweep.start_k)
    return _Results(purchases, loaded, start)


def _decoded(box: zipfile.ZipFile, name: str) -> Any:
    from segcore.storage import codec
    from segcore.storage.codec import box as arrays_box

    meta = json.loads(entries.read(box, f"{name}.json", MOST_JSON))
    arrays = arrays_box.unpack(entries.read(box, f"{name}.npz", entries.MOST_BYTES))
    try:
        return codec.decode(meta, arrays, allowed=_RECORDS[name])
    except SegcoreError as error:  # its remedy is for results that were computed here
        raise ValueError(error.what) from error


def _rekeyed(study: Study, results: _Results, store: Store) -> Study:
    """The study with keys that follow from what came: those it names are somebody else's word."""
    from segcore.studies.starts import start_key

    loaded = imported_key(results.loaded, store) if results.loaded is not None else ""
    sweep = replace(study.sweep, start_key="", start_k=0)
    if results.start is not None:
        sweep = replace(study.sweep, start_key=start_key(results.start, store))
    return replace(study, loaded_key=loaded, sweep=sweep)


def imported_key(loaded: Any, store: Store) -> str:
    """Where what was read of a file is kept when it came with a study: apart from what is read here, by its content."""
    return store.key("imported", loaded=loaded)


def _without_results(study: Study) -> Study:
    from segcore.studies import proof

    proof.check_packed(study)
    _check_roles(study)
    return replace(study, loaded_key="", sweep=replace(study.sweep, start_key="", start_k=0))


def _check_roles(study: Study) -> None:
    from segcore.intake.columns.roles import Roles

    for roles in (study.roles, study.pending_roles):
        record(Roles, dict(roles), "roles")


def _keep(results: _Results, store: Store) -> None:
    from segcore.purchases.kept import keep_purchases
    from segcore.studies.starts import keep_start

    if results.purchases is not None:
        keep_purchases(results.purchases, store)
    if results.loaded is not None:
        key = imported_key(results.loaded, store)
        store.note_data(key, [results.loaded.digest])
        store.save(key, results.loaded)
    if results.start is not None:
        keep_start(results.start, store)


def _fresh(study: Study) -> Study:
    return replace(study, id=secrets.token_urlsafe(16), pending=(), pending_roles={})


@contextmanager
def _stream(source: bytes | Path) -> Iterator[BinaryIO]:
    with io.BytesIO(source) if isinstance(source, bytes) else source.open("rb") as stream:
        yield stream


def _check_sum(stream: BinaryIO) -> None:
    """Every byte before the last 64 gives the digest that those spell."""
    left = stream.seek(0, io.SEEK_END) - DIGITS
    stream.seek(0)
    state = hashlib.sha256()
    while left > 0 and (chunk := stream.read(min(_CHUNK, left))):
        state.update(chunk)
        left -= len(chunk)
    if state.hexdigest().encode("ascii") != stream.read(DIGITS):
        raise ValueError("the checksum does not fit")


def _reason(error: BaseException) -> str:
    """Why, short enough for a sentence; nothing of the file's own is repeated at length."""
    said = error.sentence if isinstance(error, SegcoreError) else str(error)
    return re.sub(r"\s+", " ", said)[:160] or type(error).__name__
