"""Levels: how finely products are told apart, and what is bought at each.

A level is a text, so that it can stand in a study, a key and a sentence: the product itself, one of its attributes,
several joined by " + ", or a mixed one such as "Product ≥ 50 buyers, else Category".
"""

from segcore.purchases.levels.codes import level_codes, level_parts, share_levels
from segcore.purchases.levels.mixed import MixedLevel, mixed_parts
from segcore.purchases.levels.parents import candidates_of, parents_of_labels
from segcore.purchases.levels.rolled import expand_labels, level_cells
from segcore.purchases.levels.text import COMBINE, UNKNOWN

__all__ = [
    "COMBINE",
    "UNKNOWN",
    "MixedLevel",
    "candidates_of",
    "expand_labels",
    "level_cells",
    "level_codes",
    "level_parts",
    "mixed_parts",
    "parents_of_labels",
    "share_levels",
]
