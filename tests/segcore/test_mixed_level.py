"""Mixed level: big sellers on their own, the long tail under its parent, nothing lost on the way."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from segcore.errors import SpecError
from segcore.hierarchy import profile_levels
from segcore.matrix import MatrixSpec, build_matrix
from segcore.purchases import make_purchases
from segcore.purchases.levels import (
    MixedLevel,
    candidates_of,
    level_cells,
    level_codes,
    mixed_parts,
    parents_of_labels,
)
from tests.segcore import known

KINDS = pd.DataFrame(
    {"kind": ["Red", "Red", "Red", "White", "White", "Rare"]},
    index=["Merlot", "Malbec", "Zin", "Riesling", "Soave", "Tokaj"],
)


def shop():
    """Merlot and Riesling have three buyers, the others one."""
    bought = [("a", "Merlot"), ("b", "Merlot"), ("c", "Merlot"), ("a", "Malbec"), ("b", "Zin"),
              ("a", "Riesling"), ("c", "Riesling"), ("d", "Riesling"), ("d", "Soave"), ("e", "Tokaj")]  # fmt: skip
    return make_purchases(
        [who for who, _ in bought], [what for _, what in bought], product_attributes=KINDS,
        quantity=np.arange(1.0, 11.0),
    )  # fmt: skip


def test_big_sellers_stay_and_the_rest_goes_under_its_parent():
    level = MixedLevel("Product", 3, "kind").text
    assert level == "Product ≥ 3 buyers, else kind"
    matrix = build_matrix(shop(), level, weighting="quantity")
    assert matrix.products.tolist() == ["Merlot", "Rare", "Red (the rest)", "Riesling", "White (the rest)"]
    table = pd.DataFrame(matrix.values.toarray(), matrix.customers, matrix.products)
    assert table.loc["a"].tolist() == [1, 0, 4, 6, 0]
    assert table.loc["e", "Rare"] == 10


def test_a_label_of_both_levels_is_never_one_column():
    products = pd.DataFrame({"kind": ["Tea", "Tea", "Tea"]}, index=["Tea", "Assam", "Oolong"])
    purchases = make_purchases(
        list("abcab"), ["Tea", "Tea", "Tea", "Assam", "Oolong"], product_attributes=products
    )
    assert level_codes(purchases, "Product ≥ 2 buyers, else kind")[1].tolist() == ["Tea", "Tea (the rest)"]


@pytest.mark.parametrize(
    "text",
    ["Product ≥ 3 buyers, else vintage", "vintage ≥ 3 buyers, else kind", "Product ≥ 3 buyers, else Product",
     "Product ≥ 3 buyers, else Product ≥ 3 buyers, else kind", "Product ≥ x buyers, else kind"],
)  # fmt: skip
def test_what_cannot_be_mixed_is_refused(text):
    with pytest.raises(SpecError):
        level_codes(shop(), text)


@given(st.text(min_size=1, max_size=8), st.integers(0, 10**9 - 1), st.text(min_size=1, max_size=8))
def test_a_level_reads_back_as_it_was_written(fine, buyers, coarse):
    if fine == coarse:
        return
    level = MixedLevel(fine, buyers, coarse)
    assert mixed_parts(level.text) == level
    assert mixed_parts(level.text, (level.text,)) is None
    assert hash(MatrixSpec(level.text)) == hash(MatrixSpec(mixed_parts(level.text).text))


def random_shop(seed, *, nested=True):
    generator = np.random.default_rng(seed)
    n = 24
    mid, top = generator.integers(0, 7, n), generator.integers(0, 3, 7)
    tree = {"mid": [f"m{m}" for m in mid]}
    tree["top"] = [f"t{t}" for t in (top[mid] if nested else generator.integers(0, 3, n))]
    lines = 90
    return make_purchases(
        generator.integers(0, 20, lines).astype(str),
        [f"p{int(j):02d}" for j in n * generator.random(lines) ** 2],
        product_attributes=pd.DataFrame(tree, index=[f"p{j:02d}" for j in range(n)]),
        quantity=generator.integers(1, 4, lines).astype(float),
        amount=generator.integers(1, 9, lines).astype(float),
    )


@given(st.integers(0, 10_000), st.booleans())
@settings(max_examples=40, deadline=None)
def test_sums_are_preserved_under_any_map(seed, nested):
    purchases = random_shop(seed, nested=nested)
    lines = purchases.lines.groupby("customer")[["quantity", "amount"]].sum().to_numpy()
    for level in ("Product", "mid", "mid + top", "Product ≥ 4 buyers, else mid", "mid ≥ 9 buyers, else top"):
        cells = level_cells(purchases, level)
        have = np.c_[cells.csr(cells.quantity).sum(axis=1), cells.csr(cells.amount).sum(axis=1)]
        assert np.array_equal(have, lines)
        assert cells.lines.sum() == purchases.n_lines


@given(st.integers(0, 10_000), st.integers(0, 14))
@settings(max_examples=40, deadline=None)
def test_a_mixed_level_lies_between_its_two_levels(seed, buyers):
    purchases = random_shop(seed)
    mixed = MixedLevel("mid", buyers, "top").text
    table = profile_levels(purchases, ("mid", mixed, "top")).loc[["mid", mixed, "top"]]
    assert table["products"].is_monotonic_decreasing
    filled = [len(level_cells(purchases, level).indices) for level in ("mid", mixed, "top")]
    assert filled == sorted(filled, reverse=True)


@given(st.integers(0, 10_000))
@settings(max_examples=20, deadline=None)
def test_the_ends_of_the_slider_are_the_two_levels(seed):
    purchases = random_shop(seed)
    assume(len(np.unique(level_cells(purchases, "top").indices)) > 1)  # one product alone is no matrix
    for buyers, same in ((0, "mid"), (21, "top")):
        have = build_matrix(purchases, MixedLevel("mid", buyers, "top").text, weighting="quantity")
        want = build_matrix(purchases, same, weighting="quantity")
        assert have.products.tolist() == want.products.tolist()
        assert abs(have.values - want.values).nnz == 0


def test_the_default_parent_is_the_one_most_lines_name():
    products = pd.DataFrame(
        {"kind": ["Snack", "Snack", "Snack", "Snack"], "aisle": ["A", "B", "", ""]}, index=list("wxyz")
    )
    purchases = make_purchases(
        list("aabcdabcd"), ["w", "w", "w", "x", "x", *"yyzz"], product_attributes=products
    )
    child, parent = level_codes(purchases, "kind"), level_codes(purchases, "aisle")
    pairs = candidates_of(purchases, child, parent)
    assert [(parent[1][row.parent], row.products, row.lines) for row in pairs.itertuples()] == [
        ("A", 1, 3), ("B", 1, 2), ("unknown", 2, 4)]  # fmt: skip
    assert parent[1][parents_of_labels(purchases, child, parent)].tolist() == ["A"]


def test_wine_keeps_its_big_sellers(data_dir):
    purchases = known.wine(data_dir)
    matrix = build_matrix(purchases, "Varietal + Origin ≥ 12 buyers, else Varietal", weighting="bought")
    fine = build_matrix(purchases, "Varietal + Origin", weighting="bought")
    kept = [name for name in matrix.products if name in set(fine.products)]
    assert set(kept) == set(fine.products[fine.buyers >= 12])
    assert matrix.shape == (100, 16)
    assert fine.density < matrix.density < build_matrix(purchases, "Varietal").density
