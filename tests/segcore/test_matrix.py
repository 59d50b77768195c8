"""The matrix equals a plain pivot of the lines at every level, returns netted, and each filter says what it took."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segcore.choices.offered import WEIGHTINGS, offered
from segcore.errors import NotEnoughData, SpecError
from segcore.matrix import MatrixSpec, Removed, build_matrix, incidence
from segcore.purchases import make_purchases
from segcore.purchases.levels import level_codes
from tests.segcore import known

KINDS = pd.DataFrame(
    {
        "sort": [f"s{j // 3}" for j in range(12)],
        "land": [f"l{j % 4}" for j in range(12)],
        "group": [f"g{j // 6}" for j in range(12)],
    },
    index=[f"p{j:02d}" for j in range(12)],
)
LEVELS = ("Product", "sort", "land", "group", "sort + land", "group + land + sort")


def random_lines(seed, n=150, returns=True):
    generator = np.random.default_rng(seed)
    quantity = generator.integers(-2 if returns else 1, 4, n).astype(float)
    return pd.DataFrame(
        {
            "customer": [f"c{i:02d}" for i in generator.integers(0, 20, n)],
            "product": generator.choice(KINDS.index, n),
            "date": pd.Timestamp("2026-01-01") + pd.to_timedelta(generator.integers(0, 60, n), unit="D"),
            "quantity": quantity,
            "amount": np.round(quantity * generator.uniform(1, 20, n), 2),
        }
    )


def purchases_of(lines):
    return make_purchases(
        lines["customer"].to_numpy(), lines["product"].to_numpy(), product_attributes=KINDS,
        date=lines["date"].to_numpy(), quantity=lines["quantity"].to_numpy(), amount=lines["amount"].to_numpy(),
    )  # fmt: skip


def label_at(product, level):
    if level == "Product":
        return product
    first, *rest = (KINDS.loc[product, part] for part in level.split(" + "))
    return f"{first} ({', '.join(rest)})" if rest else first


def netted(lines):
    """What each customer kept of each product: by pandas, from the rule in words."""
    cells = lines.groupby(["customer", "product"], as_index=False).agg(
        quantity=("quantity", "sum"), amount=("amount", "sum"), returns=("quantity", lambda q: (q < 0).sum())
    )
    return cells[(cells["returns"] == 0) | (cells["quantity"] > 0)]


def pivot(lines, level, measure):
    kept = netted(lines)
    kept = kept.assign(label=[label_at(p, level) for p in kept["product"]])
    return kept.pivot_table(index="customer", columns="label", values=measure, aggfunc="sum", fill_value=0.0)


def as_frame(matrix):
    return pd.DataFrame(matrix.values.toarray(), matrix.customers, matrix.products)


@given(seed=st.integers(0, 100_000), level=st.sampled_from(LEVELS))
@settings(max_examples=30, deadline=None)
def test_roll_up_equals_a_pivot_of_the_kept_lines(seed, level):
    lines = random_lines(seed)
    purchases = purchases_of(lines)
    want = pivot(lines, level, "quantity")
    matrix = build_matrix(purchases, level, weighting="quantity")
    have = as_frame(matrix)
    assert set(have.columns) == set(want.columns)
    full = want.reindex(index=have.index, columns=have.columns).fillna(0.0)
    np.testing.assert_allclose(have.to_numpy(), full.to_numpy(), atol=1e-9)
    bought = as_frame(build_matrix(purchases, level, weighting="bought"))
    filled = pivot(lines.assign(one=1), level, "quantity").map(lambda _: 1.0)
    kept = netted(lines).assign(label=lambda t: [label_at(p, level) for p in t["product"]])
    assert int(bought.to_numpy().sum()) == len(kept.drop_duplicates(["customer", "label"]))
    assert set(filled.columns) == set(bought.columns)
    amounts = kept.groupby("customer")["amount"].sum().reindex(have.index).fillna(0.0)
    np.testing.assert_allclose(matrix.customer_amount, amounts.to_numpy(), atol=1e-9)


@given(seed=st.integers(0, 100_000))
@settings(max_examples=40, deadline=None)
def test_density_grows_up_a_nested_hierarchy(seed):
    purchases = purchases_of(random_lines(seed, n=90))
    finest, sort, group = (
        build_matrix(purchases, level, weighting="bought") for level in ("Product", "sort", "group")
    )
    assert finest.density <= sort.density + 1e-12
    assert sort.density <= group.density + 1e-12
    assert (finest.products_per_customer > 0).tolist() == (group.products_per_customer > 0).tolist()


def test_a_return_takes_back_its_own_product_only():
    lines = pd.DataFrame(
        [("a", "p00", 2), ("a", "p00", -2), ("a", "p01", 1), ("a", "p02", -3), ("b", "p00", 3), ("b", "p00", -1), ("b", "p05", 1)],
        columns=["customer", "product", "quantity"],
    ).assign(date=pd.Timestamp("2026-01-01"), amount=lambda t: t["quantity"] * 10.0)  # fmt: skip
    have = as_frame(build_matrix(purchases_of(lines), "Product", weighting="quantity"))
    assert list(have.columns) == ["p00", "p01", "p05"]
    assert have.loc["a"].tolist() == [0, 1, 0]
    assert have.loc["b"].tolist() == [2, 0, 1]
    assert as_frame(build_matrix(purchases_of(lines), "sort", weighting="quantity")).loc["a"].tolist() == [
        1,
        0,
    ]


def test_a_negative_amount_alone_is_a_return():
    purchases = make_purchases(
        ["a", "a", "b", "b", "c"], ["x", "x", "x", "y", "y"], amount=[5.0, -5.0, 4.0, 3.0, 2.0]
    )
    have = as_frame(build_matrix(purchases, weighting="amount"))
    assert have.to_dict("index") == {"a": {"x": 0, "y": 0}, "b": {"x": 4, "y": 3}, "c": {"x": 0, "y": 2}}


def test_returned_lines_are_no_part_of_an_order():
    purchases = make_purchases(
        ["a", "a", "a", "b"], ["x", "y", "x", "y"], order=["1", "1", "2", "1"], quantity=[1, 1, -1, 1]
    )
    per_order = incidence(purchases, "Product", per="order")
    assert per_order.rows.tolist() == ["1", "1"]  # order 1 of a, order 1 of b; order 2 was only a return
    assert per_order.values.toarray().tolist() == [[1, 1], [0, 1]]
    per_customer = incidence(purchases, "Product")
    assert per_customer.products.tolist() == ["y"]
    assert per_customer.values.toarray().tolist() == [[1], [1]]


@given(seed=st.integers(0, 10_000), first=st.integers(0, 40), length=st.integers(5, 30))
@settings(max_examples=12, deadline=None)
def test_a_window_equals_the_lines_of_those_days(seed, first, length):
    lines = random_lines(seed, n=300, returns=False)
    start = pd.Timestamp("2026-01-01") + pd.Timedelta(days=first)
    end = start + pd.Timedelta(days=length)
    matrix = build_matrix(
        purchases_of(lines),
        "sort",
        weighting="quantity",
        date_from=str(start.date()),
        date_to=str(end.date()),
    )
    inside = lines[(lines["date"] >= start) & (lines["date"] <= end)]
    want = (
        pivot(inside, "sort", "quantity").reindex(index=matrix.customers, columns=matrix.products).fillna(0.0)
    )
    np.testing.assert_allclose(as_frame(matrix).to_numpy(), want.to_numpy())
    window = matrix.removed[0]
    everything, kept = pivot(lines, "sort", "quantity"), pivot(inside, "sort", "quantity")
    assert window.filter == "date window"
    assert window.customers == len(everything) - len(kept)
    assert window.products == everything.shape[1] - kept.shape[1]
    assert window.cells == int((everything > 0).sum().sum() - (kept > 0).sum().sum())


def test_windows_compare_as_days_however_they_are_written():
    spec = MatrixSpec("Product", date_from="2026-2-1", date_to="2026-10-01")
    assert (spec.date_from, spec.date_to) == ("2026-02-01", "2026-10-01")
    assert spec == MatrixSpec("Product", date_from="2026-02-01", date_to="2026/10/01")
    with pytest.raises(SpecError, match="ends before it begins"):
        MatrixSpec("Product", date_from="2026-10-01", date_to="2026-2-1")
    with pytest.raises(SpecError, match="not a date"):
        MatrixSpec("Product", date_from="yesterday-ish")
    with pytest.raises(SpecError, match="no dates"):
        build_matrix(make_purchases(["a", "b"], ["x", "y"]), date_from="2026-01-01")


def test_the_last_day_counts_to_its_last_second():
    purchases = make_purchases(
        ["a", "b", "c", "a", "b"], ["x", "y", "y", "y", "x"],
        date=["2026-01-31 23:59:59", "2026-01-31 00:00:00", "2026-02-01 00:00:00"] + ["2026-01-01 12:00:00"] * 2,
    )  # fmt: skip
    matrix = build_matrix(purchases, weighting="bought", date_from="2026-01-31", date_to="2026-01-31")
    assert as_frame(matrix).to_numpy().tolist() == [[1, 0], [0, 1], [0, 0]]


def small():
    """a: x y z, b: x y, c: x, d: w."""
    return make_purchases(list("aaabbcd"), ["x", "y", "z", "x", "y", "x", "w"])


def test_each_filter_says_what_it_removed():
    whole = build_matrix(small(), weighting="bought")
    assert whole.removed == tuple(
        Removed(name, 0, 0, 0) for name in ("left out", "min_customers", "min_products")
    )
    left_out = build_matrix(small(), weighting="bought", left_out=("w", "never sold"))
    assert left_out.removed[0] == Removed("left out", 1, 1, 1)
    assert left_out.shape == (4, 3)
    rare = build_matrix(small(), weighting="bought", min_customers=2)
    assert rare.removed[1] == Removed("min_customers", 1, 2, 2)
    assert rare.products.tolist() == ["x", "y"]
    thin = build_matrix(small(), weighting="bought", min_products=2)
    assert thin.removed[2] == Removed("min_products", 2, 1, 2)
    assert thin.customers.tolist() == ["a", "b"]
    assert thin.products.tolist() == ["x", "y", "z"]
    both = build_matrix(small(), weighting="bought", min_customers=2, min_products=2, left_out="w")
    assert both.removed == (
        Removed("left out", 1, 1, 1), Removed("min_customers", 0, 1, 1), Removed("min_products", 2, 0, 1),
    )  # fmt: skip
    assert both.values.nnz + sum(r.cells for r in both.removed) == whole.values.nnz


@given(
    seed=st.integers(0, 10_000), min_customers=st.integers(0, 6), min_products=st.integers(0, 4),
    left_out=st.sets(st.sampled_from(sorted(KINDS.index)), max_size=4),
)  # fmt: skip
@settings(max_examples=40, deadline=None)
def test_removed_cells_and_kept_cells_are_all_cells(seed, min_customers, min_products, left_out):
    purchases = purchases_of(random_lines(seed, n=120))
    whole = build_matrix(purchases, weighting="bought")
    try:
        kept = build_matrix(
            purchases, weighting="bought", min_customers=min_customers, min_products=min_products,
            left_out=tuple(left_out),
        )  # fmt: skip
    except NotEnoughData as error:
        assert "are left" in error.sentence
        return
    assert kept.values.nnz + sum(r.cells for r in kept.removed) == whole.values.nnz
    assert kept.shape[1] + sum(r.products for r in kept.removed) == whole.shape[1]
    assert (kept.buyers > 0).all()
    if min_products > 1:
        assert kept.products_per_customer.min() >= min_products


def test_too_little_left_is_one_plain_sentence():
    with pytest.raises(NotEnoughData, match="0 products are left"):
        build_matrix(small(), left_out=("x", "y", "z", "w"))
    with pytest.raises(NotEnoughData):
        build_matrix(make_purchases(["a"], ["x"]))
    with pytest.raises(SpecError, match="no product level called"):
        build_matrix(small(), "colour")
    with pytest.raises(SpecError, match="no weighting called"):
        build_matrix(small(), weighting="heavy")
    with pytest.raises(SpecError, match="no amounts"):
        build_matrix(small(), weighting="amount")
    with pytest.raises(SpecError, match="no orders"):
        incidence(small(), "Product", per="order")


def test_weightings_by_hand():
    purchases = make_purchases(
        list("aabbc"), ["x", "y", "x", "z", "x"], quantity=[1, 3, 2, 1, 4], amount=[10, 30, 40, 5, 10]
    )
    have = {name: as_frame(build_matrix(purchases, weighting=name)).to_numpy() for name in WEIGHTINGS}
    np.testing.assert_allclose(have["bought"], [[1, 1, 0], [1, 0, 1], [1, 0, 0]])
    np.testing.assert_allclose(have["balanced"], [[1, 3**0.25, 0], [1, 0, 3**0.25], [1, 0, 0]])
    np.testing.assert_allclose(have["rare"], [[1, 1 + np.log(3), 0], [1, 0, 1 + np.log(3)], [1, 0, 0]])
    np.testing.assert_allclose(have["quantity"], [[1, 3, 0], [2, 0, 1], [4, 0, 0]])
    np.testing.assert_allclose(have["amount"], [[10, 30, 0], [40, 0, 5], [10, 0, 0]])
    np.testing.assert_allclose(have["share"], [[0.25, 0.75, 0], [8 / 9, 0, 1 / 9], [1, 0, 0]])
    np.testing.assert_allclose(have["log_quantity"], np.log1p([[0.5, 1, 0], [1, 0, 1], [2, 0, 0]]))
    np.testing.assert_allclose(have["log_amount"], np.log1p([[1, 1, 0], [4, 0, 1], [1, 0, 0]]))


def test_balanced_holds_best_sellers_back_less_where_customers_buy_many_products():
    few = make_purchases([f"c{n:02d}" for n in range(100)] * 2, ["x"] * 100 + ["y"] * 4 + ["z"] * 96)
    weights = as_frame(build_matrix(few, weighting="balanced")).max()
    np.testing.assert_allclose(weights, [1, 25**0.25, (100 / 96) ** 0.25])
    lines = [(f"c{n}", f"p{p:02d}") for n in range(8) for p in range(50) if p % 8 != n]
    many = make_purchases(*map(list, zip(*lines, strict=True)))
    np.testing.assert_allclose(as_frame(build_matrix(many, weighting="balanced")).max(), (8 / 7) ** 0.125)


def test_balanced_counts_no_product_as_rarer_than_a_fiftieth_of_the_customers():
    bought = make_purchases([f"c{n}" for n in range(200)] + ["c0", "c1", "c2"], ["x"] * 200 + ["y", "z", "z"])
    weights = as_frame(build_matrix(bought, weighting="balanced")).max()
    np.testing.assert_allclose(weights, [1, 50**0.25, 50**0.25])


def test_the_best_weighting_comes_first_and_a_full_table_offers_no_bought_or_not(data_dir):
    assert offered(False, False, False)[0] == "balanced"
    assert offered(True, False, True) == ("log_amount", "amount", "share")
    assert known.wholesale(data_dir) is not None
    assert build_matrix(known.wholesale(data_dir), weighting="bought").density == 1.0


def test_digest_names_data_and_choices():
    one = build_matrix(small(), weighting="bought")
    assert one.digest == build_matrix(small(), weighting="bought").digest
    others = {
        build_matrix(small(), weighting="rare").digest,
        build_matrix(small(), weighting="bought", left_out=("w",)).digest,
        build_matrix(make_purchases(list("abcab"), list("xxyyz")), weighting="bought").digest,
    }
    assert len(others | {one.digest}) == 4


def test_combined_labels_read_as_in_the_published_case(data_dir):
    _, labels = level_codes(known.wine(data_dir), "Varietal + Origin")
    published = [product["product"] for product in known.expected(data_dir, "wine")["products"]]
    assert sorted(labels) == sorted(published)
    per_customer = incidence(known.wine(data_dir), "Varietal + Origin")
    have = dict(
        zip(per_customer.products, np.asarray(per_customer.values.sum(axis=0)).ravel().tolist(), strict=True)
    )
    assert have == {p["product"]: p["buyers"] for p in known.expected(data_dir, "wine")["products"]}


def test_what_is_left_is_counted_as_it_is():
    purchases = make_purchases(["a", "b", "b"], ["x", "x", "y"])
    with pytest.raises(NotEnoughData, match="1 customer and 2 products are left"):
        build_matrix(purchases, min_products=2)
