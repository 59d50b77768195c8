"""The back-test: what is hidden, what counts as found, and figures equal to a plain reference."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from segcore.choices.offered import SCORERS
from segcore.errors import NotEnoughData
from segcore.factorization import NMFSpec
from segcore.matrix import MatrixSpec, build_matrix
from segcore.offers import BackTestSpec, back_test
from segcore.offers.by_k import hits_by_k
from segcore.offers.chance import Chance, buyers_range
from segcore.offers.measure import choose_default, measure
from segcore.offers.paired import bootstrap_means
from segcore.offers.sides import Sides
from segcore.offers.split import choose_weeks, hide_one, split_by_time
from segcore.offers.wording import compared, finding
from segcore.progress import finished
from segcore.purchases import make_purchases
from segcore.storage import codec
from tests.segcore.known import matrix_of, planted, shuffled_columns, wine
from tests.segcore.test_offers import plain_scores


class Told:
    """Just enough of a segmentation for the plain scorers: what a split learned."""

    def __init__(self, sides, matrix):
        numbers = range(1, len(sides.learned.tastes) + 1)
        self.customer_scores = pd.DataFrame(sides.w, matrix.customers, numbers)
        self.product_scores = pd.DataFrame(sides.learned.tastes.T, matrix.products, numbers)
        home = np.where(sides.w.max(axis=1) > 0, sides.w.argmax(axis=1) + 1, 0)
        self.assignment = pd.Series(home, matrix.customers)


def plain_rates(matrix, sides, n: int) -> pd.DataFrame:
    """Hit rate, recall and coverage customer by customer, offer by offer."""
    hidden, bought = sides.hidden.toarray(), sides.bought.toarray()
    told, rows = Told(sides, matrix), {}
    for scorer in SCORERS:
        scores = plain_scores(matrix, told, scorer)
        hits, recalls, offered = [], [], set()
        for c in range(len(bought)):
            if not hidden[c].any() or not bought[c].any():
                continue
            able = [j for j in range(bought.shape[1]) if not bought[c, j]]
            able.sort(key=lambda j: (-round(scores[c, j], 5), -matrix.buyers[j], j))
            offered |= set(able[:n])
            found = sum(hidden[c, j] for j in able[:n])
            hits.append(found > 0)
            recalls.append(found / hidden[c].sum())
        rows[scorer] = (np.mean(hits), np.mean(recalls), len(offered) / bought.shape[1])
    return pd.DataFrame(rows, index=["hit", "recall", "coverage"]).T


def test_figures_equal_a_plain_reference():
    values, _ = planted(2, per_block=20, products=5, own=0.6, other=0.1, seed=3)
    split = hide_one(matrix_of(values), seed=1)
    whole = Sides.of(split, NMFSpec(k=2))
    wanted = plain_rates(split.train, whole, 2)
    found = finished(measure(whole.rows(whole.tested), BackTestSpec(n=2, resamples=50), (0, 1)))
    assert found.customers == len(whole.tested) == found.purchases
    got = found.rates[["hit", "recall", "coverage"]]
    exact = [
        name for name in SCORERS if name != "all_pairs"
    ]  # ties of single-precision scores may fall either way
    assert np.allclose(got.loc[exact], wanted.loc[exact])
    assert np.allclose(got.loc["all_pairs"], wanted.loc["all_pairs"], atol=0.1)
    assert np.allclose(found.depth[2], found.rates["hit"])
    assert (found.rates["hits"] == (found.rates["hit"] * found.customers).round()).all()


def test_everybody_reached_is_not_certainty():
    values, _ = planted(2, per_block=20, products=5, own=0.6, other=0.1, seed=3)
    sides = Sides.of(hide_one(matrix_of(values), seed=1), NMFSpec(k=2))
    sides = sides.rows(sides.tested)
    every = finished(measure(sides, BackTestSpec(n=10, resamples=50), (0, 1))).rates.loc["blend"]
    assert every["hit"] == every["hit_high"] == 1
    n = every["hits"]
    assert every["hit_low"] == pytest.approx(n / (n + 1.959964**2))
    some = finished(measure(sides, BackTestSpec(n=2, resamples=50), (0, 1))).rates.loc["blend"]
    assert some["hit_low"] < some["hit"] < some["hit_high"] < 1


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 9_999))
def test_exactly_one_product_of_everybody_with_two_is_hidden(seed):
    generator = np.random.default_rng(seed)
    matrix = matrix_of((generator.random((15, 6)) < 0.3).astype(float) + np.eye(15, 6))
    split = hide_one(matrix, seed)
    hidden, left = split.hidden.toarray(), split.train.bought.toarray()
    assert ((hidden + left) == matrix.bought.toarray()).all()
    assert (hidden.sum(axis=1) == (matrix.products_per_customer >= 2)).all()


def test_hidden_purchases_leave_no_trace_in_the_weights():
    values = np.array([[1, 1], [1, 0], [0, 1], [1, 1]], dtype=float)
    matrix = matrix_of(values)
    matrix = type(matrix)(**{**vars(matrix), "spec": MatrixSpec("Product", "rare")})
    train = hide_one(matrix, 0).train
    expected = np.log(4 / np.maximum(train.buyers, 1)) + 1
    assert np.allclose(train.values.data, expected[train.values.indices])


def dated(lines):
    customer, product, date = zip(*lines, strict=True)
    return make_purchases(list(customer), list(product), date=list(date))


def test_giant_customers_stay_capped_where_a_purchase_is_hidden():
    rows, columns = np.nonzero(np.tri(12, 12))
    purchases = purchases_of(rows, columns)
    for weighting in ("bought", "balanced", "rare"):
        spec = MatrixSpec("Product", weighting, cap_products=3)
        train = hide_one(build_matrix(purchases, spec=spec), seed=0).train
        kept = train.bought.tocoo()
        again = make_purchases(train.customers[kept.row], train.products[kept.col])
        wanted = build_matrix(again, spec=spec)
        both = train.values.toarray()[:, train.products.get_indexer(wanted.products)]
        assert np.allclose(both, wanted.values.toarray())


def test_time_split_hides_only_what_is_new_to_the_customer():
    purchases = dated([
        ("a", "x", "2025-01-01"), ("b", "y", "2025-01-02"), ("c", "z", "2025-01-03"),
        ("a", "x", "2025-02-20"), ("a", "y", "2025-02-20"), ("b", "z", "2025-02-01"), ("d", "x", "2025-02-25"),
        ("c", "only later", "2025-02-25"), ("b", "x", "2025-02-28"),
    ])  # fmt: skip
    split = split_by_time(purchases, MatrixSpec("Product", "bought"), weeks=2)
    assert (split.first, split.last, split.days) == ("2025-02-15", "2025-02-28", 14)
    table = split.hidden.tocoo()
    pairs = {
        (split.train.customers[r], split.train.products[c]) for r, c in zip(table.row, table.col, strict=True)
    }
    assert {("a", "y"), ("b", "x")} <= pairs
    assert "only later" not in split.train.products
    assert {split.train.customers[at] for at in split.tested} == {"a", "b"}
    before = split_by_time(purchases, MatrixSpec("Product", "bought"), weeks=2, back=1)
    assert (before.first, before.last) == ("2025-02-01", "2025-02-14")


def test_without_dates_no_week_is_hidden(data_dir: Path):
    assert choose_weeks(wine(data_dir), MatrixSpec("Varietal + Origin")) == 0
    short = dated([("a", "x", "2025-01-01"), ("b", "y", "2025-01-09"), ("a", "y", "2025-01-20")])
    assert choose_weeks(short, MatrixSpec("Product", "bought")) == 0


def test_wine_is_tested_by_hiding_one_and_the_result_is_kept(data_dir: Path):
    test = back_test(
        wine(data_dir), MatrixSpec("Varietal + Origin"), NMFSpec(k=3), BackTestSpec(resamples=200)
    )
    assert (test.weeks, test.days, test.shown.customers, test.shown.products) == (0, None, 89, 24)
    rates = test.shown.rates
    assert (rates["hit_low"] <= rates["hit"]).all() and (rates["hit"] <= rates["hit_high"]).all()
    assert rates.loc["popular", ["ahead", "ahead_low", "ahead_high"]].tolist() == [0, 0, 0]
    assert test.validation.customers < test.shown.customers
    assert codec.decode(*codec.encode(test)).shown.rates.equals(rates)


def test_planted_tastes_beat_best_sellers_and_noise_does_not():
    values, _ = planted(4, per_block=80, products=10, own=0.45, other=0.03, seed=2)
    rows, columns = np.nonzero(values)
    test = back_test(
        purchases_of(rows, columns), MatrixSpec("Product"), NMFSpec(k=4), BackTestSpec(n=5, resamples=200)
    )
    assert test.default == "blend"
    assert test.shown.rates.loc["blend", "ahead_low"] > 0.2
    rows, columns = np.nonzero(shuffled_columns(values, seed=3))
    noise = back_test(
        purchases_of(rows, columns), MatrixSpec("Product"), NMFSpec(k=4), BackTestSpec(n=5, resamples=200)
    )
    assert noise.shown.rates.loc["blend", "ahead_low"] < 0.05


def purchases_of(rows, columns):
    return make_purchases([f"c{r:04d}" for r in rows], [f"p{c:02d}" for c in columns])


def test_too_few_to_hide_is_said():
    with pytest.raises(NotEnoughData, match="Only"):
        back_test(purchases_of([0, 0, 0, 1, 1, 2], [0, 1, 2, 1, 2, 0]), MatrixSpec("Product"), NMFSpec(k=2))


def test_weeks_before_the_hidden_ones_must_hold_purchases_too():
    rng = np.random.default_rng(0)
    days = np.concatenate([rng.integers(0, 200, 900), rng.integers(256, 280, 600)])  # nothing in between
    purchases = make_purchases(
        [f"c{row % 100:02d}" for row in range(1_500)],
        [f"p{product}" for product in rng.integers(0, 20, 1_500)],
        date=[str(day)[:10] for day in pd.Timestamp("2024-01-01") + pd.to_timedelta(days, unit="D")],
    )
    spec = MatrixSpec("Product")
    assert choose_weeks(purchases, spec) in (0, 8)
    with pytest.raises(NotEnoughData, match="Only 0 customers have a purchase from 2024-"):
        back_test(purchases, spec, NMFSpec(k=2), BackTestSpec(weeks=4, resamples=20))
    with pytest.raises(NotEnoughData, match="Only 0 customers"):
        finished(hits_by_k(purchases, spec, NMFSpec(k=2), (2, 3), BackTestSpec(weeks=4, resamples=20)))
    test = back_test(purchases, spec, NMFSpec(k=2), BackTestSpec(resamples=20))
    assert test.shown.customers and test.validation.customers
    early = MatrixSpec("Product", date_from="1990-01-01")
    assert choose_weeks(purchases, early) == choose_weeks(purchases, spec)


def test_default_is_the_blend_unless_only_another_is_surely_ahead():
    class Given:
        rates = pd.DataFrame(
            {"hit": [0.3, 0.35, 0.2], "ahead": [0.1, 0.15, 0.0], "ahead_low": [0.02, 0.05, 0.0]},
            index=["blend", "similar", "popular"],
        )

    assert choose_default(Given) == "blend"
    Given.rates.loc["blend", "ahead_low"] = -0.01
    assert choose_default(Given) == "similar"
    Given.rates["ahead_low"] = -0.01
    assert choose_default(Given) == "blend"
    Given.rates.loc[:, "ahead"] = [-0.1, -0.05, 0.0]
    Given.rates.loc["popular", "hit"] = 0.5
    assert choose_default(Given) == "popular"


def test_segments_that_went_on_from_earlier_ones_are_tested_afresh():
    values, _ = planted(2, per_block=60, products=8, own=0.5, other=0.05, seed=6)
    purchases, spec = purchases_of(*np.nonzero(values)), BackTestSpec(resamples=20)
    went_on = NMFSpec(k=2, initialisation="custom")
    test = back_test(purchases, MatrixSpec("Product"), went_on, spec)
    pd.testing.assert_frame_equal(
        test.shown.rates, back_test(purchases, MatrixSpec("Product"), NMFSpec(k=2), spec).shown.rates
    )
    assert len(finished(hits_by_k(purchases, MatrixSpec("Product"), went_on, (2, 3), spec))) == 2


def test_best_sellers_that_serve_are_not_called_unbeaten_where_another_is_surely_ahead():
    values, _ = planted(4, per_block=60, products=8, own=0.5, other=0.05, seed=2)
    test = back_test(
        purchases_of(*np.nonzero(values)),
        MatrixSpec("Product"),
        NMFSpec(k=4),
        BackTestSpec(n=5, resamples=200),
    )
    assert test.shown.rates.loc["blend", "ahead_low"] > 0
    assert "surely ahead" in compared(test, "popular") and "nothing tried" not in compared(test, "popular")
    assert finding(test, "popular").endswith("finds more of what people bought next than best-sellers do")
    rates = test.shown.rates.assign(ahead_low=-0.1)
    unsure = replace(test, shown=replace(test.shown, rates=rates))
    assert "nothing tried surely beats plain best-sellers" in compared(unsure, "popular")
    assert finding(unsure, "popular") == "Best-sellers do as well as anything else here"


def test_bootstrap_is_paired_and_has_the_spread_of_a_mean():
    hits = np.random.default_rng(0).random((400, 1)) < 0.3
    means = bootstrap_means(np.hstack([hits, hits, ~hits]).astype(float), 2_000, seed=1)
    assert (means[:, 0] == means[:, 1]).all()
    assert np.allclose(means[:, 0] + means[:, 2], 1)
    assert means[:, 0].std() == pytest.approx(np.sqrt(hits.mean() * (1 - hits.mean()) / 400), rel=0.1)


def test_chances_add_up_to_what_was_bought():
    values, _ = planted(3, per_block=150, products=8, own=0.5, other=0.05, seed=4)
    rows, columns = np.nonzero(values)
    test = back_test(
        purchases_of(rows, columns), MatrixSpec("Product"), NMFSpec(k=3), BackTestSpec(resamples=200)
    )
    for chance in test.chances.values():
        assert chance.ratio_low <= chance.ratio <= chance.ratio_high
        assert chance.ratio == pytest.approx(1)  # one hidden product each, and chances that add up to one
    split = hide_one(matrix_of(values), 0)
    sides = Sides.of(split, NMFSpec(k=3))
    from segcore.offers.score import score

    chances = test.chances["blend"].of(
        score(sides.learned, "blend", sides.bought, sides.w), sides.learned, sides.bought
    )
    open_cells = sides.bought.toarray() == 0
    assert np.allclose(np.where(open_cells, chances, 0).sum(axis=1), 1)
    hidden = sides.hidden.toarray()[open_cells]
    sure = chances[open_cells] > np.quantile(chances[open_cells], 0.9)
    assert hidden[sure].mean() > 2 * hidden[~sure].mean()
    assert chances[open_cells][sure].mean() == pytest.approx(hidden[sure].mean(), rel=0.35)


def test_a_range_of_buyers_covers_both_hidden_parts():
    exact = Chance("blend", (0.0, 0.0, 0.0, 0.0), 1.0, 1.0, 1.0, 100)
    assert buyers_range(20.0, 16.0, exact, 100) == (12, 28)
    halved = Chance("blend", (0.0, 0.0, 0.0, 0.0), 0.5, 0.4, 0.6, 100)
    low, high = buyers_range(20.0, 0.0, halved, 100)
    assert (low, high) == (16, 40)
    assert buyers_range(0.5, 0.5, exact, 1) == (0, 1)


def test_scores_and_targets_share_columns():
    values, _ = planted(2, per_block=30, products=5)
    sides = Sides.of(hide_one(matrix_of(values), 0), NMFSpec(k=2))
    assert sides.bought.shape == sides.hidden.shape
    assert sparse.issparse(sides.hidden) and sides.w.shape == (60, 2)


def test_hit_rates_by_number_of_segments_stand_beside_best_sellers():
    values, _ = planted(3, per_block=60, products=8, own=0.5, other=0.05, seed=6)
    purchases = purchases_of(*np.nonzero(values))
    table = finished(
        hits_by_k(purchases, MatrixSpec("Product"), NMFSpec(k=2), (2, 3, 4), BackTestSpec(n=3, resamples=50))
    )
    assert list(table.index) == [2, 3, 4]
    assert table["popular"].nunique() == 1
    assert table["taste"].idxmax() in (3, 4) and table.loc[3, "ahead_low"] > 0
