"""The entries of a study file: which there may be, how large, and read no further than they say."""

from __future__ import annotations

import hashlib
import re
import stat
import zipfile

MOST_BYTES = 2 * 2**30  # what one part may unpack to
MOST_TOGETHER = 4 * 2**30
SMALL = 32 * 2**20  # up to here a part may be packed as tightly as it likes
TIGHTEST = 100  # times that a larger part may be packed: purchases reach 20
MOST_ENTRIES = 1_000
_CHUNK = 1 << 20
_NAMES = re.compile(
    r"(about|study)\.json|(purchases|loaded|start)\.(json|npz)|uploads/[0-9a-f]{64}(\.[a-z0-9]{1,8})?"
)
_ENCRYPTED = 0x1


def checked(box: zipfile.ZipFile) -> frozenset[str]:
    """The names of all entries, none of which is unknown, repeated, a link, encrypted or larger than it may be.

    Raises
    ------
    ValueError
        One is.
    """
    listed = box.infolist()
    names = frozenset(one.filename for one in listed)
    if len(listed) > MOST_ENTRIES or len(names) != len(listed):
        raise ValueError("an entry stands twice, or there are too many")
    for one in listed:
        _check(one)
    if sum(one.file_size for one in listed) > MOST_TOGETHER:
        raise ValueError("it unpacks to more than a study can hold")
    for part in ("purchases", "loaded", "start"):
        if (f"{part}.json" in names) != (f"{part}.npz" in names):
            raise ValueError("half of an entry is missing")
    return names


def _check(entry: zipfile.ZipInfo) -> None:
    if not _NAMES.fullmatch(entry.orig_filename):
        raise ValueError("it holds an entry that no study has")
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) or entry.flag_bits & _ENCRYPTED:
        raise ValueError("an entry is a link, or encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError("an entry is packed in a way no study is")
    if entry.file_size > MOST_BYTES or entry.file_size > max(SMALL, TIGHTEST * entry.compress_size):
        raise ValueError("it unpacks to more than a study can hold")


def read(box: zipfile.ZipFile, name: str, most: int) -> bytes:
    """The content of one entry.

    Raises
    ------
    KeyError, ValueError, zipfile.BadZipFile, EOFError, zlib.error
        There is none, it is longer than ``most`` bytes, or it is damaged.
    """
    if box.getinfo(name).file_size > most:
        raise ValueError("an entry is larger than it may be")
    with box.open(name) as content:
        found = content.read(most + 1)
    if len(found) > most:
        raise ValueError("an entry is larger than it says")
    return found


def check_digest(box: zipfile.ZipFile, name: str, digest: str) -> None:
    """Refuse an entry whose content has another SHA-256 than its name says.

    Raises
    ------
    ValueError, zipfile.BadZipFile, EOFError, zlib.error
        It has, or it is damaged.
    """
    state = hashlib.sha256()
    with box.open(name) as content:
        while chunk := content.read(_CHUNK):
            state.update(chunk)
    if state.hexdigest() != digest:
        raise ValueError("a file in it is not the one its name says")
