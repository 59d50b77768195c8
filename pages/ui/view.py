"""What every piece of the Segments page looks at: the study, the matrix, the segments and their names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pages.ui import cached, choices
from segcore.figures.palette import segment_colour

if TYPE_CHECKING:
    import pandas as pd

    from segcore.jobs import Request
    from segcore.matrix import PurchaseMatrix
    from segcore.segments import Segmentation
    from segcore.studies import Study


@dataclass(frozen=True, eq=False)
class View:
    """One segmentation as the page shows it, with the names people gave its segments."""

    study: Study
    matrix: PurchaseMatrix
    segmentation: Segmentation
    key: str
    proposed: dict[int, str]
    names: dict[int, str]

    @classmethod
    def of(cls, study: Study, matrix: PurchaseMatrix, segmentation: Segmentation, request: Request) -> View:
        """Gather names, as proposed and as edited."""
        key = request.key(cached.store())
        proposed = cached.proposed_names(study.data_digest, matrix.spec, key)
        return cls(study, matrix, segmentation, key, proposed, choices.names_for(key, proposed))

    @property
    def colours(self) -> dict[int, str]:
        """One colour a segment, the same everywhere."""
        return {int(number): segment_colour(int(number)) for number in self.segmentation.sizes.index}

    @property
    def share_columns(self) -> dict[int, str]:
        """A column name for each segment's shares, which no segment name can make equal to another column."""
        return {number: f"share of {name}" for number, name in self.names.items()}

    def profile(self, balance: float) -> pd.DataFrame:
        """What each segment buys."""
        return cached.product_profile(self.study.data_digest, self.matrix.spec, self.key, balance)

    def summary(self) -> pd.DataFrame:
        """Size and money of each segment."""
        return cached.summary(self.study.data_digest, self.matrix.spec, self.key)
