"""What this machine or container gives: cores, memory, and whether a process is still the same one.

Imports nothing heavy: a worker process reads this before it may import numpy.
"""

from __future__ import annotations

import math
import os
import sys
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


def memory_bytes() -> int | None:
    """Memory of the machine, or of the container where that is less; None where nobody says."""
    known = [amount for amount in (_physical_memory(), container_memory()) if amount]
    return min(known) if known else None


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


def _physical_memory() -> int | None:
    if sys.platform == "win32":
        return _windows_memory()
    try:
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError):  # the system does not know these names
        return None


def _windows_memory() -> int | None:
    import ctypes

    fields = ["length", "load"]
    sizes = ["total", "free", "page_total", "page_free", "virtual_total", "virtual_free", "extended"]

    class Memory(ctypes.Structure):
        _fields_ = [(n, ctypes.c_ulong) for n in fields] + [(n, ctypes.c_ulonglong) for n in sizes]

    memory = Memory(length=ctypes.sizeof(Memory))
    return memory.total if ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(memory)) else None


def born(pid: int) -> str:
    """When a process started, in the kernel's own ticks; "" where the system does not say or it is gone."""
    stat = _text(Path(f"/proc/{pid}/stat"))
    fields = stat.rpartition(")")[2].split()  # the name before ")" may itself hold spaces
    return "" if not fields or fields[0] in "ZX" else fields[19]


def alive(pid: int, since: str = "") -> bool:
    """Whether a process still runs, and is the one that started at ``since`` (numbers are used again).

    Windows has no harmless way to ask by number; there this says yes.
    """
    if os.name == "nt":
        return True
    if Path("/proc/self/stat").exists():
        now = born(pid)
        return bool(now) and (not since or now == since)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # somebody else's: it exists
        return True
    return True


def _text(path: Path) -> str:
    """The content of a small system file, "" where it is not there or not ours to read."""
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
