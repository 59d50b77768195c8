"""What segments go on from: product scores of earlier ones, kept by what they are."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import pandas as pd

from segcore.storage.store import Store


@dataclass(frozen=True, eq=False)
class Start:
    """Product scores that segments go on from (products × segments): all that is kept of earlier segments."""

    product_scores: pd.DataFrame

    @property
    def digest(self) -> str:
        """SHA-256 over products and scores."""
        state = hashlib.sha256(repr((self.product_scores.shape, self.product_scores.index.tolist())).encode())
        state.update(self.product_scores.to_numpy(dtype=np.float64).tobytes())
        return state.hexdigest()

    @classmethod
    def of(cls, scores: pd.DataFrame) -> Start:
        """The same scores in the one form that their key is made of."""
        numbers = scores.to_numpy(dtype=np.float64)
        return cls(pd.DataFrame(numbers, index=scores.index, columns=range(1, scores.shape[1] + 1)))


def start_key(start: Start, store: Store) -> str:
    """Where product scores to go on from are kept: by what they are, on every machine the same."""
    return store.lasting_key("start", start.digest)


def keep_start(start: Start, store: Store) -> str:
    """Keep product scores that later segments go on from; their key."""
    key = start_key(start, store)
    if not store.has(key):
        store.save(key, start)
    return key
