"""A real PostgreSQL on this machine's loopback, from the system's packages; one cluster for a whole run of tests."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
from adbc_driver_manager import Error
from adbc_driver_postgresql import dbapi

from tests.browser.serve import free_port

OWNER, READER = "boss", "reader"
PASSWORD = "correct horse/battery?staple"
HOMES = (Path("/usr/lib/postgresql"), Path("/usr/local/pgsql"), Path("/opt/homebrew/opt"))
MISSING = "no PostgreSQL server is installed here: tests of databases are left out"
QUICK = ("fsync=off", "full_page_writes=off", "synchronous_commit=off", "shared_buffers=32MB", "max_wal_senders=0", "wal_level=minimal", "autovacuum=off")  # fmt: skip


@dataclass(frozen=True)
class Cluster:
    """A running server: ``OWNER`` may do anything, ``READER`` may only read what it is granted."""

    port: int
    password: str = PASSWORD

    def uri(self, user: str = READER, password: str | None = None) -> str:
        """The address for a user, with its password."""
        given = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user}:{given}@127.0.0.1:{self.port}/postgres"

    @contextmanager
    def owner(self) -> Iterator[dbapi.Cursor]:
        """A cursor that may do anything, each statement for itself."""
        with dbapi.connect(self.uri(OWNER), autocommit=True) as connection, connection.cursor() as cursor:
            yield cursor

    def run(self, *statements: str) -> list[tuple]:
        """Carry out statements as the owner; what the last one gave."""
        with self.owner() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def load(self, name: str, table: pa.Table, types: dict[str, str]) -> None:
        """Rows of text as a table with these types, which the reader may read."""
        casts = ", ".join(
            f"CAST(nullif({quoted(one)}, '') AS {types.get(one, 'text')}) AS {quoted(one)}"
            for one in table.column_names
        )
        with self.owner() as cursor:
            cursor.execute("DROP TABLE IF EXISTS raw_rows")
            cursor.adbc_ingest("raw_rows", table, mode="create")
            cursor.execute(f"DROP TABLE IF EXISTS {quoted(name)} CASCADE")
            cursor.execute(f"CREATE TABLE {quoted(name)} AS SELECT {casts} FROM raw_rows")
            cursor.execute(f"GRANT SELECT ON {quoted(name)} TO {READER}")


def quoted(name: str) -> str:
    """A name as an SQL identifier, written here independently of the product."""
    return '"{}"'.format(name.replace('"', '""'))


def find_binaries() -> Path | None:
    """The programs of the newest PostgreSQL that is installed."""
    found = [path.parent for home in HOMES for path in home.glob("*/bin/initdb")]
    if found:
        return max(found, key=lambda path: [int(part) for part in path.parts if part.isdigit()] or [0])
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def running(binaries: Path) -> Iterator[Cluster]:
    """A fresh cluster with nothing made to last, until the block ends."""
    home = Path(tempfile.mkdtemp(prefix="segcore-pg-"))
    who = _another_user()
    try:
        secret, data = home / "password", home / "data"
        secret.write_text(PASSWORD + "\n")
        if who:
            for path in (home, secret):
                shutil.chown(path, who["user"], who["group"])
        made = [binaries / "initdb", "-D", data, "-U", OWNER, "-A", "scram-sha-256", "--pwfile", secret, "-E", "UTF8", "--locale=C", "--no-sync"]  # fmt: skip
        subprocess.run([str(part) for part in made], check=True, capture_output=True, cwd=home, **who)
        port = free_port()
        options = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *QUICK]
        command = [
            str(binaries / "postgres"),
            "-D",
            str(data),
            *(part for one in options for part in ("-c", one)),
        ]
        with (home / "log").open("wb") as log:
            process = subprocess.Popen(command, cwd=home, stdout=log, stderr=log, **who)
            try:
                yield _ready(Cluster(port), process, home / "log")
            finally:
                process.send_signal(signal.SIGQUIT)  # nothing has to last
                process.wait(30)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _another_user() -> dict:
    """Root may not run PostgreSQL: its own user, or nobody, does."""
    if not hasattr(os, "getuid") or os.getuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        try:
            return {"user": name, "group": pwd.getpwnam(name).pw_gid, "extra_groups": []}
        except KeyError:
            continue
    raise AssertionError("there is no user that may run PostgreSQL")


def _ready(cluster: Cluster, process: subprocess.Popen, log: Path) -> Cluster:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            secret = PASSWORD.replace("'", "''")
            cluster.run(f"CREATE ROLE {READER} LOGIN PASSWORD '{secret}'")
            return cluster
        except Error:
            time.sleep(0.1)
    raise AssertionError(f"PostgreSQL did not start; it wrote:\n{log.read_text(errors='replace')}")
