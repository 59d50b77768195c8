"""Two cuts of the same customers: matches, splits, movers and agreement, against hand-worked and independent answers."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from sklearn.metrics import adjusted_rand_score

from segcore.errors import SpecError
from segcore.segments import segment
from segcore.segments.compare import (
    adjusted_rand_index,
    cross_tab,
    most_alike,
    overlap,
    split_sentence,
    split_view,
)
from tests.segcore import known

LABELS = st.lists(st.tuples(st.integers(1, 5), st.integers(1, 4)), min_size=2, max_size=60)


def numbered(values: list[int | None]) -> pd.Series:
    return pd.Series(values, [f"c{i}" for i in range(len(values))], dtype="Int64")


@settings(deadline=None, max_examples=100)
@given(LABELS)
def test_agreement_equals_an_independent_one(pairs):
    one, other = zip(*pairs, strict=True)
    counts, _ = cross_tab(numbered(list(one)), numbered(list(other)))
    assert adjusted_rand_index(counts.to_numpy()) == pytest.approx(adjusted_rand_score(one, other), abs=1e-12)


def test_agreement_worked_by_hand():
    # Pairs together in both: 3 + 1 = 4; in rows 3 + 3 = 6; in columns 6 + 1 = 7; of 15. Chance: 6·7/15 = 2.8.
    assert adjusted_rand_index(np.array([[3, 0], [1, 2]])) == pytest.approx((4 - 2.8) / (6.5 - 2.8))
    assert adjusted_rand_index(np.array([[7]])) == 1.0
    assert adjusted_rand_index(np.eye(5, dtype=int)) == 1.0
    assert adjusted_rand_index(np.zeros((2, 2), dtype=int)) == 1.0


@settings(deadline=None, max_examples=50)
@given(LABELS)
def test_every_customer_is_counted_once(pairs):
    one, other = (numbered(list(side)) for side in zip(*pairs, strict=True))
    counts, left_out = cross_tab(one, other)
    assert counts.to_numpy().sum() == len(pairs)
    assert left_out == 0
    for number in counts.index:
        assert counts.loc[number].sum() == (one == number).sum()


def test_customers_in_no_segment_or_in_one_file_only_are_left_out_and_told():
    one = numbered([1, 2, None, 1])
    other = numbered([1, 1, 1, None, 2])
    counts, left_out = cross_tab(one, other)
    assert counts.to_numpy().tolist() == [[1, 0], [1, 0]]
    assert left_out == 3
    with pytest.raises(SpecError):
        cross_tab(one, other.rename(lambda name: f"other {name}"))


@pytest.fixture(scope="module")
def three_and_four():
    """Four blocks, of which two buy staples of their own in common: three segments see them as one."""
    values, taste = known.planted(4, per_block=50, own=0.7, other=0.0, seed=2)
    shared = np.zeros((200, 8))
    shared[taste >= 2] = np.random.default_rng(0).random((100, 8)) < 0.95
    matrix = known.matrix_of(np.hstack([values, shared]))
    return segment(matrix, 3), segment(matrix, 4), taste


def test_a_planted_split_is_found(three_and_four):
    three, four, taste = three_and_four
    view = split_view(three, four)
    assert view.counts.shape == (3, 4)
    assert view.compared == 200 == view.flows["customers"].sum()
    assert len(view.new) == 1
    joined = int(three.assignment[taste >= 2].mode()[0])
    assert len(view.splits) == 1
    assert view.splits[0].segment == joined
    assert view.new[0] in view.splits[0].into
    assert len(view.splits[0].into) == 2
    assert 0.2 < view.moved_share < 0.3
    assert view.moved == view.flows.loc[~view.flows["stays"], "customers"].sum()
    names_a, names_b = {n: f"A{n}" for n in (1, 2, 3)}, {n: f"B{n}" for n in (1, 2, 3, 4)}
    sentence = split_sentence(view, names_a, names_b)
    assert sentence.startswith(f"“A{joined}” splits into “B")
    assert f"{view.moved} of 200" in sentence


def cut_of(four, labels):
    """The same customers and tastes, assigned by hand."""
    assignment = pd.Series(pd.array(labels, dtype="Int64"), four.assignment.index)
    return replace(four, assignment=assignment)


def test_the_sentence_tells_a_split_from_a_gathering(three_and_four):
    three, four, _ = three_and_four
    view = split_view(three, four)
    new = view.new[0]
    old = {int(n): int(p) for n, p in view.partners.dropna().items()}
    names_a, names_b = {n: f"A{n}" for n in (1, 2, 3)}, {n: f"B{n}" for n in (1, 2, 3, 4)}
    first = np.repeat([1, 2, 3], [80, 60, 60])
    stay = {p: n for n, p in old.items()}
    second = np.array([stay[s] for s in first])
    gathered = second.copy()
    gathered[[*range(20), *range(80, 100), *range(140, 160)]] = new
    said = split_sentence(
        split_view(cut_of(three, first), cut_of(four, gathered)), names_a, names_b, "baskets"
    )
    assert (
        said
        == f"“B{new}” is new and gathers baskets from several segments; 60 of 200 (30 %) baskets change segment."
    )
    apart = second.copy()
    apart[:30] = new
    said = split_sentence(split_view(cut_of(three, first), cut_of(four, apart)), names_a, names_b)
    assert said.startswith(f"“A1” splits into “B{stay[1]}” and “B{new}”; 30 of 200")
    few = second.copy()
    few[:8] = new
    said = split_sentence(split_view(cut_of(three, first), cut_of(four, few)), names_a, names_b)
    assert said.startswith(f"“B{new}” is new and comes mostly out of “A1”; 8 of 200")


def test_an_empty_segment_is_new_to_nobody(three_and_four):
    three, four, _ = three_and_four
    view = split_view(three, four)
    stay = {int(p): int(n) for n, p in view.partners.dropna().items()}
    first = np.repeat([1, 2, 3], [80, 60, 60])
    second = np.array([stay[s] for s in first])
    second[:8] = stay[2]
    last = split_view(cut_of(three, first), cut_of(four, second))
    assert last.counts.shape == (3, 4) and not last.counts[last.new[0]].any()
    names_a, names_b = {n: f"A{n}" for n in (1, 2, 3)}, {n: f"B{n}" for n in (1, 2, 3, 4)}
    assert (
        split_sentence(last, names_a, names_b)
        == "No segment splits; 8 of 200 (4 %) customers change segment."
    )


def test_the_other_way_round_the_same_customers_meet(three_and_four):
    three, four, _ = three_and_four
    there, back = split_view(three, four), split_view(four, three)
    assert there.agreement == pytest.approx(back.agreement)
    assert (there.counts.T.to_numpy() == back.counts.to_numpy()).all()
    assert back.new == ()
    assert back.moved == there.moved


def test_a_cut_beside_itself_is_the_same(three_and_four):
    _, four, _ = three_and_four
    view = split_view(four, four)
    assert view.moved == 0
    assert view.agreement == 1.0
    assert view.agreement_in_words == "almost the same"
    assert view.partners.tolist() == [1, 2, 3, 4]
    assert view.splits == ()
    assert split_sentence(view, {}, {}).startswith("Nobody changes segment")


def test_numbers_may_be_dealt_anew(three_and_four):
    _, four, _ = three_and_four
    shuffled = known.matrix_of(sparse.csr_matrix(four.customer_scores.to_numpy() @ four.product_scores.T))
    again = segment(shuffled, 4)
    view = split_view(four, again)
    assert sorted(view.partners) == [1, 2, 3, 4]
    assert view.agreement > 0.9
    assert view.moved_share < 0.05


def test_different_products_cannot_be_matched(three_and_four):
    three, _, _ = three_and_four
    values, _ = known.planted(2, per_block=100)
    other = known.matrix_of(values, [f"else {j}" for j in range(values.shape[1])])
    with pytest.raises(SpecError):
        split_view(three, segment(other, 2))


def test_the_words_follow_the_figure(three_and_four):
    three, four, _ = three_and_four
    lot = pd.Series(np.random.default_rng(1).permutation(four.assignment), four.assignment.index)
    counts, _ = cross_tab(four.assignment, lot)
    assert abs(adjusted_rand_index(counts.to_numpy())) < 0.05
    assert split_view(four, replace(four, assignment=lot)).agreement_in_words == "quite different"
    assert split_view(three, four).agreement_in_words in {
        "alike in the main",
        "much the same",
        "partly the same",
    }


def test_overlap_is_the_cosine_of_tastes(three_and_four):
    _, four, _ = three_and_four
    table = overlap(four)
    np.testing.assert_allclose(np.diag(table), 1.0)
    one, other, cosine = most_alike(four)
    scores = four.product_scores
    by_hand = scores[one] @ scores[other] / np.linalg.norm(scores[one]) / np.linalg.norm(scores[other])
    assert cosine == pytest.approx(by_hand)
    assert cosine == max(table.at[i, j] for i in table for j in table if i < j)
    values, _ = known.planted(1, per_block=30)
    assert most_alike(segment(known.matrix_of(values), 1)) is None


def test_the_wine_case_from_three_to_four(data_dir):
    matrix = known.wine_matrix(data_dir, "Offer #")
    three, four = segment(matrix, 3), segment(matrix, 4)
    view = split_view(three, four)
    assert view.counts.sum(axis=1).tolist() == three.sizes.tolist()
    assert view.counts.sum(axis=0).tolist() == four.sizes.tolist()
    assert view.agreement == pytest.approx(adjusted_rand_score(three.assignment, four.assignment))
