"""The one runner that everybody in this process shares."""

from __future__ import annotations

import atexit
import threading

from segcore.jobs.runners import Runner
from segcore.storage.store import workspace

_lock = threading.Lock()
_runner: Runner | None = None


def runner() -> Runner:
    """The runner of this process and its workspace, made on first use and shut down at exit.

    Where the workspace is another one by now, as from test to test, its runner is, too: results belong where they were
    asked for.
    """
    global _runner
    with _lock:
        if _runner is not None and _runner.store.root != workspace():
            _runner.shutdown()
        if _runner is None or _runner.closed:
            _runner = Runner()
            atexit.register(_runner.shutdown)
        return _runner
