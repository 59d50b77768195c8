"""Which process wrote a temporary file, and whether it still runs: what a living one writes is never swept away."""

from __future__ import annotations

import os
import platform
import re

from segcore.storage import machine


def mine() -> str:
    """A mark of this process for names of files: its number, its birth, its machine."""
    pid = os.getpid()
    return f"{pid}-{machine.born(pid)}-{_node()}"


def ended(mark: str) -> bool | None:
    """Whether the process with this mark has ended; None where nobody can say."""
    pid, _, rest = mark.partition("-")
    born, _, node = rest.partition("-")
    if not pid.isdecimal() or node != _node():
        return None  # process numbers mean nothing on another machine
    if not machine.alive(int(pid), born):
        return True
    return False if born else None  # without its birth, the number may be another process's by now


def _node() -> str:
    """The name of the machine or container."""
    return re.sub(r"\W", "", platform.node())
