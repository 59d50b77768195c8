"""What the host allows to be read: named connections with their tables, named folders. Frozen, and silent on passwords."""

from __future__ import annotations

import os
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from segcore.errors import SourceError

SECONDS = 600  # longest a single statement may take in a database, unless the settings say otherwise
FOLDERS_VARIABLE = "SEGCORE_FOLDERS"


@dataclass(frozen=True)
class Database:
    """A PostgreSQL connection under a name.

    Attributes
    ----------
    name : str
    uri : str
        With the password; never shown, written or logged, and no part of ``repr``.
    tables : tuple of str
        Tables and views that may be read, as "table" or "schema.table"; quotation marks around parts that hold dots.
    seconds : int
        Longest a statement may take.
    """

    name: str
    uri: str = field(repr=False)
    tables: tuple[str, ...] = ()
    seconds: int = SECONDS


@dataclass(frozen=True)
class Folder:
    """A folder of the server under a name; everything below it may be read, nothing outside."""

    name: str
    path: str


@dataclass(frozen=True)
class Allowed:
    """Everything that may be read besides uploads; ``problems`` are sentences about settings that cannot be used."""

    databases: tuple[Database, ...] = ()
    folders: tuple[Folder, ...] = ()
    problems: tuple[str, ...] = ()

    def database(self, name: str, table: str) -> Database:
        """The connection of this name, where it allows this table.

        Raises
        ------
        SourceError
            The settings do not name it.
        """
        for one in self.databases:
            if one.name == name and table in one.tables:
                return one
        raise SourceError(
            f"The table “{table}” of the database “{name}” is not among those this server may read.",
            remedy="Ask whoever runs this server to name it in the settings.",
        )

    def only(self, names: Collection[str]) -> Allowed:
        """Without the connections of other names: a job is told no password it does not need."""
        return replace(self, databases=tuple(one for one in self.databases if one.name in names))

    def folder(self, name: str) -> Folder:
        """The folder of this name.

        Raises
        ------
        SourceError
            The settings do not name it.
        """
        for one in self.folders:
            if one.name == name:
                return one
        raise SourceError(
            f"The folder “{name}” is not among those this server may read.",
            remedy="Ask whoever runs this server to name it in the settings.",
        )


def allowed_by(settings: Mapping[str, Any], environment: Mapping[str, str] | None = None) -> Allowed:
    """What settings and environment allow.

    Parameters
    ----------
    settings : mapping
        ``databases``: name → ``uri``, ``tables`` and optionally ``seconds``; ``folders``: name → path.
    environment : mapping, optional
        ``SEGCORE_FOLDERS``: paths separated as in PATH; each is called by its last part.
    """
    problems: list[str] = []
    databases = [_database(name, one, problems) for name, one in _section(settings, "databases", problems)]
    named = [(name, str(path)) for name, path in _section(settings, "folders", problems)]
    listed = (os.environ if environment is None else environment).get(FOLDERS_VARIABLE, "")
    named += [(Path(path).name or path, path) for path in listed.split(os.pathsep) if path.strip()]
    folders = [_folder(name, path.strip(), problems) for name, path in named]
    unique = {folder.name: folder for folder in reversed(folders) if folder is not None}
    return Allowed(
        tuple(one for one in databases if one is not None), tuple(reversed(unique.values())), tuple(problems)
    )


def _section(settings: Mapping[str, Any], name: str, problems: list[str]) -> list[tuple[str, Any]]:
    section = settings.get(name, {})
    if isinstance(section, Mapping):
        return [(str(key), value) for key, value in section.items()]
    problems.append(f"“{name}” in the settings must be a section with one entry a name.")
    return []


def _database(name: str, one: Any, problems: list[str]) -> Database | None:
    uri, tables = (one.get("uri"), one.get("tables")) if isinstance(one, Mapping) else (None, None)
    if not isinstance(uri, str) or not uri:
        problems.append(f"The database “{name}” has no uri in the settings.")
    elif isinstance(tables, str) or not tables or not all(isinstance(table, str) for table in tables):
        problems.append(f"The database “{name}” has no list of tables in the settings.")
    else:
        seconds = one.get("seconds", SECONDS)
        good = isinstance(seconds, int) and not isinstance(seconds, bool) and seconds > 0
        return Database(name, uri, tuple(map(str, tables)), seconds if good else SECONDS)
    return None


def _folder(name: str, path: str, problems: list[str]) -> Folder | None:
    if Path(path).is_absolute() and Path(path).is_dir():
        return Folder(name, path)
    problems.append(f"The folder “{name}” of the settings is not there, or not named by its whole path.")
    return None
