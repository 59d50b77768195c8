"""The runner: one line of jobs for everybody who uses this server process.

``ask``, ``status`` and ``cancel`` never wait for a worker: they read and write the table. One dispatcher thread hands
the front of the line to the pool whenever a slot is free, so nothing ever waits in a queue that is not ours.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pebble

from segcore.errors import JobError
from segcore.jobs import failures, start, temporary_files, work, worker
from segcore.jobs.job import Job
from segcore.jobs.question import Question
from segcore.jobs.queue import SCRIPT
from segcore.jobs.records import Failure, Request, State, Status
from segcore.jobs.table import Table
from segcore.storage import machine
from segcore.storage.store import Store, default_store


class Runner:
    """Runs requests in worker processes and answers for them.

    Parameters
    ----------
    store : Store, optional
        Where results go; the user's own by default.
    workers : int, optional
        Jobs at the same time; by default SEGCORE_WORKERS, else one less than the cores this process may use and at
        least two: one long job must not keep everybody's short ones waiting.
    method : {"forkserver", "spawn"}, optional
        How workers start; by default what suits the system.
    seconds : float, optional
        Time limit of a job; environment variable SEGCORE_JOB_SECONDS, else 30 minutes.
    modules : tuple of str
        Modules outside segcore.questions whose questions may be asked.
    """

    def __init__(
        self,
        store: Store | None = None,
        *,
        workers: int | None = None,
        method: str | None = None,
        seconds: float | None = None,
        modules: tuple[str, ...] = (),
    ) -> None:
        self.store = store or default_store()
        self.slots = workers or int(os.environ.get("SEGCORE_WORKERS", 0)) or max(2, machine.cores() - 1)
        self.method = method or start.start_method()
        self.seconds = seconds or float(os.environ.get("SEGCORE_JOB_SECONDS", 1800))
        self.memory = worker.memory_limit()
        self._modules = modules
        self._table = Table(self.store, self.slots)
        self._futures: dict[str, Future] = {}
        self._pool: pebble.ProcessPool | None = None
        self._thread: threading.Thread | None = None
        self._closed = False
        self._stuck = False

    @property
    def closed(self) -> bool:
        """Whether it takes no more requests."""
        return self._closed

    @property
    def limits(self) -> str:
        """What a job may use, in words."""
        return worker.limits_in_words(self.slots, self.seconds, self.memory)

    def warm(self) -> None:
        """Start the workers before the first request, without waiting for them."""
        with self._table.changed:
            if self._thread is None and not self._closed:
                self._thread = threading.Thread(target=self._dispatch, name="segcore-dispatch", daemon=True)
                self._thread.start()

    def ask(self, request: Request | Question[Any], again: bool = False, asker: str = SCRIPT) -> Status:
        """Answer a question: from the store, by joining the job that already works on it, or by queueing it.

        A failed or cancelled job stays so unless asked ``again``, for one who cancelled also while it runs for others.
        ``asker`` says in whose name; people take turns in the line.

        Raises
        ------
        JobError
            The runner is shut down.
        StoreError
            An argument cannot be stored.
        """
        if isinstance(request, Question):
            request = Request.about(request)
        key = request.key(self.store)
        if not self.store.has(key):
            with self._table.changed:
                if self._closed:
                    raise JobError("The server is shutting down.", remedy="Start it again, then repeat this.")
                self._table.enter(key, request, again, asker)
            self.warm()
        return self.status(key, asker)

    def status(self, key: str, asker: str = SCRIPT) -> Status:
        """The job as this asker sees it now; a key this process was never asked is "done" if stored, else "unknown"."""
        return self._table.status(key, asker)

    def result(self, key: str) -> Any:
        """The stored result.

        Raises
        ------
        JobError
            The job failed, was cancelled, or is not finished.
        StoreError
            Nothing is known of this key, or the result is damaged.
        """
        status = self.status(key)
        if status.error is not None:
            raise status.error.error()
        if status.active or status.state == "cancelled":
            raise JobError(
                f"There is no result: the work is {status.state}.", remedy="Start it again, or wait."
            )
        return self.store.load(key)

    def wait(self, key: str, timeout: float | None = None) -> Status:
        """Wait until a job has ended (for scripts and notebooks), or the timeout in seconds has passed."""
        with self._table.changed:
            self._table.changed.wait_for(lambda: not self._table.active(key), timeout)
        return self.status(key)

    def cancel(
        self, key: str, asker: str = SCRIPT, is_here: Callable[[str], bool] = lambda asker: True
    ) -> Status:
        """Withdraw one's own question; the job goes on for others who asked it and are still here.

        Without them it leaves the line, or its process is ended. Anything already ended stays as it is.
        """
        with self._table.changed:
            job = self._table.withdraw(key, asker)
            if job is not None and not any(map(is_here, job.askers)):
                self._end(job, "cancelled")
        return self.status(key, asker)

    def shutdown(self) -> None:
        """Cancel everything, end the workers, take no more requests."""
        with self._table.changed:
            self._closed = True
            for job in self._table.with_state("queued", "running"):
                self._end(job, "cancelled")
            self._table.changed.notify_all()
        if self._thread is not None:
            self._thread.join()

    def _dispatch(self) -> None:
        """Hand the front of the line to the pool whenever a slot is free, until closed; the pool is this thread's."""
        while not self._closed:
            self._ready_pool()
            job = self._next()
            if job is not None:
                self._hand_over(job)
        self._drop_pool()

    def _next(self) -> Job | None:
        """Wait for a job that can start; None when closed, or when a new pool is needed first."""
        with self._table.changed:
            while not self._closed:
                self._look_after_running()
                if self._pool is not None and self._useless():
                    break
                job = self._table.begin()
                if job is not None:
                    return job
                watched = self._table.with_state("running") or self._table.leaving()
                self._table.changed.wait(1.0 if watched else None)
        return None

    def _look_after_running(self) -> None:
        """End jobs whose process left without a word; take jobs back from a pool that broke or is stuck.

        A worker killed from outside in the instant it hands over a message keeps the pool's locks for ever. Without
        them the pool neither hands out a job nor ends one, be it cancelled or at its time limit.
        """
        for job in self._table.lost():
            self._end(job, "failed", failures.crashed(None))
        for job in self._table.overdue(self.seconds):
            self._end(job, "failed", failures.too_long(self.seconds))
        self._stuck = self._stuck or self._table.unheard() or self._table.overstayed()
        if self._useless():
            for job in self._table.with_state("running"):
                self._settle_broken(job)

    def _hand_over(self, job: Job) -> None:
        order = work.Order(job.key, job.run, job.request.question, str(self.store.root), self._modules)
        if self._pool is None:
            return self._settle(job, failures.no_workers())
        try:
            future = self._pool.schedule(work.carry_out, args=(order,), timeout=self.seconds)
        except RuntimeError:  # it broke this very moment
            return self._settle_broken(job)
        with self._table.changed:
            if self._table.current(job):
                self._futures[job.key] = future
            else:  # cancelled while it was handed over
                future.cancel()
        future.add_done_callback(lambda done: self._on_end(job, done))
        return None

    def _on_end(self, job: Job, future: Future) -> None:
        """Called by the pool, or by whoever cancels, when a run is over."""
        if future.cancelled():
            return
        error = future.exception()
        if error is None:
            self._settle(job, future.result())
        elif failures.pool_broke(error):
            self._settle_broken(job)
        else:
            self._settle(job, failures.explain(error, self.seconds))

    def _settle_broken(self, job: Job) -> None:
        """The pool broke around this job, perhaps through no fault of it: once more, from its old place."""
        with self._table.changed:
            if not self._table.current(job):
                return
            if job.attempts > 1:
                return self._end(job, "failed", failures.crashed(None))
            self._table.put_back(job)
            self._drop_future(job)

    def _settle(self, job: Job, failure: Failure | None) -> None:
        with self._table.changed:
            if self._table.current(job):
                self._end(job, "failed" if failure else "done", failure)

    def _end(self, job: Job, state: State, failure: Failure | None = None) -> None:
        self._table.end(job, state, failure)
        if self._drop_future(job):
            self._table.expect_end(job)

    def _drop_future(self, job: Job) -> bool:
        """Forget a run; whether it is being ended in mid-air."""
        future = self._futures.pop(job.key, None)
        if future is None or future.done():
            return False
        future.cancel()  # the pool kills the worker and puts a new one in its place
        return True

    def _useless(self) -> bool:
        return self._stuck or self._pool is None or not self._pool.active

    def _ready_pool(self) -> None:
        """Have a pool that works, where the system allows (an idle worker killed from outside breaks one)."""
        if self._useless():
            self._drop_pool()
            self._stuck = False
            try:
                self._pool = start.new_pool(self.method, self.slots, self.store.root, self.memory)
            except (OSError, EOFError, RuntimeError):
                failures.log.exception("worker processes could not be started")

    def _drop_pool(self) -> None:
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool = None
            temporary_files.sweep(self.store.root)
