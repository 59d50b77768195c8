"""Levels: published densities exactly, nothing lost in nested hierarchies, a verdict for each, one recommendation."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segcore.errors import SpecError
from segcore.hierarchy import candidate_levels, profile_levels
from segcore.matrix import build_matrix
from segcore.purchases import make_purchases
from segcore.purchases.levels import level_codes, level_parts
from tests.segcore import known

LEVELS = {
    "wine": {
        "Offer #": "offer", "Varietal + Origin": "varietal_x_origin", "Varietal": "varietal", "Origin": "origin",
        "Campaign": "campaign_month", "Minimum Qty (kg)": "min_qty",
    },
    "groceries": {"item": "item", "level2": "level2", "level1": "level1"},
}  # fmt: skip


@pytest.mark.parametrize(("name", "level"), [(name, level) for name in LEVELS for level in LEVELS[name]])
def test_published_density_exactly(data_dir, name, level):
    figures = known.expected(data_dir, name)["hierarchy_density"]["levels"][LEVELS[name][level]]
    purchases = getattr(known, name)(data_dir)
    matrix = build_matrix(purchases, level, weighting="bought")
    assert matrix.shape == (figures["n_rows"], figures["n_columns"])
    assert matrix.values.nnz == figures["nnz"]
    assert matrix.density == figures["density"]
    assert float(np.median(matrix.products_per_customer)) == figures["median_distinct_per_row"]
    assert int(matrix.products_per_customer.max()) == figures["max_distinct_per_row"]
    assert int((matrix.buyers == 1).sum()) == figures["columns_bought_by_one_row_only"]
    profile = profile_levels(purchases, (level,)).loc[level]
    assert profile["density"] == figures["density"]
    assert profile["products"] == figures["n_columns"]
    assert profile["customers"] == figures["n_rows"]
    assert profile["median_products"] == figures["median_distinct_per_row"]


def test_the_wine_levels_worth_showing(data_dir):
    levels = candidate_levels(known.wine(data_dir))
    assert levels[0] == "Offer #"
    assert {"Varietal", "Origin", "Varietal + Origin"} <= set(levels)
    assert not {"Minimum Qty (kg)", "Discount (%)"} & set(levels)


def test_one_level_is_recommended_and_every_verdict_has_its_reason(data_dir):
    for purchases in (known.wine(data_dir), known.groceries(data_dir), known.wholesale(data_dir)):
        table = profile_levels(purchases)
        assert table["recommended"].sum() == 1
        assert set(table["verdict"]) <= {"too thin", "good", "too coarse"}
        assert table["reason"].str.endswith(".").all()
        assert table["products"].is_monotonic_decreasing
        shares = table[["density", "one_product_share", "rare_share", "common_share"]]
        assert shares.min().min() >= 0
        assert shares.max().max() <= 1


def test_figures_of_a_level_by_hand():
    purchases = make_purchases(list("aaabbcd"), ["x", "y", "z", "x", "y", "x", "w"])
    row = profile_levels(purchases).loc["Product"]
    assert row["density"] == 7 / 16
    assert row["median_products"] == 1.5
    assert row["one_product_share"] == 0.5
    assert row["rare_share"] == 1.0
    assert row["common_share"] == 0.25


def test_a_name_takes_the_place_of_a_bare_id():
    products = pd.DataFrame(
        {"name": ["tea", "milk", "jam"], "price": ["1", "2", "3"]}, index=["101", "102", "103"]
    )
    purchases = make_purchases(
        list("aabbcc"), ["101", "102", "102", "103", "103", "101"], product_attributes=products
    )
    assert candidate_levels(purchases) == ("name",)


def test_unknown_parents_are_one_group_called_unknown():
    products = pd.DataFrame({"kind": ["hot", "", "sweet"]}, index=["tea", "milk", "jam"])
    purchases = make_purchases(list("abc"), ["tea", "milk", "jam"], product_attributes=products)
    assert level_codes(purchases, "kind")[1].tolist() == ["hot", "sweet", "unknown"]


def test_a_level_that_is_not_there_names_the_ones_that_are(data_dir):
    with pytest.raises(SpecError, match="Choose from: Offer #, Campaign, Varietal"):
        level_parts(known.wine(data_dir), "Varietal + Vintage")
    assert level_parts(known.wine(data_dir), "Varietal + Origin") == ("Varietal", "Origin")
    assert level_parts(known.wine(data_dir), "Offer #") == ()


@given(seed=st.integers(0, 100_000))
@settings(max_examples=30, deadline=None)
def test_a_nested_hierarchy_only_gets_fuller(seed):
    generator = np.random.default_rng(seed)
    parent = generator.integers(0, 6, 20)
    tree = pd.DataFrame(
        {"mid": [f"m{m}" for m in parent], "top": [f"t{m % 3}" for m in parent]},
        index=[f"p{j:02d}" for j in range(20)],
    )
    customer, product = generator.integers(0, 15, 60), generator.integers(0, 20, 60)
    purchases = make_purchases(
        customer.astype(str), [f"p{j:02d}" for j in product], product_attributes=tree,
        quantity=generator.integers(-1, 3, 60).astype(float),
    )  # fmt: skip
    table = profile_levels(purchases, ("Product", "mid", "top"))
    density = table.loc[["Product", "mid", "top"], "density"].to_numpy()
    assert (np.diff(density) >= -1e-12).all()
    assert table["customers"].nunique() == 1


def test_a_file_with_thousands_of_attributes_is_not_tried_in_millions_of_pairs():
    """Pairs of 2,000 attributes would be two million tables; the work then never ends."""
    products = [f"p{at:02d}" for at in range(40)]
    attributes = pd.DataFrame(
        {f"a{n:04d}": [f"v{(at * (n + 3)) % 7}" for at in range(40)] for n in range(2_000)}, index=products
    )
    customers = [f"c{at % 30}" for at in range(300)]
    bought = make_purchases(
        customers, [products[at * 7 % 40] for at in range(300)], product_attributes=attributes
    )
    assert 40 <= len(candidate_levels(bought)) <= 70
