"""The one way to DuckDB: an engine that may open the files it is told and nothing else.

Settings are given in this order because DuckDB takes no further paths once access is shut, and no further settings
once they are locked. What it may not: other files, the network, extensions, databases on disk, secrets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

import duckdb

MEMORY = "1GB"
_SHUT = {
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
}


def engine_in(scratch: Path, files: Iterable[Path] = ()) -> duckdb.DuckDBPyConnection:
    """A DuckDB of its own, with a memory limit, that spills into the scratch folder and prints nothing.

    Parameters
    ----------
    scratch : Path
        A folder that is gone when the work is done.
    files : iterable of Path
        All that it may read or write; anything else raises ``duckdb.PermissionException``.
    """
    spill: dict[str, str | bool | int | float | list[str]] = {
        "memory_limit": MEMORY,
        "temp_directory": str(scratch / "spill"),
    }
    engine = duckdb.connect(config=spill | _SHUT)
    engine.execute("SET enable_progress_bar = false")
    engine.execute("SET TimeZone = 'UTC'")  # else moments are written in the time of this server
    # a pattern is checked first, then what it stands for
    allowed = {name for file in files for name in (str(file), pattern_of(file))}
    engine.execute(f"SET allowed_paths = [{', '.join(map(quoted, sorted(allowed)))}]")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")
    return engine


def pattern_of(file: Path) -> str:
    """A path as DuckDB takes it for just this file: in its own, [ * ? stand for other files."""
    return re.sub(r"[\[*?]", r"[\g<0>]", str(file))


def quoted(text: str) -> str:
    """A text as SQL has it."""
    return "'" + text.replace("'", "''") + "'"
