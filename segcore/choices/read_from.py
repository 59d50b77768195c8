"""Where a file of a study came from when nobody uploaded it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Annotated

from segcore.choices.bounds import Digest, Label, MomentOrNone, Name, OneOf, Sentence

DATABASE, FOLDER = "database", "folder"


@dataclass(frozen=True)
class ReadFrom:
    """A table of a named connection, or a path below a named folder, at one moment. It holds no address and no password.

    Attributes
    ----------
    kind : {"", "database", "folder"}
        "" for an upload.
    place : str
        Name of the connection or folder in the host's settings.
    item : str
        The table as the settings name it, or the path below the folder.
    asked : str
        ISO time, UTC, at which somebody asked for it: asking later is another question.
    columns : tuple of str
        The columns asked for; empty where they are to be guessed.
    unread : tuple of str
        Columns that were there and did not travel.
    earlier, earlier_asked : str
        Digest of the purchases before it was last read again, and when those were read; "" before.
    """

    kind: Annotated[str, OneOf(("", DATABASE, FOLDER))] = ""
    place: Name = ""
    item: Sentence = ""
    asked: MomentOrNone = ""
    columns: tuple[Label, ...] = ()
    unread: tuple[Label, ...] = ()
    earlier: Digest = ""
    earlier_asked: MomentOrNone = ""

    @property
    def is_source(self) -> bool:
        """Whether it came from a source at all."""
        return bool(self.kind)

    @property
    def same_place(self) -> tuple[str, str, str]:
        """What stays equal when it is read again."""
        return (self.kind, self.place, self.item)

    @property
    def name(self) -> str:
        """What its file is called."""
        last = self.item.rstrip("/").rsplit("/", 1)[-1] if self.kind == FOLDER else self.item
        return f"{self.place if last in ('', '.') else last} ({self.place})"

    @property
    def words(self) -> str:
        """Where it comes from, as part of a sentence."""
        if self.kind == DATABASE:
            return f"the table “{self.item}” of the database “{self.place}”"
        inside = "" if self.item == "." else f"“{self.item}” in "
        return f"{inside}the folder “{self.place}” on this server"

    def again(self, digest: str, columns: tuple[str, ...] | None = None) -> ReadFrom:
        """The same source, asked for now; ``digest`` is of the purchases held until then."""
        wanted = self.columns if columns is None else columns
        return replace(self, asked=now(), columns=wanted, unread=(), earlier=digest, earlier_asked=self.asked)


def now() -> str:
    """The time in seconds, as ISO text."""
    return datetime.now(UTC).isoformat(timespec="seconds")
