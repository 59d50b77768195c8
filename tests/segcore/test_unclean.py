"""Unclean hierarchies: two parents, unknown products, one label spelled twice; the real shop's figures exactly."""

import numpy as np
import pandas as pd
import pytest

from segcore.choices.level_edits import LevelEdits, Rename
from segcore.hierarchy.label_problems import find_torn, find_unclean, unknown_products
from segcore.hierarchy.spelling import ONE_LETTER, SAME, find_spellings
from segcore.purchases import make_purchases
from segcore.purchases.edited import apply_edits

JOURNEY = ("product_type", "product_category", "department")


def catalogue():
    """Forty articles of eight types in four aisles; two types stand astray, one aisle is spelled twice."""
    names = [f"a{n:02d}" for n in range(40)]
    kind = [f"type {n // 5}" for n in range(40)]
    aisle = [f"aisle {n // 10}" for n in range(40)]
    aisle[0], aisle[7] = "aisle 3", "aisle 2"
    aisle[39] = "Aisle-3"
    kind[20] = ""
    return pd.DataFrame({"type": kind, "aisle": aisle}, index=names)


def shop():
    table = catalogue()
    lines = [name for n, name in enumerate(table.index) for _ in range(1 + n % 3)]
    return make_purchases([f"c{i % 9}" for i in range(len(lines))], lines, product_attributes=table)


def test_what_is_unclean_is_named_and_counted():
    found = find_unclean(shop())
    (pair,) = found.torn
    assert (pair.level, pair.parent_level, pair.labels) == ("type", "aisle", 8)
    assert set(pair.table["label"]) == {"type 0", "type 1", "type 7"}
    first = pair.table.set_index("label").loc["type 0"]
    assert (first["parent"], first["others"], first["lines"], first["elsewhere"]) == (
        "aisle 0",
        "aisle 3 (1)",
        9,
        1,
    )
    assert found.unknown.to_dict("index") == {"type": {"products": 1, "lines": 3}}
    assert found.spellings[["usual", "other", "why"]].to_numpy().tolist() == [["aisle 3", "Aisle-3", SAME]]
    assert found.n_places == 3 + 1 + 1


def test_the_default_mends_it():
    purchases = shop()
    edits = (
        LevelEdits().with_renames((Rename("aisle", "Aisle-3", "aisle 3"),)).with_one_parent("type", "aisle")
    )
    found = find_unclean(apply_edits(purchases, edits))
    assert found.torn == ()
    assert not len(found.spellings)


def test_levels_that_cross_are_not_called_unclean():
    generator = np.random.default_rng(0)
    table = pd.DataFrame(
        {"grape": generator.choice(list("abcdefgh"), 60), "land": generator.choice(["x", "y", "z"], 60)},
        index=[f"w{n:02d}" for n in range(60)],
    )
    purchases = make_purchases([f"c{n % 7}" for n in range(60)], list(table.index), product_attributes=table)
    assert find_unclean(purchases).torn == ()


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [("Soft drinks", "soft-drinks", SAME), ("Käse", "Kase", SAME), ("Bread & rolls", "Bread and Rolls", SAME),
     ("Beverages", "Beverges", ONE_LETTER), ("Chocolate", "Chocoalte", ONE_LETTER), ("Detergent", "Detargent", ONE_LETTER),
     ("Eggs large", "Eggs x large", ""), ("Size 10", "Size 11", ""), ("Wine", "Wines", ""), ("Bread", "Broad", ""),
     ("Cabernet 2015", "Cabernet 2016", ""), ("Candle", "Handle", "")],
)  # fmt: skip
def test_spellings(one, other, why):
    table = pd.DataFrame({"level": [one, one, other]}, index=list("abc"))
    found = find_spellings(table, np.array([5, 5, 1]))
    assert found["why"].tolist() == ([why] if why else [])
    if why:
        assert found.iloc[0][["usual", "other", "lines"]].tolist() == [one, other, 1]


def test_the_complete_journey_is_as_unclean_as_published():
    """764 of 2,376 types in several categories, 32 categories in several departments, 4,836 lines unknown."""
    from segcore.samples.journey import complete_journey_tables

    tables = complete_journey_tables()
    products = tables.products.set_index("product_id")[list(JOURNEY)].fillna("").astype(str)
    one = np.ones(len(products), dtype=int)
    types = find_torn(products, "product_type", "product_category", one)
    assert (types.n_torn, types.labels) == (764, 2_376)
    assert find_torn(products, "product_category", "department", one).n_torn == 32
    bought = tables.lines["product_id"].value_counts()
    listed = products.reindex(bought.index).fillna("")
    unknown = unknown_products(listed, bought.to_numpy())
    assert unknown.loc["department", "lines"] == 4_836


@pytest.mark.long
def test_what_the_marketer_sees_of_the_complete_journey():
    from segcore.samples.journey import complete_journey

    purchases = complete_journey()
    found = find_unclean(purchases)
    torn = {(pair.level, pair.parent_level): pair.n_torn for pair in found.torn}
    assert torn[("product_type", "product_category")] == 654  # of the types that were bought
    assert torn[("product_category", "department")] == 26
    assert ("brand", "department") not in torn
    edits = LevelEdits().with_one_parent("product_type", "product_category")
    edits = edits.with_one_parent("product_category", "department")
    clean = find_unclean(apply_edits(purchases, edits))
    assert not [pair for pair in clean.torn if pair.parent_level == "product_category"]
    assert clean.torn == ()
