"""A changed hierarchy: other purchases with a digest of their own, kept small, undone by leaving it out."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from segcore import studies
from segcore.choices.level_edits import LevelEdits, Move, OneParent, ProductMap, Rename
from segcore.errors import SpecError
from segcore.matrix import build_matrix
from segcore.purchases import make_purchases
from segcore.purchases.cells import finest_cells
from segcore.purchases.edited import apply_edits, check_name, edited_digest
from segcore.purchases.kept import keep_edited, keep_purchases, load_purchases, purchases_key
from segcore.purchases.levels import level_cells, level_codes
from segcore.storage import codec
from segcore.storage.store import default_store

TREE = pd.DataFrame(
    {
        "type": ["Cola", "Cola", "Cola", "Chips", "Crisps", ""],
        "aisle": ["Drinks", "Drinks", "Party", "Snacks", "snack", "Snacks"],
    },
    index=["c1", "c2", "c3", "h1", "h2", "x"],
)


def shop():
    bought = ["c1", "c1", "c2", "c3", "h1", "h2", "x", "h1", "c3"]
    return make_purchases(list("aabbccdda"), bought, product_attributes=TREE, quantity=np.arange(1.0, 10.0))


def column(purchases, level):
    return dict(zip(purchases.products.index, purchases.products[level], strict=True))


def test_no_edits_are_the_purchases_themselves():
    purchases = shop()
    assert apply_edits(purchases, LevelEdits(base=purchases.digest)) is purchases
    assert edited_digest(purchases.digest, LevelEdits(base=purchases.digest)) == purchases.digest


def test_every_kind_of_edit_by_hand():
    purchases = shop()
    edits = (
        LevelEdits(purchases.digest)
        .with_map(ProductMap.of("mood", {"c1": "Sweet", "h1": "Salty", "nobody": "?"}))
        .with_renames((Rename("aisle", "snack", "Snacks"), Rename("type", "Crisps", "Chips")))
        .with_one_parent("type", "aisle")
        .with_moves((Move("type", "Chips", "aisle", "Party"), Move("Product", "x", "aisle", "Odd")))
    )
    changed = apply_edits(purchases, edits)
    assert column(changed, "mood") == {"c1": "Sweet", "c2": "", "c3": "", "h1": "Salty", "h2": "", "x": ""}
    assert column(changed, "type")["h2"] == "Chips"
    assert column(changed, "aisle") == {
        "c1": "Drinks", "c2": "Drinks", "c3": "Drinks", "h1": "Party", "h2": "Party", "x": "Odd"}  # fmt: skip
    assert changed.attributes == ("type", "aisle", "mood")
    assert column(purchases, "aisle")["c3"] == "Party"  # the file's own word is untouched


def test_a_product_without_a_label_is_not_swept_along():
    tree = TREE.assign(aisle=["Drinks", "Drinks", "Drinks", "Snacks", "Snacks", "Kiosk"])
    purchases = make_purchases(list("abcabc"), list(tree.index), product_attributes=tree)
    changed = apply_edits(purchases, LevelEdits().with_one_parent("type", "aisle"))
    assert column(changed, "aisle")["x"] == "Kiosk"


def test_edits_that_no_longer_fit_change_nothing():
    purchases = shop()
    edits = LevelEdits(
        purchases.digest, renames=(Rename("vintage", "a", "b"),), one_parent=(OneParent("type", "cellar"),),
        moves=(Move("type", "Tea", "aisle", "Drinks"), Move("type", "Cola", "cellar", "A")),
    )  # fmt: skip
    assert apply_edits(purchases, edits).products.equals(purchases.products)


def test_two_people_never_see_each_others_edits():
    purchases = shop()
    mine = apply_edits(purchases, LevelEdits().with_moves((Move("type", "Cola", "aisle", "Mine"),)))
    yours = apply_edits(purchases, LevelEdits().with_moves((Move("type", "Cola", "aisle", "Yours"),)))
    assert len({purchases.digest, mine.digest, yours.digest}) == 3
    built = [build_matrix(one, "aisle") for one in (purchases, mine, yours)]
    assert len({one.digest for one in built}) == 3
    assert "Mine" in built[1].products and "Mine" not in built[2].products


def test_cells_are_summed_once_for_all_edits():
    purchases = shop()
    changed = apply_edits(
        purchases, LevelEdits().with_map(ProductMap.of("one", dict.fromkeys(TREE.index, "all")))
    )
    again = apply_edits(
        changed, LevelEdits().with_map(ProductMap.of("two", dict.fromkeys(TREE.index, "all")))
    )
    assert finest_cells(changed) is finest_cells(purchases) is finest_cells(again)


MAPS = st.dictionaries(
    st.sampled_from(list(TREE.index)), st.sampled_from(["A", "B", "", "Ünïcode <b>", "unknown"])
)


@given(MAPS)
@settings(deadline=None, max_examples=40)
def test_sums_are_preserved_under_any_map_somebody_makes(groups):
    purchases = shop()
    changed = apply_edits(purchases, LevelEdits().with_map(ProductMap.of("mine", groups)))
    cells = level_cells(changed, "mine")
    assert cells.quantity.sum() == 45
    assert cells.lines.sum() == 9
    assert set(level_codes(changed, "mine")[1]) == {groups.get(p) or "unknown" for p in TREE.index}


@given(st.dictionaries(st.text(max_size=9), st.text(max_size=9), max_size=6))
@settings(deadline=None)
def test_a_map_is_packed_without_loss(groups):
    packed = ProductMap.of("m", groups)
    assert packed.groups == groups
    assert packed.packed.isascii()
    study = studies.new_study(level_edits=LevelEdits("d" * 32).with_map(packed))
    assert studies.from_bytes(studies.to_bytes(study)).level_edits.maps[0].groups == groups


@pytest.mark.parametrize("packed", ["", "no base85 \\", "c-ri{"])
def test_a_damaged_map_is_no_map(packed):
    assert ProductMap("m", packed=packed).groups == {}


def test_a_large_map_stays_small_in_the_study():
    groups = {f"article {n:06d}": f"group {n % 300:03d}" for n in range(70_000)}
    assert len(ProductMap.of("m", groups).packed) < 700_000


def test_edited_purchases_are_kept_as_edits_and_come_back_from_another_process(workspace):
    purchases = shop()
    keep_purchases(purchases)
    edits = LevelEdits(purchases.digest).with_one_parent("type", "aisle")
    digest = keep_edited(purchases.digest, edits)
    assert digest != purchases.digest
    found = load_purchases(digest)
    assert found.digest == digest
    assert column(found, "aisle")["c3"] == "Drinks"
    store = default_store()
    size = sum(f.stat().st_size for f in store.folder(purchases_key(digest)).rglob("*"))
    assert size < 5_000
    assert keep_edited(purchases.digest, LevelEdits(purchases.digest)) == purchases.digest
    meta, arrays = codec.encode(edits)
    assert codec.decode(meta, arrays) == edits


@pytest.mark.parametrize("name", ["", "  ", "Product", "a + b", "Product ≥ 5 buyers, else aisle"])
def test_names_that_would_read_as_something_else_are_refused(name):
    with pytest.raises(SpecError):
        check_name(name, shop())
    assert check_name("  My   kinds ", shop()) == "My kinds"


def test_a_later_word_replaces_an_earlier_one():
    edits = (
        LevelEdits()
        .with_moves((Move("type", "Cola", "aisle", "A"),))
        .with_renames((Rename("type", "a", "b"),))
    )
    edits = edits.with_moves((Move("type", "Cola", "aisle", "B"),)).with_renames((Rename("type", "a", "a"),))
    assert [move.parent for move in edits.moves] == ["B"]
    assert edits.renames == ()
    assert edits.with_map(ProductMap.of("m", {})).without_map("m").maps == ()
    assert studies.new_study(data_digest="d", level_edits=LevelEdits("b")).base_digest == "b"
    assert studies.new_study(data_digest="d").base_digest == "d"
