"""Purchases: the same lines in any order are the same object; labels sort; nothing is sampled in the digest."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from segcore.purchases import encode_labels, make_purchases, natural_order
from tests.segcore import known


def some_lines(n=400, seed=0):
    generator = np.random.default_rng(seed)
    return pd.DataFrame(
        {
            "customer": generator.integers(0, 40, n).astype(str),
            "product": [f"p{j}" for j in generator.integers(0, 15, n)],
            "order": generator.integers(0, 120, n).astype(str),
            "date": pd.Timestamp("2026-01-01") + pd.to_timedelta(generator.integers(0, 90, n), unit="D"),
            "quantity": generator.integers(-2, 6, n).astype(float),
            "amount": generator.normal(5, 4, n).round(2),
        }
    )


def purchases_of(lines, **more):
    columns = {
        name: lines[name].to_numpy() for name in ("order", "date", "quantity", "amount") if name in lines
    }
    return make_purchases(lines["customer"].to_numpy(), lines["product"].to_numpy(), **columns, **more)


@given(seed=st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_line_order_cannot_matter(seed):
    lines = some_lines()
    lines.loc[::7, "date"] = pd.NaT
    lines.loc[::11, "amount"] = np.nan
    shuffled = lines.sample(frac=1.0, random_state=seed)
    one, other = purchases_of(lines), purchases_of(shuffled)
    assert one.digest == other.digest
    pd.testing.assert_frame_equal(one.lines, other.lines)


def test_every_single_change_shows_in_the_digest():
    lines = some_lines()
    digests = {purchases_of(lines).digest}
    for column, value in (
        ("customer", "41"), ("product", "p99"), ("order", "200"), ("date", pd.Timestamp("2027-01-01")),
        ("quantity", 77.0), ("amount", -0.01),
    ):  # fmt: skip
        changed = lines.copy()
        changed.loc[250, column] = value
        digests.add(purchases_of(changed).digest)
    digests.add(purchases_of(lines.iloc[1:]).digest)
    digests.add(purchases_of(lines, row_kind="basket").digest)
    digests.add(purchases_of(lines, product_label="Item").digest)
    attributes = pd.DataFrame({"kind": "red"}, index=[f"p{j}" for j in range(15)])
    digests.add(purchases_of(lines, product_attributes=attributes).digest)
    attributes.loc["p3", "kind"] = "white"
    digests.add(purchases_of(lines, product_attributes=attributes).digest)
    assert len(digests) == 12


def test_a_negative_zero_is_a_zero():
    one = make_purchases(["a", "b"], ["x", "y"], quantity=[0.0, 1.0])
    other = make_purchases(["a", "b"], ["x", "y"], quantity=[-0.0, 1.0])
    assert one.digest == other.digest


def test_whole_numbers_sort_as_numbers_and_anything_else_as_text():
    assert [["10", "9", "100"][i] for i in natural_order(["10", "9", "100"])] == ["9", "10", "100"]
    assert [["10", "9", "x"][i] for i in natural_order(["10", "9", "x"])] == ["10", "9", "x"]
    assert list(encode_labels(["007", "7", "10"], "id")[1]) == ["007", "7", "10"]


def test_a_label_is_its_text():
    codes, labels = encode_labels(np.array([1, "1", 2, "2", 1], dtype=object), "id")
    assert list(labels) == ["1", "2"]
    assert codes.tolist() == [0, 0, 1, 1, 0]


def test_attributes_cover_exactly_the_products_in_the_lines():
    attributes = pd.DataFrame({"kind": ["red", None, "rosé"]}, index=["x", "y", "never bought"])
    purchases = make_purchases(["a", "b", "c"], ["x", "y", "z"], product_attributes=attributes)
    assert purchases.products["kind"].to_dict() == {"x": "red", "y": "", "z": ""}


def test_date_span_and_what_the_lines_have():
    purchases = purchases_of(some_lines())
    first, last = purchases.date_span
    assert (first, last) == (purchases.lines["date"].min(), purchases.lines["date"].max())
    assert purchases.has("amount")
    bare = make_purchases(["a"], ["x"])
    assert bare.date_span is None
    assert not bare.has("order")
    assert make_purchases(["a"], ["x"], date=[pd.NaT]).date_span is None


def test_the_wine_data_arrive_whole(data_dir):
    purchases, counts = known.wine(data_dir), known.expected(data_dir, "wine")["counts"]
    assert len(purchases.customers) == counts["customers"]
    assert len(purchases.products) == counts["offers"]
    assert purchases.n_lines == counts["transactions"]
    assert list(purchases.products.index[:3]) == ["1", "2", "3"]
    assert purchases.row_word == "customers"
    assert known.groceries(data_dir).row_word == "baskets"


def test_lines_stand_in_the_order_of_all_their_columns():
    generator = np.random.default_rng(3)
    n = 4_000
    drawn = {
        "customer": generator.integers(0, 9, n),
        "product": generator.integers(0, 7, n),
        "order": generator.integers(0, 3, n),
        "date": np.datetime64("2026-01-01", "s") + generator.integers(0, 3, n).astype("timedelta64[D]"),
        "quantity": generator.integers(1, 3, n).astype(float),
        "amount": generator.choice([1.5, -2.0, np.nan], n),
    }
    lines = make_purchases(**drawn).lines
    keys = list(lines.columns)
    assert keys == list(drawn)
    pd.testing.assert_frame_equal(lines, lines.sort_values(keys, ignore_index=True))


def test_a_categorical_is_read_like_its_texts():
    texts = ["b", "a", "10", "b", "9"]
    kind = pd.Categorical(texts, categories=["unused", "b", "10", "a", "9"])
    codes, labels = encode_labels(kind, "id")
    plain, same = encode_labels(texts, "id")
    assert list(codes) == list(plain)
    assert list(labels) == list(same) == ["10", "9", "a", "b"]
