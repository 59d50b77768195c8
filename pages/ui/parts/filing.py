"""Under which name what people did with a segmentation is filed: one that no version changes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from pages.ui.shell import session
from segcore.jobs import Request
from segcore.studies import cuts

if TYPE_CHECKING:
    from segcore.segments import Segmentation


def cut(request: Request) -> str:
    """The cut that a request for segments asks for."""
    asked = dict(request.arguments)
    return cuts.cut_of(asked["digest"], asked["matrix"], asked["nmf"], asked.get("start_key", ""))


def bring_forward(requests: Iterable[Request], others: Mapping[str, str] | None = None) -> None:
    """File what earlier versions filed under the key of a result, or under ``others``, under its cut."""
    study = session.study()
    if study is None or not (
        study.votes or study.offers.bundles or study.what_if.steps or study.what_if.kept
    ):
        return
    found = {cuts.key_as_filed(**dict(request.arguments)): cut(request) for request in requests} | dict(
        others or {}
    )
    if cuts.refiled(study, found) is not study:
        session.update(lambda now: cuts.refiled(now, found).with_())


def earlier_base(matrix_digest: str, segmentation: Segmentation) -> str:
    """What earlier versions filed scenarios under."""
    asked = f"{matrix_digest} {segmentation.k} {segmentation.spec.seed}"
    return hashlib.sha256(asked.encode()).hexdigest()[:16]
