"""Under which name what people did with a segmentation is filed: one that no version changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pages.ui.shell import session
from segcore.studies import cuts

if TYPE_CHECKING:
    from segcore.questions.segments import FindSegments
    from segcore.segments import Segmentation


def cut(asked: FindSegments) -> str:
    """The cut that is asked for."""
    return cuts.cut_of(asked.data, asked.matrix, asked.nmf, asked.start)


def bring_forward(asked: Iterable[FindSegments], others: Mapping[str, str] | None = None) -> None:
    """File what earlier versions filed under the key of a result, or under ``others``, under its cut."""
    study = session.study()
    if study is None or not (
        study.votes or study.offers.bundles or study.what_if.steps or study.what_if.kept
    ):
        return
    found = {
        cuts.key_as_filed(one.data, one.matrix, one.nmf, one.resamples, one.start): cut(one) for one in asked
    }
    found |= dict(others or {})
    if cuts.refiled(study, found) is not study:
        session.update(lambda now: cuts.refiled(now, found).with_())


def earlier_base(matrix_digest: str, segmentation: Segmentation) -> str:
    """What earlier versions filed scenarios under."""
    asked = f"{matrix_digest} {segmentation.k} {segmentation.spec.seed}"
    return hashlib.sha256(asked.encode()).hexdigest()[:16]
