"""Segments: who belongs to which, what they buy, what they are called in every run.

Names are loaded on first use: a module of this room does not load the others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segcore.segments.segmentation import MIXED_AGREEMENT as MIXED_AGREEMENT
    from segcore.segments.segmentation import MIXED_MARGIN as MIXED_MARGIN
    from segcore.segments.segmentation import Segmentation as Segmentation
    from segcore.segments.segmentation import describe_assignment as describe_assignment
    from segcore.segments.segmentation import mass_per_row as mass_per_row
    from segcore.segments.segmentation import segment as segment
    from segcore.segments.segmentation import segmenting as segmenting
    from segcore.segments.segmentation import shares_of as shares_of

_HOME = {
    "MIXED_AGREEMENT": "segcore.segments.segmentation",
    "MIXED_MARGIN": "segcore.segments.segmentation",
    "Segmentation": "segcore.segments.segmentation",
    "describe_assignment": "segcore.segments.segmentation",
    "mass_per_row": "segcore.segments.segmentation",
    "segment": "segcore.segments.segmentation",
    "segmenting": "segcore.segments.segmentation",
    "shares_of": "segcore.segments.segmentation",
}

__all__ = [*_HOME]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"segcore.segments has no {name!r}; it has {', '.join(sorted(_HOME))}")


def __dir__() -> list[str]:
    return sorted(__all__)
