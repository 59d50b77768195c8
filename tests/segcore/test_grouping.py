"""Groups where a file has none: from a map, from names, from what is bought together."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segcore.errors import NotEnoughData, SegcoreError, UnclearColumns
from segcore.hierarchy.grouping import expand, groups_bought_together, groups_from_names, read_map
from segcore.purchases import make_purchases
from segcore.segments.compare import adjusted_rand_index
from segcore.storage import codec
from tests.segcore import known

NAMES = ["White t-light holder", "Glass holder", "Red holder", "Tea pot", "Blue teapot", "Ceramic pots", "Small pot",
         "Lunch bag", "Jumbo bags", "Bag, pink", "Clock"]  # fmt: skip


def test_names_that_share_their_thing_are_one_group():
    groups = groups_from_names(NAMES)
    assert groups.to_dict() == {
        "White t-light holder": "Holder", "Glass holder": "Holder", "Red holder": "Holder", "Tea pot": "Pot",
        "Blue teapot": "", "Ceramic pots": "Pot", "Small pot": "Pot", "Lunch bag": "Bag", "Jumbo bags": "Bag",
        "Bag, pink": "Bag", "Clock": "",
    }  # fmt: skip


@given(st.lists(st.text(max_size=14), max_size=25, unique=True))
@settings(deadline=None, max_examples=60)
def test_any_names_give_groups_of_three_or_none(names):
    groups = groups_from_names(names)
    assert list(groups.index) == names
    sizes = groups[groups != ""].value_counts()
    assert (sizes >= 3).all()


def shop(groups=5, each=12, customers=400, seed=0):
    """Customers of five tastes; who likes a taste buys within it."""
    generator = np.random.default_rng(seed)
    who = np.repeat(np.arange(customers), 10)
    taste = who % groups
    own = generator.random(len(who)) < 0.9
    group = np.where(own, taste, generator.integers(0, groups, len(who)))
    what = group * each + generator.integers(0, each, len(who))
    return make_purchases([f"c{c}" for c in who], [f"p{w:03d}" for w in what]), each


def test_what_is_bought_together_is_found_again():
    purchases, each = shop()
    found = groups_bought_together(purchases, "Product", 5)
    truth = np.arange(60) // each
    have = pd.factorize(found.groups)[0]
    table = np.zeros((5, have.max() + 1), dtype=int)
    np.add.at(table, (truth, have), 1)
    assert adjusted_rand_index(table) > 0.95
    assert found.groups.nunique() == 5
    assert found.closeness.between(0, 1).all()
    again = groups_bought_together(purchases, "Product", 5)
    assert again.groups.equals(found.groups)
    assert codec.decode(*codec.encode(found)).groups.tolist() == found.groups.tolist()


def test_products_with_too_few_buyers_have_no_group():
    purchases, _ = shop()
    lines = purchases.lines
    who = [*purchases.customers[lines["customer"]], "c0", "c1"]
    what = [*purchases.products.index[lines["product"]], "rare", "rare"]
    found = groups_bought_together(make_purchases(who, what), "Product", 5)
    assert found.groups["rare"] == ""
    with pytest.raises(NotEnoughData, match="3 buyers"):
        groups_bought_together(make_purchases(list("aabb"), list("xyxy")), "Product")


def test_wine_gets_groups_that_follow_taste(data_dir):
    purchases = known.wine(data_dir)
    found = groups_bought_together(purchases, "Offer #", 4)
    pinot = purchases.products.index[purchases.products["Varietal"] == "Pinot Noir"]
    assert found.groups[pinot].value_counts().iloc[0] >= len(pinot) - 1  # the best-known taste of this data


def tea():
    return make_purchases(
        list("aabbcc"), ["007", "12", "Assam tea", "12", "007", "Sencha"], product_label="article"
    )


@pytest.mark.parametrize(
    "content",
    [
        "product;group\n007;Hot\n12;Cold\nASSAM TEA;Hot\n",
        "Gruppe,Artikel\nHot,7\nCold,12\nHot,Assam tea\n",
        "sep=\t\narticle\tkind\n007\tHot\n12\tCold\nassam  tea\tHot\n",
    ],
)
def test_a_map_is_read_whatever_its_dress(content):
    found = read_map(("map.csv", content.encode()), tea())
    (column,) = found.groups.columns
    groups = found.groups[column]
    assert groups["12"] == "Cold" and groups["Assam tea"] == "Hot" and groups["Sencha"] == ""
    assert found.known >= 2
    assert any("unknown" in finding.sentence or "not in" in finding.sentence for finding in found.findings)


def test_a_map_that_names_no_product_says_so():
    with pytest.raises(UnclearColumns, match="names products"):
        read_map(("map.csv", b"x,y\nfoo,1\nbar,2\n"), tea())
    with pytest.raises(SegcoreError):
        read_map(("map.csv", b""), tea())


def test_groups_of_labels_become_groups_of_products():
    table = pd.DataFrame({"kind": ["Red", "Red", "White"]}, index=["m", "n", "r"])
    purchases = make_purchases(list("abc"), ["m", "n", "r"], product_attributes=table)
    assert expand(purchases, "kind", {"Red": "Wine"}) == {"m": "Wine", "n": "Wine"}
