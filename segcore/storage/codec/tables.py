"""pandas Index, Series and DataFrame as arrays: dtypes, names and labels come back exactly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

from segcore.errors import StoreError
from segcore.storage.codec.arrays import Meta, Packer, Unpacker, pack_array, pack_text, read_text

_MASKED = {"b": pd.arrays.BooleanArray, "f": pd.arrays.FloatingArray}


def pack(value: Any, packer: Packer) -> Meta | None:
    """The form of a pandas object; None where it is not one."""
    if isinstance(value, pd.DataFrame):
        return _pack_frame(value, packer)
    if isinstance(value, pd.Series):
        index, name = _pack_index(value.index, packer), packer.pack(value.name)
        return {"t": "series", "v": _pack_values(value, packer), "index": index, "name": name}
    return _pack_index(value, packer) if isinstance(value, pd.Index) else None


def _pack_frame(frame: pd.DataFrame, packer: Packer) -> Meta:
    meta = {
        "t": "frame",
        "index": _pack_index(frame.index, packer),
        "columns": _pack_index(frame.columns, packer),
    }
    kinds = set(frame.dtypes)
    if len(kinds) == 1 and isinstance(kind := kinds.pop(), np.dtype) and kind.kind != "O":
        return {**meta, "block": packer.put(frame.to_numpy())}
    return {**meta, "v": [_pack_values(frame.iloc[:, i], packer) for i in range(frame.shape[1])]}


def _pack_index(index: pd.Index, packer: Packer) -> Meta:
    if isinstance(index, pd.MultiIndex):
        levels = [_pack_index(level, packer) for level in index.levels]
        codes = [packer.put(np.asarray(code)) for code in index.codes]
        return {"t": "multiindex", "levels": levels, "codes": codes, "names": packer.pack(list(index.names))}
    name = packer.pack(index.name)
    if isinstance(index, pd.RangeIndex):
        return {"t": "rangeindex", "v": [index.start, index.stop, index.step], "name": name}
    return {"t": "index", "v": _pack_values(index, packer), "name": name}


def _pack_values(holder: pd.Series | pd.Index, packer: Packer) -> Meta:
    """The values of one column, whatever their dtype."""
    dtype = holder.dtype
    if isinstance(dtype, np.dtype):
        return pack_array(holder.to_numpy(), packer)
    if isinstance(dtype, pd.StringDtype):
        return _pack_text_column(holder, dtype, packer)
    if isinstance(dtype, pd.CategoricalDtype):
        values = holder.array
        codes, categories = packer.put(np.asarray(values.codes)), _pack_index(values.categories, packer)
        return {"t": "categorical", "a": codes, "categories": categories, "ordered": values.ordered}
    if isinstance(dtype, pd.DatetimeTZDtype):
        instants = holder.array.tz_convert(None).to_numpy()
        return {"t": "zoned", "a": packer.put(instants), "tz": str(dtype.tz)}
    if dtype.name.lower().startswith(("int", "uint", "float", "boolean")) and hasattr(dtype, "numpy_dtype"):
        missing = holder.isna()
        plain = holder.array.to_numpy(dtype=dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0))
        return {"t": "masked", "a": packer.put(plain), "missing": packer.put(np.asarray(missing))}
    raise StoreError(f"A column of type {dtype} cannot be stored.")


def _pack_text_column(holder: pd.Series | pd.Index, dtype: pd.StringDtype, packer: Packer) -> Meta:
    missing = np.asarray(holder.isna())
    texts = holder.to_numpy(dtype=object)
    if missing.any():
        texts = np.where(missing, "", texts)
    meta = {"t": "text", "storage": dtype.storage, "nan": dtype.na_value is not pd.NA}
    gaps = {"missing": packer.put(missing)} if missing.any() else {}
    return {**meta, **gaps, **pack_text(texts.tolist(), packer)}


def _read_text_column(meta: Meta, unpacker: Unpacker) -> Any:
    texts = np.asarray(read_text(meta, unpacker), dtype=object)
    na_value = np.nan if meta["nan"] else pd.NA
    if "missing" in meta:
        texts[unpacker.get(meta["missing"])] = na_value
    return pd.array(texts, dtype=pd.StringDtype(_storage(meta["storage"]), na_value=na_value))


def _storage(wanted: str) -> str:
    """A file written where pyarrow is installed also opens where it is not."""
    if wanted != "pyarrow":
        return wanted
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        return "python"
    return wanted


def _read_masked(meta: Meta, unpacker: Unpacker) -> Any:
    values, missing = unpacker.get(meta["a"]), unpacker.get(meta["missing"])
    return _MASKED.get(values.dtype.kind, pd.arrays.IntegerArray)(values, missing)


def _read_categorical(meta: Meta, unpacker: Unpacker) -> pd.Categorical:
    categories = unpacker.unpack(meta["categories"])
    return pd.Categorical.from_codes(unpacker.get(meta["a"]), categories, ordered=meta["ordered"])


def _read_zoned(meta: Meta, unpacker: Unpacker) -> Any:
    return pd.DatetimeIndex(unpacker.get(meta["a"])).tz_localize("UTC").tz_convert(meta["tz"]).array


def _read_index(meta: Meta, unpacker: Unpacker) -> pd.Index:
    values = unpacker.unpack(meta["v"])
    return pd.Index(values, dtype=values.dtype, name=unpacker.unpack(meta["name"]))


def _read_range(meta: Meta, unpacker: Unpacker) -> pd.RangeIndex:
    return pd.RangeIndex(*meta["v"], name=unpacker.unpack(meta["name"]))


def _read_multiindex(meta: Meta, unpacker: Unpacker) -> pd.MultiIndex:
    levels = [unpacker.unpack(level) for level in meta["levels"]]
    codes = [unpacker.get(code) for code in meta["codes"]]
    return pd.MultiIndex(levels=levels, codes=codes, names=unpacker.unpack(meta["names"]))


def _read_series(meta: Meta, unpacker: Unpacker) -> pd.Series:
    values, index = unpacker.unpack(meta["v"]), unpacker.unpack(meta["index"])
    return pd.Series(values, index=index, name=unpacker.unpack(meta["name"]), dtype=values.dtype)


def _read_frame(meta: Meta, unpacker: Unpacker) -> pd.DataFrame:
    index, columns = unpacker.unpack(meta["index"]), unpacker.unpack(meta["columns"])
    if "block" in meta:
        return pd.DataFrame(unpacker.get(meta["block"]), index=index, columns=columns)
    held = {}
    for position, column in enumerate(meta["v"]):
        values = unpacker.unpack(column)
        held[position] = pd.Series(values, index=index, dtype=values.dtype)
    frame = pd.DataFrame(held, index=index)
    frame.columns = columns  # set afterwards: two columns may carry the same label
    return frame


READERS: dict[str, Callable[[Meta, Any], Any]] = {
    "frame": _read_frame,
    "series": _read_series,
    "index": _read_index,
    "rangeindex": _read_range,
    "multiindex": _read_multiindex,
    "text": _read_text_column,
    "masked": _read_masked,
    "categorical": _read_categorical,
    "zoned": _read_zoned,
}
