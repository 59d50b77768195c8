"""One BLAS thread: with several, sums are added in another order, and the last digits depend on the machine."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import ParamSpec, TypeVar

import scipy.linalg  # noqa: F401  loads the libraries that the controller is to find
from threadpoolctl import ThreadpoolController

Given = ParamSpec("Given")
Result = TypeVar("Result")


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Work with one BLAS thread, so that a result has the same bytes on every machine of a kind."""
    with _controller().limit(limits=1, user_api="blas"):
        yield


def one_thread(work: Callable[Given, Result]) -> Callable[Given, Result]:
    """Run a function with one BLAS thread, so that its result has the same bytes on every machine of a kind."""

    @wraps(work)
    def alone(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        with one_blas_thread():
            return work(*args, **kwargs)

    return alone
