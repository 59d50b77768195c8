"""The two heatmaps of a segmentation for a file, as the Segments page draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segcore.figures.customer_heatmap import customer_basis
from segcore.figures.product_heatmap import product_basis
from segcore.language.words import of
from segcore.segments.order import ordered_by_segment

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from segcore.report.records import StorySpec
    from segcore.report.results import Results

HALF = 0.5


def heatmaps(spec: StorySpec, results: Results) -> tuple[go.Figure, go.Figure]:
    """Customer basis and product basis."""
    s, word = results.segmentation, results.matrix.row_word
    names, colours = dict(spec.names), dict(spec.colours)
    rows, groups = ordered_by_segment(s.shares, s.assignment)
    clear = int((s.shares.max(axis=1) >= HALF).sum())
    customers = customer_basis(
        rows, groups, s.sizes, names, colours, row_word=word,
        title=f"{of(clear, len(s.shares))} {word}: one segment explains as much as all others together",
        subtitle="How each row's purchases divide over the segments",
    )  # fmt: skip
    own = int((s.product_shares.max(axis=1) >= HALF).sum())
    rows, groups = ordered_by_segment(s.product_shares, s.product_assignment, strength=s.product_scores)
    products = product_basis(
        rows, groups, None, names, colours, level=spec.matrix.level,
        title=f"{of(own, len(s.product_shares))} products belong mostly to one segment",
        subtitle="Which products belong together, the strongest of each segment",
    )  # fmt: skip
    return customers, products
