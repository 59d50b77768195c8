"""Lines that no table has: a text file is looked at from above before its lines are held and cut."""

from __future__ import annotations

from pathlib import Path

from segcore.errors import UnreadableFile
from segcore.intake.files.sniff import DELIMITERS, PlainText, read_head
from segcore.intake.files.sources import BLOCK, Fingerprint
from segcore.language.words import count

MOST_COLUMNS = 16_384  # as many as a spreadsheet has


def check_lines(seen: Fingerprint, name: str) -> None:
    """Refuse a file with a line of many megabytes: a cell that never ends, or no table.

    Raises
    ------
    UnreadableFile
        When a whole block of the file holds no line end.
    """
    if seen.endless:
        raise UnreadableFile(
            f"A line of this file is longer than {BLOCK >> 20} MB, which no line of a table is.",
            where=name,
            remedy="Check the longest cell, or the line ends, and export it again.",
        )


def check_columns(plain: PlainText, name: str) -> None:
    """Refuse a table of more columns than can be chosen from.

    Raises
    ------
    UnreadableFile
        When a line in the head of the file has more than 16,384 cells.
    """
    head = read_head(plain.path)
    if "\n" not in head:
        head = _first_line(plain.path)
    widest = max(line.count(sign) for line in head.split("\n") for sign in DELIMITERS) + 1
    if widest > MOST_COLUMNS:
        refuse_columns(widest, name)


def refuse_columns(columns: int, name: str) -> None:
    """Say how many columns there are, and how many may be."""
    raise UnreadableFile(
        f"This table has {count(columns)} columns; up to {count(MOST_COLUMNS)} can be read.",
        where=name,
        remedy="Export one line for each purchase instead of one column for each product.",
    )


def _first_line(path: Path) -> str:
    with path.open("rb") as stream:
        return stream.readline(2 * BLOCK).decode("utf-8", errors="ignore")
