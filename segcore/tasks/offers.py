"""Offers: what is learned, the back-test, everybody's offers, target lists, bundles, outcomes of tests."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING

import pandas as pd

from segcore.choices.matrix import MatrixSpec
from segcore.matrix import build_matrix
from segcore.progress import Step
from segcore.purchases.kept import load_purchases
from segcore.storage.store import default_store

if TYPE_CHECKING:
    from segcore.choices.nmf import NMFSpec
    from segcore.choices.offers import BackTestSpec, OfferSpec
    from segcore.offers import Chance, Learned
    from segcore.offers.backtest import BackTest
    from segcore.offers.bundles import Bundle
    from segcore.offers.recommend import Everyone
    from segcore.offers.targets import TargetList


def learned(digest: str, matrix: MatrixSpec, segments_key: str) -> Generator[Step, None, Learned]:
    """What all ways to rank go by."""
    from segcore.offers import learn

    yield Step(0.1, "Counting what is bought together")
    return learn(build_matrix(load_purchases(digest), spec=matrix), default_store().load(segments_key))


def back_test(
    digest: str, matrix: MatrixSpec, nmf: NMFSpec, spec: BackTestSpec
) -> Generator[Step, None, BackTest]:
    """Hide purchases and see which way to rank finds them."""
    from segcore.offers.backtest import testing

    yield Step(0.01, "Reading the purchases")
    return (yield from testing(load_purchases(digest), matrix, nmf, spec))


def by_k(
    digest: str, matrix: MatrixSpec, nmf: NMFSpec, ks: tuple[int, ...], spec: BackTestSpec
) -> Generator[Step, None, pd.DataFrame]:
    """Hit rate against the number of segments."""
    from segcore.offers.by_k import hits_by_k

    yield Step(0.01, "Reading the purchases")
    return (yield from hits_by_k(load_purchases(digest), matrix, nmf, ks, spec))


def chance_of(test_key: str, scorer: str) -> Chance | None:
    """How a score becomes a chance, from a back-test in the store; None where there is none."""
    return default_store().load(test_key).chances[scorer] if test_key else None


def offers_of_all(
    digest: str, matrix: MatrixSpec, segments_key: str, learned_key: str, test_key: str, spec: OfferSpec
) -> Generator[Step, None, Everyone]:
    """Everybody's offers, and what they add up to in each segment."""
    from segcore.offers import blocked_pairs, usual_prices, worth_of
    from segcore.offers.recommend import offering

    yield Step(0.02, "Building the matrix")
    purchases, store = load_purchases(digest), default_store()
    built, known = build_matrix(purchases, spec=matrix), store.load(learned_key)
    worth = worth_of(known.products, spec, usual_prices(purchases, built))
    work = offering(
        built, store.load(segments_key), known, spec, chance_of(test_key, spec.scorer), worth,
        blocked_pairs(built, spec, purchases),
    )  # fmt: skip
    return (yield from work)


def target_list(
    digest: str,
    matrix: MatrixSpec,
    segments_key: str,
    learned_key: str,
    test_key: str,
    spec: OfferSpec,
    product: str,
    names: tuple[tuple[int, str], ...],
) -> Generator[Step, None, TargetList]:
    """Who gets one offer."""
    from segcore.offers import blocked_pairs
    from segcore.offers.targets import targeting

    yield Step(0.02, "Building the matrix")
    purchases, store = load_purchases(digest), default_store()
    built = build_matrix(purchases, spec=matrix)
    work = targeting(
        built, store.load(segments_key), store.load(learned_key), product, spec,
        chance=chance_of(test_key, spec.scorer), blocked=blocked_pairs(built, spec, purchases), names=dict(names),
    )  # fmt: skip
    return (yield from work)


def bundles(
    digest: str,
    matrix: MatrixSpec,
    segments_key: str,
    learned_key: str,
    test_key: str,
    scorer: str,
    segment: int,
    products: tuple[tuple[str, ...], ...] = (),
) -> Generator[Step, None, tuple[Bundle, ...]]:
    """The bundles proposed for a segment, or the given ones, judged."""
    from segcore.offers import usual_prices
    from segcore.offers.bundles import bundles_of, judge_bundle

    yield Step(0.05, "Building the matrix")
    purchases, store = load_purchases(digest), default_store()
    built = build_matrix(purchases, spec=matrix)
    segmentation, known = store.load(segments_key), store.load(learned_key)
    chance, prices = chance_of(test_key, scorer), usual_prices(purchases, built)
    yield Step(0.4, "Looking for what is bought together")
    if not products:
        return bundles_of(purchases, built, segmentation, known, segment, chance, prices)
    return tuple(
        judge_bundle(purchases, built, segmentation, known, segment, each, chance, prices)
        for each in products
    )


def outcome(name: str, path: str) -> Generator[Step, None, pd.DataFrame]:
    """The file with a test's outcome as a table of text: its first table with any rows."""
    from segcore.intake.files.sources import opened
    from segcore.intake.files.tables import open_tables

    yield Step(0.1, "Reading the outcome")
    with opened((name, path)) as (origins, scratch):
        found = open_tables(origins, scratch)
        table = max(found.tables, key=lambda one: one.rows)
        columns = table.load(table.names, found.ledger)
        return pd.DataFrame({name: column.cells() for name, column in columns.columns.items()}, dtype="str")
