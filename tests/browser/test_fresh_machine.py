"""The README's run command on a machine that has never seen Streamlit: a terminal, a display, an empty home."""

import os
import pty
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.browser.serve import ROOT, clean_environment, end, free_port, healthy

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="reads the socket table of Linux"
)

LISTENING = "0A"


def start_command() -> list[str]:
    """The part of the README's line that starts the app, with this environment's interpreter."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    line = re.search(r"```sh\n(.*?)\n```", readme, re.DOTALL).group(1)
    program, *arguments = line.split("&&")[-1].split()
    assert program == ".venv/bin/streamlit"
    return [str(Path(sys.executable).with_name("streamlit")), *arguments]


def silent_browser(folder: Path) -> Path:
    """A folder with an opener that opens nothing: with a display, the app asks the desktop for a browser."""
    folder.mkdir()
    opener = folder / "xdg-open"
    opener.write_text("#!/bin/sh\nexit 0\n")
    opener.chmod(0o755)
    return folder


class Terminal:
    """What a person sees in the terminal, gathered without ever typing."""

    def __init__(self, descriptor: int):
        self.descriptor = descriptor
        self.seen = ""

    def read(self, seconds: float = 0.1) -> str:
        """Everything printed so far."""
        while select.select([self.descriptor], [], [], seconds)[0]:
            try:
                self.seen += os.read(self.descriptor, 4096).decode(errors="replace")
            except OSError:  # the other side has closed
                break
        return self.seen


@contextmanager
def typed_in_a_terminal(folder: Path, port: int) -> Iterator[tuple[subprocess.Popen, Terminal]]:
    """Run the command as if typed, with a display and a home nobody has used."""
    ours, theirs = pty.openpty()
    environment = clean_environment(folder / "home", folder / "workspace")
    environment |= {
        "DISPLAY": ":99",
        "TERM": "xterm",
        "PATH": f"{silent_browser(folder / 'bin')}:{os.environ['PATH']}",
        "STREAMLIT_SERVER_PORT": str(port),
    }
    process = subprocess.Popen(
        start_command(),
        cwd=ROOT,
        env=environment,
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    try:
        yield process, Terminal(ours)
    finally:
        end(process)
        os.close(ours)


def listening_addresses(port: int) -> set[str]:
    """Addresses, as the kernel writes them, on which somebody listens at this port."""
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        for line in table.read_text().splitlines()[1:] if table.exists() else []:
            local, state = line.split()[1], line.split()[3]
            address, _, hex_port = local.partition(":")
            if state == LISTENING and int(hex_port, 16) == port:
                found.add(address)
    return found


def test_starts_without_a_question_and_answers_this_machine_only(tmp_path: Path):
    port = free_port()
    with typed_in_a_terminal(tmp_path, port) as (process, terminal):
        deadline = time.monotonic() + 60
        while not healthy(port) and time.monotonic() < deadline and process.poll() is None:
            assert "Email" not in terminal.read(), "it stops and asks for an e-mail address"
        assert healthy(port), terminal.read()
        printed = terminal.read(1)
        assert "Email" not in printed
        assert f"http://localhost:{port}" in printed
        # 127.0.0.1 and ::1 in the kernel's byte order.
        assert listening_addresses(port) <= {"0100007F", "00000000000000000000000001000000"}
        assert listening_addresses(port) != set()
