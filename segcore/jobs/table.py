"""The table of jobs this process knows: who waits, who runs, how each ended. It starts and stops nothing itself."""

from __future__ import annotations

import math
import threading
import time
from dataclasses import replace

from segcore.jobs import progress, queue
from segcore.jobs.job import Job
from segcore.jobs.queue import SCRIPT, Waiting
from segcore.jobs.records import Failure, Request, State, Status
from segcore.storage import machine
from segcore.storage.store import Store

KEEP = 500  # ended jobs remembered; results stay in the store regardless
LOST_AFTER = 2.0  # seconds a job's process must be gone before the job counts as lost
START_WITHIN = 120.0  # seconds a job may wait for its process to say the first word
MOST_OFF = 10.0  # times that an estimate may be off before it is no question of the machine any more
LEAVE_WITHIN = 10.0  # seconds the process of a stopped job may go on before its pool counts as stuck
WORTH_EXTRAPOLATING = 0.05  # fraction below which elapsed time says nothing about the rest


class Table:
    """Jobs by key, under one lock; ``changed`` is notified whenever a job moves."""

    def __init__(self, store: Store, slots: int) -> None:
        self.store, self.slots = store, slots
        self.changed = threading.Condition(threading.RLock())
        self._jobs: dict[str, Job] = {}
        self._usual: dict[str, float] = {}  # seconds the last job of each kind took
        self._pace: dict[
            str, float
        ] = {}  # how much longer than estimated jobs of a kind take on this machine
        self._sequence = 0
        self._turns: dict[str, int] = {}  # when each asker last had a job begun, on the count of the sequence

    def enter(self, key: str, request: Request, again: bool, asker: str = SCRIPT) -> None:
        """Queue a request or join the job that works on it; what failed or was cancelled has to be asked again."""
        with self.changed:
            known = self._jobs.get(key)
            if known is not None and known.active:
                if asker not in known.askers and (again or asker not in known.withdrawn):
                    self._put(known.joined_by(asker))
                return
            withdrawn: frozenset[str] = frozenset()
            if known is not None and known.state != "done":  # it ended early
                if not again:
                    return
                withdrawn = known.withdrawn - {asker}
            self._sequence += 1
            self._put(Job(key, request, self._sequence, time.monotonic(), (asker,), withdrawn))
            self._forget_old()

    def withdraw(self, key: str, asker: str) -> Job | None:
        """Strike one asker off a job that waits or runs; the job as it stands then, None where there is none."""
        with self.changed:
            job = self._jobs.get(key)
            return self._put(job.without(asker)) if job is not None and job.active else None

    def active(self, key: str) -> bool:
        """Whether this job waits or runs."""
        with self.changed:
            job = self._jobs.get(key)
            return job is not None and job.active

    def get(self, key: str) -> Job | None:
        """The job as it stands."""
        with self.changed:
            return self._jobs.get(key)

    def with_state(self, *states: State) -> list[Job]:
        """All jobs in any of these states."""
        with self.changed:
            return [job for job in self._jobs.values() if job.state in states]

    def begin(self) -> Job | None:
        """Move the front of the line to running, if a slot is free."""
        with self.changed:
            waiting = self._line()
            if not waiting or len(self.with_state("running")) >= self.slots:
                return None
            job = self._jobs[waiting[0].key]
            self._note_turn(job, waiting)
            return self._put(
                replace(job, state="running", started=time.monotonic(), attempts=job.attempts + 1)
            )

    def current(self, job: Job) -> bool:
        """Whether this run is still the one that counts: a cancelled one may report late."""
        with self.changed:
            now = self._jobs.get(job.key)
            return now is not None and now.state == "running" and now.run == job.run

    def put_back(self, job: Job) -> None:
        """Return a running job to its old place in the line: those who ask it have not had their turn."""
        with self.changed:
            if self.current(job):
                for asker in job.askers:
                    self._turns.pop(asker, None)
                self._put(replace(self._jobs[job.key], state="queued", gone=None))

    def end(self, job: Job, state: State, failure: Failure | None = None) -> None:
        """Close the line of a job; what must not be written down, such as a password, is forgotten."""
        request = job.request.without_private()
        with self.changed:
            job = self._put(
                replace(job, request=request, state=state, ended=time.monotonic(), failure=failure)
            )
            if state == "done":
                self._learn(job)

    def lost(self) -> list[Job]:
        """Running jobs whose process has been gone for a while without the pool having noticed."""
        found = []
        with self.changed:
            for job in self.with_state("running"):
                seen = self._seen(job)
                if seen is None or machine.alive(seen.pid):
                    continue
                if job.gone is None:
                    self._jobs[job.key] = replace(job, gone=time.monotonic())
                elif time.monotonic() - job.gone > LOST_AFTER:
                    found.append(job)
        return found

    def unheard(self) -> bool:
        """Whether a running job has waited too long for any process to take it up."""
        late = time.monotonic() - START_WITHIN
        return any(job.started < late and self._seen(job) is None for job in self.with_state("running"))

    def overdue(self, seconds: float) -> list[Job]:
        """Running jobs that the pool should have ended at the time limit, in seconds, and did not."""
        late = time.monotonic() - seconds - LEAVE_WITHIN
        return [job for job in self.with_state("running") if job.started < late]

    def expect_end(self, job: Job) -> None:
        """Remember the process of a job that was just stopped: it has to go."""
        seen = self._seen(job)
        with self.changed:
            now = self._jobs.get(job.key)
            if seen is not None and now is not None and now.run == job.run:
                self._put(replace(now, process=(seen.pid, machine.born(seen.pid))))

    def leaving(self) -> list[Job]:
        """Stopped jobs whose process was last seen alive."""
        with self.changed:
            for job in list(self._jobs.values()):
                # A job that had its result in the store when it was stopped leaves an idle worker, which may stay.
                if job.process is not None and (not machine.alive(*job.process) or self.store.has(job.key)):
                    self._jobs[job.key] = replace(job, process=None)
            return [job for job in self._jobs.values() if job.process is not None]

    def overstayed(self) -> bool:
        """Whether the process of a stopped job is still there long after."""
        late = time.monotonic() - LEAVE_WITHIN
        return any(job.ended < late for job in self.leaving())

    def status(self, key: str, asker: str = SCRIPT) -> Status:
        """The job as this asker sees it now; what this process was never asked is "done" if stored, else "unknown"."""
        parts, stored = len(self.store.part_indexes(key)), self.store.has(key)
        with self.changed:
            job = self._jobs.get(key)
            if stored:
                took = job.ended - job.started if job and job.state == "done" else 0.0
                return Status(key, "done", 1.0, "Done", elapsed=took, remaining=0.0, parts_count=parts)
            if job is None or job.state == "done":  # done but not stored any more: nothing is known again
                return Status(key, "unknown", parts_count=parts)
            if job.active and asker in job.withdrawn:
                return self._ended(replace(job, state="cancelled", ended=time.monotonic()), parts)
            if job.state == "queued":
                return self._queued(job, parts)
            return self._running(job, parts) if job.state == "running" else self._ended(job, parts)

    def _queued(self, job: Job, parts: int) -> Status:
        waiting = self._line()
        place = next(number for number, one in enumerate(waiting) if one.key == job.key)
        busy = [self._remaining(other, self._fraction(other)) for other in self.with_state("running")]
        wait, work = queue.waits(waiting, busy, self.slots)[place], self._expected(job)
        words = queue.place_in_words(place + 1, wait)
        remaining = None if wait is None or work is None else wait + work
        return Status(job.key, "queued", 0.0, words, place + 1, remaining=remaining, parts_count=parts)

    def _running(self, job: Job, parts: int) -> Status:
        seen = self._seen(job)
        fraction, message = (seen.fraction, seen.message) if seen else (0.0, "Starting")
        elapsed, remaining = time.monotonic() - job.started, self._remaining(job, fraction)
        return Status(
            job.key, "running", fraction, message, elapsed=elapsed, remaining=remaining, parts_count=parts
        )

    def _ended(self, job: Job, parts: int) -> Status:
        message = job.failure.sentence if job.failure else "Cancelled"
        elapsed = job.ended - job.started if job.started else 0.0
        fraction = self._fraction(job)
        return Status(
            job.key, job.state, fraction, message, elapsed=elapsed, error=job.failure, parts_count=parts
        )

    def _seen(self, job: Job) -> progress.Progress | None:
        return progress.read(self.store.folder(job.key), job.run)

    def _fraction(self, job: Job) -> float:
        seen = self._seen(job)
        return seen.fraction if seen else 0.0

    def _expected(self, job: Job) -> float | None:
        """Seconds of work: the question's own estimate at this machine's pace, else what its kind took last time."""
        task, estimate = job.request.task, job.request.seconds
        return self._usual.get(task) if estimate is None else estimate * self._pace.get(task, 1.0)

    def _learn(self, job: Job) -> None:
        """Remember what a job took; its pace counts half, that of those before it the other half."""
        task, took, estimate = job.request.task, job.ended - job.started, job.request.seconds
        self._usual[task] = took
        if estimate:
            pace = min(max(took / estimate, 1 / MOST_OFF), MOST_OFF)
            self._pace[task] = math.sqrt(self._pace.get(task, pace) * pace)

    def _remaining(self, job: Job, fraction: float) -> float | None:
        elapsed = time.monotonic() - job.started
        if fraction >= WORTH_EXTRAPOLATING:
            return elapsed * (1 - fraction) / fraction
        expected = self._expected(job)
        return None if expected is None else max(0.0, expected - elapsed)

    def _line(self) -> list[Waiting]:
        waiting = [
            Waiting(job.key, job.sequence, job.asked, job.request.short, self._expected(job), job.askers)
            for job in self.with_state("queued")
        ]
        return queue.in_order(waiting, time.monotonic(), self._turns)

    def _note_turn(self, job: Job, waiting: list[Waiting]) -> None:
        """Those who ask this job have their turn now; a turn before anybody who waits asked says nothing any more."""
        self._sequence += 1
        self._turns.update(dict.fromkeys(job.askers, self._sequence))
        oldest = min(one.sequence for one in waiting)
        self._turns = {asker: turn for asker, turn in self._turns.items() if turn > oldest}

    def _put(self, job: Job) -> Job:
        self._jobs[job.key] = job
        self.changed.notify_all()
        return job

    def _forget_old(self) -> None:
        ended = sorted((job for job in self._jobs.values() if not job.active), key=lambda job: job.ended)
        for job in ended[: max(0, len(ended) - KEEP)]:
            del self._jobs[job.key]
