"""Names: unique, short, by the parent where products share one, never a bare number, a yes or a no."""

import numpy as np
import pandas as pd
import pytest

from segcore.matrix import build_matrix
from segcore.purchases import make_purchases
from segcore.segments import segment
from segcore.segments.names import clean_names, parents_of, propose_names
from tests.segcore import known


def planted_shop(attributes, labels=None, seed=0):
    values, _ = known.planted(3, per_block=30, products=5, own=0.7, other=0.04, seed=seed)
    labels = labels or [f"item {chr(97 + j)}" for j in range(15)]
    rows, columns = np.nonzero(values)
    return make_purchases(
        [f"c{i:03d}" for i in rows], [labels[j] for j in columns],
        product_attributes=pd.DataFrame(attributes, index=labels) if attributes else None,
    )  # fmt: skip


def names_of(purchases, level=None, k=3):
    matrix = build_matrix(purchases, level, weighting="bought")
    return propose_names(purchases, matrix, segment(matrix, k=k))


def test_a_shared_parent_gives_the_name():
    kinds = np.repeat(["Red wine", "White wine", "Sparkling"], 5)
    assert set(names_of(planted_shop({"kind": kinds})).values()) == {"Red wine", "White wine", "Sparkling"}


def test_without_a_parent_the_strongest_products_give_it():
    names = names_of(planted_shop(None))
    assert len(set(names.values())) == 3
    for name in names.values():
        assert "item" in name


def test_yes_and_no_and_numbers_never_name_a_segment():
    for flags in (
        ["TRUE", "FALSE", "TRUE"],
        ["yes", "no", "no"],
        ["12", "24", "36"],
        ["True", "", "False"],
        ["May", "june", "Sept"],
    ):
        purchases = planted_shop({"flag": np.repeat(flags, 5)})
        matrix = build_matrix(purchases, weighting="bought")
        assert parents_of(purchases, matrix).shape[1] == 0
        assert not set(names_of(purchases).values()) & {*flags}


def test_products_that_are_numbers_get_the_name_of_their_column():
    names = names_of(planted_shop(None, labels=[str(100 + j) for j in range(15)]))
    for name in names.values():
        assert name.startswith("Product 1")
        assert not name.replace(" ", "").isdigit()


def test_a_pair_of_bare_numbers_says_the_columns_name_once():
    names = names_of(planted_shop(None, labels=[str(100 + j) for j in range(15)]))
    assert any(" & " in name for name in names.values())
    assert all(name.count("Product") == 1 for name in names.values())


def test_the_unknown_is_no_name():
    names = names_of(planted_shop({"kind": np.repeat(["", "White wine", "unknown"], 5)}))
    assert not {"", "unknown"} & set(names.values())
    assert "White wine" in names.values()


def test_two_segments_of_one_kind_get_two_names():
    names = names_of(planted_shop({"kind": ["Wine"] * 10 + ["Beer"] * 5}))
    assert len(set(names.values())) == 3


@pytest.mark.parametrize("level", ["Offer #", "Varietal + Origin", "Varietal"])
@pytest.mark.parametrize("k", [2, 3, 5, 8])
def test_wine_names_can_be_read(data_dir, level, k):
    purchases = known.wine(data_dir)
    names = names_of(purchases, level, k)
    assert list(names) == list(range(1, k + 1))
    assert len(set(names.values())) == k
    for name in names.values():
        assert name.strip()
        assert name.upper() not in ("TRUE", "FALSE")
        assert not name.replace(".", "", 1).isdigit()
    assert np.mean([len(name) <= 40 for name in names.values()]) >= 0.8


def test_the_pinot_noir_drinkers_of_the_published_case_are_called_so(data_dir):
    assert "Pinot Noir" in " ".join(names_of(known.wine(data_dir), "Varietal + Origin", 3).values())


def test_basket_names_are_unique_too(data_dir):
    names = names_of(known.groceries(data_dir), "level2", 6)
    assert len(set(names.values())) == 6


def test_an_empty_segment_is_not_named_after_a_best_seller():
    purchases = make_purchases(["a", "a", "b", "b", "c", "c"], ["x", "y"] * 3)
    matrix = build_matrix(purchases, weighting="bought")
    found = segment(matrix, k=2, restarts=1)
    names = propose_names(purchases, matrix, found)
    empty = [number for number, size in found.sizes.items() if size == 0]
    assert len(set(names.values())) == 2
    for number in empty:
        assert names[number] == f"Segment {number}"


def test_edited_names_are_trimmed_never_empty_never_twice():
    proposed = {1: "Tea", 2: "Wine", 3: "Beer"}
    assert clean_names({1: "  Our   best ", 2: "", 3: "Our best"}, proposed) == {
        1: "Our best", 2: "Wine", 3: "Our best 2",
    }  # fmt: skip
    assert clean_names({}, proposed) == proposed
    assert len(clean_names({1: "x" * 500}, proposed)[1]) == 80
