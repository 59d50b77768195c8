"""What the Segments page asks for beyond the segments themselves, and what it keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.ui.parts import cached
from pages.ui.parts.answers import ASIDE, ask
from segcore.questions.segments import PaintPortraits

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from pages.ui.parts.view import View
    from segcore.segments.order import Rows
    from segcore.segments.profiles.portraits import Portraits
    from segcore.segments.profiles.significance import Evidence


def portraits(view: View, meanwhile: str = "") -> Portraits | None:
    """What could be chance, who they are, what they could still buy; None, and a sentence, until it is known."""
    return ask(PaintPortraits(view.asked), ASIDE(meanwhile))


def evidence(view: View) -> Evidence | None:
    """What could be chance; None while it is being checked."""
    made = portraits(view)
    return None if made is None else made.evidence


def customer_rows(view: View, alike: bool) -> tuple[Rows, np.ndarray]:
    """What the customer heatmap draws, and the order its rows are taken from."""
    return cached.customer_rows(view.key, alike)


def described(view: View) -> pd.Series:
    """How well the segments describe every customer, 0..1."""
    return cached.described(view.study.data_digest, view.matrix.spec, view.key)
