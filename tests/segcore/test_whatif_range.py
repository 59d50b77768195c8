"""Another range: what dissolves, what appears, who moves, and the way back to the very same bytes."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score

from segcore.errors import NotEnoughData, SpecError
from segcore.matrix import MatrixSpec, build_matrix
from segcore.purchases import make_purchases
from segcore.segments import segment
from segcore.storage import codec
from segcore.studies import Edit, Group, Scenario, WhatIf
from segcore.whatif.outcome import NONE, agreement_in_words, agreement_of, flows_between
from segcore.whatif.range_words import outcome_sentence
from segcore.whatif.scenario import outcome_of
from tests.segcore import known

K, OWN = 4, 8


def planted_study(weighting: str = "balanced", left_out: tuple[str, ...] = (), k: int = K, seed: int = 3):
    """Four planted tastes of eight products each, with a brand a taste; amounts and dates too."""
    values, taste = known.planted(K, 50, OWN, seed=seed)
    rows, columns = np.nonzero(values)
    generator = np.random.default_rng(seed)
    products = [f"p{column:02d}" for column in range(K * OWN)]
    brands = pd.DataFrame(
        {"brand": [f"brand {at // OWN}" for at in range(K * OWN)], "side": ["a", "b"] * (K * OWN // 2)},
        index=products,
    )
    purchases = make_purchases(
        [f"c{row:03d}" for row in rows],
        [products[column] for column in columns],
        product_attributes=brands,
        amount=generator.lognormal(2, 0.5, len(rows)),
        date=pd.Timestamp("2025-01-01") + pd.to_timedelta(generator.integers(0, 200, len(rows)), "D"),
    )
    spec = MatrixSpec("Product", weighting, left_out=left_out)
    base = segment(build_matrix(purchases, spec=spec), k)
    return purchases, spec, base, taste


def of_taste(base, taste: np.ndarray, which: int) -> int:
    """The segment most customers of a planted taste are in."""
    return int(base.assignment[taste == which].mode()[0])


def products_of(which: int) -> tuple[str, ...]:
    return tuple(f"p{at:02d}" for at in range(which * OWN, (which + 1) * OWN))


def as_bytes(result: object) -> bytes:
    meta, arrays = codec.encode(result)
    return repr(meta).encode() + b"".join(name.encode() + a.tobytes() for name, a in arrays.items())


@pytest.mark.parametrize("weighting", ["balanced", "bought", "log_amount"])
@pytest.mark.parametrize("which", range(K))
def test_dropping_a_planted_segments_products_dissolves_exactly_that_segment(weighting, which):
    purchases, spec, base, taste = planted_study(weighting)
    outcome = outcome_of(purchases, spec, base, Scenario(left_out=products_of(which)))
    lost = of_taste(base, taste, which)
    assert outcome.gone == (lost,)
    assert outcome.new == ()
    stays = [n for n in base.sizes.index if n != lost]
    assert (outcome.likeness[stays] > 0.98).all()
    assert outcome.kept_taste[lost] < 0.1 and (outcome.kept_taste[stays] > 0.9).all()
    names = {n: f"kind {n}" for n in base.sizes.index}
    said = outcome_sentence(outcome, names, "customers")
    assert f"“kind {lost}” dissolves" in said
    assert not any(f"“kind {n}” dissolves" in said for n in stays)
    others = taste != which
    assert adjusted_rand_score(taste[others], outcome.assignment[others].fillna(-1).astype(int)) > 0.95


def test_looking_again_with_nothing_changed_moves_nearly_nobody():
    purchases, spec, base, _ = planted_study()
    outcome = outcome_of(purchases, spec, base, Scenario(left_out=("p00",)))
    assert outcome.wobble <= 2
    assert outcome.moved <= 10


def test_the_answer_says_how_many_would_move_with_nothing_changed():
    purchases, spec, base, _ = planted_study()
    outcome = outcome_of(purchases, spec, base, Scenario(left_out=products_of(0)))
    names = {n: f"kind {n}" for n in base.sizes.index}
    moved = replace(outcome, flows=outcome.flows.assign(stays=False), wobble=7)
    assert (
        "customers change segment (7 would with nothing changed, only by looking again)"
        in outcome_sentence(moved, names, "customers")
    )
    assert "only by looking again" not in outcome_sentence(replace(moved, wobble=0), names, "customers")


def told(gone=(), new=(), flows=(), sizes=None, row_word="customers") -> str:
    """The sentence of an outcome made up by hand: segment 1 of the study to others, by flows of from, to, customers."""
    purchases, spec, base, _ = planted_study()
    table = pd.DataFrame(flows, columns=["from", "to", "customers"])
    table["stays"] = table["from"] == table["to"]
    sizes = pd.DataFrame(sizes, columns=["segment", "before", "after"]).set_index("segment")
    same = outcome_of(purchases, spec, base, Scenario())
    outcome = replace(same, gone=gone, new=new, flows=table, table=sizes, proposed=dict.fromkeys(new, "new"))
    return outcome_sentence(outcome, {n: f"kind {n}" for n in range(1, 6)}, row_word)


def test_one_customer_is_told_as_one():
    said = told((1,), (), [(1, NONE, 1), (2, 2, 4)], [(1, 1, 0), (2, 4, 4)])
    assert said.startswith("“kind 1” dissolves: its one customer is in no segment then; none of 4 customers")
    said = told((1,), (), [(1, 2, 1)], [(1, 1, 0), (2, 0, 1)], "baskets")
    assert said.startswith("“kind 1” dissolves: its one basket goes to “kind 2”; ")
    said = told((1,), (), [(1, 2, 2), (1, NONE, 1)], [(1, 3, 0), (2, 0, 2)])
    assert "of its 3 customers 2 go to “kind 2” and 1 goes to no segment" in said
    said = told((), (6,), [(1, 6, 1), (1, 1, 1)], [(1, 2, 1), (6, 0, 1)])
    assert said.startswith("“new” appears with 1 customer from “kind 1”; ")
    said = told((), (6,), [(1, 6, 3), (1, 1, 1)], [(1, 4, 1), (6, 0, 3)])
    assert said.startswith("“new” appears with 3 customers, all from “kind 1”; ")
    said = told((), (), [(1, 1, 1), (1, NONE, 1)], [(1, 2, 1)])
    assert said.endswith("none of 1 customer changes segment, 1 is in none any more.")


def test_who_goes_to_many_segments_is_counted_as_customers_not_as_segments():
    flows = [(1, 2, 9), (1, 3, 8), (1, 4, 7), (1, 5, 4), (1, NONE, 3)]
    said = told((1,), (), flows, [(1, 31, 0), *((n, 0, 1) for n in (2, 3, 4, 5))])
    assert "9 go to “kind 2”, 8 go to “kind 3”, 7 go to “kind 4” and 7 go elsewhere" in said


def test_undo_brings_back_the_same_bytes():
    purchases, spec, base, _ = planted_study()
    start = Scenario(base="key")
    before = as_bytes(outcome_of(purchases, spec, base, start))
    whatif = WhatIf().then(replace(start, left_out=products_of(1)))
    dropped = as_bytes(outcome_of(purchases, spec, base, whatif.now("key")))
    further = whatif.then(replace(whatif.now("key"), edits=(Edit("merge", (1, 2)),)))
    assert as_bytes(outcome_of(purchases, spec, base, further.now("key"))) != dropped
    back = further.undone()
    assert as_bytes(outcome_of(purchases, spec, base, back.now("key"))) == dropped
    home = back.undone()
    assert as_bytes(outcome_of(purchases, spec, base, home.now("key"))) == before
    assert as_bytes(outcome_of(purchases, spec, base, home.redone().now("key"))) == dropped


def test_nothing_changed_is_the_study_itself():
    purchases, spec, base, _ = planted_study()
    outcome = outcome_of(purchases, spec, base, Scenario())
    assert outcome.segmentation is base
    assert (outcome.moved, outcome.gone, outcome.new, outcome.agreement) == (0, (), (), 1.0)
    assert outcome.table["before"].tolist() == outcome.table["after"].tolist() == base.sizes.tolist()
    np.testing.assert_allclose(outcome.table["amount_before"], outcome.table["amount_after"])


def test_bringing_products_back_makes_their_segment_appear():
    back = products_of(2)
    purchases, spec, base, taste = planted_study(left_out=back, k=K - 1)
    outcome = outcome_of(purchases, spec, base, Scenario(brought_back=back))
    assert outcome.gone == ()
    (appeared,) = outcome.new
    assert appeared == K
    members = outcome.assignment.index[(outcome.assignment == appeared).fillna(False)]
    own = {f"c{at:03d}" for at in np.flatnonzero(taste == 2)}
    assert len(own & set(members)) >= 0.95 * len(own)
    assert outcome.proposed[appeared]
    assert "appears" in outcome_sentence(outcome, {n: f"kind {n}" for n in base.sizes.index}, "customers")


def test_a_brand_can_be_dropped_whole_and_in_halves():
    purchases, spec, base, taste = planted_study()
    whole = outcome_of(purchases, spec, base, Scenario(without=(Group("brand", "brand 0"),)))
    named = outcome_of(purchases, spec, base, Scenario(left_out=products_of(0)))
    assert whole.gone == named.gone == (of_taste(base, taste, 0),)
    assert whole.assignment.equals(named.assignment)
    half = outcome_of(purchases, spec, base, Scenario(without=(Group("side", "a"),)))
    assert half.gone == () and half.new == ()
    assert len(half.segmentation.product_scores) == K * OWN / 2
    with pytest.raises(SpecError, match="no “colour”"):
        outcome_of(purchases, spec, base, Scenario(without=(Group("colour", "red"),)))


def test_dropping_a_groups_best_sellers_does_not_rename_the_rest_of_it():
    purchases, _, _, _ = planted_study()
    buyers = pd.Series(build_matrix(purchases, level="Product").buyers, purchases.products.index)
    large = purchases.products["brand"].eq("brand 0") & (buyers >= 35)
    attributes = purchases.products.assign(shelf=np.where(large, "top", "low"))
    marked = make_purchases(
        purchases.customers[purchases.lines["customer"]],
        purchases.products.index[purchases.lines["product"]],
        product_attributes=attributes,
    )
    spec = MatrixSpec("Product ≥ 35 buyers, else brand", "bought")
    base = segment(build_matrix(marked, spec=spec), K)
    assert 0 < large.sum() < OWN and "brand 0 (the rest)" in base.product_scores.index
    outcome = outcome_of(marked, spec, base, Scenario(without=(Group("shelf", "top"),)))
    named = outcome_of(marked, spec, base, Scenario(left_out=tuple(attributes.index[large])))
    assert "brand 0 (the rest)" in outcome.segmentation.product_scores.index
    pd.testing.assert_series_equal(outcome.kept_taste, named.kept_taste)
    assert outcome.assignment.equals(named.assignment)


def test_a_period_and_thin_customers_change_the_range():
    purchases, spec, base, _ = planted_study()
    period = outcome_of(purchases, spec, base, Scenario(date_to="2025-04-30"))
    assert period.table["amount_after"].sum() < period.table["amount_before"].sum()
    thick = outcome_of(purchases, spec, base, Scenario(min_products=5))
    assert thick.table["after"].sum() < thick.table["before"].sum()
    assert thick.lost == int(thick.flows.loc[thick.flows["to"] == NONE, "customers"].sum()) > 0
    with pytest.raises(NotEnoughData):
        outcome_of(purchases, spec, base, Scenario(min_products=500))


def test_everybody_is_followed_once():
    purchases, spec, base, _ = planted_study()
    outcome = outcome_of(purchases, spec, base, Scenario(left_out=products_of(3), min_products=2))
    known_customers = base.assignment.notna() | outcome.assignment.reindex(base.assignment.index).notna()
    assert outcome.flows["customers"].sum() == known_customers.sum()
    assert outcome.flows.groupby("from")["customers"].sum()[1] == base.sizes[1]
    assert outcome.compared + outcome.lost + outcome.gained == outcome.flows["customers"].sum()


def test_another_number_of_segments_is_looked_for_anew():
    purchases, spec, base, _ = planted_study()
    fewer = outcome_of(purchases, spec, base, Scenario(k=3))
    assert fewer.segmentation.k == 3
    assert len(fewer.gone) + len(fewer.identity) - len(fewer.new) == K
    more = outcome_of(purchases, spec, base, Scenario(k=5))
    assert more.segmentation.k == 5 and len(more.new) >= 1


def test_flows_worked_by_hand():
    before = pd.Series([1, 1, 2, None], list("abcd"), dtype="Int64")
    after = pd.Series([1, 2, 5, 1], list("abce"), dtype="Int64")
    table = flows_between(before, after, {5: (2,)})
    assert table.to_numpy().tolist() == [[0, 1, 1, False], [1, 1, 1, True], [1, 2, 1, False], [2, 5, 1, True]]


def test_two_scenarios_agree_as_their_groups_do():
    purchases, spec, base, _ = planted_study()
    one = outcome_of(purchases, spec, base, Scenario(left_out=products_of(0)))
    other = outcome_of(purchases, spec, base, Scenario(without=(Group("brand", "brand 0"),)))
    agreement, compared = agreement_of(one.assignment, other.assignment)
    assert agreement == 1.0
    assert compared == int(one.assignment.notna().sum())


def test_groupings_without_a_customer_in_both_are_not_called_alike():
    one = pd.Series([1, None], ["a", "b"], dtype="Int64")
    other = pd.Series([None, 1], ["a", "b"], dtype="Int64")
    for pair in ((one, other), (one, other.rename({"a": "c", "b": "d"}))):
        agreement, compared = agreement_of(*pair)
        assert np.isnan(agreement) and compared == 0
        assert agreement_in_words(agreement) == "not to be compared"


def test_an_outcome_can_be_stored():
    purchases, spec, base, _ = planted_study()
    outcome = outcome_of(
        purchases, spec, base, Scenario(left_out=products_of(0), edits=(Edit("lock", (2,)),))
    )
    again = codec.decode(*codec.encode(outcome))
    assert again.gone == outcome.gone and again.flows.equals(outcome.flows)
