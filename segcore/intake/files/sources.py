"""Where purchases come from: files, bytes with a name, or a DataFrame; all brought to one form."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

from segcore.errors import UnreadableFile
from segcore.intake.report import SourceFile

BLOCK = 1 << 22


@dataclass(frozen=True, eq=False)
class Origin:
    """One thing to read: a file on disk, or a DataFrame already in memory.

    ``name`` is what the person calls it, which need not be the name on disk.
    """

    name: str
    path: Path | None = None
    frame: pd.DataFrame | None = None


@contextmanager
def opened(source: Any) -> Iterator[tuple[list[Origin], Path]]:
    """The origins of a source, and a temporary folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="segcore-", ignore_cleanup_errors=True) as folder:
        scratch = Path(folder)
        origins = [_origin(item, scratch, i) for i, item in enumerate(_items(source))]
        if not origins:
            raise UnreadableFile("No file was given.", remedy="Choose at least one file.")
        yield _distinct_names(origins), scratch


def _items(source: Any) -> list[Any]:
    if isinstance(source, (str, PathLike, pd.DataFrame)) or _is_named(source):
        return [source]
    return list(source)


def _is_named(item: Any) -> bool:
    """A (name, bytes) or (name, path) pair; two paths in a list are two files."""
    if not (isinstance(item, (tuple, list)) and len(item) == 2 and isinstance(item[0], str)):
        return False
    return isinstance(item[1], (bytes, bytearray, memoryview, pd.DataFrame)) or (
        isinstance(item, tuple) and isinstance(item[1], (str, PathLike))
    )


def _origin(item: Any, scratch: Path, number: int) -> Origin:
    if isinstance(item, pd.DataFrame):
        return Origin("table" if number == 0 else f"table {number + 1}", frame=item)
    if _is_named(item):
        name, content = item
        if isinstance(content, pd.DataFrame):
            return Origin(name, frame=content)
        if isinstance(content, (str, PathLike)):
            return Origin(name, path=_existing(Path(content), name))
        path = scratch / f"upload-{number}"
        path.write_bytes(content)
        return Origin(name, path=path)
    path = Path(item)
    return Origin(path.name, path=_existing(path, path.name))


def _existing(path: Path, name: str) -> Path:
    if not path.is_file():
        raise UnreadableFile(
            "There is no such file.", where=name, remedy="Check the name and the folder, or upload it again."
        )
    return path


def _distinct_names(origins: Sequence[Origin]) -> list[Origin]:
    """Two files of the same name in different folders must not be taken for one."""
    seen: dict[str, int] = {}
    result = []
    for origin in origins:
        seen[origin.name] = seen.get(origin.name, 0) + 1
        copy = seen[origin.name]
        name = origin.name if copy == 1 else f"{origin.name} ({copy})"
        result.append(Origin(name, origin.path, origin.frame))
    return result


@dataclass(frozen=True)
class Fingerprint:
    """One pass over a file's bytes: digest, size, and what decides how it can be read."""

    file: SourceFile
    is_utf8: bool
    newlines: int
    returns: int
    quotes: int
    nuls: int
    lone_returns: int = 0
    endless: bool = False  # whether a whole block holds no line end


def fingerprint(origin: Origin) -> Fingerprint:
    """Hash and count the whole file, nothing sampled."""
    if origin.frame is not None:
        return _frame_fingerprint(origin)
    assert origin.path is not None
    state, is_utf8 = hashlib.sha256(), True
    counts = [0, 0, 0, 0]
    pairs, endless = 0, False
    carry, last = b"", b""
    with origin.path.open("rb") as stream:
        while block := stream.read(BLOCK):
            state.update(block)
            pairs += block.count(b"\r\n") + (last.endswith(b"\r") and block.startswith(b"\n"))
            last = block
            found = [block.count(mark) for mark in (b"\n", b"\r", b'"', b"\0")]
            counts = [before + more for before, more in zip(counts, found, strict=True)]
            endless |= len(block) == BLOCK and not found[0] + found[1]
            if is_utf8:
                carry, is_utf8 = _check_utf8(carry + block)
    if last and not last.endswith((b"\n", b"\r")):
        counts[0] += 1  # the last line counts without its line end
    newlines, returns, quotes, nuls = counts
    size = origin.path.stat().st_size
    return Fingerprint(
        SourceFile(origin.name, state.hexdigest(), size),
        is_utf8 and not carry,
        newlines,
        returns,
        quotes,
        nuls,
        returns - pairs,
        endless,
    )


def _check_utf8(block: bytes) -> tuple[bytes, bool]:
    """Whether the block is UTF-8, and the bytes of a character cut off at its end."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError as error:
        cut = len(block) - error.start
        return (
            (block[error.start :], True)
            if cut < 4 and error.reason == "unexpected end of data"
            else (b"", False)
        )
    return b"", True


def _frame_fingerprint(origin: Origin) -> Fingerprint:
    assert origin.frame is not None
    hashed = pd.util.hash_pandas_object(origin.frame.astype("str"), index=False)
    digest = hashlib.sha256("|".join(map(str, origin.frame.columns)).encode("utf-8", "surrogatepass"))
    digest.update(hashed.to_numpy().tobytes())
    size = int(origin.frame.memory_usage(deep=False).sum())
    return Fingerprint(SourceFile(origin.name, digest.hexdigest(), size), True, 0, 0, 0, 0)
