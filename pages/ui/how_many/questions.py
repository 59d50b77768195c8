"""The questions about numbers of segments, built from the study."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pages.ui.how_many import choices
from pages.ui.parts import cached
from segcore.questions.numbers import HowMany
from segcore.questions.segments import FindSegments

if TYPE_CHECKING:
    from segcore.matrix import PurchaseMatrix
    from segcore.studies import Study


def sweep(study: Study, matrix: PurchaseMatrix) -> HowMany:
    """Ask for several numbers of segments."""
    return HowMany(study.data_digest, matrix.spec, choices.sweep_spec(matrix.shape))


def segments(study: Study, matrix: PurchaseMatrix, k: int) -> FindSegments:
    """Ask for the segments at one k; going on from earlier ones where the study says so and they are still there."""
    spec = choices.sweep_spec(matrix.shape)
    nmf, start = replace(spec.nmf, k=k), ""
    earlier = study.sweep.start_key
    if earlier and k == study.sweep.start_k and cached.store().has(earlier):
        nmf, start = replace(nmf, initialisation="custom", restarts=None), earlier
    return FindSegments(study.data_digest, matrix.spec, nmf, spec.resamples, start)
