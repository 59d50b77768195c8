"""Offers: what is learned, the back-test, everybody's offers, target lists, bundles, outcomes of tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from segcore.jobs.question import Digest, Files, Question, Size, Steps, question
from segcore.progress import Step

if TYPE_CHECKING:
    import pandas as pd

    from segcore.choices.matrix import MatrixSpec
    from segcore.choices.nmf import NMFSpec
    from segcore.choices.offers import BackTestSpec, OfferSpec
    from segcore.offers import Chance, Learned
    from segcore.offers.backtest import BackTest
    from segcore.offers.bundles import Bundle
    from segcore.offers.recommend import Everyone
    from segcore.offers.targets import TargetList
    from segcore.questions.bench import Workbench
    from segcore.questions.segments import FindSegments

CELLS_PER_SECOND = 25_000_000  # customers × products that one way to rank gets through
MOST_CUSTOMERS, MOST_PRODUCTS = 10_000, 3_000  # that a back-test draws; that are ranked
WAYS_TESTED, WAYS_TESTED_BY_K = 14, 7  # rankings of everybody that a test makes, in all and for each k
COUNTED_PER_SECOND = 3_000_000  # stored cells


def _cells(size: Size, data: Digest, matrix: MatrixSpec) -> float:
    rows, columns = size.matrix(data, matrix).shape
    return rows * min(columns, MOST_PRODUCTS)


def _tested_cells(size: Size, data: Digest, matrix: MatrixSpec) -> float:
    return min(_cells(size, data, matrix), MOST_CUSTOMERS * MOST_PRODUCTS)


@question("learned for offers", version=1)
class LearnOffers(Question["Learned"]):
    """What all ways to rank go by."""

    overtakes = True
    segments: FindSegments

    def words(self) -> str:
        return "Counting what is bought together"

    def seconds(self, size: Size) -> float:
        matrix = size.matrix(self.segments.data, self.segments.matrix)
        return 1 + matrix.values.nnz / COUNTED_PER_SECOND

    def work(self, bench: Workbench) -> Steps[Learned]:
        from segcore.offers import learn

        yield Step(0.1, "Counting what is bought together")
        matrix = bench.matrix(self.segments.data, self.segments.matrix)
        return learn(matrix, bench.answer(self.segments))


@question("back-test", version=1)
class BackTestOffers(Question["BackTest"]):
    """Hide purchases and see which way to rank finds them."""

    data: Digest
    matrix: MatrixSpec
    nmf: NMFSpec
    spec: BackTestSpec

    def words(self) -> str:
        return "Testing offers on hidden purchases"

    def seconds(self, size: Size) -> float:
        return 3 + WAYS_TESTED * _tested_cells(size, self.data, self.matrix) / CELLS_PER_SECOND

    def work(self, bench: Workbench) -> Steps[BackTest]:
        from segcore.offers.backtest import testing

        yield Step(0.01, "Reading the purchases")
        return (yield from testing(bench.purchases(self.data), self.matrix, self.nmf, self.spec))


@question("hits by k", version=1)
class HitsByK(Question["pd.DataFrame"]):
    """Hit rate against the number of segments."""

    data: Digest
    matrix: MatrixSpec
    nmf: NMFSpec
    ks: tuple[int, ...]
    spec: BackTestSpec

    def words(self) -> str:
        return "Trying other numbers of segments"

    def seconds(self, size: Size) -> float:
        cells = _tested_cells(size, self.data, self.matrix)
        return 3 + WAYS_TESTED_BY_K * len(self.ks) * cells / CELLS_PER_SECOND

    def work(self, bench: Workbench) -> Steps[pd.DataFrame]:
        from segcore.offers.by_k import hits_by_k

        yield Step(0.01, "Reading the purchases")
        return (yield from hits_by_k(bench.purchases(self.data), self.matrix, self.nmf, self.ks, self.spec))


def _chance(bench: Workbench, test: BackTestOffers | None, scorer: str) -> Chance | None:
    """How a score becomes a chance, from a back-test; None where there is none."""
    return None if test is None else bench.answer(test).chances[scorer]


@question("offers of all", version=1)
class OffersOfAll(Question["Everyone"]):
    """Everybody's offers, and what they add up to in each segment."""

    overtakes = True
    learned: LearnOffers
    test: BackTestOffers | None
    spec: OfferSpec

    def words(self) -> str:
        return "Ranking offers for everybody"

    def seconds(self, size: Size) -> float:
        asked = self.learned.segments
        return 1 + 2 * _cells(size, asked.data, asked.matrix) / CELLS_PER_SECOND

    def work(self, bench: Workbench) -> Steps[Everyone]:
        from segcore.offers import blocked_pairs, usual_prices, worth_of
        from segcore.offers.recommend import offering

        yield Step(0.02, "Building the matrix")
        asked = self.learned.segments
        purchases, matrix = bench.purchases(asked.data), bench.matrix(asked.data, asked.matrix)
        known, chance = bench.answer(self.learned), _chance(bench, self.test, self.spec.scorer)
        worth = worth_of(known.products, self.spec, usual_prices(purchases, matrix))
        blocked = blocked_pairs(matrix, self.spec, purchases)
        return (yield from offering(matrix, bench.answer(asked), known, self.spec, chance, worth, blocked))


