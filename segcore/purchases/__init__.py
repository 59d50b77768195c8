"""Purchases: the canonical lines with their digest, levels of products, what a person changed about them.

Names are loaded on first use: a module of this room does not load the others.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segcore.purchases.record import MEASURES as MEASURES
    from segcore.purchases.record import Purchases as Purchases
    from segcore.purchases.record import RowKind as RowKind
    from segcore.purchases.record import cell_numbers as cell_numbers
    from segcore.purchases.record import digest_of as digest_of
    from segcore.purchases.record import encode_labels as encode_labels
    from segcore.purchases.record import make_purchases as make_purchases
    from segcore.purchases.record import natural_order as natural_order

_HOME = {
    "MEASURES": "segcore.purchases.record",
    "Purchases": "segcore.purchases.record",
    "RowKind": "segcore.purchases.record",
    "cell_numbers": "segcore.purchases.record",
    "digest_of": "segcore.purchases.record",
    "encode_labels": "segcore.purchases.record",
    "make_purchases": "segcore.purchases.record",
    "natural_order": "segcore.purchases.record",
}

__all__ = [*_HOME]


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"segcore.purchases has no {name!r}; it has {', '.join(sorted(_HOME))}")


def __dir__() -> list[str]:
    return sorted(__all__)
