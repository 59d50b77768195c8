"""What the estimate of a question may look at: what pages hold already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pages.ui.parts import cached

if TYPE_CHECKING:
    from collections.abc import Iterable

    from segcore.choices.matrix import MatrixSpec
    from segcore.matrix import PurchaseMatrix
    from segcore.purchases import Purchases


class Sizes:
    """The pages' ``segcore.jobs.question.Size``."""

    def purchases(self, data: str) -> Purchases:
        """The purchases with this digest."""
        return cached.purchases(data)

    def matrix(self, data: str, spec: MatrixSpec) -> PurchaseMatrix:
        """The matrix of these purchases."""
        return cached.matrix(data, spec)

    def bytes_of(self, stored: Iterable[str]) -> int:
        """Bytes of some uploads together."""
        return cached.store().uploads_size(stored)
