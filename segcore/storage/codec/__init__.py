"""Results as plain JSON plus plain arrays: what the store writes, without ever a pickle.

``encode`` takes apart None, bool, int, float, str, bytes, date, Timestamp, range, tuple, list, dict, frozenset, numpy
arrays, sparse CSR/CSC, pandas Index, Series and DataFrame, and frozen dataclasses of segcore by their registered names. ``decode`` puts the
same thing together again: same types, same labels, same bits. numpy scalars come back as Python's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd

from segcore.errors import StoreError
from segcore.storage.codec import arrays as _arrays
from segcore.storage.codec import tables as _tables
from segcore.storage.codec.arrays import Meta
from segcore.storage.codec.first_homes import FIRST_HOMES
from segcore.storage.codec.names import HOMES, MIGRATIONS, VERSIONS

_NAMES = {home: name for name, home in HOMES.items()}

__all__ = ["Meta", "decode", "encode"]


def encode(value: object) -> tuple[Meta, dict[str, np.ndarray]]:
    """Take a value apart into JSON-able text and numbers, and arrays that need no pickle.

    Raises
    ------
    StoreError
        The value holds a type that cannot be stored.
    """
    packer = _Packer()
    return packer.pack(value), packer.arrays


def decode(meta: Meta, arrays: Mapping[str, np.ndarray], allowed: frozenset[str] | None = None) -> Any:
    """Put together what ``encode`` took apart.

    Parameters
    ----------
    allowed : frozenset of str, optional
        Registered names of the records that may be made; None for every one of segcore.

    Raises
    ------
    StoreError
        The form is unknown (another version wrote it, or it is damaged), or names a class outside segcore.
    """
    try:
        return _Unpacker(arrays, allowed).unpack(meta)
    except (
        KeyError,
        IndexError,
        TypeError,
        ValueError,
        AttributeError,
        ImportError,
        RecursionError,
    ) as error:
        raise StoreError(
            f"A stored result does not have the form this version understands ({type(error).__name__}: {error}).",
            remedy="Compute it again.",
        ) from error


class _Packer:
    """Collects arrays while a value is walked."""

    def __init__(self) -> None:
        self.arrays: dict[str, np.ndarray] = {}

    def put(self, array: np.ndarray) -> str:
        name = str(len(self.arrays))
        self.arrays[name] = array
        return name

    def pack(self, value: Any) -> Meta:
        if value is None or type(value) in (bool, int, str):
            return value
        simple = _SCALARS.get(type(value))
        if simple is not None:
            return simple(value)
        if type(value) in (list, tuple, dict, frozenset):
            return self._container(value)
        if isinstance(value, np.generic):
            return self.pack(pd.Timestamp(value) if value.dtype.kind == "M" else value.item())
        if type(value) is bytes:
            return {"t": "bytes", "a": self.put(np.frombuffer(value, dtype=np.uint8))}
        for module in (_tables, _arrays):
            meta = module.pack(value, self)
            if meta is not None:
                return meta
        return self._record(value)

    def _container(self, value: Any) -> Meta:
        if isinstance(value, list):
            return [self.pack(item) for item in value]
        if isinstance(value, tuple):
            return {"t": "tuple", "v": [self.pack(item) for item in value]}
        if isinstance(value, frozenset):
            ordered = sorted(value, key=lambda item: (type(item).__name__, item))
            return {"t": "frozenset", "v": [self.pack(item) for item in ordered]}
        return {"t": "dict", "v": [[self.pack(key), self.pack(item)] for key, item in value.items()]}

    def _record(self, value: Any) -> Meta:
        cls = type(value)
        if not _is_ours(cls):
            raise StoreError(f"A value of type {cls.__module__}.{cls.__qualname__} cannot be stored.")
        parts = {field.name: self.pack(getattr(value, field.name)) for field in fields(value)}
        name = _NAMES[f"{cls.__module__}:{cls.__qualname__}"]
        version = {"version": VERSIONS[name]} if name in VERSIONS else {}
        return {"t": "record", "n": name, **version, "v": parts}


class _Unpacker:
    """Holds the arrays while a value is put together."""

    def __init__(self, arrays: Mapping[str, np.ndarray], allowed: frozenset[str] | None = None) -> None:
        self.arrays = arrays
        self.allowed = allowed

    def get(self, name: str) -> np.ndarray:
        return self.arrays[name]

    def unpack(self, meta: Meta) -> Any:
        if isinstance(meta, list):
            return [self.unpack(item) for item in meta]
        if not isinstance(meta, dict):
            return meta
        tag = meta["t"]
        if self.allowed is not None and tag in _NEVER_FOREIGN:
            raise ValueError("a form that no study file has")
        if tag in _READERS:
            return _READERS[tag](meta, self)
        for module in (_tables, _arrays):
            if tag in module.READERS:
                return module.READERS[tag](meta, self)
        raise ValueError(f"unknown form {tag!r}")


def _is_ours(cls: type) -> bool:
    """Frozen dataclasses with a registered name only: nothing read from a file may call anything else."""
    named = f"{cls.__module__}:{cls.__qualname__}" in _NAMES
    return named and is_dataclass(cls) and cls.__dataclass_params__.frozen  # type: ignore[attr-defined]  # the stubs leave it out


def _read_record(meta: Meta, unpacker: _Unpacker) -> Any:
    name = meta["n"] if "n" in meta else FIRST_HOMES[meta["c"]]
    if unpacker.allowed is not None and name not in unpacker.allowed:
        raise ValueError("a record is none of those that may be here")
    module_name, _, qualname = HOMES[name].partition(":")
    cls = getattr(import_module(module_name), qualname)
    if not isinstance(cls, type) or not _is_ours(cls):
        raise ValueError(f"{name} is not a frozen record of segcore")
    parts = _brought_forward(name, meta.get("version", 1), meta["v"])
    values = {name: unpacker.unpack(part) for name, part in parts.items()}
    given = {field.name for field in fields(cls) if field.init}
    record = cls(**{name: part for name, part in values.items() if name in given})
    for name in values.keys() - given:
        object.__setattr__(record, name, values[name])
    return record


def _brought_forward(name: str, version: Any, parts: dict[str, Meta]) -> dict[str, Meta]:
    """The fields of a record as today's version of it has them."""
    now = VERSIONS.get(name, 1)
    if type(version) is not int or not 1 <= version <= now:
        raise ValueError(f"another version of {name}")
    for earlier in range(version, now):
        parts = MIGRATIONS[name, earlier](parts)
    return parts


