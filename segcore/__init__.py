"""Product-based customer segmentation in five lines.

>>> import segcore
>>> data = segcore.read("WineKMC.xlsx")                                   # .purchases, .report
>>> matrix = segcore.build_matrix(data.purchases, level="Varietal + Origin")
>>> sweep = segcore.sweep_k(matrix, ks=range(2, 11))                      # .table
>>> segments = segcore.segment(matrix, k=3)                               # .shares, .assignment, .sizes …
>>> rules = segcore.mine_rules(data.purchases, level="Varietal + Origin",
...                            min_support=0.05, min_confidence=0.5)      # .table

Names are loaded on first use: importing the package itself stays light, so a first page paints at once.
"""

from importlib import import_module
from typing import Any

_HOME = {
    "read": "segcore.intake",
    "build_matrix": "segcore.matrix.build",
    "sweep_k": "segcore.selection.sweep",
    "segment": "segcore.segments.segmentation",
    "mine_rules": "segcore.rules",
    "profile_levels": "segcore.hierarchy",
    "wine_merchant": "segcore.samples",
    "complete_journey": "segcore.samples",
}

__all__ = [*_HOME]
__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"segcore has no {name!r}; it has {', '.join(sorted(_HOME))}")


def __dir__() -> list[str]:
    return sorted(__all__)
