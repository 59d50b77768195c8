"""Chance that knows who buys much: what surrogates keep and forget, and what is said of shops without tastes."""

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from segcore.matrix import build_matrix
from segcore.purchases import make_purchases
from segcore.selection import judge
from segcore.selection.chance import unevenness
from segcore.selection.surrogates import fit_surrogates
from segcore.selection.sweep import Sweep, sweep_k
from tests.segcore import known
from tests.segcore.nothing import log_normal_customers, orders


def sizes_of(table: sparse.csr_matrix) -> np.ndarray:
    return np.diff(table.indptr)


def buyers_of(table: sparse.csr_matrix) -> np.ndarray:
    return np.bincount(table.indices, minlength=table.shape[1])


def swept(values: sparse.csr_matrix, resamples: int = 2) -> Sweep:
    """The app's own way from who bought what."""
    row, column = values.nonzero()
    customers, products = (
        pd.Series([f"{number:05d}" for number in some], dtype="str") for some in (row, column)
    )
    purchases = make_purchases(customers, products, customer_label="Customer", product_label="Product")
    return sweep_k(build_matrix(purchases, weighting="balanced"), range(2, 7), resamples=resamples)


@pytest.mark.parametrize("seed", range(3))
def test_surrogates_keep_both_margins(seed: int) -> None:
    values = log_normal_customers(np.random.default_rng(seed), 700, 80)
    known_of = fit_surrogates(values, 0)
    tables = [known_of.draw([seed, number]) for number in range(12)]
    short = sizes_of(values) <= 40
    for table in tables:
        assert (sizes_of(table)[short] == sizes_of(values)[short]).all()
    size = np.mean([sizes_of(table) for table in tables], axis=0)
    buyers = np.mean([buyers_of(table) for table in tables], axis=0)
    assert np.abs(size - sizes_of(values)).max() < 6  # long rows: on average
    assert np.abs((buyers - buyers_of(values)) / np.sqrt(buyers_of(values) / 12 + 1)).max() < 4
    kept = values.multiply(tables[0]).sum() / values.nnz
    by_lot = tables[1].multiply(tables[0]).sum() / values.nnz
    assert kept == pytest.approx(by_lot, abs=0.03)  # nothing else is kept
    assert (tables[0] != known_of.draw([seed, 0])).nnz == 0


def test_surrogates_keep_what_heavy_buyers_buy_instead() -> None:
    rng = np.random.default_rng(1)
    heavy = rng.random(1_000) < 0.4
    rate = np.where(heavy, 0.5, 0.1)[:, None] * np.where(
        np.arange(60) < 30, 1.0, np.where(heavy, 0.4, 1.2)[:, None]
    )
    values = sparse.csr_matrix((rng.random((1_000, 60)) < rate).astype(float))
    drawn = fit_surrogates(values, 0).draw([0, 0])
    busiest = sizes_of(values) > np.quantile(sizes_of(values), 0.65)
    own, by_chance = (buyers_of(table[busiest]) / buyers_of(table) for table in (values, drawn))
    assert own[:30].mean() - own[30:].mean() > 0.15
    np.testing.assert_allclose(by_chance, own, atol=0.12)


def test_amounts_keep_each_customers_and_each_products_level() -> None:
    rng = np.random.default_rng(2)
    bought = log_normal_customers(rng, 600, 50, mean=25.0, sd=0.4)
    spend, price = rng.lognormal(0, 1.0, 600), rng.lognormal(2, 1.0, 50)
    values = bought.copy()
    values.data = (
        spend[np.repeat(np.arange(600), sizes_of(bought))]
        * price[bought.indices]
        * rng.lognormal(0, 0.3, bought.nnz)
    )
    drawn = fit_surrogates(values, 0).draw([0, 0])
    for known_level, end in ((spend, 0), (price, 1)):
        level = []
        for table in (values, drawn):
            at = table.tocoo()
            rest = np.log(at.data / (price[at.col] if end == 0 else spend[at.row]))
            where = (at.row, at.col)[end]
            level.append(np.bincount(where, rest, len(known_level)) / np.maximum(np.bincount(where), 1))
        assert np.corrcoef(*level)[0, 1] > 0.95
    assert np.median(np.log(drawn.data)) == pytest.approx(np.median(np.log(values.data)), abs=0.1)


def test_a_column_of_one_value_keeps_it() -> None:
    values = log_normal_customers(np.random.default_rng(3), 400, 40)
    weight = np.linspace(1.0, 3.0, 40)
    drawn = fit_surrogates(values @ sparse.diags_array(weight), 0).draw([0, 0])
    np.testing.assert_allclose(drawn.data, weight[drawn.indices], rtol=1e-9)


def test_who_stands_in_the_file_twice_is_drawn_once() -> None:
    once = log_normal_customers(np.random.default_rng(4), 300, 60)
    once = once[sizes_of(once) >= 4]
    twice = sparse.csr_matrix(sparse.vstack([once, once]))
    drawn = fit_surrogates(twice, 0).draw([0, 0])
    assert (drawn[: once.shape[0]] != drawn[once.shape[0] :]).nnz == 0
    assert (drawn != twice).nnz > 0.5 * twice.nnz


def test_uneven_buyers_without_tastes_are_no_segments() -> None:
    for seed in range(3):
        values = log_normal_customers(np.random.default_rng(seed), 700, 150)
        sweep = swept(values[sizes_of(values) > 0])
        verdict = judge(sweep.table, sweep.baseline)
        assert not verdict.reliable and verdict.ceiling == 1
        assert "heavy and light buyers, not tastes" in verdict.sentence


def test_baskets_all_alike_are_not_called_heavy_and_light() -> None:
    values = orders(np.random.default_rng(5), np.full(800, 6), 60)
    assert unevenness(values) < 0.5
    sweep = swept(values)
    verdict = judge(sweep.table, sweep.baseline)
    assert verdict.ceiling == 1 and "heavy and light" not in verdict.sentence


def test_tastes_of_uneven_buyers_are_still_found() -> None:
    values, taste = known.planted(4, 120, 12, own=0.3, other=0.05, seed=6)
    rng = np.random.default_rng(6)
    keep = rng.random(values.shape) < np.clip(rng.lognormal(-0.3, 0.6, len(taste)), 0.15, 1.0)[:, None]
    bought = sparse.csr_matrix(values * keep)
    sweep = swept(bought[sizes_of(bought) > 0], resamples=6)
    verdict = judge(sweep.table, sweep.baseline)
    assert verdict.ceiling == 4 and verdict.suggested == 4