def _pack_float(value: float) -> Meta:
    """JSON has no NaN and no infinity."""
    return value if np.isfinite(value) else {"t": "float", "v": str(value)}


def _pack_timestamp(value: pd.Timestamp) -> Meta:
    stamp = value.tz_convert(None) if value.tz is not None else value
    zone = str(value.tz) if value.tz is not None else None
    return {"t": "timestamp", "v": int(stamp.asm8.astype("int64")), "unit": value.unit, "tz": zone}


def _read_timestamp(meta: Meta, _: _Unpacker) -> pd.Timestamp:
    stamp = pd.Timestamp(np.datetime64(meta["v"], meta["unit"]))
    return stamp if meta["tz"] is None else stamp.tz_localize("UTC").tz_convert(meta["tz"])


_SCALARS = {
    float: _pack_float,
    pd.Timestamp: _pack_timestamp,
    date: lambda value: {"t": "date", "v": value.isoformat()},
    datetime: lambda value: {"t": "datetime", "v": value.isoformat()},
    range: lambda value: {"t": "range", "v": [value.start, value.stop, value.step]},
    type(pd.NaT): lambda _: {"t": "NaT"},
    type(pd.NA): lambda _: {"t": "NA"},
}

# What a few bytes can make as large as they like; nothing that travels in a study file is one.
_NEVER_FOREIGN = frozenset({"multiindex", "categorical", "sparse"})

_READERS = {
    "tuple": lambda meta, u: tuple(u.unpack(item) for item in meta["v"]),
    "frozenset": lambda meta, u: frozenset(u.unpack(item) for item in meta["v"]),
    "dict": lambda meta, u: {u.unpack(key): u.unpack(item) for key, item in meta["v"]},
    "bytes": lambda meta, u: u.get(meta["a"]).tobytes(),
    "float": lambda meta, _: float(meta["v"]),
    "timestamp": _read_timestamp,
    "date": lambda meta, _: date.fromisoformat(meta["v"]),
    "datetime": lambda meta, _: datetime.fromisoformat(meta["v"]),
    "range": lambda meta, _: range(*meta["v"]),
    "NaT": lambda *_: pd.NaT,
    "NA": lambda *_: pd.NA,
    "record": _read_record,
}
