"""The errors a person may see: each says what happened, where, and what to do now."""

from __future__ import annotations


class SegcoreError(Exception):
    """Root of every error this package raises on purpose.

    Parameters
    ----------
    what : str
        One plain sentence: what happened.
    where : str
        File, sheet, column or row, as the person would name it; empty when it adds nothing.
    remedy : str
        One plain sentence: what to do now.
    """

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """What, where and remedy as one line of text."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        return f"{head} {self.remedy}".strip()


class IntakeError(SegcoreError):
    """A file cannot be read as purchases."""


class UnreadableFile(IntakeError):
    """The file itself cannot be opened: locked, truncated, binary, or not what its name says."""


class SourceError(IntakeError):
    """A database or a folder of the server cannot be read, or may not be."""


class UnclearColumns(IntakeError):
    """The file was read, but which column means what is missing or contradictory."""


class SpecError(SegcoreError, ValueError):
    """A choice that cannot work, said before any computing starts."""


class NotEnoughData(SegcoreError):
    """Too few customers, products or purchases for what was asked."""


class JobError(SegcoreError):
    """A background job failed, ran out of its limits, or was lost."""


class StoreError(SegcoreError):
    """A stored result is missing or damaged."""
