"""Segments: shares, order, who is mixed, who belongs to none, and profiles that a pencil can check."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from segcore.errors import SpecError
from segcore.factorization import NMFSpec
from segcore.matrix import build_matrix
from segcore.purchases import make_purchases
from segcore.segments import MIXED_MARGIN, describe_assignment, segment, shares_of
from segcore.segments.names import propose_names
from segcore.segments.profiles import (
    avoided_products,
    buyers_by_segment,
    distinctive_products,
    profile_products,
    segment_summary,
    top_products,
)
from segcore.selection.sweep import sweep_k
from tests.segcore import known


def partition(assignment):
    """Groups of labels, whatever they are called."""
    return {frozenset(group.index) for _, group in assignment.dropna().groupby(assignment.dropna())}


def blocks(sizes=(5, 9, 7), widths=(3, 2, 4)):
    return sparse.block_diag([np.ones(shape) for shape in zip(sizes, widths, strict=True)], format="csr")


@pytest.fixture(scope="module")
def wine_segments(data_dir):
    matrix = known.wine_matrix(data_dir, "Varietal + Origin")
    return matrix, segment(matrix, k=3, resamples=6)


def test_tables_are_labelled_and_consistent(wine_segments):
    matrix, found = wine_segments
    assert found.customer_scores.index.equals(matrix.customers)
    assert found.product_scores.index.equals(matrix.products)
    assert found.customer_scores.columns.tolist() == [1, 2, 3]
    np.testing.assert_allclose(found.shares.sum(axis=1), 1.0)
    np.testing.assert_allclose(found.product_scores.sum(axis=0), 1.0)
    np.testing.assert_allclose(found.product_shares.sum(axis=1), 1.0)
    assert (found.assignment == found.shares.idxmax(axis=1)).all()
    assert (found.product_assignment == found.product_shares.idxmax(axis=1)).all()
    assert found.sizes.tolist() == sorted(found.sizes, reverse=True)
    assert found.sizes.to_dict() == found.assignment.value_counts().to_dict()
    assert found.sizes.sum() == len(matrix.customers)
    dense = found.customer_scores.to_numpy() @ found.product_scores.to_numpy().T
    assert found.error == pytest.approx(np.linalg.norm(matrix.values.toarray() - dense))
    assert found.matrix_digest == matrix.digest
    assert found.n_without_purchases == found.n_outside == 0
    assert found.agreement.between(0, 1).all()
    assert found.stability.between(0, 1).all()


def test_blocks_are_found_exactly_and_ordered_by_size():
    found = segment(known.matrix_of(blocks()), k=3)
    assert found.sizes.tolist() == [9, 7, 5]
    assert found.assignment.tolist() == [3] * 5 + [1] * 9 + [2] * 7
    assert found.product_assignment.tolist() == [3] * 3 + [1] * 2 + [2] * 4
    assert found.explained_share == pytest.approx(1.0)
    assert found.n_mixed == 0
    assert found.warnings() == ()


def test_the_order_of_lines_changes_nothing(data_dir):
    lines = pd.read_csv(data_dir / "wine" / "transactions.csv", dtype=str).sample(frac=1.0, random_state=3)
    again = build_matrix(
        make_purchases(
            lines["Customer Last Name"], lines["Offer #"], customer_label="Customer Last Name", product_label="Offer #",
            product_attributes=known.wine(data_dir).products,
        ),
        "Offer #", weighting="bought",
    )  # fmt: skip
    first = known.wine_matrix(data_dir, "Offer #")
    assert again.digest == first.digest
    one, other = segment(first, k=4), segment(again, k=4)
    assert one.customer_scores.to_numpy().tobytes() == other.customer_scores.to_numpy().tobytes()
    pd.testing.assert_series_equal(one.assignment, other.assignment)


@pytest.mark.parametrize("seed", range(3))
def test_other_names_for_the_customers_give_the_same_partition(seed):
    values, _ = known.planted(4, per_block=25, own=0.6, other=0.02, seed=seed)
    first = segment(known.matrix_of(values), k=4)
    order = np.random.default_rng(seed).permutation(len(values))
    second = segment(known.matrix_of(values[order]), k=4)
    names = dict(zip(second.assignment.index, first.assignment.index[order], strict=True))
    assert partition(second.assignment.rename(names)) == partition(first.assignment)
    assert second.sizes.tolist() == first.sizes.tolist()
    back = second.shares.rename(index=names).reindex(first.shares.index)
    np.testing.assert_allclose(back, first.shares, atol=0.01)


def test_nobody_without_purchases_is_in_a_segment():
    values = np.vstack([np.zeros((2, 9)), blocks().toarray(), np.zeros((1, 9))])
    found = segment(known.matrix_of(values), k=3, resamples=3)
    missing = found.assignment.isna().to_numpy()
    assert np.flatnonzero(missing).tolist() == [0, 1, len(values) - 1]
    assert found.sizes.sum() == len(values) - 3
    assert not found.shares[missing].to_numpy().any()
    assert found.mixed_with[missing].isna().all()
    assert found.n_without_purchases == 3
    words = describe_assignment(found, {1: "A", 2: "B", 3: "C"})
    assert (words[missing] == "no purchases").all()
    assert set(words[~missing]) == {"A", "B", "C"}


def test_purchases_that_no_segment_explains_are_not_called_no_purchases():
    values = sparse.block_diag([np.ones((30, 5)), np.ones((25, 4)), np.eye(3)], format="csr")
    found = segment(known.matrix_of(values), k=2)
    assert found.n_outside == 3
    assert found.n_without_purchases == 0
    assert describe_assignment(found, {1: "A", 2: "B"}).tolist()[-3:] == ["in no segment"] * 3
    assert any("3 customers bought only what no segment explains" in said for said in found.warnings())
    alone = replace(
        found,
        has_purchases=found.has_purchases
        & (found.assignment.notna() | (~found.assignment.notna()).cumsum().eq(1)),
    )
    assert any("1 customer bought only what" in said for said in alone.warnings())
    assert any(
        "1 basket holds only what no segment explains: it is in none" in said
        for said in replace(alone, row_kind="basket").warnings()
    )


def test_who_is_between_two_segments():
    matrix = known.matrix_of(
        np.vstack([blocks((20, 18), (4, 4)).toarray(), np.ones((1, 8)), [[1, 1, 1, 0, 1, 1, 0, 0]]])
    )
    found = segment(matrix, k=2)
    shares = found.shares.to_numpy()
    ranked = -np.sort(-shares, axis=1)
    between = found.mixed_with.notna().to_numpy()
    np.testing.assert_array_equal(between, ranked[:, 0] < MIXED_MARGIN * ranked[:, 1])
    assert between[-2]
    assert not between[:-2].any()
    assert (found.mixed_with[between] != found.assignment[between]).all()
    assert describe_assignment(found, {1: "A", 2: "B"}).iloc[-2] in ("between A and B", "between B and A")
    assert found.n_mixed == between.sum()


def test_customers_the_resamples_disagree_on_are_mixed(wine_segments):
    _, found = wine_segments
    ranked = -np.sort(-found.shares.to_numpy(), axis=1)
    unsure = (found.agreement < 0.7).to_numpy() & (ranked[:, 1] > 0)
    np.testing.assert_array_equal(
        found.mixed_with.notna().to_numpy(), (ranked[:, 0] < MIXED_MARGIN * ranked[:, 1]) | unsure
    )


def test_a_fit_of_the_sweep_becomes_the_same_segments(data_dir):
    matrix = known.wine_matrix(data_dir, "Offer #")
    sweep = sweep_k(matrix, (3, 5), resamples=0)
    pd.testing.assert_frame_equal(segment(matrix, fit=sweep.fit(3)).customer_scores, segment(matrix, k=3).customer_scores, rtol=1e-3, atol=1e-3)  # fmt: skip
    sizes = segment(matrix, fit=sweep.fit(5)).sizes
    assert sizes.min() == sweep.table.loc[5, "smallest"]


def test_every_spec_field_reaches_the_fit():
    values, _ = known.planted(2, per_block=20)
    found = segment(known.matrix_of(values), k=2, loss="kullback-leibler", seed=4, restarts=2)
    assert found.spec == NMFSpec(k=2, loss="kullback-leibler", seed=4, restarts=2)
    np.testing.assert_allclose(found.customer_scores.sum(axis=1), values.sum(axis=1))
    with pytest.raises(SpecError):
        segment(known.matrix_of(values), k=0)


def test_one_segment_is_everybody():
    found = segment(known.matrix_of(blocks()), k=1, resamples=2)
    assert (found.assignment == 1).all()
    assert found.n_mixed == 0


def test_an_empty_segment_is_said_in_words():
    found = segment(known.matrix_of(np.outer(np.arange(1.0, 9), np.arange(1.0, 6))), k=3, restarts=1)
    assert found.explained_share == pytest.approx(1.0)
    assert found.sizes.sum() == 8
    for number in found.dead:
        assert any(f"Segment {number} is empty" in said for said in found.warnings())
        assert found.sizes[number] == 0


def test_shares_of_nothing_are_nothing():
    assert shares_of(np.array([[1.0, 3.0], [0.0, 0.0]])).tolist() == [[0.25, 0.75], [0.0, 0.0]]


# Profiles.


@pytest.fixture
def by_hand():
    """Six tea drinkers (two also take jam) and four wine drinkers (all take jam), one customer who brought it all back."""
    rows = [(f"t{i}", "tea", 1, 4.0) for i in range(6)] + [(f"t{i}", "milk", 2, 1.0) for i in range(6)]
    rows += [(f"t{i}", "jam", 1, 3.0) for i in range(2)]
    rows += [(f"w{i}", item, 1, 10.0) for i in range(4) for item in ("wine", "cheese", "jam")]
    rows += [("z", "tea", 1, 4.0), ("z", "tea", -1, -4.0)]
    table = pd.DataFrame(rows, columns=["customer", "product", "quantity", "amount"])
    purchases = make_purchases(
        table["customer"], table["product"], quantity=table["quantity"], amount=table["amount"]
    )
    matrix = build_matrix(purchases, weighting="bought")
    return matrix, segment(matrix, k=2)


def test_the_index_by_hand(by_hand):
    matrix, found = by_hand
    assert found.sizes.tolist() == [6, 4]
    profile = profile_products(matrix, found).set_index(["segment", "product"])
    tea, jam = profile.loc[(1, "tea")], profile.loc[(1, "jam")]
    assert (tea["buyers"], tea["buyers_all"], tea["share"], tea["share_all"]) == (6, 6, 1.0, 0.6)
    assert tea["index"] == pytest.approx(100 * 1.0 / 0.6)
    assert (jam["buyers"], jam["buyers_all"]) == (2, 6)
    assert jam["index"] == pytest.approx(100 * (2 / 6) / 0.6)
    assert profile.loc[(2, "jam"), "index"] == pytest.approx(100 / 0.6)
    assert profile.loc[(2, "tea"), "index"] == 0
    smooth = (6 + 0.5) / 7
    lift = (6 + 2) / (6 * 6 / 10 + 2)  # two buyers as many as by chance are added on both sides
    assert tea["relevance"] == pytest.approx(0.25 * np.log(smooth) + 0.75 * np.log(lift))
    np.testing.assert_array_equal(buyers_by_segment(matrix, found).sum(axis=0), matrix.buyers)


def test_one_balance_drives_the_lists(by_hand):
    matrix, found = by_hand
    popular, distinct = profile_products(matrix, found, 1.0), profile_products(matrix, found, 0.0)
    assert top_products(popular, 2, 3)["product"].tolist() == ["cheese", "jam", "wine"]
    assert top_products(distinct, 2, 2)["product"].tolist() == ["cheese", "wine"]
    assert set(distinctive_products(popular, 1)["product"]) == {"tea", "milk"}
    assert distinctive_products(popular, 1)["index"].min() > 100
    assert "jam" in avoided_products(popular, 1)["product"].tolist()
    with pytest.raises(SpecError, match="between popular"):
        profile_products(matrix, found, 1.2)


def test_money_adds_up(by_hand):
    matrix, found = by_hand
    table = segment_summary(matrix, found)
    assert table["amount"].tolist() == [6 * 4.0 + 6 * 1.0 + 2 * 3.0, 120.0]
    assert table["amount"].sum() == pytest.approx(matrix.customer_amount.sum())
    assert table["amount_share"].sum() == pytest.approx(1.0)
    assert table["amount_each"].tolist() == [6.0, 30.0]
    assert table["customers"].tolist() == [6, 4]
    assert table["share"].sum() == pytest.approx(1.0)
    assert table["products_each"].tolist() == pytest.approx([14 / 6, 3.0])


def test_all_the_spend_of_wholesale_is_in_some_segment(data_dir):
    matrix = build_matrix(known.wholesale(data_dir), weighting="log_amount")
    table = segment_summary(matrix, segment(matrix, k=4))
    totals = known.expected(data_dir, "wholesale")["counts"]["column_sums"]
    assert table["amount"].sum() == pytest.approx(sum(totals.values()))
    assert table["customers"].min() > 0


def test_where_everybody_buys_everything_the_amounts_set_segments_apart():
    heavy = np.full((60, 4), 10.0)
    for product in range(3):
        heavy[20 * product : 20 * (product + 1), product] = 1_000.0
    customer, product = np.indices(heavy.shape).reshape(2, -1)
    bought = make_purchases([f"c{c:02d}" for c in customer], [f"p{p}" for p in product], amount=heavy.ravel())
    matrix = build_matrix(bought, level="Product", weighting="amount")
    found = segment(matrix, k=3, resamples=0)
    profile = profile_products(matrix, found)
    tops = {
        number: distinctive_products(profile, number, 1)["product"].iloc[0] for number in found.sizes.index
    }
    for number, top in tops.items():
        inside = {int(c[1:]) // 20 for c in found.assignment.index[found.assignment == number]}
        assert inside == {int(top[1:])}
    assert sorted(propose_names(bought, matrix, found).values()) == ["p0", "p1", "p2"]
