"""Temporary files of jobs: in the workspace, for its owner's eyes alone, and gone with the process that wrote them.

A cancelled job is ended in mid-air and cannot tidy up. So each worker process writes below a folder that names it, and
whoever comes next (the worker in its place, the server at its end, the next server) removes the folders of the dead.
Imports nothing heavy: a worker comes here before numpy is loaded.
"""

from __future__ import annotations

import logging
import os
import shutil
import tempfile
import time
from pathlib import Path

from segcore.storage import writers
from segcore.storage.files import make_folder

DAY = 86_400.0  # seconds after which a file is left over even where nobody can say whether its process lives
_log = logging.getLogger(__name__)


def settle(workspace: Path) -> None:
    """Remove what ended processes left, and make this process write its temporary files into the workspace."""
    os.umask(0o077)  # libraries write files with the rights they like
    sweep(workspace)
    mine = _home(workspace) / writers.mine()
    try:
        shutil.rmtree(mine, ignore_errors=True)
        make_folder(mine)
    except OSError as error:
        _log.warning("temporary files go to the system's folder: %s", error)
        return
    tempfile.tempdir = str(mine)


def sweep(workspace: Path) -> None:
    """Remove the temporary files of processes of this machine that have ended, and those a day old of any other."""
    for folder in _home(workspace).glob("*-*-*"):
        ended = writers.ended(folder.name)
        if ended:
            shutil.rmtree(folder, ignore_errors=True)
        elif ended is None:
            for path in folder.glob("*"):
                _remove_if_old(path)


def _remove_if_old(path: Path) -> None:
    try:
        old = time.time() - path.stat().st_mtime > DAY
    except OSError:  # gone by itself
        return
    if old:
        shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)


def _home(workspace: Path) -> Path:
    return workspace / "scratch"
