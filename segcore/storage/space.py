"""How big the workspace is, how big it may be, and what is left for further files."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path

LIMIT_GB = 20.0


@dataclass(frozen=True)
class Usage:
    """Bytes in the workspace, by what they are."""

    root: str
    uploads: int
    results: int
    studies: int
    limit: int

    @property
    def total(self) -> int:
        """All bytes."""
        return self.lasting + self.results

    @property
    def lasting(self) -> int:
        """Bytes that do not go by themselves."""
        return self.uploads + self.studies

    @property
    def room(self) -> int:
        """Bytes left for further files: results make room, files and studies do not."""
        return max(0, self.limit - self.lasting)


def limit() -> int:
    """Bytes the workspace may take: environment variable SEGCORE_WORKSPACE_GB, else 20 GB."""
    try:
        asked = float(os.environ.get("SEGCORE_WORKSPACE_GB", "") or LIMIT_GB)
    except ValueError:
        asked = LIMIT_GB
    return int((asked if math.isfinite(asked) and asked > 0 else LIMIT_GB) * 2**30)


def usage(root: Path, results: bool = True) -> Usage:
    """What the workspace holds, from the folder listing alone; without ``results`` only what does not go by itself."""
    counted = size_of(root / "results") if results else 0
    return Usage(
        str(root),
        size_of(root / "uploads"),
        counted,
        size_of(root / "studies") + size_of(root / "links"),
        limit(),
    )


def size_of(folder: Path) -> int:
    """Bytes of every file in a folder and below; one that goes meanwhile counts nothing."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except OSError:
            continue  # removed while we look
    return total
