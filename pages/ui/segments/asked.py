"""What the Segments page asks for beyond the segments themselves, and what it keeps of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.ui.parts import cached
from segcore.jobs import Request

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from pages.ui.parts.view import View
    from segcore.segments.order import Rows
    from segcore.segments.profiles.portraits import Portraits
    from segcore.segments.profiles.significance import Evidence

CELLS_PER_SECOND = 300_000


def portraits_request(view: View) -> Request:
    """Ask what could be chance, who they are, what they could still buy."""
    cells = min(view.matrix.values.nnz, 20_000 * view.matrix.values.nnz / max(view.matrix.shape[0], 1))
    return Request.of(
        "segcore.tasks.segments:portraits",
        digest=view.study.data_digest,
        matrix=view.matrix.spec,
        segments_key=view.key,
        title="Checking what could be chance",
        seconds=1 + cells / CELLS_PER_SECOND,
        short=True,
    )


def portraits(view: View) -> Portraits | None:
    """The portraits where they are made; asked for otherwise, without waiting."""
    request = portraits_request(view)
    status = cached.runner().ask(request)
    return cached.result(status.key) if status.state == "done" else None


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
