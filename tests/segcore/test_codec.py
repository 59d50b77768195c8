"""Everything the store writes comes back as it was: types, labels, bits."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import sparse

from segcore.errors import StoreError
from segcore.purchases import Purchases, make_purchases
from segcore.storage import codec

relaxed = settings(deadline=None, max_examples=60)

ANY_TEXT = st.text(st.characters(categories=None), max_size=8)  # lone surrogates and NUL included
PLAIN_TEXT = st.text(max_size=8)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | ANY_TEXT
    | st.binary(max_size=6)
    | st.dates()
)
NESTED = st.recursive(
    SCALARS | st.frozensets(ANY_TEXT, max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(ANY_TEXT | st.integers(), inner, max_size=4)
    ),
    max_leaves=12,
)
RAW = hnp.arrays(
    dtype=st.sampled_from(
        ["bool", "int8", "int32", "int64", "uint16", ">i4", "float32", "float64", "datetime64[s]"]
    ),
    shape=hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)


def there_and_back(value):
    meta, arrays = codec.encode(value)
    text = json.dumps(meta, allow_nan=False)  # strict JSON, as the store writes it
    return codec.decode(json.loads(text), arrays)


def same(left, right) -> bool:
    """Equal with types: 1, 1.0 and True are three different things."""
    if type(left) is not type(right):
        return False
    if isinstance(left, (list, tuple)):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return list(map(repr, left)) == list(map(repr, right)) and all(same(left[k], right[k]) for k in left)
    return repr(left) == repr(right) if isinstance(left, float) else left == right


@relaxed
@given(NESTED)
def test_plain_values_come_back_with_their_types_and_order(value):
    assert same(there_and_back(value), value)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), -0.0, 5e-324])
def test_every_float_comes_back(value):
    assert repr(there_and_back(value)) == repr(value)


@pytest.mark.parametrize(
    "value",
    [
        pd.Timestamp("2024-02-29"),
        pd.Timestamp("2024-02-29 10:11:12.123456789"),
        pd.Timestamp("2024-02-29", tz="Europe/Berlin"),
        pd.Timestamp("1015-01-01").as_unit("s"),
        datetime(2024, 2, 29, 10, 11),
        date(2024, 2, 29),
        range(2, 11, 3),
    ],
)
def test_times_and_ranges_come_back(value):
    back = there_and_back(value)
    assert back == value and type(back) is type(value)
    assert getattr(back, "unit", None) == getattr(value, "unit", None)
    assert str(getattr(back, "tz", None)) == str(getattr(value, "tz", None))


def test_missing_markers_come_back_as_themselves():
    assert there_and_back(pd.NaT) is pd.NaT
    assert there_and_back(pd.NA) is pd.NA


@relaxed
@given(RAW)
def test_arrays_come_back_bit_for_bit(values):
    back = there_and_back(values)
    assert back.dtype == values.dtype and back.shape == values.shape
    assert back.tobytes() == values.tobytes()


@relaxed
@given(st.lists(ANY_TEXT, max_size=8), st.booleans())
def test_text_arrays_keep_nul_surrogates_and_empty(texts, two_dimensional):
    values = np.empty(len(texts), dtype=object)
    values[:] = texts
    values = values.reshape(-1, 1) if two_dimensional else values
    back = there_and_back(values)
    assert back.dtype == object and back.shape == values.shape
    assert back.ravel().tolist() == texts


@relaxed
@given(st.lists(st.frozensets(ANY_TEXT, max_size=3), min_size=1, max_size=8))
def test_sides_of_rules_come_back_as_frozensets(sides):
    table = pd.DataFrame({"antecedents": pd.Series(sides, dtype=object), "support": 0.5})
    back = there_and_back(table)
    pd.testing.assert_frame_equal(back, table)
    assert all(type(side) is frozenset for side in back["antecedents"])


@relaxed
@given(
    st.integers(0, 6),
    st.integers(0, 5),
    st.sampled_from(["csr_matrix", "csr_array", "csc_matrix"]),
    st.sampled_from(["float32", "float64", "int32"]),
    st.integers(0, 2**31),
)
def test_sparse_matrices_keep_class_dtype_and_pattern(rows, columns, name, dtype, seed):
    dense = np.random.default_rng(seed).poisson(0.5, (rows, columns)).astype(dtype)
    matrix = getattr(sparse, name)(dense)
    back = there_and_back(matrix)
    assert type(back) is type(matrix) and back.dtype == matrix.dtype and back.shape == matrix.shape
    for part in ("data", "indices", "indptr"):
        ours, theirs = getattr(back, part), getattr(matrix, part)
        assert ours.dtype == theirs.dtype and np.array_equal(ours, theirs)


def test_wide_sparse_indices_are_not_narrowed():
    matrix = sparse.csr_matrix(np.eye(3))
    matrix.indices, matrix.indptr = matrix.indices.astype("int64"), matrix.indptr.astype("int64")
    back = there_and_back(matrix)
    assert back.indices.dtype == np.int64 and back.indptr.dtype == np.int64
    assert np.array_equal(back.toarray(), np.eye(3))


INDEXES = [
    pd.RangeIndex(1, 9, 2, name="segment"),
    pd.Index([1, 2, 3], dtype="int32", name=7),
    pd.Index(["b", "a", ""], dtype="str", name="Customer Last Name"),
    pd.Index(["b", None, "a"], dtype="str"),
    pd.Index(["b", "a"], dtype=object),
    pd.Index(["b", 1, None, ("x", 2), pd.NA], dtype=object),
    pd.Index([], dtype="str", name="nobody"),
    pd.Index([], dtype=object),
    pd.Index([0.5, np.nan]),
    pd.Index([True, False]),
    pd.Index([1, None], dtype="Int64"),
    pd.DatetimeIndex(["2024-01-01", None]).as_unit("s"),
    pd.DatetimeIndex(["2024-01-01"], tz="Asia/Tokyo"),
    pd.CategoricalIndex(["a", "b", "a"], categories=["b", "a", "c"], ordered=True, name=("x", 1)),
    pd.MultiIndex.from_tuples([("a", 1), ("b", 2), ("a", 2)], names=["Varietal", None]),
]


@pytest.mark.parametrize("index", INDEXES, ids=lambda i: f"{type(i).__name__}-{i.dtype}-{len(i)}")
def test_index_comes_back_exactly(index):
    back = there_and_back(index)
    pd.testing.assert_index_equal(back, index, exact=True)
    assert back.dtype == index.dtype and list(back.names) == list(index.names)


COLUMNS = {
    "Int64": [1, None, 3],
    "UInt8": [1, None, 3],
    "Float64": [1.5, None, 3],
    "boolean": [True, None, False],
    "str": ["x", None, ""],
    "string": ["x", None, "ä\0"],
    "datetime64[s]": ["2024-01-01", None, "1999-12-31"],
    "datetime64[us, Europe/Berlin]": ["2024-01-01", None, "1999-12-31"],
    "timedelta64[s]": [1, 2, 3],
    "category": ["u", "v", "u"],
    "float32": [0.1, np.nan, np.inf],
    "int16": [1, 2, 3],
    "bool": [True, False, True],
    "object": [1, "two", None],
}


@pytest.mark.parametrize("dtype", COLUMNS)
def test_series_comes_back_exactly(dtype):
    series = pd.Series(COLUMNS[dtype], index=pd.Index(["a", "b", "c"], name="k"), name=3).astype(dtype)
    back = there_and_back(series)
    pd.testing.assert_series_equal(back, series)
    assert back.dtype == series.dtype and back.name == 3 and type(back.name) is int


@relaxed
@given(st.lists(st.none() | PLAIN_TEXT, max_size=8), st.none() | ANY_TEXT | st.integers())
def test_text_series_comes_back_exactly(texts, name):
    series = pd.Series(texts, dtype="str", name=name)
    pd.testing.assert_series_equal(there_and_back(series), series)


def test_frame_keeps_mixed_columns_int_labels_and_repeated_labels():
    columns = {i: pd.Series(v, dtype=object).astype(d) for i, (d, v) in enumerate(COLUMNS.items())}
    frame = pd.DataFrame(columns)
    frame.index = pd.Index([3, 1, 2], name="row")
    labels = list(range(1, frame.shape[1] + 1))
    labels[1] = 1
    frame.columns = pd.Index(labels, name="segment")
    back = there_and_back(frame)
    pd.testing.assert_frame_equal(back, frame)
    assert list(back.dtypes) == list(frame.dtypes)


@relaxed
@given(
    hnp.arrays(
        st.sampled_from(["float64", "float32", "int32", "bool"]),
        st.tuples(st.integers(0, 4), st.integers(0, 4)),
    )
)
def test_frame_of_one_dtype_comes_back_even_without_rows_or_columns(values):
    frame = pd.DataFrame(values, index=pd.RangeIndex(len(values), name="customer"))
    frame.columns = pd.RangeIndex(1, values.shape[1] + 1, name="segment")
    back = there_and_back(frame)
    pd.testing.assert_frame_equal(back, frame)


def test_purchases_come_back_with_the_same_digest():
    purchases = make_purchases(
        ["Ünal", "Smith", "Smith"],
        ["Pinot Noir", "Malbec", "Malbec"],
        product_attributes=pd.DataFrame({"Origin": ["Germany", "France"]}, index=["Pinot Noir", "Malbec"]),
        date=["2024-01-03", None, "2024-01-01"],
        quantity=[1, 2, -1],
    )
    back = there_and_back(purchases)
    assert type(back) is Purchases and back.digest == purchases.digest and back.orders is None
    pd.testing.assert_frame_equal(back.lines, purchases.lines)
    pd.testing.assert_frame_equal(back.products, purchases.products)


@dataclass(frozen=True)
class Stranger:
    x: int = 1


@pytest.mark.parametrize(
    "value", [Stranger(), object(), {1, 2}, np.zeros(2, dtype=[("a", "i4")]), pd.Series([1]).groupby([0]), 1j]
)
def test_what_is_not_ours_is_refused_on_the_way_in(value):
    with pytest.raises(StoreError, match="cannot be stored"):
        codec.encode(value)


@pytest.mark.parametrize(
    "meta",
    [
        {"t": "record", "c": "subprocess:Popen", "v": {"args": "true"}},
        {"t": "record", "c": "segcore.store:Path", "v": {}},
        {"t": "record", "c": "segcore.errors:StoreError", "v": {}},
        {"t": "record", "c": "segcore.store:subprocess.Popen", "v": {}},
        {"t": "record", "c": "segcore.nowhere:Thing", "v": {}},
        {"t": "record", "c": "segcorex:Thing", "v": {}},
        {"t": "unheard of"},
        {"t": "ndarray", "a": "9"},
        {"no": "tag"},
    ],
)
def test_a_form_that_names_anything_else_is_refused_on_the_way_out(meta):
    with pytest.raises(StoreError, match="does not have the form"):
        codec.decode(meta, {})


def test_no_array_needs_a_pickle():
    value = {"t": np.array(["a", None], dtype=object), "f": pd.DataFrame({"s": [frozenset("ab")], "n": [1]})}
    _, arrays = codec.encode(value)
    assert all(array.dtype != object for array in arrays.values())
