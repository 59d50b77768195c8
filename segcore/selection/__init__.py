"""Selection: how many segments there are, what speaks for it, and when there are none.

Names are loaded on first use: a module of this room does not load the others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segcore.selection.verdict import Verdict as Verdict
    from segcore.selection.verdict import beside as beside
    from segcore.selection.verdict import judge as judge
    from segcore.selection.verdict import knee_of as knee_of

_HOME = {
    "Verdict": "segcore.selection.verdict",
    "beside": "segcore.selection.verdict",
    "judge": "segcore.selection.verdict",
    "knee_of": "segcore.selection.verdict",
}

__all__ = [*_HOME]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"segcore.selection has no {name!r}; it has {', '.join(sorted(_HOME))}")


def __dir__() -> list[str]:
    return sorted(__all__)
