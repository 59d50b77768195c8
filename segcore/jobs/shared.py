"""The one runner that everybody in this process shares."""

from __future__ import annotations

import atexit
import threading

from segcore.jobs.runners import Runner

_lock = threading.Lock()
_runner: Runner | None = None


def runner() -> Runner:
    """The runner of this process, made on first use and shut down at exit."""
    global _runner
    with _lock:
        if _runner is None or _runner.closed:
            _runner = Runner()
            atexit.register(_runner.shutdown)
        return _runner
