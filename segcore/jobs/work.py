"""One job, inside its worker process: drive the generator, keep progress and parts, store the result."""

from __future__ import annotations

import faulthandler
import os
import re
import time
import traceback
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from inspect import isgeneratorfunction
from pathlib import Path
from typing import Any, TextIO

from segcore.errors import JobError, SegcoreError
from segcore.jobs import progress
from segcore.jobs.discretion import discreet
from segcore.jobs.progress import Progress
from segcore.jobs.records import Failure
from segcore.steps import Step
from segcore.store import Store

LOG = "job.log"
_DIGEST = re.compile(r"\b[0-9a-f]{32}(?:[0-9a-f]{32})?\b")
PAUSE = 0.05  # seconds between two writes of progress: more often nobody looks


@dataclass(frozen=True)
class Order:
    """Everything a worker needs to know about one job."""

    key: str
    run: str
    task: str
    arguments: tuple[tuple[str, object], ...]
    root: str
    modules: tuple[str, ...]
    private: tuple[tuple[str, object], ...] = field(default=(), repr=False)


def carry_out(order: Order) -> Failure | None:
    """Run a job to its end; None when the result is stored, else what went wrong, in words."""
    store = Store(order.root)
    folder = store.folder(order.key)
    folder.mkdir(parents=True, exist_ok=True)
    with _log_of(folder) as log:
        try:
            store.clear_parts(order.key)
            store.note_data(order.key, _digests(order))
            report = _Reporter(order.run, folder)
            task = find_task(order.task, order.modules)
            store.save(
                order.key, _drive(task(**dict(order.arguments + order.private)), order.key, store, report)
            )
        except SegcoreError as error:
            said = (error.what, error.where, error.remedy)
            return Failure(*(discreet(part, order.private) for part in said))
        except MemoryError:
            _log_traceback(log, order)
            return Failure(
                "The work needed more memory than this machine can give.",
                remedy="Choose a coarser product level, or leave out rare products.",
            )
        except BaseException as error:  # as a panic in Rust is: its words may not leave this process either
            _log_traceback(log, order)
            return unforeseen(error)
    return None


def _log_traceback(log: TextIO, order: Order) -> None:
    """Keep what happened for whoever looks after the server, but no password."""
    log.write(discreet(traceback.format_exc(), order.private, in_pieces=True))


def _digests(order: Order) -> set[str]:
    """The data and the files a job works on: what its arguments name by a content hash."""
    return set(_DIGEST.findall(repr(order.arguments)))


def unforeseen(error: BaseException) -> Failure:
    """An error nobody planned for, as one sentence; its traceback is for the log alone."""
    return Failure(
        f"The work stopped on an error that was not foreseen ({type(error).__name__}).",
        remedy=f"Try again; if it stops again, the details are in the file {LOG} in the job's folder of the workspace.",
    )


def find_task(name: str, modules: tuple[str, ...]) -> Callable[..., Generator[Step, None, Any]]:
    """The generator function behind ``"module:function"``.

    Raises
    ------
    JobError
        The module is neither in segcore.tasks nor one of ``modules``, or holds no such generator function.
    """
    module_name, _, function_name = name.partition(":")
    if not module_name.startswith("segcore.tasks.") and module_name not in modules:
        raise JobError(f"{name!r} is not a task of this product.")
    function = getattr(import_module(module_name), function_name, None)
    if not isgeneratorfunction(function):
        raise JobError(f"{name!r} is not a task: a task is a generator function.")
    return function


def _drive(steps: Generator[Step, None, Any], key: str, store: Store, report: _Reporter) -> Any:
    """Ask for step after step; return what the generator returns."""
    parts = 0
    while True:
        try:
            step = next(steps)
        except StopIteration as end:
            return end.value
        if step.part is not None:
            store.save_part(key, parts, step.part)
            parts += 1
        report(step)


class _Reporter:
    """Writes progress, but not more often than anybody could look while the message stays the same."""

    def __init__(self, run: str, folder: Path) -> None:
        self.run, self.folder = run, folder
        self.message, self.written = "", -PAUSE
        self(Step(0.0, "Starting"))

    def __call__(self, step: Step) -> None:
        now = time.monotonic()
        if step.message == self.message and step.part is None and now - self.written < PAUSE:
            return
        fraction = min(1.0, max(0.0, float(step.fraction)))
        progress.write(self.folder, Progress(self.run, os.getpid(), fraction, step.message))
        self.message, self.written = step.message, now


@contextmanager
def _log_of(folder: Path) -> Iterator[TextIO]:
    """The job's log file, which also receives the stack of a crash in compiled code."""
    with (folder / LOG).open("w", encoding="utf-8", errors="backslashreplace") as log:
        faulthandler.enable(file=log)
        try:
            yield log
        finally:
            faulthandler.disable()
