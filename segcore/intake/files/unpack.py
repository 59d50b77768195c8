"""The one table in a zip archive or a gzip file, written out beside it; whatever else such a file holds is refused."""

from __future__ import annotations

import gzip
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path

from segcore.errors import UnreadableFile
from segcore.intake.files.package import BLOCK, blocks
from segcore.intake.files.refuse import (
    GZIP,
    LARGEST_RATIO,
    LARGEST_WORKBOOK,
    RATIO_FROM,
    ZIP,
    is_office_package,
    refuse_damaged,
)
from segcore.intake.files.sources import Origin
from segcore.intake.report import Ledger
from segcore.language.words import count, plural

ENCRYPTED = 0x1
BESIDE = ("__MACOSX/", ".")  # what a Mac adds to every archive it makes


def unpacked(origin: Origin, scratch: Path, ledger: Ledger) -> Origin:
    """The table inside a zip archive or gzip file, under the name the person knows; any other origin as it is.

    Raises
    ------
    UnreadableFile
        Several files, none, a locked or a damaged one, or more bytes than a table of this size has.
    """
    if origin.path is None:
        return origin
    with origin.path.open("rb") as stream:
        head = stream.read(len(ZIP))
    if head.startswith(GZIP):
        inner = _of_gzip(origin.path, origin.name, scratch)
    elif head == ZIP and not is_office_package(origin.path, origin.name):
        inner = _of_zip(origin.path, origin.name, scratch)
    else:
        return origin
    ledger.note(f"“{inner.name}” was unpacked from it.", 1, where=origin.name)
    return Origin(origin.name, inner.path)


def _of_gzip(path: Path, name: str, scratch: Path) -> Origin:
    plain = Path(name).name.removesuffix(".gz").removesuffix(".GZ") or name
    try:
        with gzip.open(path) as stream:
            return Origin(plain, _written(_read(stream), path, name, scratch))
    except (gzip.BadGzipFile, zlib.error, EOFError, OSError):
        refuse_damaged(name, "file")


def _read(stream: gzip.GzipFile) -> Iterator[bytes]:
    while block := stream.read(BLOCK):
        yield block


def _of_zip(path: Path, name: str, scratch: Path) -> Origin:
    with zipfile.ZipFile(path) as archive:
        parts = [part for part in archive.infolist() if not part.is_dir() and not _is_beside(part.filename)]
        if len(parts) != 1:
            holds = plural(len(parts), "file") if parts else "no file"
            raise UnreadableFile(
                f"This is a zip archive with {holds}, not one table.",
                where=name,
                remedy="Unpack it and upload the files inside.",
            )
        if parts[0].flag_bits & ENCRYPTED:
            raise UnreadableFile(
                "This zip archive is locked with a password.",
                where=name,
                remedy="Unpack it and upload the file inside.",
            )
        inner = Path(parts[0].filename.replace("\\", "/")).name
        return Origin(inner, _written(blocks(archive, parts[0], name), path, name, scratch))


def _is_beside(member: str) -> bool:
    return member.startswith(BESIDE[0]) or Path(member).name.startswith(BESIDE[1])


def _written(parts: Iterable[bytes], packed: Path, name: str, scratch: Path) -> Path:
    """The bytes in the scratch folder, under a name of ours; stopped at more than a table of this file size has."""
    most = max(RATIO_FROM, min(LARGEST_WORKBOOK, LARGEST_RATIO * packed.stat().st_size))
    target, written = scratch / f"unpacked-{packed.name}-{len(list(scratch.iterdir()))}", 0
    with target.open("wb") as out:
        for part in parts:
            written += len(part)
            if written > most:
                raise UnreadableFile(
                    f"This file would unpack to more than {count(most / 1e6)} MB, far more than a table of its size.",
                    where=name,
                    remedy="Unpack it yourself, check what is in it, and upload the table.",
                )
            out.write(part)
    return target
