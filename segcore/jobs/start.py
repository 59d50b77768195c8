"""How worker processes come to life: forkserver on Linux, spawn elsewhere, and never a second run of the app."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing import spawn
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any

import pebble
from pebble.pool.process import WORKERS_NAME

from segcore.errors import SpecError
from segcore.jobs import worker
from segcore.jobs.worker import Setting
from segcore.storage import machine

METHODS = ("forkserver", "spawn")


def start_method() -> str:
    """Forkserver where it is safe and quick (Linux), spawn elsewhere; SEGCORE_START_METHOD decides against both.

    Raises
    ------
    SpecError
        The variable names another method, or one this system does not have.
    """
    wanted = os.environ.get("SEGCORE_START_METHOD", "").strip()
    available = [method for method in METHODS if method in multiprocessing.get_all_start_methods()]
    if not wanted:
        return "forkserver" if sys.platform == "linux" and "forkserver" in available else "spawn"
    if wanted not in available:
        raise SpecError(
            f"Worker processes cannot be started by {wanted!r} here.",
            where="SEGCORE_START_METHOD",
            remedy=f"Use {' or '.join(available)}, or leave the variable out.",
        )
    return wanted


def new_pool(method: str, slots: int, workspace: Path, memory: int | None) -> pebble.ProcessPool:
    """A running pool of prepared workers; with spawn one more than needed, so that a cancelled one is replaced at once."""
    _keep_main_out_of_workers()
    context = multiprocessing.get_context(method)
    if method == "forkserver":
        _start_forkserver(context)
    setting = Setting(os.getpid(), machine.born(os.getpid()), str(workspace), memory)
    pool = pebble.ProcessPool(
        max_workers=slots + (method == "spawn"),
        initializer=worker.prepare,
        initargs=(setting,),
        context=context,
    )
    if not pool.active:  # asking starts it
        raise OSError("worker processes could not be started")
    return pool


def _start_forkserver(context: BaseContext) -> None:
    """Start it with the environment its imports need; its workers are then forked with everything loaded."""
    from multiprocessing import forkserver

    context.set_forkserver_preload(["segcore.jobs.warm"])
    package_home = str(Path(__file__).resolve().parents[2])
    paths = os.pathsep.join(filter(None, [package_home, os.environ.get("PYTHONPATH", "")]))
    with _environment({**worker.ONE_THREAD, "PYTHONPATH": paths}):
        forkserver.ensure_running()


@contextmanager
def _environment(changes: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in changes}
    os.environ.update(changes)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _keep_main_out_of_workers() -> None:
    """Our workers do not import the main script again.

    Streamlit puts the script it is running (the app, or in its old multipage mode any page) in the place of
    ``__main__``; multiprocessing would run that file in every new worker. Only processes with the pool's name are
    affected.
    """
    original = spawn.get_preparation_data
    if getattr(original, "keeps_main_out", False):
        return

    def preparation(name: str) -> dict[str, Any]:
        data = original(name)
        if name == WORKERS_NAME:
            data.pop("init_main_from_path", None)
            data.pop("init_main_from_name", None)
        return data

    preparation.keeps_main_out = True  # type: ignore[attr-defined]  # a mark on a function
    spawn.get_preparation_data = preparation
