"""Matrix: customers × products at one level, filtered, weighted, sparse.

Names are loaded on first use: a module of this room does not load the others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segcore.choices.matrix import MatrixSpec as MatrixSpec
    from segcore.matrix.build import Incidence as Incidence
    from segcore.matrix.build import PurchaseMatrix as PurchaseMatrix
    from segcore.matrix.build import Removed as Removed
    from segcore.matrix.build import build_matrix as build_matrix
    from segcore.matrix.build import capped as capped
    from segcore.matrix.build import incidence as incidence

_HOME = {
    "Incidence": "segcore.matrix.build",
    "MatrixSpec": "segcore.choices.matrix",
    "PurchaseMatrix": "segcore.matrix.build",
    "Removed": "segcore.matrix.build",
    "build_matrix": "segcore.matrix.build",
    "capped": "segcore.matrix.build",
    "incidence": "segcore.matrix.build",
}

__all__ = [*_HOME]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"segcore.matrix has no {name!r}; it has {', '.join(sorted(_HOME))}")


def __dir__() -> list[str]:
    return sorted(__all__)
