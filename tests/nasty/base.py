"""The purchases behind every file, ways to write them, and what must come back."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

CUSTOMERS = tuple(f"{number:05d}" for number in range(101, 113))
PRODUCTS = ("Crème brûlée", "Müsli", "Kaffee", "Tee", "Brot", "Käse")


@dataclass(frozen=True)
class Bought:
    """One purchase line as it is meant."""

    customer: str
    product: str
    quantity: int
    amount: float
    date: date


ROWS = tuple(
    Bought(
        customer,
        PRODUCTS[(i + j) % 6],
        1 + (i * j) % 3,
        round(1.5 + i + 1000 * (j == 3) + j / 4, 2),
        date(2024, 1, 1) + timedelta(days=29 * j + 5 * i),
    )
    for i, customer in enumerate(CUSTOMERS)
    for j in range(4)
)
HEADER = ("customer_id", "product", "quantity", "amount", "date")
FIELDS = ("customer", "product", "quantity", "amount", "date")


@dataclass(frozen=True)
class Truth:
    """What must come out: an error whose sentence holds ``says``, or exactly these lines and a report that holds it.

    ``lines`` are tuples of ``fields``; ``asks`` is a choice the report must put to the reader.
    """

    path: Path
    says: str = ""
    refused: bool = False
    fields: tuple[str, ...] = FIELDS
    lines: tuple[tuple, ...] = ()
    left_out: int = 0
    choices: Mapping[str, Any] = field(default_factory=dict)
    asks: str = ""


@dataclass(frozen=True)
class Case:
    """One file: its kind, a name, and the function that writes it into a folder."""

    kind: str
    name: str
    make: Callable[[Path], Truth]

    @property
    def id(self) -> str:
        """For the list of tests."""
        return f"{self.kind}: {self.name}"


Format = Callable[[Any], str]


def expected(fields: Sequence[str] = FIELDS, rows: Iterable[Bought] = ROWS) -> tuple[tuple, ...]:
    """The lines as tuples of these fields."""
    return tuple(tuple(getattr(row, name) for name in fields) for row in rows)


def cells(formats: Mapping[str, Format] | None = None, rows: Iterable[Bought] = ROWS) -> list[list[str]]:
    """Rows of text without a header; a format per field, plain otherwise."""
    chosen = {"amount": "{:.2f}".format, **(formats or {})}
    return [[chosen.get(name, str)(getattr(row, name)) for name in FIELDS] for row in rows]


def table(
    formats: Mapping[str, Format] | None = None,
    *,
    header: Sequence[str] = HEADER,
    delimiter: str = ",",
    quoting: int = csv.QUOTE_MINIMAL,
    end: str = "\n",
    rows: Iterable[Bought] = ROWS,
) -> str:
    """The purchases as text."""
    return written([list(header), *cells(formats, rows)], delimiter=delimiter, quoting=quoting, end=end)


def written(
    rows: Iterable[Sequence[str]], *, delimiter: str = ",", quoting: int = csv.QUOTE_MINIMAL, end: str = "\n"
) -> str:
    """Rows of text as CSV."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end).writerows(rows)
    return out.getvalue()


def text_case(
    kind: str,
    name: str,
    text: str | bytes | Callable[[], str | bytes],
    says: str = "",
    *,
    encoding: str = "utf-8",
    file: str = "export.csv",
    fields: tuple[str, ...] = FIELDS,
    lines: tuple[tuple, ...] | None = None,
    **more: Any,
) -> Case:
    """A text file with the purchases in it."""

    def make(folder: Path) -> Truth:
        content = text() if callable(text) else text
        path = folder / file
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return Truth(path, says, fields=fields, lines=expected(fields) if lines is None else lines, **more)

    return Case(kind, name, make)


def refused_case(kind: str, name: str, content: bytes | Callable[[], bytes], says: str, file: str) -> Case:
    """A file that must be refused with a sentence that holds ``says``."""

    def make(folder: Path) -> Truth:
        path = folder / file
        path.write_bytes(content() if callable(content) else content)
        return Truth(path, says, refused=True)

    return Case(kind, name, make)


def german(value: float) -> str:
    """1.234,50"""
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def indian(value: float) -> str:
    """1,23,456.50"""
    whole, _, cents = f"{value:.2f}".partition(".")
    head, tail = whole[:-3], whole[-3:]
    parts = []
    while head:
        parts.insert(0, head[-2:])
        head = head[:-2]
    return ",".join([*parts, tail]) + "." + cents


def thousands(sign: str, decimal: str = ".") -> Format:
    """Numbers with this sign between thousands."""
    return lambda value: f"{value:,.2f}".replace(".", "D").replace(",", sign).replace("D", decimal)


def lines_of(text: str) -> list[str]:
    """Lines without their ends."""
    return text.rstrip("\n").split("\n")


def joined(lines: Iterable[str]) -> str:
    """Lines as a text."""
    return "\n".join(lines) + "\n"
