"""How a job can end badly, each as a sentence with a remedy."""

from __future__ import annotations

import logging
import signal
from concurrent.futures import TimeoutError as TooLong
from concurrent.futures.process import BrokenProcessPool

import pebble

from segcore.jobs.queue import duration_in_words
from segcore.jobs.records import Failure
from segcore.jobs.work import unforeseen

log = logging.getLogger(__name__)
SMALLER = "Try again with less data: a coarser product level, or fewer products."


def explain(error: BaseException, seconds: float) -> Failure:
    """What the pool's error means to the person who waits."""
    if isinstance(error, TooLong):
        return too_long(seconds)
    if isinstance(error, pebble.ProcessExpired):
        return crashed(error.exitcode)
    if pool_broke(error):
        return crashed(None)
    log.error("a job could not be run", exc_info=error)
    return unforeseen(error)


def too_long(seconds: float) -> Failure:
    """The time limit of every job, in seconds, was reached."""
    limit = duration_in_words(seconds).removeprefix("about ")
    return Failure(f"The work was stopped at its time limit of {limit}.", remedy=SMALLER)


def pool_broke(error: BaseException) -> bool:
    """Whether the pool itself gave up, taking innocent jobs with it."""
    return isinstance(error, BrokenProcessPool)


def crashed(code: int | None) -> Failure:
    """The process of the job is gone; every other job goes on."""
    killed = getattr(signal, "SIGKILL", None)
    if killed is not None and code == -killed:
        what = "The work was ended by the system, most likely because memory ran out."
    else:
        what = f"The work's process ended unexpectedly ({_in_words(code)})."
    return Failure(what, remedy=SMALLER)


def no_workers() -> Failure:
    """The system refuses new processes."""
    return Failure(
        "No worker process could be started on this machine.",
        remedy="Close other programs and try again; the reason is in the server's log.",
    )


def _in_words(code: int | None) -> str:
    if code is None:
        return "without a word"
    if code < 0 and -code in set(signal.Signals):
        return signal.Signals(-code).name
    return f"code {code}"
