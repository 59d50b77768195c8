"""The real app on a free port of this machine, with a fresh home and a fresh workspace."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Server:
    """A running app: where it answers, where it keeps its work, what it printed."""

    url: str
    port: int
    pid: int
    workspace: Path
    log: Path


def free_port() -> int:
    """A port nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def clean_environment(home: Path, workspace: Path) -> dict[str, str]:
    """This environment with another home, another workspace and no Streamlit settings of its own."""
    home.mkdir(parents=True, exist_ok=True)
    workspace.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("STREAMLIT_")}
    return kept | {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "SEGCORE_WORKSPACE": str(workspace),
    }


def healthy(port: int) -> bool:
    """Whether the server says it is up; asking does not count as a first visit to the app."""
    try:
        with urlopen(f"http://localhost:{port}/_stcore/health", timeout=2) as answer:
            return answer.status == 200
    except (URLError, OSError):
        return False


def wait_until_healthy(process: subprocess.Popen, port: int, log: Path, seconds: float = 60) -> None:
    """Return once the server answers; fail with what it printed."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        if healthy(port):
            return
        time.sleep(0.05)
    printed = log.read_text(errors="replace") if log.exists() else ""
    raise AssertionError(f"the app did not start within {seconds:.0f} s; it printed:\n{printed}")


def end(process: subprocess.Popen) -> None:
    """Stop the process and everything it started."""
    for sign, patience in ((signal.SIGTERM, 5), (signal.SIGKILL, 5)):
        try:
            os.killpg(process.pid, sign)
            process.wait(patience)
        except (ProcessLookupError, subprocess.TimeoutExpired):
            continue
    process.wait(5)


@contextmanager
def serve(
    folder: Path,
    app: Path = ROOT / "app.py",
    workspace: Path | None = None,
    port: int | None = None,
    options: tuple[str, ...] = (),
    **more: str,
) -> Iterator[Server]:
    """Run the app until the block ends; ``folder`` takes its home, its log and its workspace.

    ``port`` brings a server back to an earlier one's address; ``options`` are Streamlit's own; ``more`` are
    further environment variables.
    """
    port = port or free_port()
    workspace = workspace or folder / "workspace"
    log = folder / f"server-{port}.log"
    command = [sys.executable, "-m", "streamlit", "run", str(app)]
    # No file watcher: saving a source file while the tests run must not rerun the pages under test.
    command += [
        "--server.port",
        str(port),
        "--server.headless",
        "true",
        "--server.fileWatcherType",
        "none",
        *options,
    ]
    environment = clean_environment(folder / "home", workspace) | more
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT, start_new_session=True
        )
        try:
            wait_until_healthy(process, port, log)
            yield Server(f"http://localhost:{port}", port, process.pid, workspace, log)
        finally:
            end(process)
