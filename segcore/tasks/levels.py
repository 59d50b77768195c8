"""Levels tried one after the other, and groups looked for among products."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

from segcore.progress import Step
from segcore.purchases.kept import load_purchases

if TYPE_CHECKING:
    import pandas as pd

    from segcore.hierarchy import LevelTrial
    from segcore.hierarchy.grouping import Together


def trials(digest: str, levels: tuple[str, ...]) -> Generator[Step, None, tuple[LevelTrial, ...]]:
    """Try every level on a sample of the customers; a tuple of LevelTrial, each a part as it is known."""
    from segcore.hierarchy import trying_levels

    yield Step(0.0, "Drawing a sample of the customers")
    return (yield from trying_levels(load_purchases(digest), levels))


def together(digest: str, level: str, groups: int) -> Generator[Step, None, Together]:
    """Groups of a level's labels from what is bought together."""
    from segcore.hierarchy.grouping import grouping_together

    return (yield from grouping_together(load_purchases(digest), level, groups))


def from_names(digest: str, level: str) -> Generator[Step, None, pd.Series]:
    """Groups of a level's labels by the words they share; best-sellers pull a little."""
    from segcore.hierarchy.grouping import groups_from_names
    from segcore.purchases.overview import best_sellers

    yield Step(0.1, "Looking at the names")
    sold = best_sellers(load_purchases(digest), level, n=10**9)
    return groups_from_names(list(map(str, sold.index)), sold.to_list())
