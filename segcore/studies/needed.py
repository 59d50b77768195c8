"""What studies cannot do without, so that housekeeping leaves it alone: also what a study needs that is damaged on disk.

Of a damaged file every digest and key that can still be read counts. Others may be lost in the damage, so ``damaged``
names the file: nobody can say that purchases or an upload are not its.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from segcore.choices.study import Study
from segcore.errors import SegcoreError
from segcore.storage.files import disk_in_words, patiently
from segcore.storage.store import workspace
from segcore.studies import archive, links
from segcore.studies.saved import from_bytes

_HEX = re.compile(rb"(?<![0-9a-f])(?:[0-9a-f]{64}|[0-9a-f]{32})(?![0-9a-f])")
_WRONG = (SegcoreError, ValueError, TypeError, KeyError, AttributeError)


@dataclass(frozen=True)
class Needed:
    """What some studies name.

    Attributes
    ----------
    keys : frozenset of str
        Results that cannot be computed again: purchases, what was read of a file, segments that others go on from.
    uploads : frozenset of str
        Digests of uploaded files.
    digests : frozenset of str
        Digests of purchases and of uploaded files.
    damaged : tuple of Path
        Files that may have named more.
    """

    keys: frozenset[str] = frozenset()
    uploads: frozenset[str] = frozenset()
    digests: frozenset[str] = frozenset()
    damaged: tuple[Path, ...] = ()

    def __or__(self, other: Needed) -> Needed:
        return Needed(
            self.keys | other.keys,
            self.uploads | other.uploads,
            self.digests | other.digests,
            self.damaged + other.damaged,
        )


def needed(root: Path | None = None) -> Needed:
    """What every study, earlier state, deleted study and frozen link of a workspace names.

    Raises
    ------
    StoreError
        A file is there and cannot be read: nobody can say what it names.
    """
    found = Needed()
    for path in _files(root):
        with disk_in_words("A study cannot be read, so nothing can be tidied up", path.name):
            try:
                content = patiently(path.read_bytes)
            except FileNotFoundError:  # deleted while we look
                continue
        found |= _names(path, content)
    return found


def in_damaged(root: Path | None = None) -> Needed:
    """What the damaged ones among them still name."""
    found = Needed()
    for path in _files(root):
        try:
            content = path.read_bytes()
            from_bytes(content)
        except OSError:
            continue
        except _WRONG:
            found |= _salvaged(path, content)
    return found


def _files(root: Path | None) -> Iterator[Path]:
    base = root or workspace()
    for folder in (base / "studies", base / "links"):
        yield from (path for path in folder.rglob("*.json") if path.is_file())


def _names(path: Path, content: bytes) -> Needed:
    try:
        return _named(from_bytes(content))
    except _WRONG:
        return Needed() if links.followed(content) else _salvaged(path, content)


def _named(study: Study) -> Needed:
    files = (*study.files, *study.pending, *study.newcomers)
    uploads = {file.digest for file in files} | {file.stored.partition(".")[0] for file in files}
    digests = uploads | {study.data_digest, study.base_digest}
    keys = frozenset(archive.contents(study).values())
    return Needed(keys - {""}, frozenset(uploads - {""}), frozenset(digests - {""}))


def _salvaged(path: Path, content: bytes) -> Needed:
    from segcore.purchases.kept import purchases_key

    found = frozenset(text.decode("ascii") for text in _HEX.findall(content))
    keys = {purchases_key(digest) for digest in found if len(digest) == 32}
    return Needed(found | keys, found, found, (path,))
