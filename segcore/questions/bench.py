"""What a worker has at hand: purchases, matrices and answers that it has loaded once, kept for the next question.

Everything on the bench is read-only. Purchases and answers that have left the store since are not given out any more.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from segcore.errors import StoreError
from segcore.storage.store import Store

if TYPE_CHECKING:
    from segcore.choices.matrix import MatrixSpec
    from segcore.jobs.question import Digest, Files, Question
    from segcore.matrix import PurchaseMatrix
    from segcore.purchases import Purchases

Held = TypeVar("Held")
R = TypeVar("R")
PURCHASES, MATRICES, ANSWERS = 2, 4, 4  # kept by one worker; the matrix of a million customers takes 0.2 GB


class Workbench:
    """One store's purchases, matrices and answers, each loaded or built once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._purchases: OrderedDict[Hashable, Purchases] = OrderedDict()
        self._matrices: OrderedDict[Hashable, PurchaseMatrix] = OrderedDict()
        self._answers: OrderedDict[Hashable, Any] = OrderedDict()

    def purchases(self, data: Digest) -> Purchases:
        """The purchases with this digest.

        Raises
        ------
        StoreError
            They are not in the store.
        """
        from segcore.purchases.kept import load_purchases, purchases_key

        self._must_have(purchases_key(data, self.store))
        return _held(
            self._purchases, data, PURCHASES, lambda: load_purchases(data, self.purchases, self.store)
        )

    def matrix(self, data: Digest, spec: MatrixSpec) -> PurchaseMatrix:
        """Customers × products of these purchases, sparse and labelled.

        Raises
        ------
        StoreError, SpecError
            The purchases are not in the store; they have no such level or weighting.
        """
        from segcore.matrix import build_matrix

        purchases = self.purchases(data)
        return _held(self._matrices, (data, spec), MATRICES, lambda: build_matrix(purchases, spec=spec))

    def answer(self, asked: Question[R]) -> R:
        """The answer to a question that was asked before.

        Raises
        ------
        StoreError
            It is not in the store.
        """
        key = asked.key(self.store)
        self._must_have(key)
        return _held(self._answers, key, ANSWERS, lambda: self.store.load(key))

    def uploads(self, files: Files) -> list[tuple[str, str]]:
        """Names and places of uploads; nothing else is ever read, whatever a study says.

        Raises
        ------
        StoreError
            A name is not one we gave, or its file is gone.
        """
        return [(name, str(self.store.upload_path(stored).absolute())) for name, stored in files]

    def bytes_of(self, stored: Iterable[str]) -> int:
        """Bytes of some uploads together; one that is gone counts nothing."""
        return self.store.uploads_size(stored)

    def _must_have(self, key: str) -> None:
        if not self.store.has(key):
            raise StoreError("This result is not stored any more.", remedy="Compute it again.")


def bench_of(store: Store) -> Workbench:
    """The bench of this process for a store."""
    return _bench_at(store.root)


@cache
def _bench_at(root: Path) -> Workbench:
    return Workbench(Store(root))


def _held(shelf: OrderedDict[Hashable, Held], name: Hashable, most: int, make: Callable[[], Held]) -> Held:
    """What lies on a shelf under a name, made where it does not; the longest unused makes room."""
    if name not in shelf:
        while len(shelf) >= most:
            shelf.popitem(last=False)
        shelf[name] = make()
    shelf.move_to_end(name)
    return shelf[name]
