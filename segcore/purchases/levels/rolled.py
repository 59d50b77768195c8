"""What is bought at a level: the finest cells with their column codes remapped."""

from __future__ import annotations

import pandas as pd

from segcore.purchases.cells import MEASURES, Cells, windowed_cells
from segcore.purchases.levels.codes import level_codes
from segcore.purchases.levels.parents import parents_of_labels
from segcore.purchases.levels.text import UNKNOWN
from segcore.purchases.record import Purchases


def level_cells(
    purchases: Purchases,
    level: str,
    window: tuple[str | None, str | None] = (None, None),
    measures: tuple[str, ...] = MEASURES,
) -> Cells:
    """What is bought at a level, returns taken off; with these sums alone.

    Returns are netted per customer and product, before products are put together: what came back of one product does
    not undo another that was kept, so whoever bought a product has also bought every group it belongs to.
    """
    codes, labels = level_codes(purchases, level)
    return windowed_cells(purchases, *window).only(*measures).at_level(codes, len(labels))


def expand_labels(purchases: Purchases, level: str, parent_level: str) -> pd.Series:
    """The parent each label of a level goes to where it must go to one (most lines), "" where none is known."""
    child, parent = level_codes(purchases, level), level_codes(purchases, parent_level)
    names = parent[1].to_numpy(dtype=object)[parents_of_labels(purchases, child, parent)]
    return pd.Series(names, child[1], name=parent_level).replace(UNKNOWN, "")
