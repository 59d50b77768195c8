"""Who stands between two segments and whom the segments describe poorly: said, never hidden in a box."""

from __future__ import annotations

import numpy as np

from pages.ui.parts.view import View
from pages.ui.segments import asked
from segcore.language.words import percent


def fit_words(view: View, label: str) -> list[str]:
    """How clearly a customer belongs to a segment, and how much of the purchases the segments describe."""
    s, said = view.segmentation, []
    home, other = s.assignment[label], s.mixed_with[label]
    if not s.has_purchases[label]:
        return []
    if not _missing(home) and not _missing(other):
        said.append(f"Stands between “{view.names[int(home)]}” and “{view.names[int(other)]}”.")
    elif s.agreement is not None and not _missing(home):
        agree = percent(float(s.agreement[label]), 100)
        said.append(f"In the same segment in {agree} of the resamples.")
    fit = float(asked.described(view)[label])
    if np.isfinite(fit):
        from segcore.segments.profiles.fit import POOR

        poor = fit < POOR * s.explained_share
        said.append(
            f"The segments describe {percent(fit)} of these purchases"
            + (f", poorly: of everybody’s they describe {percent(s.explained_share)}." if poor else ".")
        )
    return said


def _missing(value: object) -> bool:
    import pandas as pd

    return bool(pd.isna(value))


def how_many_poor(view: View) -> int:
    """Customers described less than half as well as everybody together."""
    from segcore.segments.profiles.fit import poorly_described

    return int(poorly_described(asked.described(view), view.segmentation.explained_share).sum())
