"""A chart as plain numbers, whoever draws it: this program, a slide, a page that is left behind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Unit = Literal["percent", "index", "count"]


@dataclass(frozen=True)
class Bars:
    """One series of a chart: a number for every label; ``colours`` has one for each bar, or one for all."""

    name: str
    values: tuple[float, ...]
    colours: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChartData:
    """A chart as numbers. Percentages are 0 to 100, an index has 100 as the average.

    ``chosen`` marks one label of a line, such as the k that was chosen.
    """

    kind: Literal["bars", "lines"]
    labels: tuple[str, ...]
    series: tuple[Bars, ...]
    unit: Unit
    says: str
    chosen: str = ""
