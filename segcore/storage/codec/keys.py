"""The key of a question: a digest of everything that was asked, whatever the order in which it was said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from segcore.storage.codec import encode


def question_key(kind: str, version: int, parts: Mapping[str, Any]) -> str:
    """SHA-256 (64 hex digits) over a question: its kind, its parts (records and arrays included), the algorithm version.

    Raises
    ------
    StoreError
        A part is of a type that cannot be stored.
    """
    meta, arrays = encode(dict(parts))
    state = hashlib.sha256(_canonical([kind, version, in_order(meta)]))
    for name, values in arrays.items():
        state.update(f"|{name}|{values.dtype.str}|{values.shape}|".encode())
        state.update(values.tobytes())
    return state.hexdigest()


def in_order(meta: Any) -> Any:
    """Sort the entries of dicts: the order in which arguments were named is not part of a question."""
    if isinstance(meta, list):
        return [in_order(item) for item in meta]
    if not isinstance(meta, dict):
        return meta
    inner = {name: in_order(item) for name, item in meta.items()}
    if meta.get("t") == "dict":
        inner["v"] = sorted(inner["v"], key=lambda pair: json.dumps(pair[0], sort_keys=True))
    return inner


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("ascii")