@question("target list", version=1)
class ListTargets(Question["TargetList"]):
    """Who gets one offer."""

    overtakes = True
    learned: LearnOffers
    test: BackTestOffers | None
    spec: OfferSpec
    product: str
    names: tuple[tuple[int, str], ...]

    def words(self) -> str:
        return "Ranking customers for this offer"

    def seconds(self, size: Size) -> float:
        asked = self.learned.segments
        return 1 + _cells(size, asked.data, asked.matrix) / CELLS_PER_SECOND

    def work(self, bench: Workbench) -> Steps[TargetList]:
        from segcore.offers import blocked_pairs
        from segcore.offers.targets import targeting

        yield Step(0.02, "Building the matrix")
        asked = self.learned.segments
        purchases, matrix = bench.purchases(asked.data), bench.matrix(asked.data, asked.matrix)
        work = targeting(
            matrix,
            bench.answer(asked),
            bench.answer(self.learned),
            self.product,
            self.spec,
            chance=_chance(bench, self.test, self.spec.scorer),
            blocked=blocked_pairs(matrix, self.spec, purchases),
            names=dict(self.names),
        )
        return (yield from work)


@question("bundles", version=1)
class FindBundles(Question["tuple[Bundle, ...]"]):
    """The bundles proposed for a segment, or the given ones, judged."""

    overtakes = True
    learned: LearnOffers
    test: BackTestOffers | None
    scorer: str
    segment: int
    products: tuple[tuple[str, ...], ...] = ()

    def words(self) -> str:
        return "Looking for what is bought together"

    def seconds(self, size: Size) -> float:
        return 2

    def work(self, bench: Workbench) -> Steps[tuple[Bundle, ...]]:
        from segcore.offers import usual_prices
        from segcore.offers.bundles import bundles_of, judge_bundle

        yield Step(0.05, "Building the matrix")
        asked = self.learned.segments
        purchases, matrix = bench.purchases(asked.data), bench.matrix(asked.data, asked.matrix)
        segmentation, known = bench.answer(asked), bench.answer(self.learned)
        chance, prices = _chance(bench, self.test, self.scorer), usual_prices(purchases, matrix)
        yield Step(0.4, "Looking for what is bought together")
        if not self.products:
            return bundles_of(purchases, matrix, segmentation, known, self.segment, chance, prices)
        return tuple(
            judge_bundle(purchases, matrix, segmentation, known, self.segment, each, chance, prices)
            for each in self.products
        )


@question("outcome of a test", version=1)
class ReadOutcome(Question["pd.DataFrame"]):
    """The file with a test's outcome as a table of text: its first table with any rows."""

    overtakes = True
    files: Files

    def words(self) -> str:
        return "Reading the outcome"

    def seconds(self, size: Size) -> float:
        return 2

    def work(self, bench: Workbench) -> Steps[pd.DataFrame]:
        import pandas as pd

        from segcore.intake.files.sources import opened
        from segcore.intake.files.tables import open_tables

        yield Step(0.1, "Reading the outcome")
        with opened(*bench.uploads(self.files)) as (origins, scratch):
            found = open_tables(origins, scratch)
            table = max(found.tables, key=lambda one: one.rows)
            columns = table.load(table.names, found.ledger)
            return pd.DataFrame(
                {name: column.cells() for name, column in columns.columns.items()}, dtype="str"
            )
