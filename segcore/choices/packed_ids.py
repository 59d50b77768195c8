"""Lists of customers as compressed text, so that a study stays quick to read."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Iterable

from segcore.choices.level_edits import LARGEST


def pack_ids(ids: Iterable[str]) -> str:
    """Many ids as one short text, for a study: joined, compressed, in base 64."""
    raw = "\x1e".join(map(str, ids)).encode("utf-8", "surrogatepass")
    return base64.b64encode(zlib.compress(raw, 6)).decode("ascii")


def unpack_ids(packed: str) -> tuple[str, ...]:
    """The ids again; none where the text is damaged."""
    try:
        raw = unfolded(packed).decode("utf-8", "surrogatepass")
    except ValueError:
        return ()
    return tuple(raw.split("\x1e")) if raw else ()


def unfolded(packed: str) -> bytes:
    """The bytes behind packed ids.

    Raises
    ------
    ValueError
        The text is damaged, or unfolds to more than so many ids could be.
    """
    unfold = zlib.decompressobj()
    try:
        raw = unfold.decompress(base64.b64decode(packed, validate=True), LARGEST) if packed else b""
    except zlib.error as error:
        raise ValueError("the ids are damaged") from error
    if packed and not unfold.eof:
        raise ValueError("the ids are cut off, or unfold to too much")
    return raw
