"""Long work in processes of its own: asked for once, watched from anywhere, cancelled at will.

>>> from segcore.jobs import runner
>>> from segcore.questions.data import Sample
>>> status = runner().ask(Sample("wine_merchant"))       # done at once where the result is stored
>>> runner().status(status.key), runner().result(status.key)

Names are loaded on first use, because a worker process passes through here before it may import numpy.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "Failure": "segcore.jobs.records",
    "Question": "segcore.jobs.question",
    "Request": "segcore.jobs.records",
    "Status": "segcore.jobs.records",
    "Runner": "segcore.jobs.runners",
    "Visitor": "segcore.jobs.visitor",
    "runner": "segcore.jobs.shared",
    "Step": "segcore.progress",
}

__all__ = [*_HOME]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"segcore.jobs has no {name!r}; it has {', '.join(sorted(_HOME))}")


def __dir__() -> list[str]:
    return sorted(__all__)
