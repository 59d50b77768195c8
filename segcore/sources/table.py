"""What every source can do: name its columns, show some rows, hand over all rows with equal ones counted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

import pyarrow as pa


class SourceTable(Protocol):
    """A table that is read where it lies."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Those that can be read, in order."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about what is odd, such as columns without rights or files that differ."""

    @property
    def rows(self) -> int:
        """How many it has, estimated; 0 where nothing is known."""

    def sample(self) -> pa.Table:
        """Up to ``SAMPLE`` rows, every column as text under its own name."""

    def grouped(self, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        """These columns as text, each different row once, and last how often it occurs (int64); names do not matter."""


SAMPLE = 50_000
