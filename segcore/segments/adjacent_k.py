"""One segment fewer, one segment more: what the neighbours of a number of segments join and split.

The segments are found as for working with them, so that what is said here is what is seen there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from segcore.errors import SegcoreError
from segcore.matrix import PurchaseMatrix
from segcore.purchases import Purchases
from segcore.segments.compare import SplitView, split_sentence, split_view
from segcore.segments.names import propose_names
from segcore.segments.segmentation import Segmentation, segment
from segcore.selection.sweep import Sweep


@dataclass(frozen=True, eq=False)
class Neighbours:
    """What leads from k − 1 to k and from k to k + 1; None where that number was not tried or failed.

    Attributes
    ----------
    names : mapping of int to mapping of int to str
        Proposed names of the segments, by number of segments.
    """

    k: int
    fewer: SplitView | None
    more: SplitView | None
    names: Mapping[int, Mapping[int, str]]


def neighbours(purchases: Purchases, matrix: PurchaseMatrix, sweep: Sweep, k: int) -> Neighbours:
    """Follow the customers from k − 1 to k and on to k + 1."""
    cuts: dict[int, Segmentation] = {}
    for number in (k - 1, k, k + 1):
        try:
            sweep.fit(number)
            cuts[number] = segment(matrix, spec=replace(sweep.spec.nmf, k=number))
        except SegcoreError:
            continue  # not tried, or it failed: there is nothing to say about it

    def between(first: int, second: int) -> SplitView | None:
        return split_view(cuts[first], cuts[second]) if {first, second} <= cuts.keys() else None

    names = {number: propose_names(purchases, matrix, cut) for number, cut in cuts.items()}
    return Neighbours(k, between(k - 1, k), between(k, k + 1), names)


def neighbour_sentences(
    found: Neighbours, names: Mapping[int, Mapping[int, str]], row_word: str = "customers"
) -> tuple[str, ...]:
    """What one fewer joins and what one more splits, under the names people know.

    Parameters
    ----------
    names : mapping
        As ``found.names``, with what people called them.
    """
    said = []
    for view, first in ((found.fewer, found.k - 1), (found.more, found.k)):
        if view is not None:
            sentence = split_sentence(view, names[first], names[first + 1], row_word)
            said.append(f"From {first} to {first + 1}: {sentence}")
    return tuple(said)
