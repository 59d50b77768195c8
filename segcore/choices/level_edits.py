"""What a person changed about the hierarchy of a file: maps, spellings, parents. Light records that a study keeps.

Edits never touch the purchases they were made on. They are a part of the study, and give other purchases with a digest
of their own (``segcore.purchases.edited``), so whatever is keyed by purchases, on a page or in a job, is keyed by the
edits too, and two people with the same file never see each other's.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated

from segcore.choices.bounds import Digest, Label, OneOf, Packed

FROM_FILE, FROM_NAMES, FROM_PURCHASES, BY_HAND = "file", "names", "purchases", "hand"
LARGEST = 64 * 2**20  # bytes a packed map may unfold to


@dataclass(frozen=True)
class ProductMap:
    """Groups of products under one name; a level of its own, or corrections to one the file has.

    Attributes
    ----------
    name : str
        Of the level. Products the map does not name keep what they have there, or stay unknown.
    source : str
        "file", "names", "purchases" or "hand": where the groups come from.
    packed : str
        Product to group as compressed JSON: a study is read at every click, and 70,000 products are two megabytes.
    """

    name: Label
    source: Annotated[str, OneOf((FROM_FILE, FROM_NAMES, FROM_PURCHASES, BY_HAND))] = BY_HAND
    packed: Packed = ""

    @classmethod
    def of(cls, name: str, groups: Mapping[str, str], source: str = BY_HAND) -> ProductMap:
        """Pack groups by product."""
        raw = json.dumps({str(k): str(v) for k, v in groups.items()}, sort_keys=True).encode("ascii")
        return cls(name, source, base64.b85encode(zlib.compress(raw, 9)).decode("ascii"))

    @property
    def groups(self) -> dict[str, str]:
        """Product to group; empty where the record is damaged."""
        if not self.packed:
            return {}
        try:
            unfold = zlib.decompressobj()
            raw = unfold.decompress(base64.b85decode(self.packed), LARGEST)
            found = json.loads(raw)
        except (ValueError, zlib.error):
            return {}
        return {str(k): str(v) for k, v in found.items()} if isinstance(found, dict) else {}


@dataclass(frozen=True)
class Rename:
    """One spelling of a label read as another."""

    level: Label
    old: Label
    new: Label


@dataclass(frozen=True)
class OneParent:
    """Every label of a level goes under the one parent that most of its lines name."""

    level: Label
    parent_level: Label


@dataclass(frozen=True)
class Move:
    """One label of a level goes under a parent somebody chose."""

    level: Label
    label: Label
    parent_level: Label
    parent: Label


@dataclass(frozen=True)
class LevelEdits:
    """Everything somebody changed about a hierarchy, in the order it is applied: maps, renames, parents, moves.

    ``base`` is the digest of the purchases as they were read; "" while nothing is changed.
    """

    base: Digest = ""
    maps: tuple[ProductMap, ...] = ()
    renames: tuple[Rename, ...] = ()
    one_parent: tuple[OneParent, ...] = ()
    moves: tuple[Move, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether the file's own hierarchy stands as it is."""
        return not (self.maps or self.renames or self.one_parent or self.moves)

    def with_map(self, wanted: ProductMap) -> LevelEdits:
        """A copy with this map, in the place of one of the same name."""
        return replace(self, maps=(*(one for one in self.maps if one.name != wanted.name), wanted))

    def without_map(self, name: str) -> LevelEdits:
        """A copy without the map of this name."""
        return replace(self, maps=tuple(one for one in self.maps if one.name != name))

    def with_renames(self, wanted: tuple[Rename, ...]) -> LevelEdits:
        """A copy with these spellings read as others; a later word on the same spelling counts."""
        said = {(one.level, one.old) for one in wanted}
        kept = tuple(one for one in self.renames if (one.level, one.old) not in said)
        return replace(self, renames=(*kept, *(one for one in wanted if one.old != one.new)))

    def with_moves(self, wanted: tuple[Move, ...]) -> LevelEdits:
        """A copy with these labels under other parents; a later word on the same label counts."""
        said = {(one.level, one.label, one.parent_level) for one in wanted}
        kept = (one for one in self.moves if (one.level, one.label, one.parent_level) not in said)
        return replace(self, moves=(*kept, *wanted))

    def with_one_parent(self, level: str, parent_level: str) -> LevelEdits:
        """A copy in which every label of the level goes under one parent."""
        wanted = OneParent(level, parent_level)
        return self if wanted in self.one_parent else replace(self, one_parent=(*self.one_parent, wanted))
