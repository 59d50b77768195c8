"""Parts of a workbook that is a zip archive, unpacked block by block; a directory that lies about sizes is found out."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from copy import copy

from segcore.intake.files.refuse import refuse_damaged

BLOCK = 1 << 20
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError)


def blocks(archive: zipfile.ZipFile, part: zipfile.ZipInfo, name: str) -> Iterator[bytes]:
    """The bytes of a part, never more than the directory promised.

    Raises
    ------
    UnreadableFile
        When the part is broken inside, or larger or smaller than the directory says.
    """
    # zipfile stops quietly where the directory says the part ends; other readers go on, and meet what it hides
    unbounded = copy(part)
    unbounded.file_size = part.file_size + BLOCK
    seen = 0
    try:
        with archive.open(unbounded) as stream:
            while seen <= part.file_size and (block := stream.read(BLOCK)):
                seen += len(block)
                yield block
    except BROKEN:
        refuse_damaged(name)
    if seen != part.file_size:
        refuse_damaged(name)
