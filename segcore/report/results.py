"""The results that a report is told from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from segcore.matrix import PurchaseMatrix
    from segcore.report.next_offers import Offered
    from segcore.segments import Segmentation
    from segcore.whatif.outcome import Outcome


@dataclass(frozen=True, eq=False)
class Results:
    """What a story is told from; what is None has not been computed and is not told.

    ``scenarios`` are the outcomes of the spec's, in their order.
    """

    matrix: PurchaseMatrix
    segmentation: Segmentation
    sweep: Any = None
    rules: Any = None
    backtest: Any = None
    offered: Offered | None = None
    scenarios: tuple[Outcome | None, ...] = ()
