"""Questions for the job tests; worker processes import this module by name."""

from __future__ import annotations

import ctypes
import logging
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from segcore.errors import SpecError
from segcore.jobs import Request
from segcore.jobs.question import Question, Steps, private, question
from segcore.progress import Step


@question("job of the tests")
class Job(Question[object]):
    """Run one of the functions below."""

    task: str
    options: tuple[tuple[str, object], ...] = ()
    told: tuple[tuple[str, object], ...] | None = private()

    def words(self) -> str:
        return "A long question"

    def seconds(self, size: object) -> float:
        return 10.0

    def work(self, bench: object) -> Steps[object]:
        return globals()[self.task](**dict(self.options), **dict(self.told or ()))


def asked(
    task: str, /, *, title: str = "", seconds: float | None = None, short: bool = False, **options: object
) -> Request:
    """A request for one of the functions below."""
    return Request(Job(task, tuple(sorted(options.items()))), title, seconds, short)


def points(n: int, mark: str = "") -> Iterator[Step]:
    for k in range(1, n + 1):
        yield Step(k / n, f"Point {k} of {n}", part={"k": k, "values": np.arange(k)})
    return pd.DataFrame({"k": range(1, n + 1)}, index=pd.RangeIndex(n, name=mark))


def until(gate: str, mark: str = "") -> Iterator[Step]:
    """Give one point, then wait until a file appears; each run leaves a line in ``<gate>.runs``."""
    with Path(f"{gate}.runs").open("a") as runs:
        runs.write(f"{mark} {os.getpid()}\n")
    yield Step(0.25, "Waiting at the gate", part=mark)
    while not Path(gate).exists():
        time.sleep(0.01)
    return mark


def in_compiled_code(mark: str) -> Iterator[Step]:
    """Spend minutes inside one call that never comes back to Python."""
    yield Step(0.5, "Inside")
    libc = ctypes.PyDLL(None)  # PyDLL keeps the interpreter's lock, as a busy extension module does
    libc.sleep(600)
    return mark


def leave(code: int) -> Iterator[Step]:
    yield Step(0.5, "Leaving")
    os._exit(code)


def segfault() -> Iterator[Step]:
    yield Step(0.5, "Falling")
    ctypes.string_at(0)


def complain() -> Iterator[Step]:
    yield Step(0.1, "Looking")
    raise SpecError("Nine segments are too many.", where="k", remedy="Choose at most four.")


def stumble() -> Iterator[Step]:
    yield Step(0.1, "Looking")
    raise ZeroDivisionError("a secret of the inside")


def exhaust() -> Iterator[Step]:
    yield Step(0.1, "Asking for memory")
    return np.ones(2**46, dtype=np.int8)


def unstorable() -> Iterator[Step]:
    yield Step(0.1, "Making")
    return object()


def surroundings() -> Iterator[Step]:
    """What a worker is like."""
    yield Step(0.5, "Looking around")
    import sklearn.decomposition  # noqa: F401
    from threadpoolctl import threadpool_info

    return {
        "nice": os.nice(0) if hasattr(os, "nice") else None,
        "threads": sorted({info["num_threads"] for info in threadpool_info()}),
        "variable": os.environ.get("OPENBLAS_NUM_THREADS"),
        "workspace": os.environ.get("SEGCORE_WORKSPACE"),
        "main": getattr(sys.modules["__main__"], "__file__", None),
        "pid": os.getpid(),
    }


def preloaded() -> Iterator[Step]:
    """Whether the heavy libraries were there before the job asked for them."""
    yield Step(0.5, "Looking around")
    return "sklearn.decomposition" in sys.modules


def scribble(mark: str) -> Iterator[Step]:
    """Write a temporary file and stay for minutes."""
    with tempfile.TemporaryDirectory(prefix="segcore-") as folder:
        path = Path(folder) / "0.csv"
        path.write_text("customer,product")
        yield Step(0.5, f"Wrote {path}")
        time.sleep(600)
    return mark


def quote(address: str, secret: object) -> Iterator[Step]:
    """Fail as a driver does that quotes the address it was given, whole and in pieces."""
    yield Step(0.1, "Connecting")
    logging.getLogger("driver").error("trying")
    try:
        raise ValueError(f"could not translate host name {secret.databases[0].uri.rpartition('@')[2]!r}")
    except ValueError as error:
        raise ConnectionError(f"no connection to {address}: {address!r}") from error


def panic(secret: str) -> Iterator[Step]:
    """Fail as a library written in Rust does: with what is no Exception."""
    yield Step(0.1, "Reading")
    raise type("PanicException", (BaseException,), {})(f"called unwrap on {secret}")


def admit(secret: str) -> Iterator[Step]:
    """Fail with a sentence that says too much."""
    yield Step(0.1, "Looking")
    raise SpecError(f"{secret} is no number.", where=secret, remedy=f"Change {secret}.")
