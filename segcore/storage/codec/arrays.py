"""numpy arrays, text, sets of text and sparse matrices as arrays that need no pickle."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, Protocol

import numpy as np

from segcore.errors import StoreError

Meta = Any  # None, bool, int, float, str, list or dict of these: what JSON can hold
RAW_KINDS = "biufcmMUS"  # numpy kinds whose bytes say everything


class Packer(Protocol):
    """What a packing function needs: a place for arrays, and the way back to the top."""

    def put(self, array: np.ndarray) -> str: ...  # noqa: D102
    def pack(self, value: Any) -> Meta: ...  # noqa: D102


class Unpacker(Protocol):
    """What a reading function needs."""

    def get(self, name: str) -> np.ndarray: ...  # noqa: D102
    def unpack(self, meta: Meta) -> Any: ...  # noqa: D102


def pack(value: Any, packer: Packer) -> Meta | None:
    """The form of an ndarray or a compressed sparse matrix; None where it is neither."""
    if isinstance(value, np.ndarray):
        return pack_array(value, packer)
    # scipy is not imported to find out: a value of its types can only exist once it is loaded.
    if type(value).__module__.startswith("scipy.sparse") and getattr(value, "format", "") in ("csr", "csc"):
        parts = {name: packer.put(getattr(value, name)) for name in ("data", "indices", "indptr")}
        return {"t": "sparse", "c": type(value).__name__, "shape": list(value.shape), **parts}
    return None


def pack_array(values: np.ndarray, packer: Packer) -> Meta:
    """The form of an array of any shape; object arrays hold text, sets of text, or plain values."""
    if values.dtype.kind in RAW_KINDS:
        return {"t": "ndarray", "a": packer.put(values)}
    if values.dtype != object:
        raise StoreError(f"An array of type {values.dtype} cannot be stored.")
    flat = values.ravel().tolist()
    return {"t": "objects", "shape": list(values.shape), **_pack_objects(flat, packer)}


def _pack_objects(flat: list, packer: Packer) -> Meta:
    kinds = {type(item) for item in flat}
    if kinds == {str}:
        return {"how": "text", **pack_text(flat, packer)}
    if kinds == {frozenset} and all(type(item) is str for item in chain.from_iterable(flat)):
        return {"how": "sets", **_pack_sets(flat, packer)}
    return {"how": "mixed", "v": [packer.pack(item) for item in flat]}


def pack_text(texts: Sequence[str], packer: Packer) -> Meta:
    """All texts as one run of UTF-8 and the length of each in characters (NUL and lone surrogates survive)."""
    lengths = np.fromiter(map(len, texts), dtype=np.int64, count=len(texts))
    raw = "".join(texts).encode("utf-8", "surrogatepass")
    return {"chars": packer.put(np.frombuffer(raw, dtype=np.uint8)), "lengths": packer.put(lengths)}


def read_text(meta: Meta, unpacker: Unpacker) -> list[str]:
    """The texts that ``pack_text`` joined."""
    joined = unpacker.get(meta["chars"]).tobytes().decode("utf-8", "surrogatepass")
    ends = np.cumsum(unpacker.get(meta["lengths"])).tolist()
    if (ends[-1] if ends else 0) != len(joined):
        raise ValueError("text and its lengths disagree")
    return [joined[start:end] for start, end in zip([0, *ends], ends, strict=False)]


def _pack_sets(sets: list[frozenset[str]], packer: Packer) -> Meta:
    """Rule sides repeat few products many times: a vocabulary once, then codes."""
    vocabulary = sorted(set(chain.from_iterable(sets)))
    code = {text: position for position, text in enumerate(vocabulary)}
    members = [sorted(code[text] for text in one) for one in sets]
    codes = np.fromiter(chain.from_iterable(members), dtype=np.int32, count=sum(map(len, members)))
    counts = np.fromiter(map(len, members), dtype=np.int32, count=len(members))
    return {"codes": packer.put(codes), "counts": packer.put(counts), **pack_text(vocabulary, packer)}


def _read_sets(meta: Meta, unpacker: Unpacker) -> list[frozenset[str]]:
    vocabulary = read_text(meta, unpacker)
    members = [vocabulary[code] for code in unpacker.get(meta["codes"]).tolist()]
    ends = np.cumsum(unpacker.get(meta["counts"])).tolist()
    return [frozenset(members[start:end]) for start, end in zip([0, *ends], ends, strict=False)]


def _read_objects(meta: Meta, unpacker: Unpacker) -> np.ndarray:
    how = meta["how"]
    flat: Sequence[object]
    if how == "text":
        flat = read_text(meta, unpacker)
    elif how == "sets":
        flat = _read_sets(meta, unpacker)
    else:
        flat = [unpacker.unpack(item) for item in meta["v"]]
    values = np.empty(len(flat), dtype=object)
    for position, item in enumerate(flat):  # one by one: numpy would spread tuples and lists over a new axis
        values[position] = item
    return values.reshape(meta["shape"])


def _read_sparse(meta: Meta, unpacker: Unpacker) -> Any:
    from scipy import sparse

    classes = {
        c.__name__: c for c in (sparse.csr_matrix, sparse.csr_array, sparse.csc_matrix, sparse.csc_array)
    }
    cls = classes[meta["c"]]
    data, indices, indptr = (unpacker.get(meta[name]) for name in ("data", "indices", "indptr"))
    matrix = cls((data, indices, indptr), shape=tuple(meta["shape"]))
    matrix.indices, matrix.indptr = indices, indptr  # scipy may have narrowed them
    return matrix


READERS: dict[str, Callable[[Meta, Any], Any]] = {
    "ndarray": lambda meta, unpacker: unpacker.get(meta["a"]),
    "objects": _read_objects,
    "sparse": _read_sparse,
}
