"""A table that can be read: what it is called, a sample of it, and how to load the columns that are wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from segcore.errors import UnreadableFile
from segcore.intake.files.header import Header
from segcore.intake.files.text_table import TextTable
from segcore.intake.report import Ledger

Load = Callable[[Sequence[str], Ledger], TextTable]


@dataclass(frozen=True, eq=False)
class OpenTable:
    """A table that can be read.

    Attributes
    ----------
    name : str
        As a person names it: the file, or "file / sheet".
    file : str
    about : str
        One sentence on how it is read.
    header : Header
    sample : TextTable
        All of a small table, rows from many places of a large one.
    rows : int
        Number of rows, estimated for a large text file.
    load : function
        The named columns of the whole table.
    load_lists : function or None
        Only where rows are lists of any length: the whole table as columns "Basket" and "Item".
    delimiter : str
        Of a text file; a hint for the decimal sign.
    ordered : bool
        Whether the order of its rows means something, as in a file: a blank may stand for the label above.
    given : dict of str to str
        Roles that the layout of the file tells, whatever the names of the columns: role → column.
    """

    name: str
    file: str
    about: str
    header: Header
    sample: TextTable
    rows: int
    load: Load
    load_lists: Callable[[], TextTable] | None = None
    delimiter: str = ""
    ordered: bool = True
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Column names."""
        return self.header.names

    @property
    def ragged(self) -> bool:
        """Whether rows are lists of items and not columns."""
        return self.header.ragged


def header_only(name: str) -> UnreadableFile:
    """A table with names and no lines."""
    return UnreadableFile(
        "There is a header and no line below it.",
        where=name,
        remedy="Check the filter of the export; it seems to select nothing.",
    )


def in_memory(name: str, file: str, about: str, header: Header, table: TextTable) -> OpenTable:
    """A table whose cells are all at hand."""
    return OpenTable(name, file, about, header, table, table.n_rows, lambda names, _ledger: table.only(names))
