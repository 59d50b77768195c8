"""Arrays as they travel in a study file: an ``npz`` of plain numbers, read without trusting what it says of itself."""

from __future__ import annotations

import io
import math
import re
import zipfile

import numpy as np

from segcore.storage.codec.arrays import RAW_KINDS

_NAME = re.compile(r"([0-9]{1,9})\.npy")


def pack(arrays: dict[str, np.ndarray]) -> bytes:
    """The arrays as one ``npz``, not compressed inside."""
    held = io.BytesIO()
    np.savez(held, allow_pickle=False, **arrays)
    return held.getvalue()


def unpack(content: bytes) -> dict[str, np.ndarray]:
    """Read what ``pack`` wrote; every array is exactly as large as the bytes that are there.

    Returns
    -------
    dict of str to ndarray
        By the name the codec gave; numbers, dates, bytes and fixed-width text only, never objects.

    Raises
    ------
    ValueError, zipfile.BadZipFile, EOFError
        An entry is compressed, repeated, called otherwise, or is not as large as its header says.
    """
    with zipfile.ZipFile(io.BytesIO(content)) as box:
        entries = box.infolist()
        if len({one.filename for one in entries}) != len(entries):
            raise ValueError("an array stands twice")
        return {_name(one): _array(box, one) for one in entries}


def _name(entry: zipfile.ZipInfo) -> str:
    found = _NAME.fullmatch(entry.filename)
    if found is None or entry.compress_type != zipfile.ZIP_STORED:
        raise ValueError("an entry is not an array of ours")
    return found[1]


def _array(box: zipfile.ZipFile, entry: zipfile.ZipInfo) -> np.ndarray:
    held = io.BytesIO(box.read(entry))
    version = np.lib.format.read_magic(held)
    if version != (1, 0) and version != (2, 0):
        raise ValueError("an array has an unknown form")
    header = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, by_columns, dtype = header(held)
    raw = held.getbuffer()[held.tell() :]
    # Of another kind, numpy would unpickle it, or give views with names and offsets of the sender's choosing.
    if dtype.kind not in RAW_KINDS or dtype.names or dtype.itemsize == 0 or min(shape, default=0) < 0:
        raise ValueError("an array holds something else than numbers and text")
    if math.prod(shape) * dtype.itemsize != len(raw):
        raise ValueError("an array is not as large as it says")
    return np.frombuffer(raw, dtype=dtype).reshape(shape, order="F" if by_columns else "C")
