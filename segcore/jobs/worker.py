"""The first moments of a worker process: one BLAS thread, low priority, limits, and an end when the server is gone.

Imports nothing heavy: the thread variables must be set before numpy is loaded.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from segcore.jobs import temporary_files
from segcore.jobs.queue import duration_in_words
from segcore.storage import machine

ONE_THREAD = {
    name: "1"
    for name in (
        "OMP_NUM_THREADS",
        "OPENBLAS_NUM_THREADS",
        "MKL_NUM_THREADS",
        "VECLIB_MAXIMUM_THREADS",
        "NUMEXPR_NUM_THREADS",
    )
}
PRELOAD = (
    "segcore.jobs.work",
    "scipy.sparse.linalg",
    "sklearn.decomposition",
    "sklearn.cluster",
    "segcore.questions.bench",
    "segcore.purchases.kept",
    "segcore.intake",
    "segcore.hierarchy",
    "segcore.selection.sweep",
    "segcore.segments",
)
ORPHANED = 75
_GIGABYTE = 2**30


@dataclass(frozen=True)
class Setting:
    """What a worker is told when it starts."""

    server: int
    server_born: str
    workspace: str
    memory: int | None


def prepare(setting: Setting) -> None:
    """Make this process a worker; called once, before its first job."""
    _watch_server(setting)
    if hasattr(signal, "SIGTERM"):
        # A cancelled job must end at once, also inside compiled code, where a Python handler would wait its turn.
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.environ.update(ONE_THREAD)
    os.environ["SEGCORE_WORKSPACE"] = setting.workspace
    temporary_files.settle(Path(setting.workspace))
    load()
    _be_nice()  # after loading: a worker that starts while the machine is busy must still come up
    _limit_threads()
    if setting.memory is not None:
        _limit_memory(setting.memory)


def load() -> None:
    """Load what jobs need, so that they start at once."""
    for name in PRELOAD:
        with suppress(
            Exception
        ):  # the job that needs it will fail on it and say so; a worker must start regardless
            import_module(name)


def memory_limit() -> int | None:
    """Bytes of address space a job may add; None where the system has no such limit.

    Address space, not memory in use: libraries reserve several times what they touch (DuckDB capped at 800 MB dies
    under a limit of 1 GB), so this only stops a job that would take the whole machine down.
    """
    if sys.platform != "linux":
        return None
    return max(2 * _GIGABYTE, int(0.9 * machine.memory_bytes()))


def limits_in_words(slots: int, seconds: float, memory: int | None) -> str:
    """What a job may use, as a sentence."""
    jobs = "1 job" if slots == 1 else f"{slots} jobs"
    if memory is None:
        space = "its memory is not limited, because this system offers no such limit"
    else:
        space = f"up to {memory / 1e9:.0f} GB of address space"
    return f"{jobs} at a time, each on one core, at most {duration_in_words(seconds).removeprefix('about ')}; {space}."


def _limit_memory(extra: int) -> None:
    import resource

    reserved = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = reserved + extra
    for present in (soft, hard):
        if present != resource.RLIM_INFINITY:
            wanted = min(wanted, present)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))


def _be_nice() -> None:
    """Let clicks go first; and where memory runs out for all, let the kernel take a worker, not the server."""
    if hasattr(os, "nice"):
        os.nice(10)
    with suppress(OSError):  # no such file outside Linux
        Path("/proc/self/oom_score_adj").write_text("500")


def _limit_threads() -> None:
    """Libraries that were loaded before the variables were set (by a forkserver, say) are told here."""
    with suppress(ModuleNotFoundError):
        import_module("threadpoolctl").threadpool_limits(1)


def _watch_server(setting: Setting) -> None:
    threading.Thread(target=_end_with, args=(setting,), name="segcore-watch", daemon=True).start()


def _end_with(setting: Setting) -> None:
    """End this process when the server has ended, however it did.

    The pipe to the server closes with it. The process number is asked besides: with a forkserver in between, the
    kernel's idea of our parent is not the server.
    """
    parent = multiprocessing.parent_process()
    pipes = [parent.sentinel] if parent is not None else []
    while machine.alive(setting.server, setting.server_born):
        if pipes and multiprocessing.connection.wait(pipes, timeout=1.0):
            break
        if not pipes:
            threading.Event().wait(1.0)
    os._exit(ORPHANED)
