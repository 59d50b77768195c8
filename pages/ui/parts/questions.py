"""The questions about numbers of segments, built from the study."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pages.ui.parts import cached
from pages.ui.parts import study_choices as choices
from pages.ui.parts.answers import ONLY_IF_KNOWN, ask
from pages.ui.shell import session
from segcore.questions.numbers import HowMany
from segcore.questions.segments import FindSegments

if TYPE_CHECKING:
    from segcore.choices.study import Study
    from segcore.matrix import PurchaseMatrix


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


def chosen_k(matrix: PurchaseMatrix) -> int | None:
    """Return the study's k; failing that, the suggestion of a sweep that has already run."""
    current = session.study()
    if current.k is not None:
        return min(current.k, *matrix.shape)
    found = ask(sweep(current, matrix), ONLY_IF_KNOWN)
    if found is None:
        return None
    return found.verdict(matrix).suggested
