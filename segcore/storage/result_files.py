"""One result on disk: its form and checksums as JSON, its numbers as an archive of arrays named by its content.

numpy and the codec are imported when a result is first touched, so that a first page paints without them.
"""

from __future__ import annotations

import hashlib
import json
import zipfile
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from segcore.storage.files import disk_in_words, file_digest, patiently, write_atomic

FORMAT = 1
DAMAGED = (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile, EOFError)


def writing_result() -> AbstractContextManager[None]:
    """Whatever the disk says while a result is written, in words."""
    return disk_in_words("A result could not be written to the workspace folder")


def write(path: Path, value: object, *, durable: bool) -> None:
    """Write a value: its arrays under the name of their content, then its description with both checksums.

    Raises
    ------
    StoreError
        The value cannot be stored, or the disk refuses.
    """
    import numpy as np

    from segcore.storage import codec

    meta, arrays = codec.encode(value)
    digests: list[str] = []

    def named(temporary: Path) -> Path:
        digests.append(file_digest(temporary))
        return path.with_name(f"{path.stem}-{digests[0][:24]}.npz")

    with writing_result():
        numbers = write_atomic(
            named,
            lambda handle: np.savez(handle, allow_pickle=False, **arrays),
            folder=path.parent,
            durable=durable,
        )
        body = {"format": FORMAT, "meta": meta, "arrays": numbers.name, "arrays_sha256": digests[0]}
        text = {"body": body, "body_sha256": hashlib.sha256(canonical(body)).hexdigest()}
        write_atomic(path, canonical(text), durable=durable)


def verified(path: Path) -> tuple[dict, Path]:
    """The body of a result whose every byte agrees with its checksums, and the path of its arrays."""
    text = json.loads(patiently(path.read_bytes))
    body = text["body"]
    if hashlib.sha256(canonical(body)).hexdigest() != text["body_sha256"]:
        raise ValueError("its description does not agree with its checksum")
    if body["format"] != FORMAT:
        raise ValueError("it was written by another version")
    arrays = path.parent / body["arrays"]
    if file_digest(arrays) != body["arrays_sha256"]:
        raise ValueError("its numbers do not agree with their checksum")
    return body, arrays


def read(path: Path) -> Any:
    """The value at a path; one of :data:`DAMAGED` is raised where it is not whole."""
    import numpy as np

    from segcore.storage import codec

    body, arrays = verified(path)
    with np.load(arrays, allow_pickle=False) as held:
        return codec.decode(body["meta"], {name: held[name] for name in held.files})


def marks(path: Path, arrays: Path) -> tuple:
    """What changes whenever a file is written again."""
    marks = [(stat.st_size, stat.st_mtime_ns) for stat in (path.stat(), arrays.stat())]
    return (*marks, arrays.name)


def canonical(value: Any) -> bytes:
    """The one spelling of a value as JSON, for checksums."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
