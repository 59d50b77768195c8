"""Does it work? Hidden purchases, every scorer on the same customers, best-sellers among them.

The scorer that serves by default is chosen on one part of the hidden purchases and shown on another: the weeks
before the shown ones, or a second hidden product of every customer.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np

from segcore.choices.matrix import MatrixSpec
from segcore.choices.nmf import NMFSpec
from segcore.choices.offered import SCORERS
from segcore.choices.offers import BackTestSpec
from segcore.matrix import build_matrix
from segcore.offers.chance import Chance, checked, fit_chance
from segcore.offers.measure import Found, choose_default, measure
from segcore.offers.sides import Sides
from segcore.offers.split import Split, choose_weeks, hide_one, refuse_too_few, split_by_time
from segcore.progress import Step, finished
from segcore.purchases import Purchases

MOST_CUSTOMERS = 10_000


@dataclass(frozen=True, eq=False)
class BackTest:
    """What every scorer found of the hidden purchases.

    Attributes
    ----------
    shown, validation : Found
        The figures to show, and those the default was chosen by.
    default : str
        The scorer that serves unless a person chooses another.
    chances : dict of scorer to Chance
        How a score becomes a chance, by scorer.
    weeks : int
        Length of the hidden time; 0 where one product of every customer was hidden.
    first, last : str or None
        The hidden days of the shown part.
    sampled : bool
        Whether a sample of the customers was tested instead of all.
    """

    shown: Found
    validation: Found
    default: str
    chances: dict[str, Chance]
    weeks: int
    first: str | None
    last: str | None
    sampled: bool
    k: int
    row_kind: str
    spec: BackTestSpec
    matrix: MatrixSpec
    data_digest: str

    @property
    def days(self) -> int | None:
        """Days that a chance speaks of; None where it speaks of one further product."""
        return 7 * self.weeks or None


def back_test(
    purchases: Purchases, matrix: MatrixSpec, nmf: NMFSpec, spec: BackTestSpec | None = None
) -> BackTest:
    """Run the whole back-test and hand back its figures.

    Raises
    ------
    NotEnoughData
        Too few customers have anything to hide.
    """
    return finished(testing(purchases, matrix, nmf, spec or BackTestSpec()))


def testing(
    purchases: Purchases, matrix: MatrixSpec, nmf: NMFSpec, spec: BackTestSpec
) -> Generator[Step, None, BackTest]:
    """The same, step by step."""
    yield Step(0.02, "Hiding purchases")
    weeks = choose_weeks(purchases, matrix) if spec.weeks is None else spec.weeks
    if purchases.date_span is None:
        weeks = 0
    choosing, showing = _splits(purchases, matrix, weeks, spec.seed)
    yield Step(0.15, "Finding the tastes without what is hidden")
    earlier = Sides.of(choosing, nmf)
    yield Step(0.3, "Choosing how to rank")
    few, known, _ = _sample(earlier, spec.seed, not weeks)
    validation = yield from measure(few, spec, (0.3, 0.5))
    chances = {}
    for number, name in enumerate(SCORERS):
        yield Step(0.5 + 0.05 * number / len(SCORERS), "Learning the chances")
        chances[name] = fit_chance(
            known.learned, name, known.bought, known.w, known.hidden, one_each=not weeks
        )
    yield Step(0.55, "Finding the tastes of the part that is shown")
    later = Sides.of(showing, nmf)
    few, known, sampled = _sample(later, spec.seed + 1, not weeks)
    shown = yield from measure(few, spec, (0.6, 0.85))
    for number, name in enumerate(SCORERS):
        yield Step(0.85 + 0.14 * number / len(SCORERS), "Checking the chances")
        chances[name] = checked(
            chances[name], known.learned, known.bought, known.w, known.hidden, spec.resamples, spec.seed
        )
    return BackTest(
        shown, validation, choose_default(validation), chances, weeks, showing.first, showing.last, sampled,
        int(nmf.k), purchases.row_kind, spec, matrix, purchases.digest,
    )  # fmt: skip


def _splits(purchases: Purchases, matrix: MatrixSpec, weeks: int, seed: int) -> tuple[Split, Split]:
    """The part to choose by and the part to show; too little to show is said before anything is fitted."""
    if weeks:
        showing = split_by_time(purchases, matrix, weeks)
        refuse_too_few(showing)
        choosing = split_by_time(purchases, matrix, weeks, back=1)
        refuse_too_few(choosing)
        return choosing, showing
    showing = hide_one(build_matrix(purchases, spec=matrix), seed)
    refuse_too_few(showing)
    return hide_one(showing.train, seed + 1), showing


def sampled_customers(sides: Sides, seed: int) -> Sides:
    """The customers to judge scorers by: all with something to find, or a sample of very many."""
    return _sample(sides, seed, one_each=True)[0]


def _sample(sides: Sides, seed: int, one_each: bool) -> tuple[Sides, Sides, bool]:
    """The customers to judge scorers by, those to judge chances by, and whether some were left aside."""
    known = np.flatnonzero(np.diff(sides.bought.indptr) > 0)
    sampled = len(known) > MOST_CUSTOMERS
    if sampled:
        known = np.sort(np.random.default_rng(seed).choice(known, MOST_CUSTOMERS, replace=False))
    tested = known[np.isin(known, sides.tested)]
    # Where one product of each is hidden, a customer without a hidden one could not buy: no chance to learn from.
    return sides.rows(tested), sides.rows(tested if one_each else known), sampled
