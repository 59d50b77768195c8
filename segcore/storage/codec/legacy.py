"""Keys as earlier versions made them, so that what was filed under one is found again. Nothing new is filed so."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from segcore.storage.codec import encode
from segcore.storage.codec.first_homes import FIRST_HOMES
from segcore.storage.codec.keys import in_order

LAST_FILED_BY_KEY = 14  # the last algorithm version that filed under the key of a result
_PATHS = {name: path for path, name in reversed(FIRST_HOMES.items())}


def key_of_version(version: int, kind: str, parts: Mapping[str, Any]) -> str:
    """The key of a question as algorithm version 14 and those before it made it: over the paths of classes.

    Parameters
    ----------
    parts : dict
        The question's parts: plain values and records, no arrays.
    """
    meta, _ = encode(dict(parts))
    said = json.dumps([kind, version, _with_paths(in_order(meta))], sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(said.encode("ascii")).hexdigest()


def _with_paths(meta: Any) -> Any:
    if isinstance(meta, list):
        return [_with_paths(item) for item in meta]
    if not isinstance(meta, dict):
        return meta
    inner = {name: _with_paths(item) for name, item in meta.items()}
    return {"t": "record", "c": _PATHS[meta["n"]], "v": inner["v"]} if meta.get("t") == "record" else inner
