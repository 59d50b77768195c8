"""One job, inside its worker process: drive the generator, keep progress and parts, store the result."""

from __future__ import annotations

import errno
import faulthandler
import os
import time
import traceback
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, TextIO

from segcore.choices.study import StudyFile
from segcore.errors import SegcoreError
from segcore.jobs import progress
from segcore.jobs.discretion import discreet
from segcore.jobs.progress import Progress
from segcore.jobs.question import Question, check
from segcore.jobs.records import Failure
from segcore.progress import Step
from segcore.storage import locks
from segcore.storage.files import FREE_SPACE, disk_in_words, make_folder, private
from segcore.storage.store import Store, job_lock
from segcore.storage.uploads import StoredUpload

LOG = "job.log"
BENCH = "segcore.questions.bench"  # named, as what is preloaded is: jobs import no room above them
PAUSE = 0.05  # seconds between two writes of progress: more often nobody looks
ELSEWHERE = "Another server on this workspace is at it"
_NO_ROOM = {errno.ENOSPC, errno.EROFS, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}


@dataclass(frozen=True)
class Order:
    """Everything a worker needs to know about one job."""

    key: str
    run: str
    question: Question[Any]
    root: str
    modules: tuple[str, ...] = ()


def carry_out(order: Order) -> Failure | None:
    """Run a job to its end; None when the result is stored, else what went wrong, in words.

    Servers that share a workspace may be asked the same question: one works, the others wait for its answer, and take
    over where it ends without one.
    """
    store = Store(order.root)
    folder = store.folder(order.key)
    try:
        with disk_in_words("The work could not be begun in the workspace folder"):
            make_folder(folder)
            with locks.alone(job_lock(folder), lambda: _say_elsewhere(order.run, folder)):
                if store.has(order.key) and progress.is_of_another_server(folder, order.run):
                    progress.stop_waiting(folder, order.run)
                    return None
                return _worked(order, store)
    except SegcoreError as error:
        return Failure(error.what, error.where, error.remedy)


def _worked(order: Order, store: Store) -> Failure | None:
    """Work on a job that is nobody else's."""
    with _log_of(store.folder(order.key)) as log:
        try:
            _work(order, store)
        except SegcoreError as error:
            said = (error.what, error.where, error.remedy)
            return Failure(*(discreet(part, order.question.private()) for part in said))
        except BaseException as error:  # as a panic in Rust is: its words may not leave this process either
            _log_traceback(log, order)
            return _in_words(error)
    return None


def _work(order: Order, store: Store) -> None:
    store.clear_parts(order.key)
    about = order.question.about()
    store.note_data(order.key, about)
    report = _Reporter(order.run, store.folder(order.key))
    check(order.question, order.modules)
    steps = order.question.work(import_module(BENCH).bench_of(store))
    result = _drive(steps, order.key, store, report)
    store.save(order.key, result)
    if kept := _uploads(result):
        store.note_data(order.key, about | kept)


def _say_elsewhere(run: str, folder: Path) -> None:
    progress.write(folder, Progress(run, os.getpid(), 0.0, ELSEWHERE), waiting=True)


def _log_traceback(log: TextIO, order: Order) -> None:
    """Keep what happened for whoever looks after the server, but no password; a full disk takes no sentence away."""
    with suppress(OSError):
        log.write(discreet(traceback.format_exc(), order.question.private(), in_pieces=True))


def _uploads(result: object) -> set[str]:
    """Files that a job put into the uploads: once they are gone, its answer is worth nothing."""
    items = result if isinstance(result, tuple) else ()
    return {item.digest for item in items if isinstance(item, StoredUpload | StudyFile)} - {""}


def _in_words(error: BaseException) -> Failure:
    if isinstance(error, MemoryError):
        return Failure(
            "The work needed more memory than this machine can give.",
            remedy="Choose a coarser product level, or leave out rare products.",
        )
    if isinstance(error, OSError) and error.errno in _NO_ROOM:
        return Failure(f"The work could not write its temporary files ({error.strerror}).", remedy=FREE_SPACE)
    return unforeseen(error)


def unforeseen(error: BaseException) -> Failure:
    """An error nobody planned for, as one sentence; its traceback is for the log alone."""
    return Failure(
        f"The work stopped on an error that was not foreseen ({type(error).__name__}).",
        remedy=f"Try again; if it stops again, the details are in the file {LOG} in the job's folder of the workspace.",
    )


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
        progress.stop_waiting(folder, run)

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
    log = open(folder / LOG, "w", encoding="utf-8", errors="backslashreplace", opener=private)
    faulthandler.enable(file=log)
    try:
        yield log
    finally:
        faulthandler.disable()
        with suppress(OSError):  # what the disk has no room for is lost, the job is not
            log.close()
