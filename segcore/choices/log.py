"""One line of a study's log."""

from __future__ import annotations

from dataclasses import dataclass

from segcore.choices.bounds import Moment, Name, Sentence

MOST = 500  # entries kept; the oldest go


@dataclass(frozen=True)
class Entry:
    """One line of the log.

    Attributes
    ----------
    when : str
        ISO time, UTC.
    what : str
        The choice or the note, as a sentence.
    who : str
        The name somebody gave for the log, "" where nobody did.
    about : str
        What kind of choice: "level", "k", …; "note" for a note.
    page : str
        The page a note was written on.
    """

    when: Moment
    what: Sentence
    who: Name = ""
    about: Name = ""
    page: Name = ""
