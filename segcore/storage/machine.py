"""What this machine or container gives: cores, memory, and whether a process is still the same one.

Imports nothing heavy: a worker process reads this before it may import numpy, and needs psutil outside Linux only.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from pathlib import Path

_CGROUPS = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")


def cores() -> int:
    """Cores this process may use: affinity and the container's quota respected, at least 1."""
    if hasattr(os, "sched_getaffinity"):
        allowed = len(os.sched_getaffinity(0))
    else:
        allowed = os.cpu_count() or 1
    quota = container_cores()
    return max(1, allowed if quota is None else min(allowed, math.ceil(quota)))


def memory_bytes() -> int:
    """Memory of the machine, or of the container where that is less."""
    import psutil

    machine = psutil.virtual_memory().total
    return min(machine, container_memory() or machine)


def container_cores(root: Path = _CGROUPS, own: Path = _OWN) -> float | None:
    """The processor quota of the control group (version 1 or 2), None where there is none."""
    found = []
    for folder in _groups(root, own, "cpu"):
        quota, _, period = _text(folder / "cpu.max").partition(" ")
        if not quota:
            quota, period = _text(folder / "cpu.cfs_quota_us"), _text(folder / "cpu.cfs_period_us")
        if quota.isdigit() and period.isdigit() and int(period) > 0:  # "max" and -1 mean no quota
            found.append(int(quota) / int(period))
    return min(found) if found else None


def container_memory(root: Path = _CGROUPS, own: Path = _OWN) -> int | None:
    """The memory limit of the control group (version 1 or 2) in bytes, None where there is none."""
    found = []
    for folder in _groups(root, own, "memory"):
        for name in ("memory.max", "memory.limit_in_bytes"):
            text = _text(folder / name)
            if text.isdigit() and int(text) < 2**60:  # version 1 writes a huge number for "no limit"
                found.append(int(text))
    return min(found) if found else None


def _groups(root: Path, own: Path, controller: str) -> Iterator[Path]:
    """Folders that may limit us: our group and all above it, in either version's tree."""
    for line in _text(own).splitlines():
        _, names, path = line.split(":", 2)
        if names == "":
            top = root
        elif controller in names.split(","):
            top = root / controller
        else:
            continue
        folder = Path(path.lstrip("/"))
        yield from (top / part for part in (folder, *folder.parents))


def born(pid: int) -> str:
    """When a process started, exactly as its system says it each time; "" where it is gone."""
    if not Path("/proc/self/stat").exists():
        return _born_elsewhere(pid)
    # The kernel's own ticks: psutil adds the time of the boot, which moves whenever the clock is set.
    fields = _text(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()  # the name before may hold spaces
    return "" if not fields or fields[0] in "ZX" else fields[19]


def _born_elsewhere(pid: int) -> str:
    import psutil

    try:
        process = psutil.Process(pid)
        return "" if process.status() == psutil.STATUS_ZOMBIE else str(process.create_time())
    except (psutil.Error, ValueError):  # gone, or no number of a process
        return ""


def alive(pid: int, since: str = "") -> bool:
    """Whether a process still runs, and is the one that started at ``since`` (numbers are used again)."""
    now = born(pid)
    return bool(now) and (not since or now == since)


def _text(path: Path) -> str:
    """The content of a small system file, "" where it is not there or not ours to read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
