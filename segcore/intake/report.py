"""The intake report: what was read, what was repaired, what was left out and why. Everything is counted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pandas as pd

from segcore.language.words import count, restyled


@dataclass(frozen=True)
class Finding:
    """One thing the intake noticed.

    Attributes
    ----------
    what : str
        A plain sentence, with the number in it.
    count : int
        Cells, lines or labels concerned.
    example : str
        One case as it stands in the file; "" where none helps.
    where : str
        File, sheet, column or row.
    remedy : str
        What to do if this is not wanted; "" where nothing is to be done.
    choice : str
        The field of ``Roles`` that decides this; "" where nothing can be chosen.
    ask : bool
        Whether the file itself cannot tell and somebody has to.
    """

    what: str
    count: int
    example: str = ""
    where: str = ""
    remedy: str = ""
    choice: str = ""
    ask: bool = False

    @property
    def restyled(self) -> Finding:
        """The finding with the reader's numbers; the example and the place are of the file and stay as they are."""
        return replace(self, what=restyled(self.what), remedy=restyled(self.remedy))

    @property
    def sentence(self) -> str:
        """The finding as one line of text."""
        head = f"{self.where}: {self.what}" if self.where else self.what
        example = f" Example: {self.example}." if self.example else ""
        return f"{head}{example} {self.remedy}".strip()


@dataclass(frozen=True)
class SourceFile:
    """One file as it came: name, SHA-256 of its bytes, size in bytes."""

    name: str
    digest: str
    size: int


@dataclass(frozen=True)
class IntakeReport:
    """What happened between the file and the purchases.

    ``lines_read`` equals ``lines_kept`` plus the counts in ``left_out``.
    """

    files: tuple[SourceFile, ...]
    lines_read: int
    lines_kept: int
    customers: int
    products: int
    row_word: str
    first_date: pd.Timestamp | None = None
    last_date: pd.Timestamp | None = None
    repairs: tuple[Finding, ...] = ()
    left_out: tuple[Finding, ...] = ()
    notes: tuple[Finding, ...] = ()

    @property
    def questions(self) -> tuple[Finding, ...]:
        """What the file cannot tell and somebody has to."""
        return tuple(finding for finding in (*self.left_out, *self.repairs, *self.notes) if finding.ask)

    @property
    def summary(self) -> str:
        """What the purchases hold, in one sentence."""
        rows = self.row_word[:-1] if self.customers == 1 else self.row_word
        span = ""
        if self.first_date is not None and self.last_date is not None:
            span = f", {_day(self.first_date)} to {_day(self.last_date)}"
        return f"{count(self.lines_kept)} purchase lines of {count(self.customers)} {rows} and {count(self.products)} products{span}."

    def sentences(self) -> list[str]:
        """The whole report, one sentence or two a line."""
        findings = (*self.left_out, *self.repairs, *self.notes)
        return [self.summary, *(finding.sentence for finding in findings)]


@dataclass
class Ledger:
    """Collects findings while a file is converted; the one mutable record of the intake."""

    repairs: list[Finding] = field(default_factory=list)
    left_out: list[Finding] = field(default_factory=list)
    notes: list[Finding] = field(default_factory=list)

    def repair(self, what: str, count: int, **detail: Any) -> None:
        """Something was changed so that it could be used."""
        if count:
            self.repairs.append(Finding(what, int(count), **detail))

    def leave_out(self, what: str, count: int, **detail: Any) -> None:
        """Lines that are in the file and not in the purchases."""
        if count:
            self.left_out.append(Finding(what, int(count), **detail))

    def note(self, what: str, count: int = 0, **detail: Any) -> None:
        """Something worth knowing that changed nothing."""
        self.notes.append(Finding(what, int(count), **detail))

    @property
    def lines_left_out(self) -> int:
        """How many lines were left out so far."""
        return sum(finding.count for finding in self.left_out)


def some(count: int, singular: str, plural: str | None = None) -> str:
    """``3 lines`` or ``1 line``, with thousands separators."""
    return f"{count:,} {singular if count == 1 else plural or singular + 's'}"


def _day(moment: pd.Timestamp) -> str:
    return f"{moment.day} {moment:%B %Y}"
