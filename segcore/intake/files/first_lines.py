"""The first lines of a small file, in any form a spreadsheet leaves behind, as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segcore.errors import UnreadableFile

if TYPE_CHECKING:
    import numpy as np

MOST_ROWS = 1_000


def lines_of_file(name: str, content: bytes) -> list[list[str]]:
    """The lines of the first table with two columns or more, its header first where it has one.

    Raises
    ------
    UnreadableFile
        The file cannot be opened, or no table in it has two columns.
    """
    from segcore.intake.files.sources import opened
    from segcore.intake.files.tables import open_tables

    with opened([(name, content)]) as (origins, scratch):
        found = open_tables(origins, scratch)
        table = next((one for one in found.tables if len(one.names) >= 2), None)
        if table is None:
            raise UnreadableFile(
                "There is only one column.",
                where=name,
                remedy="Give two: the segment’s number or name now, and its new name.",
            )
        columns = [[_text(column.texts, code) for code in column.codes[:MOST_ROWS]]
                   for column in table.sample.columns.values()]  # fmt: skip
    head = [list(table.names)] if table.header.has_header else []
    return head + [list(row) for row in zip(*columns, strict=True)]


def _text(texts: np.ndarray, code: int) -> str:
    return "" if code < 0 else str(texts[code])
