"""A frozen segmentation on new customers: it agrees with a fit on everybody, and says when it does not fit any more."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import mannwhitneyu

from segcore.matrix import MatrixSpec, build_matrix
from segcore.purchases import Purchases, make_purchases
from segcore.segments import segment
from segcore.segments.compare import adjusted_rand_index, cross_tab
from segcore.whatif.basket import basket_of
from segcore.whatif.drift import drift_of
from segcore.whatif.fixed_model import freeze
from segcore.whatif.newcomers import (
    drift_sentence,
    mix_sentence,
    newcomers_of,
    newcomers_sentence,
    unknown_sentence,
)
from tests.segcore import known

SPEC = MatrixSpec("Product")


def purchases_from(values: np.ndarray, prefix: str = "c", product: str = "p", **columns) -> Purchases:
    rows, places = np.nonzero(values)
    return make_purchases(
        [f"{prefix}{row:04d}" for row in rows], [f"{product}{at:03d}" for at in places], **columns
    )


def study_on(values: np.ndarray, k: int, spec: MatrixSpec = SPEC):
    purchases = purchases_from(values)
    return purchases, spec, segment(build_matrix(purchases, spec=spec), k)


@pytest.mark.parametrize("weighting", ["balanced", "bought", "share"])
@pytest.mark.parametrize("seed", range(4))
def test_applied_to_a_held_out_half_it_agrees_with_a_fit_on_all(seed, weighting):
    k = 3 + seed
    values, _ = known.planted(k, 80, products=10, own=0.6, other=0.03, seed=seed)
    spec = MatrixSpec("Product", weighting)
    inside = np.random.default_rng(seed).random(len(values)) < 0.5
    names = np.array([f"c{row:04d}" for row in range(len(values))])
    first, second = values * inside[:, None], values * ~inside[:, None]
    earlier, _, half = study_on(first, k, spec)
    arriving = purchases_from(second)
    found = newcomers_of(earlier, spec, half, arriving)
    assert set(found.described.assignment.index) == set(names[~inside])
    _, _, whole = study_on(values, k, spec)
    counts, left_out = cross_tab(found.described.assignment, whole.assignment[names[~inside]])
    assert left_out <= 0.02 * (~inside).sum()
    assert adjusted_rand_index(counts.to_numpy()) >= 0.95
    assert found.drift.verdict == ""
    assert found.already == 0


def test_newcomers_of_the_same_kind_are_described_as_well_as_before():
    drifts = 0
    for seed in range(10):
        values, _ = known.planted(4, 60, seed=seed)
        earlier, spec, base = study_on(values, 4)
        fresh, _ = known.planted(4, 40, seed=100 + seed)
        found = newcomers_of(earlier, spec, base, purchases_from(fresh, "n"))
        drifts += bool(found.drift.verdict)
        assert not found.mix_differs
        assert ("as well as earlier" in drift_sentence(found)) == (not found.drift.verdict)
    assert drifts == 0


def test_newcomers_without_these_tastes_are_said_to_be_described_worse():
    values, _ = known.planted(4, 60, seed=1)
    earlier, spec, base = study_on(values, 4)
    noise = known.shuffled_columns(known.planted(4, 60, seed=2)[0], 5)
    found = newcomers_of(earlier, spec, base, purchases_from(noise[noise.sum(axis=1) > 0], "n"))
    assert found.drift.verdict == "much worse"
    assert found.fit < found.fit_before
    assert "Find the segments again" in drift_sentence(found)


def test_another_mix_of_the_same_kinds_is_no_drift():
    values, taste = known.planted(3, 80, seed=4)
    earlier, spec, base = study_on(values, 3)
    fresh, fresh_taste = known.planted(3, 80, seed=9)
    only = fresh * (fresh_taste == 1)[:, None]
    found = newcomers_of(earlier, spec, base, purchases_from(only, "n"))
    joined = int(base.assignment[taste == 1].mode()[0])
    assert found.table["customers"].idxmax() == joined
    assert found.table.loc[joined, "share"] > 0.95
    assert found.mix_differs and found.drift.verdict == ""
    names = {n: f"kind {n}" for n in base.sizes.index}
    assert f"join “kind {joined}”" in newcomers_sentence(found, names)


def test_unknown_products_are_counted_and_said():
    values, _ = known.planted(3, 40, seed=4)
    earlier, spec, base = study_on(values, 3)
    fresh = np.hstack([known.planted(3, 20, seed=5)[0], np.ones((60, 2))])
    found = newcomers_of(earlier, spec, base, purchases_from(fresh, "n"))
    assert (found.unknown.products, found.unknown.cells) == (2, 120)
    said = unknown_sentence(found)
    assert said.startswith("2 of 26 (8 %) products are not known to the segments (p024 and p025)")
    without = newcomers_of(earlier, spec, base, purchases_from(fresh[:, :24], "n"))
    assert without.described.assignment.equals(found.described.assignment)
    assert unknown_sentence(without) == ""


def test_customers_the_study_knows_already_are_counted():
    values, _ = known.planted(3, 40, seed=4)
    earlier, spec, base = study_on(values, 3)
    found = newcomers_of(earlier, spec, base, earlier)
    assert found.already == found.customers == len(values)
    assert found.table["customers"].tolist() == base.sizes.tolist()
    assert found.drift.verdict == ""


def test_the_rank_test_without_classes_equals_an_independent_one():
    generator = np.random.default_rng(0)
    new, old = np.round(generator.normal(0.45, 0.2, 60), 1), np.round(generator.normal(0.5, 0.2, 90), 1)
    same = np.ones(60, dtype=int), np.ones(90, dtype=int)
    found = drift_of((new, same[0]), (old, same[1]))
    other = mannwhitneyu(new, old, alternative="less", method="asymptotic", use_continuity=False)
    assert found.p == pytest.approx(other.pvalue, rel=1e-9)
    worse = np.mean(new[:, None] < old) + 0.5 * np.mean(new[:, None] == old)
    assert found.worse == pytest.approx(worse)


def test_small_baskets_are_held_against_small_ones():
    generator = np.random.default_rng(1)
    # Small baskets are described badly, then as now; there are only more of them now.
    old_size, new_size = np.repeat([2, 20], [50, 150]), np.repeat([2, 20], [90, 10])
    old, new = (generator.normal(size / 40 + 0.2, 0.05) for size in (old_size, new_size))
    assert np.median(new) < np.median(old)
    assert drift_of((new, new_size), (old, old_size)).verdict == ""


def test_a_mixed_level_keeps_the_labels_it_had(data_dir):
    purchases = known.wine(data_dir)
    level = "Offer # ≥ 12 buyers, else Varietal"
    spec = MatrixSpec(level, "bought")
    base = segment(build_matrix(purchases, spec=spec), 3)
    few = purchases.lines["customer"] < 30
    arriving = make_purchases(
        purchases.customers[purchases.lines.loc[few, "customer"]],
        purchases.products.index[purchases.lines.loc[few, "product"]],
        customer_label="Customer Last Name",
        product_label="Offer #",
        product_attributes=purchases.products,
    )
    found = newcomers_of(purchases, spec, base, arriving)
    assert found.unknown.products == 0
    same = base.assignment[arriving.customers]
    assert found.described.assignment.equals(same)


def test_a_product_nobody_had_bought_is_of_the_rest_at_a_mixed_level():
    values, _ = known.planted(3, 60, seed=4)
    shelves = pd.DataFrame(
        {"shelf": [f"shelf {at // 8}" for at in range(24)]}, [f"p{at:03d}" for at in range(24)]
    )
    earlier = purchases_from(values, product_attributes=shelves)
    spec = MatrixSpec("Product ≥ 40 buyers, else shelf", "bought")
    matrix = build_matrix(earlier, spec=spec)
    assert "shelf 0 (the rest)" in matrix.products and len(matrix.products) > 4
    base = segment(matrix, 3)
    fresh = pd.DataFrame({"shelf": ["shelf 0", "shelf 9"]}, ["q000", "q001"])
    arriving = make_purchases(
        ["n1", "n1", "n2"], ["q000", "q001", "p000"], product_attributes=pd.concat([shelves, fresh])
    )
    found = newcomers_of(earlier, spec, base, arriving)
    assert found.unknown.examples == ("shelf 9",)
    rest = basket_of(freeze(earlier, base, spec), ["shelf 0 (the rest)"])
    np.testing.assert_allclose(found.described.shares.loc["n1"], rest.shares)


@pytest.mark.parametrize("n", [5, 6, 8])
def test_a_study_too_small_to_be_halved_still_takes_newcomers(n):
    values = np.eye(n) + np.eye(n, k=1)
    earlier, spec, base = study_on(values, n - 1)
    found = newcomers_of(earlier, spec, base, purchases_from(values[:1], "n"))
    assert found.customers == found.in_segments == 1
    assert np.isnan(found.drift.worse)
    assert drift_sentence(found).startswith("The study has too few customers to tell")
    names = {number: f"kind {number}" for number in base.sizes.index}
    joined = int(found.described.assignment.iloc[0])
    assert newcomers_sentence(found, names) == f"Of 1 customer in the file 1 joins “kind {joined}”."


def test_few_that_look_worse_are_not_said_to_be_described_as_well():
    values, _ = known.planted(3, 60, seed=4)
    earlier, spec, base = study_on(values, 3)
    odd = np.zeros((2, 24))
    odd[0, [0, 8, 16]] = odd[1, [1, 9, 17]] = 1
    found = newcomers_of(earlier, spec, base, purchases_from(odd, "n"))
    assert found.drift.worse > 0.58 and found.drift.verdict == "" and found.drift.is_open
    assert "could be chance" in drift_sentence(found)
    assert "as well as" not in drift_sentence(found)


def test_what_is_said_of_the_mix_is_what_the_numbers_show():
    values, taste = known.planted(3, 60, seed=4)
    earlier, spec, base = study_on(values, 3)
    few = newcomers_of(earlier, spec, base, purchases_from(values[taste == 1][:3], "n"))
    assert not few.mix_differs and few.table["share"].max() == 1
    assert (
        mix_sentence(few) == "They divide over the segments not clearly otherwise than the customers before."
    )
    same = newcomers_of(earlier, spec, base, earlier)
    assert mix_sentence(same) == "They divide over the segments much like the customers before."
    nobody = replace(
        same,
        described=replace(same.described, assignment=same.described.assignment.mask(values.sum(axis=1) > 0)),
    )
    assert nobody.in_segments == 0 and mix_sentence(nobody) == ""
    names = {number: f"kind {number}" for number in base.sizes.index}
    assert newcomers_sentence(replace(nobody, table=nobody.table.assign(customers=0)), names).startswith(
        "None of the "
    )


def test_a_month_of_the_same_customers_is_no_drift():
    """Nothing has changed but how long they were watched: a year of eighty purchases beside one month of it."""
    rng = np.random.default_rng(3)
    taste = np.repeat([0, 1, 2], 80)
    who = np.repeat(np.arange(240), 80)
    own = rng.random(len(who)) < 0.6
    what = np.where(own, taste[who] * 12 + rng.integers(0, 12, len(who)), rng.integers(0, 36, len(who)))
    day = pd.Timestamp("2025-01-01") + pd.to_timedelta(rng.integers(0, 360, len(who)), "D")
    lines = pd.DataFrame({"who": who, "what": what, "day": day})

    def bought(part: pd.DataFrame, prefix: str) -> Purchases:
        names = [f"{prefix}{at:03d}" for at in part["who"]], [f"p{at:02d}" for at in part["what"]]
        return make_purchases(*names, date=list(part["day"]))

    year = bought(lines, "c")
    base = segment(build_matrix(year, spec=SPEC), 3)
    month = lines[(lines["day"] >= "2025-06-01") & (lines["day"] < "2025-07-01")]
    found = newcomers_of(year, SPEC, base, bought(month, "c"))
    assert found.already == found.customers > 200
    assert found.drift.verdict == "" and "Find the segments again" not in drift_sentence(found)
    # The same month with the products mixed up is drift still.
    other = month.assign(what=rng.permutation(36)[month["what"]])
    assert newcomers_of(year, SPEC, base, bought(other, "n")).drift.verdict
