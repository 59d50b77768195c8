"""Fit at one level, read at another: counted by hand, sums that agree, and the wine behind a varietal."""

import numpy as np
import pandas as pd
import pytest

from segcore.errors import SpecError
from segcore.hierarchy.children import children_scores, finer_levels, leading_child
from segcore.matrix import build_matrix
from segcore.purchases import make_purchases
from segcore.segments import segment
from segcore.segments.profiles import profile_products
from tests.segcore import known


def two_tastes():
    """Fifteen buy red wine and ten white; inside red, most of the fifteen buy Merlot and few of the others."""
    tree = pd.DataFrame(
        {"kind": ["Red", "Red", "White", "White", "Tea", "Tea"]},
        index=["Merlot", "Malbec", "Soave", "Riesling", "Mint", "Sage"],
    )
    who, what = [], []
    for n in range(25):
        bought = ["Merlot", "Mint"] if n < 12 else ["Malbec", "Sage"] if n < 15 else ["Soave", "Riesling"]
        who += [f"c{n:02d}"] * len(bought)
        what += bought
    return make_purchases([*who, "c20"], [*what, "Merlot"], product_attributes=tree)


def test_children_counted_by_hand():
    purchases = two_tastes()
    cut = segment(build_matrix(purchases, "kind"), 2)
    assert cut.sizes.tolist() == [15, 10]
    table = children_scores(purchases, cut, "Red")
    assert table["child"].unique().tolist() == ["Merlot", "Malbec"]  # most buyers first
    merlot = table[(table["child"] == "Merlot")].set_index("segment")
    assert merlot["buyers"].tolist() == [12, 1]
    assert merlot["share"].tolist() == [0.8, 0.1]
    assert merlot["share_all"].tolist() == [13 / 25] * 2
    assert merlot["index"].round(6).tolist() == [round(100 * 0.8 / 0.52, 6), round(100 * 0.1 / 0.52, 6)]
    assert leading_child(table, 1)["child"] == "Merlot"
    assert leading_child(table, 2) is None
    assert finer_levels(purchases, "kind") == ("Product",)
    assert finer_levels(purchases, "Product") == ()


def test_a_product_nobody_knows_is_refused():
    purchases = two_tastes()
    with pytest.raises(SpecError, match="Beer"):
        children_scores(purchases, segment(build_matrix(purchases, "kind"), 2), "Beer")


def test_reading_at_the_own_level_is_the_profile(data_dir):
    purchases = known.wine(data_dir)
    matrix = build_matrix(purchases, "Varietal")
    cut = segment(matrix, 3)
    profile = profile_products(matrix, cut).set_index(["product", "segment"])
    for product in matrix.products:
        own = children_scores(purchases, cut, product, "Varietal")
        want = profile.loc[product]
        assert own["buyers"].tolist() == want["buyers"].tolist()
        assert np.allclose(own["index"], want["index"])


def test_the_offers_inside_champagne(data_dir):
    purchases = known.wine(data_dir)
    cut = segment(build_matrix(purchases, "Varietal"), 3)
    table = children_scores(purchases, cut, "Champagne")
    offers = purchases.products.index[purchases.products["Varietal"] == "Champagne"]
    assert set(table["child"]) == set(offers)
    assert (table["buyers"] <= table["segment"].map(cut.sizes)).all()
    by_origin = children_scores(purchases, cut, "Champagne", "Origin")
    assert set(by_origin["child"]) == set(purchases.products.loc[offers, "Origin"])
    assert by_origin["buyers"].sum() <= table["buyers"].sum()
